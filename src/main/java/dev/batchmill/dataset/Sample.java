package dev.batchmill.dataset;

import dev.batchmill.array.NDArray;
import org.jspecify.annotations.Nullable;

/**
 * One sample: its features and, if there are any, its targets and its weight. Each is an array
 * without an axis of samples, or for a model with several inputs or outputs a {@link Tree} of such.
 *
 * @param x the features
 * @param y the targets, or null
 * @param sampleWeight the weight, as a rule a scalar, or null
 */
public record Sample(
    Tree<NDArray> x, @Nullable Tree<NDArray> y, @Nullable Tree<NDArray> sampleWeight)
    implements AutoCloseable {
  /**
   * Describes a sample.
   *
   * @param x the features
   * @param y the targets, or null
   * @param sampleWeight the weight, or null
   */
  public Sample {}

  /**
   * Describes a sample of features alone.
   *
   * @param x the features: an array, or arrays in lists and maps
   * @return a sample
   * @throws IllegalArgumentException if there is anything else in the structure
   */
  public static Sample of(Object x) {
    return of(x, null, null);
  }

  /**
   * Describes a sample of features and targets.
   *
   * @param x the features: an array, or arrays in lists and maps
   * @param y the targets, likewise, or null
   * @return a sample
   * @throws IllegalArgumentException if there is anything else in the structures
   */
  public static Sample of(Object x, @Nullable Object y) {
    return of(x, y, null);
  }

  /**
   * Describes a sample of features, targets and weight.
   *
   * @param x the features: an array, or arrays in lists and maps
   * @param y the targets, likewise, or null
   * @param sampleWeight the weight, likewise, or null
   * @return a sample
   * @throws IllegalArgumentException if there is anything else in the structures
   */
  public static Sample of(Object x, @Nullable Object y, @Nullable Object sampleWeight) {
    return new Sample(
        Tree.ofArrays("x", x),
        y == null ? null : Tree.ofArrays("y", y),
        sampleWeight == null ? null : Tree.ofArrays("sampleWeight", sampleWeight));
  }

  /** Closes the arrays. */
  @Override
  public void close() {
    Batch.close(x);
    Batch.close(y);
    Batch.close(sampleWeight);
  }
}
