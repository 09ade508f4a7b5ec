package dev.batchmill.random;

/**
 * MT19937 seeded and drawn from as CPython's {@code random} does.
 *
 * <p>M. Matsumoto, T. Nishimura, "Mersenne Twister: a 623-dimensionally equidistributed uniform
 * pseudo-random number generator", ACM TOMACS 8(1), 1998, with the {@code init_by_array} of the
 * authors' 2002 revision. Not thread-safe.
 */
final class MersenneTwister {
  private static final int LENGTH = 624;
  private static final int SHIFT = 397;
  private static final int UPPER_BIT = 0x8000_0000;
  private static final int LOWER_BITS = 0x7FFF_FFFF;
  private static final int TWIST = 0x9908_B0DF;

  private final int[] state = new int[LENGTH];
  private int next = LENGTH;

  /**
   * As {@code random.seed(seed)}: keyed by the 32-bit words of the absolute value, lowest first.
   */
  static MersenneTwister python(long seed) {
    // Math.abs leaves Long.MIN_VALUE as it is, which is 2^63 when its words are read as unsigned.
    long magnitude = Math.abs(seed);
    int low = (int) magnitude;
    int high = (int) (magnitude >>> 32);
    return new MersenneTwister(high == 0 ? new int[] {low} : new int[] {low, high});
  }

  /** {@code init_by_array}. */
  private MersenneTwister(int[] key) {
    seed(19650218);
    int i = 1;
    int j = 0;
    for (int k = Math.max(LENGTH, key.length); k > 0; k--) {
      state[i] = (state[i] ^ (scrambled(state[i - 1]) * 1664525)) + key[j] + j;
      i = following(i);
      j = j + 1 == key.length ? 0 : j + 1;
    }
    for (int k = LENGTH - 1; k > 0; k--) {
      state[i] = (state[i] ^ (scrambled(state[i - 1]) * 1566083941)) - i;
      i = following(i);
    }
    state[0] = UPPER_BIT;
  }

  /** {@code init_genrand}. */
  private void seed(int seed) {
    state[0] = seed;
    for (int i = 1; i < LENGTH; i++) {
      state[i] = 1812433253 * scrambled(state[i - 1]) + i;
    }
  }

  private static int scrambled(int word) {
    return word ^ (word >>> 30);
  }

  /**
   * The word after {@code i} in the walk over words 1 to 623; passing the end copies the last word
   * to 0.
   */
  private int following(int i) {
    if (i + 1 < LENGTH) {
      return i + 1;
    }
    state[0] = state[LENGTH - 1];
    return 1;
  }

  /** The next 32 bits. */
  int nextInt() {
    if (next == LENGTH) {
      twist();
      next = 0;
    }
    int y = state[next++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9D2C_5680;
    y ^= (y << 15) & 0xEFC6_0000;
    return y ^ (y >>> 18);
  }

  private void twist() {
    for (int i = 0; i < LENGTH; i++) {
      int y = (state[i] & UPPER_BIT) | (state[(i + 1) % LENGTH] & LOWER_BITS);
      state[i] = state[(i + SHIFT) % LENGTH] ^ (y >>> 1) ^ (-(y & 1) & TWIST);
    }
  }

  /**
   * As {@code random._randbelow(bound)}: {@code getrandbits} of the bound's bit length, drawn again
   * until it is below the bound. {@code bound} is positive, so that one word is enough.
   */
  int below(int bound) {
    int unused = Integer.numberOfLeadingZeros(bound);
    int value = nextInt() >>> unused;
    while (value >= bound) {
      value = nextInt() >>> unused;
    }
    return value;
  }
}
