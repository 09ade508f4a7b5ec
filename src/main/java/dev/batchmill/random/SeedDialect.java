package dev.batchmill.random;

import java.util.random.RandomGenerator;

/**
 * Whose shuffle a seed means: our own or, bit for bit, that of another library, so that a split or
 * an order made there can be made again here.
 *
 * <p>Golden vectors hold the dialects to CPython 3.11, NumPy 2.4, torch 2.13 and Keras 3.15. All
 * but our own shuffle an array step by step on the caller's thread.
 *
 * <p>Stateless and safe for use by many threads.
 *
 * @see <a href="https://keras.io/api/utils/python_utils/">Keras: {@code split_dataset}, {@code
 *     PyDataset}</a>
 */
public enum SeedDialect {
  /** {@link Permutation} of epoch 0. Takes any seed. */
  BATCHMILL(Long.MIN_VALUE, Long.MAX_VALUE) {
    @Override
    void shuffle(long[] indices, long seed) {
      Permutation.of(indices.length, seed).fill(0, indices, 0, indices.length);
    }
  },

  /**
   * CPython's {@code random.seed(seed); random.shuffle(list(range(size)))}, which is what Keras'
   * {@code split_dataset(shuffle=True, seed=seed)} uses on its TensorFlow and JAX backends. Takes
   * any seed; as in Python, a seed and its negative are the same.
   */
  PYTHON(Long.MIN_VALUE, Long.MAX_VALUE) {
    @Override
    void shuffle(long[] indices, long seed) {
      number(indices);
      MersenneTwister random = MersenneTwister.ofAbsoluteValue(seed);
      for (int i = indices.length - 1; i > 0; i--) {
        swap(indices, i, random.below(i + 1));
      }
    }
  },

  /**
   * torch's {@code torch.manual_seed(seed); torch.randperm(size)} on the CPU, which is what Keras'
   * {@code split_dataset(shuffle=True, seed=seed)} and {@code torch.utils.data.random_split} with
   * {@code torch.Generator().manual_seed(seed)} use. Takes any seed; as in torch, only its lower 32
   * bits count.
   *
   * <p>Like torch, this uses another algorithm from 214 748 364 indices on.
   */
  TORCH(Long.MIN_VALUE, Long.MAX_VALUE) {
    @Override
    void shuffle(long[] indices, long seed) {
      MersenneTwister random = MersenneTwister.ofWord((int) seed);
      if (indices.length < TORCH_MANY) {
        shuffleFewLikeTorch(indices, random);
      } else {
        shuffleManyLikeTorch(indices, random);
      }
    }
  },

  /**
   * NumPy's {@code numpy.random.RandomState(seed).permutation(size)} and {@code
   * numpy.random.seed(seed); numpy.random.permutation(size)}, which is what scikit-learn uses for
   * {@code random_state=seed}. Takes seeds from 0 to 2^32 - 1, as NumPy does.
   */
  NUMPY_LEGACY(0, 0xFFFF_FFFFL) {
    @Override
    void shuffle(long[] indices, long seed) {
      shuffleLikeNumPy(indices, MersenneTwister.ofWord((int) seed));
    }
  },

  /**
   * NumPy's {@code numpy.random.default_rng(seed).permutation(size)}, which is what Hugging Face
   * data sets use. Takes seeds that are not negative, as NumPy does.
   */
  NUMPY_GENERATOR(0, Long.MAX_VALUE) {
    @Override
    void shuffle(long[] indices, long seed) {
      shuffleLikeNumPy(indices, new Pcg64(seed));
    }
  },

  /**
   * CPython's {@code random.Random(epoch).shuffle(list(range(size)))} with the epoch as the seed:
   * the order in which Keras' {@code PyDataset} hands out its batches with {@code shuffle=True}
   * when the program calls {@code random.seed(epoch)} before each epoch. Keras itself seeds nothing
   * between epochs: it goes on drawing from Python's one generator, as everything else in the
   * program does. Takes any epoch. The order is that of {@link #PYTHON}.
   */
  KERAS_EPOCH(Long.MIN_VALUE, Long.MAX_VALUE) {
    @Override
    void shuffle(long[] indices, long epoch) {
      PYTHON.shuffle(indices, epoch);
    }
  };

  /** From this size on torch draws 64 bits for an index: a 20th of the 32-bit numbers. */
  static final int TORCH_MANY = (int) (0xFFFF_FFFFL / 20);

  private final long leastSeed;
  private final long greatestSeed;

  SeedDialect(long leastSeed, long greatestSeed) {
    this.leastSeed = leastSeed;
    this.greatestSeed = greatestSeed;
  }

  /** Fills the array with its own indices in the dialect's order. */
  abstract void shuffle(long[] indices, long seed);

  /**
   * The order in which the dialect shuffles the indices 0, 1, …, {@code size - 1}.
   *
   * @param size the number of indices, 0 to 2^31 - 9
   * @param seed the seed
   * @return a new array
   * @throws IllegalArgumentException if the size is out of range, or the seed is none that the
   *     original accepts
   */
  public long[] permutation(long size, long seed) {
    if (seed < leastSeed || seed > greatestSeed) {
      throw new IllegalArgumentException(
          "seed of %s must be in [%d, %d]: seed=%d"
              .formatted(name(), leastSeed, greatestSeed, seed));
    }
    long[] indices = Permutation.newArray(size);
    shuffle(indices, seed);
    return indices;
  }

  private static void number(long[] indices) {
    for (int i = 0; i < indices.length; i++) {
      indices[i] = i;
    }
  }

  private static void swap(long[] indices, int i, int j) {
    long index = indices[j];
    indices[j] = indices[i];
    indices[i] = index;
  }

  /** torch's order of fewer than {@link #TORCH_MANY} indices: from the first position up. */
  static void shuffleFewLikeTorch(long[] indices, MersenneTwister random) {
    number(indices);
    for (int i = 0; i < indices.length - 1; i++) {
      long left = (long) indices.length - i;
      swap(indices, i, i + (int) ((random.nextInt() & 0xFFFF_FFFFL) % left));
    }
  }

  /** torch's order of more indices: each is put in at a place among those before it. */
  static void shuffleManyLikeTorch(long[] indices, MersenneTwister random) {
    for (int i = 0; i < indices.length; i++) {
      int place = (int) Long.remainderUnsigned(random.nextLong(), i + 1L);
      indices[i] = indices[place];
      indices[place] = i;
    }
  }

  private static void shuffleLikeNumPy(long[] indices, RandomGenerator random) {
    number(indices);
    for (int i = indices.length - 1; i > 0; i--) {
      swap(indices, i, (int) numPyInterval(random, i));
    }
  }

  /**
   * As NumPy's {@code random_interval(max)}: the lower bits, as many as {@code max} has, of a draw
   * of 32 bits or, where {@code max} has more, of 64, drawn again until they are at most {@code
   * max}. {@code max} is positive.
   */
  static long numPyInterval(RandomGenerator random, long max) {
    long mask = -1L >>> Long.numberOfLeadingZeros(max);
    long value;
    do {
      value = (max <= 0xFFFF_FFFFL ? random.nextInt() : random.nextLong()) & mask;
    } while (value > max);
    return value;
  }
}
