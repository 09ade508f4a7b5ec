package dev.batchmill.dataset;

import dev.batchmill.array.ArrayPool;
import dev.batchmill.array.NDArray;
import dev.batchmill.random.Permutation;
import dev.batchmill.random.RandomSeed;
import dev.batchmill.transform.Transform;
import java.io.Serializable;
import java.util.Arrays;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Batches of the rows of arrays, in their order or shuffled anew in each epoch.
 *
 * <pre>{@code
 * BatchDataset training = ArrayDataset.builder(x).y(y).batchSize(64).shuffle(1337).build();
 * }</pre>
 *
 * <p>The rows of a batch are copied from the arrays in one pass, to the heap or off it as the array
 * is; a {@link Transform} (scaling, normalization, one-hot encoding, a cast) can be part of that
 * pass. What a batch holds depends on the seed, the epoch and its index alone; the order of the
 * rows is {@link Permutation#of(long, long, long) Permutation.of(rows, seed, epoch)} and takes no
 * memory. Batches off the heap take turns with the memory of those that were closed ({@link
 * ArrayPool}): nothing of a batch may be used after it is closed.
 *
 * <p>The arrays are not owned: they stay open, and unchanged, as long as the data set is used.
 *
 * <p>Thread-safe as {@link BatchDataset} asks: it is in one epoch at a time, so each loader has its
 * own. Before the first {@link #onEpochBegin} it is in epoch 0.
 */
public final class ArrayDataset implements BatchDataset, Serializable {
  private static final long serialVersionUID = 1L;
  private static final int DEFAULT_BATCH_SIZE = 32;

  private final RowView x;
  private final @Nullable RowView y;
  private final @Nullable RowView sampleWeight;

  @SuppressWarnings("serial") // those of the library are Serializable
  private final @Nullable Transform transformX;

  @SuppressWarnings("serial") // those of the library are Serializable
  private final @Nullable Transform transformY;

  private final long rows;
  private final int batchSize;
  private final LastBatch lastBatch;
  private final @Nullable Long seed;
  private final ArrayPool pool = new ArrayPool();
  private volatile @Nullable Permutation order;

  private ArrayDataset(Builder builder) {
    this.x = builder.x;
    this.y = builder.y;
    this.sampleWeight = builder.sampleWeight;
    this.transformX = builder.transformX;
    this.transformY = builder.transformY;
    this.rows = x.size();
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
    DROPPED
  }

  /**
   * Starts the description of a data set.
   *
   * @param x the features, one row for each sample, contiguous
   * @return a builder
   * @throws IllegalArgumentException if {@code x} is a scalar or not contiguous
   */
  public static Builder builder(NDArray x) {
    return builder(RowView.of("x", x));
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
    return new Builder(requireContiguous("x", x));
  }

  /** The description of a data set; not thread-safe. */
  public static final class Builder {
    private final RowView x;
    private @Nullable RowView y;
    private @Nullable RowView sampleWeight;
    private @Nullable Transform transformX;
    private @Nullable Transform transformY;
    private int batchSize = DEFAULT_BATCH_SIZE;
    private LastBatch lastBatch = LastBatch.SHORT;
    private OptionalLong seed = OptionalLong.empty();

    private Builder(RowView x) {
      this.x = x;
    }

    private Builder(ArrayDataset data, RowIndices rows) {
      this.x = rows.view(data.x);
      this.y = data.y == null ? null : rows.view(data.y);
      this.sampleWeight = data.sampleWeight == null ? null : rows.view(data.sampleWeight);
      this.transformX = data.transformX;
      this.transformY = data.transformY;
      this.batchSize = data.batchSize;
      this.lastBatch = data.lastBatch;
      this.seed = data.seed == null ? OptionalLong.empty() : OptionalLong.of(data.seed);
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
      return y(RowView.of("y", targets));
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
      RowView.requireSame("x", x, "y", targets);
      this.y = requireContiguous("y", targets);
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
      return sampleWeight(RowView.of("sampleWeight", weights));
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
      RowView.requireSame("x", x, "sampleWeight", weights);
      this.sampleWeight = requireContiguous("sampleWeight", weights);
      return this;
    }

    /**
     * Transforms the features of each batch as they are copied; they are copied as they are unless
     * set.
     *
     * @param transform a row-wise transform of batches of x
     * @return this builder
     */
    public Builder transformX(Transform transform) {
      this.transformX = transform;
      return this;
    }

    /**
     * Transforms the targets of each batch as they are copied; they are copied as they are unless
     * set.
     *
     * @param transform a row-wise transform of batches of y
     * @return this builder
     */
    public Builder transformY(Transform transform) {
      this.transformY = transform;
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
     * @throws IllegalArgumentException if there is a transform of targets but there are no targets,
     *     or a transform cannot take batches row by row
     */
    public ArrayDataset build() {
      if (transformX != null) {
        Rows.requireTransformable("x", x, transformX);
      }
      if (transformY != null) {
        if (y == null) {
          throw new IllegalArgumentException(
              "transformY must have targets to transform: transformY=" + transformY + " y=null");
        }
        Rows.requireTransformable("y", y, transformY);
      }
      return new ArrayDataset(this);
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
    NDArray batchX = Rows.take(x, taken, transformX, pool);
    NDArray batchY = null;
    try {
      batchY = y == null ? null : Rows.take(y, taken, transformY, pool);
      NDArray weight = sampleWeight == null ? null : Rows.take(sampleWeight, taken, null, pool);
      return Batch.of(batchX, batchY, weight);
    } catch (Throwable t) {
      batchX.close();
      if (batchY != null) {
        batchY.close();
      }
      throw t;
    }
  }

  private long[] rowsOf(long index) {
    long first = index * batchSize;
    long[] taken = new long[(int) Math.min(batchSize, rows - first)];
    Permutation shuffled = order;
    if (shuffled == null) {
      Arrays.setAll(taken, i -> first + i);
    } else {
      shuffled.fill(first, taken, 0, taken.length);
    }
    return taken;
  }

  private long count() {
    long whole = rows / batchSize;
    return lastBatch == LastBatch.SHORT && rows % batchSize != 0 ? whole + 1 : whole;
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
        + (transformX == null ? "" : ", transformX=" + transformX)
        + (transformY == null ? "" : ", transformY=" + transformY)
        + ", batchSize="
        + batchSize
        + ", batchCount="
        + count()
        + "]";
  }
}
