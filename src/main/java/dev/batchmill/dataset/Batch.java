package dev.batchmill.dataset;

import dev.batchmill.array.NDArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One batch of samples: the features x and, if there are any, the targets y and the weight of each
 * sample. Each is an array, or for a model with several inputs or outputs a list or a map of arrays
 * ({@link Tree}); all arrays have as many rows.
 *
 * <p>A batch owns its arrays: {@link #close} closes them. That frees what {@link NDArray#allocate}
 * took and does nothing to arrays on the heap and to views, so a batch of views leaves the array
 * they look at open.
 *
 * <p>Immutable; its arrays are not. {@code close} may be called from any thread, more than once.
 *
 * @see <a href="https://keras.io/api/utils/python_utils/">keras.utils.pack_x_y_sample_weight,
 *     keras.utils.unpack_x_y_sample_weight</a>
 */
public final class Batch implements AutoCloseable {
  private static final String X = "x";
  private static final String Y = "y";
  private static final String SAMPLE_WEIGHT = "sampleWeight";

  private final Tree<NDArray> x;
  private final @Nullable Tree<NDArray> y;
  private final @Nullable Tree<NDArray> sampleWeight;
  private final long size;

  private Batch(Tree<NDArray> x, @Nullable Tree<NDArray> y, @Nullable Tree<NDArray> sampleWeight) {
    this.x = x;
    this.y = y;
    this.sampleWeight = sampleWeight;
    this.size = requireSameRows();
  }

  /** Checks that all arrays have as many rows, and returns how many. */
  private long requireSameRows() {
    if (x.isLeaf()) { // the usual batch, without the cost of names
      requireRows(X, x.leaf(), Y, y);
      requireRows(X, x.leaf(), SAMPLE_WEIGHT, sampleWeight);
      return Rows.count(X, x.leaf());
    }
    List<NDArray> arrays = x.leaves();
    if (arrays.isEmpty()) {
      throw new IllegalArgumentException("x must hold an array: x=" + x);
    }
    x.forEach(X, (place, array) -> Rows.requireSame(firstPlace(), arrays.get(0), place, array));
    requireRows(firstPlace(), arrays.get(0), Y, y);
    requireRows(firstPlace(), arrays.get(0), SAMPLE_WEIGHT, sampleWeight);
    return Rows.count(X, arrays.get(0));
  }

  private static void requireRows(
      String firstName, NDArray first, String name, @Nullable Tree<NDArray> tree) {
    if (tree != null && tree.isLeaf()) {
      Rows.requireSame(firstName, first, name, tree.leaf());
    } else if (tree != null) {
      tree.forEach(name, (place, array) -> Rows.requireSame(firstName, first, place, array));
    }
  }

  private String firstPlace() {
    List<String> places = new ArrayList<>();
    x.forEach(X, (place, array) -> places.add(place));
    return places.get(0);
  }

  /**
   * Packs features alone.
   *
   * @param x the features, one row for each sample
   * @return a batch that owns {@code x}
   * @throws IllegalArgumentException if {@code x} is a scalar; it is left open then
   */
  public static Batch of(NDArray x) {
    return new Batch(Tree.of(x), null, null);
  }

  /**
   * Packs features and targets.
   *
   * @param x the features, one row for each sample
   * @param y the targets, one row for each sample, or null
   * @return a batch that owns the arrays
   * @throws IllegalArgumentException if the numbers of rows differ; the arrays are left open then
   */
  public static Batch of(NDArray x, @Nullable NDArray y) {
    return new Batch(Tree.of(x), tree(y), null);
  }

  /**
   * Packs features, targets and weights. Unlike Keras, which drops a weight that comes without
   * targets, this keeps it.
   *
   * @param x the features, one row for each sample
   * @param y the targets, one row for each sample, or null
   * @param sampleWeight the weights, one row for each sample, or null
   * @return a batch that owns the arrays
   * @throws IllegalArgumentException if the numbers of rows differ; the arrays are left open then
   */
  public static Batch of(NDArray x, @Nullable NDArray y, @Nullable NDArray sampleWeight) {
    return new Batch(Tree.of(x), tree(y), tree(sampleWeight));
  }

  private static @Nullable Tree<NDArray> tree(@Nullable NDArray array) {
    return array == null ? null : Tree.of(array);
  }

  /**
   * Packs features, targets and weights that may be lists or maps of arrays. Unlike Keras, which
   * drops a weight that comes without targets, this keeps it.
   *
   * @param x the features, one row for each sample; at least one array
   * @param y the targets, one row for each sample, or null
   * @param sampleWeight the weights, one row for each sample, or null
   * @return a batch that owns the arrays
   * @throws IllegalArgumentException if the numbers of rows differ, or there is no array of
   *     features; the arrays are left open then
   */
  public static Batch of(
      Tree<NDArray> x, @Nullable Tree<NDArray> y, @Nullable Tree<NDArray> sampleWeight) {
    return new Batch(x, y, sampleWeight);
  }

  /**
   * Reads the forms that Keras takes for a batch ({@code unpack_x_y_sample_weight}). A list or a
   * Java array holds x, x and y, or x, y and the weights; y and the weights may be null. Anything
   * else is x alone, a map as well.
   *
   * @param data x, [x], [x, y] or [x, y, sampleWeight]; each part an array, or a list or a map of
   *     arrays
   * @return a batch that owns the arrays
   * @throws IllegalArgumentException if there are no or more parts, a part holds something else, or
   *     the numbers of rows differ; the arrays are left open then
   */
  public static Batch unpack(Object data) {
    if (data instanceof Object[] parts) {
      return unpack(Arrays.asList(parts));
    }
    if (!(data instanceof List<?> parts)) {
      return new Batch(Tree.ofArrays(X, data), null, null);
    }
    if (parts.isEmpty() || parts.size() > 3) {
      throw new IllegalArgumentException(
          "a batch must be x, [x], [x, y] or [x, y, sampleWeight]: parts="
              + parts.size()
              + " data="
              + parts);
    }
    return new Batch(
        Tree.ofArrays(X, parts.get(0)), part(parts, 1, Y), part(parts, 2, SAMPLE_WEIGHT));
  }

  private static @Nullable Tree<NDArray> part(List<?> parts, int index, String name) {
    Object part = parts.size() > index ? parts.get(index) : null;
    return part == null ? null : Tree.ofArrays(name, part);
  }

  /**
   * Returns the batch in the form in which Keras packs it ({@code pack_x_y_sample_weight}):
   * features without targets as they are, but in a list of one if they are a list themselves; else
   * a list of x and y, or of x, y and the weights. Weights without targets, which Keras drops, come
   * in a list in which y is null.
   *
   * @return what {@link #unpack} takes: arrays, unmodifiable lists and maps; the arrays stay the
   *     batch's
   */
  public Object pack() {
    Object features = x.toObject();
    if (y == null && sampleWeight == null) {
      return features instanceof List ? List.of(features) : features;
    }
    List<@Nullable Object> parts = new ArrayList<>();
    parts.add(features);
    parts.add(y == null ? null : y.toObject());
    if (sampleWeight != null) {
      parts.add(sampleWeight.toObject());
    }
    return Collections.unmodifiableList(parts);
  }

  /**
   * Returns the array of features.
   *
   * @return the array, open until the batch is closed
   * @throws IllegalStateException if the features are a list or a map of arrays: see {@link #xs}
   */
  public NDArray x() {
    return single(X, x);
  }

  /**
   * Returns the array of targets.
   *
   * @return the array, open until the batch is closed, or null if there are no targets
   * @throws IllegalStateException if the targets are a list or a map of arrays: see {@link #ys}
   */
  public @Nullable NDArray y() {
    return y == null ? null : single(Y, y);
  }

  /**
   * Returns the array with the weight of each sample.
   *
   * @return the array, open until the batch is closed, or null if there are no weights
   * @throws IllegalStateException if the weights are a list or a map of arrays: see {@link
   *     #sampleWeights}
   */
  public @Nullable NDArray sampleWeight() {
    return sampleWeight == null ? null : single(SAMPLE_WEIGHT, sampleWeight);
  }

  private static NDArray single(String name, Tree<NDArray> tree) {
    if (!tree.isLeaf()) {
      throw new IllegalStateException(
          name + " must be one array here, see " + name + "s(): " + name + "=" + tree);
    }
    return tree.leaf();
  }

  /**
   * Returns the features, whatever their form.
   *
   * @return a tree whose arrays are open until the batch is closed
   */
  public Tree<NDArray> xs() {
    return x;
  }

  /**
   * Returns the targets, whatever their form.
   *
   * @return a tree whose arrays are open until the batch is closed, or null if there are no targets
   */
  public @Nullable Tree<NDArray> ys() {
    return y;
  }

  /**
   * Returns the weights, whatever their form.
   *
   * @return a tree whose arrays are open until the batch is closed, or null if there are no weights
   */
  public @Nullable Tree<NDArray> sampleWeights() {
    return sampleWeight;
  }

  /**
   * Returns all arrays: those of x, then those of y, then those of the weights.
   *
   * @return a new list
   */
  public List<NDArray> arrays() {
    List<NDArray> arrays = new ArrayList<>(x.leaves());
    if (y != null) {
      arrays.addAll(y.leaves());
    }
    if (sampleWeight != null) {
      arrays.addAll(sampleWeight.leaves());
    }
    return arrays;
  }

  /**
   * Returns the number of samples.
   *
   * @return the number of rows of each array
   */
  public long size() {
    return size;
  }

  /**
   * Returns the size of all arrays.
   *
   * @return the number of bytes
   */
  public long byteSize() {
    return byteSize(x) + byteSize(y) + byteSize(sampleWeight);
  }

  private static long byteSize(@Nullable Tree<NDArray> tree) {
    if (tree == null) {
      return 0;
    }
    if (tree.isLeaf()) {
      return byteSize(tree.leaf());
    }
    return tree.leaves().stream().mapToLong(Batch::byteSize).sum();
  }

  private static long byteSize(NDArray array) {
    return array.size() * array.dtype().byteSize();
  }

  /** Closes the arrays. */
  @Override
  public void close() {
    close(x);
    close(y);
    close(sampleWeight);
  }

  /** Closes the arrays of a tree that may not be there. */
  static void close(@Nullable Tree<NDArray> tree) {
    if (tree == null) {
      return;
    }
    if (tree.isLeaf()) {
      tree.leaf().close();
    } else {
      tree.leaves().forEach(NDArray::close);
    }
  }

  /**
   * Returns the arrays' types and shapes, such as {@code Batch[x=float32[32, 64], y=int32[32]]}.
   */
  @Override
  public String toString() {
    return "Batch[x="
        + x
        + (y == null ? "" : ", y=" + y)
        + (sampleWeight == null ? "" : ", sampleWeight=" + sampleWeight)
        + "]";
  }
}
