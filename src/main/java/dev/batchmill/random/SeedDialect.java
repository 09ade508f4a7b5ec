package dev.batchmill.random;

/**
 * Whose shuffle a seed means: our own or, bit for bit, that of another library, so that a split or
 * an order made there can be made again here.
 *
 * <p>Stateless and safe for use by many threads.
 */
public enum SeedDialect {
  /** {@link Permutation} of epoch 0, for any seed. */
  BATCHMILL {
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
  PYTHON {
    @Override
    void shuffle(long[] indices, long seed) {
      for (int i = 0; i < indices.length; i++) {
        indices[i] = i;
      }
      MersenneTwister random = MersenneTwister.python(seed);
      for (int i = indices.length - 1; i > 0; i--) {
        int j = random.below(i + 1);
        long index = indices[j];
        indices[j] = indices[i];
        indices[i] = index;
      }
    }
  };

  /** Fills the array with its own indices in the dialect's order. */
  abstract void shuffle(long[] indices, long seed);

  /**
   * The order in which the dialect shuffles the indices 0, 1, …, {@code size - 1}.
   *
   * @param size the number of indices, 0 to 2^31 - 9
   * @param seed the seed
   * @return a new array
   * @throws IllegalArgumentException if the size is out of range
   */
  public long[] permutation(long size, long seed) {
    long[] indices = Permutation.newArray(size);
    shuffle(indices, seed);
    return indices;
  }
}
