package dev.batchmill.dataset;

import dev.batchmill.array.ArrayPool;
import dev.batchmill.array.DType;
import dev.batchmill.array.NDArray;
import dev.batchmill.array.Shape;
import dev.batchmill.random.Permutation;
import dev.batchmill.random.PhiloxRandom;
import dev.batchmill.random.RandomSeed;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Batches of samples that code of the user's reads or makes one by one, with random numbers that
 * belong to the sample.
 *
 * <pre>{@code
 * BatchDataset training =
 *     SampleBatches.builder(files.size(), (index, random) -> {
 *           NDArray image = read(files.get((int) index));
 *           return Sample.of(random.nextBoolean() ? flipped(image) : image, label(index));
 *         })
 *         .batchSize(64).shuffle(1337).build();
 * }</pre>
 *
 * <p><b>Random numbers.</b> Sample i of epoch e gets {@code PhiloxRandom.of(seed).split("sample",
 * e, i)}: numbers that depend on the seed, the epoch and the sample alone. So augmented batches are
 * the same for no workers, one or 64, on threads or in processes, in whatever batch a sample is,
 * and after a resume. Two epochs see different numbers.
 *
 * <p>The samples of a batch have one structure, and each array one type and shape; they are copied
 * into new arrays with one more axis in front, off the heap, whose memory takes turns ({@link
 * ArrayPool}): nothing of a batch may be used after it is closed. A sample is closed when it has
 * been copied.
 *
 * <p>Thread-safe as {@link BatchDataset} asks if the code that makes the samples is: it is in one
 * epoch at a time, so each loader has its own. Before the first {@link #onEpochBegin} it is in
 * epoch 0. Serializable, for worker processes, if that code is.
 *
 * @see <a href="https://docs.pytorch.org/docs/stable/data.html">torch.utils.data.Dataset,
 *     torch.utils.data.default_collate</a>
 */
public final class SampleBatches implements BatchDataset, Serializable {
  private static final long serialVersionUID = 1L;
  private static final int DEFAULT_BATCH_SIZE = 32;
  private static final String STREAM = "sample";

  @SuppressWarnings("serial") // as the class comment says
  private final SampleMaker maker;

  private final long count;
  private final int batchSize;
  private final boolean dropLast;
  private final long seed;
  private final boolean shuffled;
  private final ArrayPool pool = new ArrayPool();
  private volatile long epoch;

  private SampleBatches(Builder builder) {
    this.maker = builder.maker;
    this.count = builder.count;
    this.batchSize = builder.batchSize;
    this.dropLast = builder.dropLast;
    this.seed =
        builder.seed.isPresent() ? builder.seed.getAsLong() : RandomSeed.derive("sample-batches");
    this.shuffled = builder.shuffled;
  }

  /** Reads or makes a sample; called by many threads at the same time. */
  @FunctionalInterface
  public interface SampleMaker {
    /**
     * Makes a sample.
     *
     * @param index the index of the sample, from 0 to the count − 1
     * @param random the random numbers of this sample in this epoch
     * @return the sample, not null; its arrays are closed when they have been copied
     * @throws Exception if the sample cannot be made; a loader hands it to its consumer
     */
    Sample make(long index, PhiloxRandom random) throws Exception;
  }

  /**
   * Starts the description of a data set.
   *
   * @param count the number of samples, not negative
   * @param maker makes them; for worker processes {@link Serializable}
   * @return a builder
   * @throws IllegalArgumentException if the count is negative
   */
  public static Builder builder(long count, SampleMaker maker) {
    if (count < 0) {
      throw new IllegalArgumentException("count must not be negative: count=" + count);
    }
    return new Builder(count, maker);
  }

  /** The description of a data set; not thread-safe. */
  public static final class Builder {
    private final long count;
    private final SampleMaker maker;
    private int batchSize = DEFAULT_BATCH_SIZE;
    private boolean dropLast;
    private boolean shuffled;
    private OptionalLong seed = OptionalLong.empty();

    private Builder(long count, SampleMaker maker) {
      this.count = count;
      this.maker = maker;
    }

    /**
     * Sets the number of samples in a batch; 32 unless set.
     *
     * @param size the number of samples, at least 1
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
     * Leaves out the samples that do not fill a last batch ({@code drop_last}); they make a shorter
     * one unless set.
     *
     * @param drop whether they are left out
     * @return this builder
     */
    public Builder dropLast(boolean drop) {
      this.dropLast = drop;
      return this;
    }

    /**
     * Sets the seed of the random numbers; derived from {@link RandomSeed} unless set.
     *
     * @param value any value
     * @return this builder
     */
    public Builder seed(long value) {
      this.seed = OptionalLong.of(value);
      return this;
    }

    /**
     * Shuffles the samples anew in each epoch, by the seed; they keep their order unless set.
     *
     * @return this builder
     */
    public Builder shuffle() {
      this.shuffled = true;
      return this;
    }

    /**
     * Shuffles the samples anew in each epoch and sets the seed, which is that of the random
     * numbers as well.
     *
     * @param value the seed, any value
     * @return this builder
     */
    public Builder shuffle(long value) {
      return seed(value).shuffle();
    }

    /**
     * Makes the data set.
     *
     * @return a data set in epoch 0
     */
    public SampleBatches build() {
      return new SampleBatches(this);
    }
  }

  /**
   * Returns the number of samples.
   *
   * @return the number of samples, in whatever batch
   */
  public long size() {
    return count;
  }

  /**
   * Makes the samples of one batch and puts them together.
   *
   * @param index the index of the batch, from 0 to the count − 1
   * @return a new batch; the caller closes it
   * @throws IndexOutOfBoundsException if there is no such batch
   * @throws IllegalArgumentException if the samples do not have the same structure, types and
   *     shapes
   * @throws Exception what the making of a sample throws
   */
  @Override
  public Batch batch(long index) throws Exception {
    if (index < 0 || index >= batches()) {
      throw new IndexOutOfBoundsException(
          "batch is outside the data set: index=" + index + " batchCount=" + batches());
    }
    long number = epoch;
    Permutation order = shuffled ? Permutation.of(count, seed, number) : null;
    PhiloxRandom randoms = PhiloxRandom.of(seed);
    long first = index * batchSize;
    Collation collation = new Collation((int) Math.min(batchSize, count - first));
    try {
      for (int row = 0; row < collation.rows; row++) {
        long sample = order == null ? first + row : order.indexAt(first + row);
        try (Sample made = maker.make(sample, randoms.split(STREAM, number, sample))) {
          if (made == null) {
            throw new NullPointerException("sample must not be null: index=" + sample);
          }
          collation.add(sample, made);
        }
      }
      return collation.batch();
    } catch (Throwable t) {
      collation.close();
      throw t;
    }
  }

  /** What the same arrays of two samples must have in common. */
  private record Form(DType dtype, Shape shape) {
    static @Nullable Tree<Form> of(@Nullable Tree<NDArray> arrays) {
      return arrays == null ? null : arrays.map(array -> new Form(array.dtype(), array.shape()));
    }

    /** The shape of so many such arrays, one behind the other. */
    Shape rows(int rows) {
      long[] sizes = new long[shape.rank() + 1];
      sizes[0] = rows;
      System.arraycopy(shape.toArray(), 0, sizes, 1, shape.rank());
      return Shape.of(sizes);
    }

    @Override
    public String toString() {
      return dtype + shape.toString();
    }
  }

  /** A batch that is being put together. */
  private final class Collation {
    private final int rows;
    private final List<Part> parts = new ArrayList<>();
    private int filled;

    Collation(int rows) {
      this.rows = rows;
    }

    void add(long index, Sample sample) {
      if (parts.isEmpty()) {
        parts.add(new Part("x", index, sample.x()));
        parts.add(new Part("y", index, sample.y()));
        parts.add(new Part("sampleWeight", index, sample.sampleWeight()));
      }
      parts.get(0).add(index, sample.x());
      parts.get(1).add(index, sample.y());
      parts.get(2).add(index, sample.sampleWeight());
      filled++;
    }

    Batch batch() {
      return Batch.of(
          Objects.requireNonNull(parts.get(0).arrays), parts.get(1).arrays, parts.get(2).arrays);
    }

    void close() {
      parts.forEach(part -> part.made.forEach(NDArray::close));
    }

    /** x, y or the weights. */
    private final class Part {
      private final String name;
      private final long firstSample;
      private final @Nullable Tree<Form> form;
      private final List<NDArray> made = new ArrayList<>();
      private final @Nullable Tree<NDArray> arrays;

      Part(String name, long firstSample, @Nullable Tree<NDArray> sample) {
        this.name = name;
        this.firstSample = firstSample;
        this.form = Form.of(sample);
        this.arrays = form == null ? null : form.map(this::allocate);
      }

      private NDArray allocate(Form each) {
        NDArray array = pool.allocate(each.dtype, each.rows(rows));
        made.add(array);
        return array;
      }

      void add(long index, @Nullable Tree<NDArray> sample) {
        Tree<Form> seen = Form.of(sample);
        if (!Objects.equals(form, seen)) {
          throw new IllegalArgumentException(
              "samples of a batch must have the same structure, types and shapes: "
                  + describe(firstSample, form)
                  + " "
                  + describe(index, seen));
        }
        if (sample != null) {
          List<NDArray> values = sample.leaves();
          for (int i = 0; i < values.size(); i++) {
            made.get(i).get(filled).assign(values.get(i));
          }
        }
      }

      private String describe(long index, @Nullable Tree<Form> of) {
        return name + "[sample " + index + "]=" + of;
      }
    }
  }

  private long batches() {
    return dropLast || count % batchSize == 0 ? count / batchSize : count / batchSize + 1;
  }

  /**
   * Returns the number of batches in an epoch.
   *
   * @return the number, never empty
   */
  @Override
  public OptionalLong batchCount() {
    return OptionalLong.of(batches());
  }

  /** Tells the number of samples, the batch size and the seed, but not how samples are made. */
  @Override
  public String fingerprint() {
    return this + " seed=" + seed + (shuffled ? " shuffled" : "") + (dropLast ? " dropLast" : "");
  }

  /**
   * Moves to another epoch, with other random numbers and, if the samples are shuffled, in another
   * order.
   *
   * @param number the number of the epoch
   */
  @Override
  public void onEpochBegin(long number) {
    epoch = number;
  }

  /** Returns the number of samples, the batch size and the number of batches. */
  @Override
  public String toString() {
    return "SampleBatches[count="
        + count
        + ", batchSize="
        + batchSize
        + ", batchCount="
        + batches()
        + "]";
  }
}
