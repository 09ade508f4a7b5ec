package dev.batchmill.random;

/**
 * NumPy's {@code SeedSequence} of a whole number: mixes its words into a pool of four, of which any
 * number of words can be made.
 *
 * <p>M. E. O'Neill, "Developing a seed_seq alternative", 2015 (pcg-random.org), in the form of R.
 * Kern for NumPy 1.17 (NEP 19). Immutable.
 */
final class SeedSequence {
  private static final int POOL = 4;
  private static final int MIX_LEFT = 0xCA01_F9DD;
  private static final int MIX_RIGHT = 0x4973_F715;

  private final int[] pool = new int[POOL];

  /** A constant that changes with each word that is hashed by it. */
  private static final class Hash {
    private final int factor;
    private int constant;

    Hash(int constant, int factor) {
      this.constant = constant;
      this.factor = factor;
    }

    int of(int word) {
      int mixed = word ^ constant;
      constant *= factor;
      return folded(mixed * constant);
    }
  }

  /** {@code entropy} is not negative: NumPy takes its words, lowest first. */
  SeedSequence(long entropy) {
    Hash hash = new Hash(0x43B0_D7E5, 0x931E_8875);
    int[] words = {(int) entropy, (int) (entropy >>> 32), 0, 0};
    for (int i = 0; i < POOL; i++) {
      pool[i] = hash.of(words[i]);
    }
    for (int from = 0; from < POOL; from++) {
      for (int to = 0; to < POOL; to++) {
        if (from != to) {
          pool[to] = folded(MIX_LEFT * pool[to] - MIX_RIGHT * hash.of(pool[from]));
        }
      }
    }
  }

  private static int folded(int word) {
    return word ^ (word >>> 16);
  }

  /** As {@code generate_state(count, numpy.uint64)}. */
  long[] generateState(int count) {
    Hash hash = new Hash(0x8B51_F9DD, 0x58F3_8DED);
    long[] state = new long[count];
    for (int i = 0; i < count; i++) {
      long low = hash.of(pool[2 * i % POOL]) & 0xFFFF_FFFFL;
      long high = hash.of(pool[(2 * i + 1) % POOL]);
      state[i] = high << 32 | low;
    }
    return state;
  }
}
