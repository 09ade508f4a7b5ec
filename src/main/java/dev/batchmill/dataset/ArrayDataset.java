package dev.batchmill.dataset;

import dev.batchmill.array.ArrayPool;
import dev.batchmill.array.NDArray;
import dev.batchmill.random.Permutation;
import dev.batchmill.random.RandomSeed;
import dev.batchmill.transform.Transform;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Batches of the rows of arrays, in their order or shuffled anew in each epoch.
 *
 * <pre>{@code
 * BatchDataset training = ArrayDataset.builder(x).y(y).batchSize(64).shuffle(1337).build();
 * }</pre>
 *
 * <p>The rows of a batch are copied from the arrays in one pass, to the heap or off it as the array
 * is (on the way to a GPU to page-locked memory); a {@link Transform} (scaling, normalization,
 * one-hot encoding, a cast) can be part of that pass. What a batch holds depends on the seed, the
 * epoch and its index alone; the order of the rows is {@link Permutation#of(long, long, long)
 * Permutation.of(rows, seed, epoch)} and takes no memory. Batches off the heap take turns with the
 * memory of those that were closed ({@link ArrayPool}): nothing of a batch may be used after it is
 * closed.
 *
 * <p>The arrays are not owned: they stay open, and unchanged, as long as the data set is used.
 *
 * <p>Thread-safe as {@link BatchDataset} asks: it is in one epoch at a time, so each loader has its
 * own. Before the first {@link #onEpochBegin} it is in epoch 0.
 */
public final class ArrayDataset implements BatchDataset, Serializable {
  private static final long serialVersionUID = 1L;
  private static final int DEFAULT_BATCH_SIZE = 32;

  private static final String X = "x";
  private static final String Y = "y";
  private static final String SAMPLE_WEIGHT = "sampleWeight";

  private final Tree<Column> x;
  private final @Nullable Tree<Column> y;
  private final @Nullable Tree<Column> sampleWeight;
  private final @Nullable ClassWeights classWeights;
  private final long rows;
  private final int batchSize;
  private final LastBatch lastBatch;
  private final @Nullable Long seed;
  private final ArrayPool pool = new ArrayPool();
  private volatile @Nullable Permutation order;

  private ArrayDataset(Builder builder) {
    this.x = builder.columns(X, builder.x);
    this.y = builder.y == null ? null : builder.columns(Y, builder.y);
    this.sampleWeight =
        builder.sampleWeight == null ? null : builder.columns(SAMPLE_WEIGHT, builder.sampleWeight);
    this.classWeights = builder.classWeights;
    this.rows = builder.rows();
    this.batchSize = builder.batchSize;
    this.lastBatch = builder.lastBatch;
    this.seed = builder.seed.isPresent() ? builder.seed.getAsLong() : null;
    this.order = orderOf(0);
  }

  /** What becomes of the rows that are left over when the others fill whole batches. */
  public enum LastBatch {
    /** They make a last batch that is smaller. */
    SHORT,
    /** They are in no batch of the epoch. */
    DROPPED,
    /**
     * The last batch is filled up with the first rows of the epoch, whose weights are zero, so that
     * all batches have one shape. All batches have weights then; those of the other rows are their
     * own, or 1.
     */
    PADDED
  }

  /** An array whose rows go into the batches. */
  private record Column(
      RowView rows,
      @SuppressWarnings("serial") // those of the library are Serializable
          @Nullable Transform transform)
      implements Serializable {
    private static final long serialVersionUID = 1L;

    NDArray take(long[] positions, ArrayPool pool) {
      return Rows.take(rows, positions, transform, pool);
    }

    @Override
    public String toString() {
      return transform == null ? rows.toString() : rows + " by " + transform;
    }
  }

  /**
   * Starts the description of a data set.
   *
   * @param x the features, one row for each sample, contiguous
   * @return a builder
   * @throws IllegalArgumentException if {@code x} is a scalar or not contiguous
   */
  public static Builder builder(NDArray x) {
    return new Builder(x);
  }

  /**
   * Starts the description of a data set of some rows of an array, such as one side of a split;
   * they are copied when a batch is made.
   *
   * @param x the features, one row for each sample, of a contiguous array
   * @return a builder
   * @throws IllegalArgumentException if the array is not contiguous
   */
  public static Builder builder(RowView x) {
    return new Builder(x);
  }

  /**
   * Starts the description of a data set for a model with several inputs.
   *
   * @param x the features, one row for each sample: arrays or {@link RowView}s in lists and maps
   *     (or a {@link Tree}), all contiguous; the batches have them in the same lists and maps
   * @return a builder
   * @throws IllegalArgumentException if there is no array or anything else, the numbers of rows
   *     differ, or one is a scalar or not contiguous
   */
  public static Builder builder(Object x) {
    return new Builder(x);
  }

  /** The description of a data set; not thread-safe. */
  public static final class Builder {
    private final Tree<RowView> x;
    private @Nullable Tree<RowView> y;
    private @Nullable Tree<RowView> sampleWeight;
    private @Nullable ClassWeights classWeights;

    /** The transform of each array that has one, by its place, such as {@code x[image]}. */
    private final Map<String, Transform> transforms = new LinkedHashMap<>();

    private int batchSize = DEFAULT_BATCH_SIZE;
    private LastBatch lastBatch = LastBatch.SHORT;
    private OptionalLong seed = OptionalLong.empty();

    private Builder(Object x) {
      this.x = views(X, x);
    }

    private Builder(ArrayDataset data, RowIndices rows) {
      this.x = select(X, data.x, rows);
      this.y = data.y == null ? null : select(Y, data.y, rows);
      this.sampleWeight =
          data.sampleWeight == null ? null : select(SAMPLE_WEIGHT, data.sampleWeight, rows);
      this.classWeights = data.classWeights;
      this.batchSize = data.batchSize;
      this.lastBatch = data.lastBatch;
      this.seed = data.seed == null ? OptionalLong.empty() : OptionalLong.of(data.seed);
    }

    private Tree<RowView> select(String name, Tree<Column> columns, RowIndices indices) {
      return columns.mapNamed(
          name,
          (place, column) -> {
            if (column.transform != null) {
              transforms.put(place, column.transform);
            }
            return indices.view(column.rows);
          });
    }

    /** Reads a structure of arrays or views, all with one number of rows. */
    private static Tree<RowView> views(String name, Object structure) {
      Tree<RowView> views = Tree.of(name, structure, "arrays", Builder::view);
      List<RowView> leaves = views.leaves();
      if (leaves.isEmpty()) {
        throw new IllegalArgumentException(name + " must hold an array: " + name + "=" + structure);
      }
      views.forEach(name, (place, view) -> RowView.requireSame(name, leaves.get(0), place, view));
      return views;
    }

    private static @Nullable RowView view(String place, @Nullable Object node) {
      if (node instanceof NDArray array) {
        return requireContiguous(place, RowView.of(place, array));
      }
      return node instanceof RowView view ? requireContiguous(place, view) : null;
    }

    private Tree<RowView> viewsLikeX(String name, Object structure) {
      Tree<RowView> views = views(name, structure);
      RowView first = x.leaves().get(0);
      views.forEach(name, (place, view) -> RowView.requireSame(X, first, place, view));
      return views;
    }

    private long rows() {
      return x.leaves().get(0).size();
    }

    private Tree<Column> columns(String name, Tree<RowView> views) {
      return views.mapNamed(
          name,
          (place, view) -> {
            Transform transform = transforms.get(place);
            if (transform != null) {
              Rows.requireTransformable(place, view, transform);
            }
            return new Column(view, transform);
          });
    }

    /**
     * Sets the targets; none unless set.
     *
     * @param targets the targets, one row for each sample, contiguous
     * @return this builder
     * @throws IllegalArgumentException if the number of rows is not that of x, or the array is not
     *     contiguous
     */
    public Builder y(NDArray targets) {
      return y((Object) targets);
    }

    /**
     * Sets the targets to some rows of an array; none unless set.
     *
     * @param targets the targets, one row for each sample, of a contiguous array
     * @return this builder
     * @throws IllegalArgumentException if the number of rows is not that of x, or the array is not
     *     contiguous
     */
    public Builder y(RowView targets) {
      return y((Object) targets);
    }

    /**
     * Sets the targets of a model with several outputs; none unless set.
     *
     * @param targets arrays or {@link RowView}s in lists and maps, as for {@link #builder(Object)}
     * @return this builder
     * @throws IllegalArgumentException if the number of rows is not that of x, or the targets are
     *     wrong in themselves
     */
    public Builder y(Object targets) {
      this.y = viewsLikeX(Y, targets);
      return this;
    }

    /**
     * Sets the weight of each sample; none unless set.
     *
     * @param weights the weights, one row for each sample, contiguous
     * @return this builder
     * @throws IllegalArgumentException if the number of rows is not that of x, or the array is not
     *     contiguous
     */
    public Builder sampleWeight(NDArray weights) {
      return sampleWeight((Object) weights);
    }

    /**
     * Sets the weight of each sample to some rows of an array; none unless set.
     *
     * @param weights the weights, one row for each sample, of a contiguous array
     * @return this builder
     * @throws IllegalArgumentException if the number of rows is not that of x, or the array is not
     *     contiguous
     */
    public Builder sampleWeight(RowView weights) {
      return sampleWeight((Object) weights);
    }

    /**
     * Sets the weight of each sample for each of several outputs; none unless set.
     *
     * @param weights arrays or {@link RowView}s in lists and maps, as for {@link #builder(Object)}
     * @return this builder
     * @throws IllegalArgumentException if the number of rows is not that of x, or the weights are
     *     wrong in themselves
     */
    public Builder sampleWeight(Object weights) {
      this.sampleWeight = viewsLikeX(SAMPLE_WEIGHT, weights);
      return this;
    }

    /**
     * Gives each sample the weight of its class ({@code class_weight}); none unless set. A loader
     * can do so for any data set; given here, they go together with {@link LastBatch#PADDED}.
     *
     * @param weights the weight of each class that does not weigh 1
     * @return this builder
     * @throws IllegalArgumentException if a weight is negative or not finite
     */
    public Builder classWeights(Map<Integer, ? extends Number> weights) {
      this.classWeights = ClassWeights.of(weights);
      return this;
    }

    /**
     * Transforms the features of each batch as they are copied; they are copied as they are unless
     * set.
     *
     * @param transform a row-wise transform of batches of x, which is one array
     * @return this builder
     */
    public Builder transformX(Transform transform) {
      return transform(X, transform);
    }

    /**
     * Transforms one of the arrays of features as it is copied.
     *
     * @param key its key in the map that x is
     * @param transform a row-wise transform of batches of it
     * @return this builder
     */
    public Builder transformX(String key, Transform transform) {
      return transform(X + "[" + key + "]", transform);
    }

    /**
     * Transforms one of the arrays of features as it is copied.
     *
     * @param index its index in the list that x is
     * @param transform a row-wise transform of batches of it
     * @return this builder
     */
    public Builder transformX(int index, Transform transform) {
      return transform(X + "[" + index + "]", transform);
    }

    /**
     * Transforms the targets of each batch as they are copied; they are copied as they are unless
     * set.
     *
     * @param transform a row-wise transform of batches of y, which is one array
     * @return this builder
     */
    public Builder transformY(Transform transform) {
      return transform(Y, transform);
    }

    /**
     * Transforms one of the arrays of targets as it is copied.
     *
     * @param key its key in the map that y is
     * @param transform a row-wise transform of batches of it
     * @return this builder
     */
    public Builder transformY(String key, Transform transform) {
      return transform(Y + "[" + key + "]", transform);
    }

    /**
     * Transforms one of the arrays of targets as it is copied.
     *
     * @param index its index in the list that y is
     * @param transform a row-wise transform of batches of it
     * @return this builder
     */
    public Builder transformY(int index, Transform transform) {
      return transform(Y + "[" + index + "]", transform);
    }

    private Builder transform(String place, Transform transform) {
      transforms.put(place, transform);
      return this;
    }

    /**
     * Sets the number of rows in a batch; 32 unless set.
     *
     * @param size the number of rows, at least 1
     * @return this builder
     * @throws IllegalArgumentException if the size is less than 1
     */
    public Builder batchSize(int size) {
      if (size < 1) {
        throw new IllegalArgumentException("batchSize must be at least 1: batchSize=" + size);
      }
      this.batchSize = size;
      return this;
    }

    /**
     * Sets what becomes of left-over rows; {@link LastBatch#SHORT} unless set.
     *
     * @param choice what becomes of them
     * @return this builder
     */
    public Builder lastBatch(LastBatch choice) {
      this.lastBatch = choice;
      return this;
    }

    /**
     * Shuffles the rows anew in each epoch, by a seed derived from {@link RandomSeed} now.
     *
     * @return this builder
     */
    public Builder shuffle() {
      return shuffle(RandomSeed.derive("array-dataset"));
    }

    /**
     * Shuffles the rows anew in each epoch; they keep their order unless set.
     *
     * @param value the seed, any value
     * @return this builder
     */
    public Builder shuffle(long value) {
      this.seed = OptionalLong.of(value);
      return this;
    }

    /**
     * Makes the data set.
     *
     * @return a data set in epoch 0
     * @throws IllegalArgumentException if there is a transform of an array that is not there, a
     *     transform cannot take batches row by row, or there are class weights and also sample
     *     weights, no targets or several arrays of them
     */
    public ArrayDataset build() {
      requirePlaces();
      if (classWeights != null) {
        if (sampleWeight != null) {
          throw new IllegalArgumentException(
              "class weights and sample weights must not both be given: sampleWeight="
                  + sampleWeight);
        }
        if (y == null || !y.isLeaf()) {
          throw new IllegalArgumentException(
              "class weights must go with one array of targets: y=" + y);
        }
      }
      return new ArrayDataset(this);
    }

    private void requirePlaces() {
      Set<String> places = new HashSet<>();
      x.forEach(X, (place, view) -> places.add(place));
      if (y != null) {
        y.forEach(Y, (place, view) -> places.add(place));
      }
      transforms.forEach(
          (place, transform) -> {
            if (!places.contains(place)) {
              throw new IllegalArgumentException(
                  "there must be an array to transform: array="
                      + place
                      + " transform="
                      + transform
                      + " x="
                      + x
                      + " y="
                      + y);
            }
          });
    }
  }

  private static RowView requireContiguous(String name, RowView rows) {
    NDArray array = rows.source();
    if (!array.isContiguous()) {
      throw new IllegalArgumentException(
          name
              + " must be contiguous, see NDArray.contiguous: "
              + name
              + "="
              + array
              + " strides="
              + Arrays.toString(array.strides()));
    }
    return rows;
  }

  /** A data set of some of these rows, with the same settings. */
  ArrayDataset select(RowIndices indices) {
    return new ArrayDataset(new Builder(this, indices));
  }

  /**
   * Returns the number of rows.
   *
   * @return the number of samples, in whatever batch
   */
  public long size() {
    return rows;
  }

  /**
   * Copies the rows of one batch, transformed where a transform is set.
   *
   * @param index the index of the batch, from 0 to the count − 1
   * @return a new batch of {@code batchSize} rows, or fewer in a short last batch; the caller
   *     closes it
   * @throws IndexOutOfBoundsException if there is no such batch
   * @throws IllegalArgumentException if a transform refuses the values
   * @throws IllegalStateException if an array is closed
   */
  @Override
  public Batch batch(long index) {
    if (index < 0 || index >= count()) {
      throw new IndexOutOfBoundsException(
          "batch is outside the data set: index=" + index + " batchCount=" + count());
    }
    long[] taken = rowsOf(index);
    int real = (int) Math.min(taken.length, rows - index * batchSize);
    List<NDArray> made = new ArrayList<>();
    try {
      Tree<NDArray> batchX = take(x, taken, made);
      Tree<NDArray> batchY = y == null ? null : take(y, taken, made);
      return Batch.of(batchX, batchY, weights(batchY, taken, real, made));
    } catch (Throwable t) {
      made.forEach(NDArray::close);
      throw t;
    }
  }

  private Tree<NDArray> take(Tree<Column> columns, long[] taken, List<NDArray> made) {
    return columns.map(
        column -> {
          NDArray array = column.take(taken, pool);
          made.add(array);
          return array;
        });
  }

  /** The weights of the rows, zero for those that only fill the batch. */
  private @Nullable Tree<NDArray> weights(
      @Nullable Tree<NDArray> batchY, long[] taken, int real, List<NDArray> made) {
    if (sampleWeight != null) {
      Tree<NDArray> weights = take(sampleWeight, taken, made);
      if (real < taken.length) {
        weights.leaves().forEach(array -> weighNothing(array, real));
      }
      return weights;
    }
    if (classWeights == null && lastBatch != LastBatch.PADDED) {
      return null;
    }
    float[] weights = new float[taken.length];
    if (classWeights == null || batchY == null) {
      Arrays.fill(weights, 1);
    } else {
      weights = classWeights.weightsOf(batchY.leaf());
    }
    Arrays.fill(weights, real, weights.length, 0);
    return Tree.of(NDArray.of(weights));
  }

  private static void weighNothing(NDArray weights, int real) {
    NDArray rest = weights.slice(0, real, weights.shape().dim(0));
    rest.assign(NDArray.zeros(rest.dtype(), rest.shape()));
  }

  /** The rows of a batch, followed by the epoch's first ones where it is to be filled up. */
  private long[] rowsOf(long index) {
    long first = index * batchSize;
    int real = (int) Math.min(batchSize, rows - first);
    long[] taken = new long[lastBatch == LastBatch.PADDED ? batchSize : real];
    fill(first, taken, 0, real);
    for (int from = real; from < taken.length; ) {
      int to = (int) Math.min(taken.length, from + rows);
      fill(0, taken, from, to);
      from = to;
    }
    return taken;
  }

  private void fill(long first, long[] taken, int from, int to) {
    Permutation shuffled = order;
    if (shuffled != null) {
      shuffled.fill(first, taken, from, to);
      return;
    }
    for (int i = from; i < to; i++) {
      taken[i] = first + (i - from);
    }
  }

  private long count() {
    long whole = rows / batchSize;
    return lastBatch != LastBatch.DROPPED && rows % batchSize != 0 ? whole + 1 : whole;
  }

  /**
   * Returns the number of batches in an epoch.
   *
   * @return the number, never empty
   */
  @Override
  public OptionalLong batchCount() {
    return OptionalLong.of(count());
  }

  /**
   * Tells types and shapes, the batch size, the seed and the transforms, but not the values: arrays
   * of the same shape with other numbers have the same fingerprint.
   */
  @Override
  public String fingerprint() {
    return this + " lastBatch=" + lastBatch + " seed=" + seed;
  }

  /**
   * Moves to another epoch, whose rows are in another order if they are shuffled.
   *
   * @param epoch the number of the epoch
   */
  @Override
  public void onEpochBegin(long epoch) {
    order = orderOf(epoch);
  }

  private @Nullable Permutation orderOf(long epoch) {
    return seed == null ? null : Permutation.of(rows, seed, epoch);
  }

  /** Returns the arrays' types and shapes, the batch size and the number of batches. */
  @Override
  public String toString() {
    return "ArrayDataset[x="
        + x
        + (y == null ? "" : ", y=" + y)
        + (sampleWeight == null ? "" : ", sampleWeight=" + sampleWeight)
        + (classWeights == null ? "" : ", classWeights=" + classWeights)
        + ", batchSize="
        + batchSize
        + ", batchCount="
        + count()
        + "]";
  }
}
