package dev.batchmill.random;

import java.util.random.RandomGenerator;

/**
 * MT19937, with the seedings and draws that CPython, NumPy's {@code RandomState} and torch make of
 * it.
 *
 * <p>M. Matsumoto, T. Nishimura, "Mersenne Twister: a 623-dimensionally equidistributed uniform
 * pseudo-random number generator", ACM TOMACS 8(1), 1998, with the two seedings of the authors'
 * 2002 revision. Not thread-safe.
 */
final class MersenneTwister implements RandomGenerator {
  private static final int LENGTH = 624;
  private static final int SHIFT = 397;
  private static final int UPPER_BIT = 0x8000_0000;
  private static final int LOWER_BITS = 0x7FFF_FFFF;
  private static final int TWIST = 0x9908_B0DF;
  private static final long WORD = 0xFFFF_FFFFL;

  private final int[] state = new int[LENGTH];
  private int next = LENGTH;

  private MersenneTwister() {}

  /**
   * Seeded as by CPython's {@code random.seed(seed)}: {@code init_by_array} of the 32-bit words of
   * the absolute value, lowest first.
   */
  static MersenneTwister ofAbsoluteValue(long seed) {
    // Math.abs leaves Long.MIN_VALUE as it is, which is 2^63 when its words are read as unsigned.
    long magnitude = Math.abs(seed);
    int low = (int) magnitude;
    int high = (int) (magnitude >>> 32);
    MersenneTwister random = new MersenneTwister();
    random.initByArray(high == 0 ? new int[] {low} : new int[] {low, high});
    return random;
  }

  /**
   * Seeded as by NumPy's {@code RandomState(seed)} and torch's {@code manual_seed(seed)}: {@code
   * init_genrand}.
   */
  static MersenneTwister ofWord(int seed) {
    MersenneTwister random = new MersenneTwister();
    random.initGenrand(seed);
    return random;
  }

  private void initByArray(int[] key) {
    initGenrand(19650218);
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

  private void initGenrand(int seed) {
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

  @Override
  public int nextInt() {
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

  /** The next two words, the upper half first: as NumPy and torch join them. */
  @Override
  public long nextLong() {
    long high = nextInt();
    return high << 32 | (nextInt() & WORD);
  }

  private void twist() {
    int i = 0;
    for (; i < LENGTH - SHIFT; i++) {
      state[i] = state[i + SHIFT] ^ twisted(state[i], state[i + 1]);
    }
    for (; i < LENGTH - 1; i++) {
      state[i] = state[i + SHIFT - LENGTH] ^ twisted(state[i], state[i + 1]);
    }
    state[i] = state[SHIFT - 1] ^ twisted(state[i], state[0]);
  }

  private static int twisted(int word, int next) {
    int y = (word & UPPER_BIT) | (next & LOWER_BITS);
    return (y >>> 1) ^ (-(y & 1) & TWIST);
  }

  /**
   * As CPython's {@code random._randbelow(bound)}: {@code getrandbits} of the bound's bit length,
   * which are the upper bits of a word, drawn again until they are below the bound. {@code bound}
   * is positive, so that one word is enough.
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
