package dev.batchmill.dataset;

import dev.batchmill.array.NDArray;
import dev.batchmill.transform.OneHot;
import java.io.Serializable;
import java.util.Map;
import java.util.TreeMap;

/**
 * A weight for each class, which becomes the weight of each sample of that class ({@code
 * class_weight} of {@code fit}). A class without a weight has weight 1.
 *
 * <p>The class of a sample is its target, rounded to the nearest integer, a half to the even one;
 * of one-hot targets, the position of the largest one. Immutable.
 *
 * @see <a href="https://keras.io/api/models/model_training_apis/#fit-method">keras.Model.fit</a>
 */
public final class ClassWeights implements Serializable {
  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // a TreeMap
  private final Map<Integer, Double> weights;

  private ClassWeights(Map<Integer, Double> weights) {
    this.weights = weights;
  }

  /**
   * Describes the weights.
   *
   * @param weights the weight of each class that does not weigh 1
   * @return the weights
   * @throws IllegalArgumentException if a class or its weight is null, or a weight is negative or
   *     not finite
   */
  public static ClassWeights of(Map<Integer, ? extends Number> weights) {
    Map<Integer, Double> checked = new TreeMap<>();
    weights.forEach(
        (label, weight) -> {
          if (label == null || weight == null) {
            throw new IllegalArgumentException(
                "class and weight must not be null: class=" + label + " weight=" + weight);
          }
          double value = weight.doubleValue();
          if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                "class weight must be finite and not negative: class="
                    + label
                    + " weight="
                    + weight);
          }
          checked.put(label, value);
        });
    return new ClassWeights(checked);
  }

  /**
   * Gives the samples of a batch the weights of their classes.
   *
   * @param batch a batch with targets and without weights; it is left as it is
   * @return a batch over the same features and targets, with weights of type float32 on the heap;
   *     closing it closes them all
   * @throws IllegalArgumentException if the batch has weights already or no targets, or its targets
   *     are neither classes nor one-hot
   */
  public Batch weigh(Batch batch) {
    Tree<NDArray> y = batch.ys();
    if (batch.sampleWeights() != null) {
      throw new IllegalArgumentException(
          "class weights and sample weights must not both be given: batch=" + batch);
    }
    if (y == null) {
      throw new IllegalArgumentException(
          "a batch must have targets to have class weights: batch=" + batch);
    }
    if (!y.isLeaf()) {
      throw new IllegalArgumentException("class weights must go with one array of targets: y=" + y);
    }
    return Batch.of(batch.xs(), y, Tree.of(NDArray.of(weightsOf(y.leaf()))));
  }

  /** The weight of each sample. */
  float[] weightsOf(NDArray y) {
    long rows = Rows.count("y", y);
    boolean oneHot = y.shape().rank() == 2 && y.shape().dim(1) != 1;
    if (y.size() != rows && !oneHot) {
      throw new IllegalArgumentException(
          "targets must be one class a sample or one-hot rows to have class weights: y=" + y);
    }
    double[] labels;
    if (oneHot) {
      try (NDArray decoded = OneHot.decode(y)) {
        labels = decoded.toDoubleArray();
      }
    } else {
      labels = y.toDoubleArray();
    }
    float[] result = new float[labels.length];
    for (int i = 0; i < labels.length; i++) {
      result[i] = weights.getOrDefault((int) Math.rint(labels[i]), 1.0).floatValue();
    }
    return result;
  }

  /** Returns the weights, such as {@code ClassWeights{0=0.5, 3=2.0}}. */
  @Override
  public String toString() {
    return "ClassWeights" + weights;
  }
}
