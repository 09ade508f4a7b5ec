package dev.batchmill.internal.kernel;

/**
 * The mixed-radix Feistel network with cycle walking that {@link dev.batchmill.random.Permutation}
 * describes, over a packed key. {@code cpp/include/batchmill/permutation.h} is the same arithmetic.
 *
 * <p>A key is {@code {size, rows, columns, multiplier 0, addend 0, multiplier 1, addend 1, …}}: one
 * multiplier (odd, 32 bits) and one addend (64 bits) a round, with 0 &lt; size ≤ rows × columns,
 * rows and columns at most 2^31. All products then fit 63 bits, or are meant modulo 2^64. The
 * methods are pure and trust their arguments.
 */
public final class PermutationKernel {
  /** The number of rounds, even: each half is changed by every other round. */
  public static final int ROUNDS = 8;

  /** The length of a key. */
  public static final int KEY_LENGTH = 3 + 2 * ROUNDS;

  private static final int SIZE = 0;
  private static final int ROWS = 1;
  private static final int COLUMNS = 2;
  private static final int FIRST_ROUND = 3;
  private static final long MAX_RADIX = 1L << 31;
  private static final long WORD = 0xFFFF_FFFFL;

  /** The prime next to 2^32 divided by the golden ratio. */
  private static final int SCATTER = 0x9E3779B1;

  private PermutationKernel() {}

  /**
   * A key whose rounds are still to be set.
   *
   * @param size the number of indices
   * @param rows the number of values of the upper half
   * @param columns the number of values of the lower half
   * @return a new array
   */
  public static long[] newKey(long size, long rows, long columns) {
    long[] key = new long[KEY_LENGTH];
    key[SIZE] = size;
    key[ROWS] = rows;
    key[COLUMNS] = columns;
    return key;
  }

  /**
   * Sets the key of one round.
   *
   * @param key the key to change
   * @param round the round, from 0
   * @param multiplier an odd number, taken as unsigned
   * @param addend any number
   */
  public static void setRound(long[] key, int round, int multiplier, long addend) {
    key[FIRST_ROUND + 2 * round] = multiplier & WORD;
    key[FIRST_ROUND + 2 * round + 1] = addend;
  }

  /**
   * The size that a key is for.
   *
   * @param key the key
   * @return the number of indices
   * @throws IllegalArgumentException if it is no key
   */
  static long checkedSize(long[] key) {
    if (key.length != KEY_LENGTH) {
      throw new IllegalArgumentException(
          "A key has %d numbers: length=%d".formatted(KEY_LENGTH, key.length));
    }
    long size = key[SIZE];
    long rows = key[ROWS];
    long columns = key[COLUMNS];
    boolean radices = rows >= 1 && rows <= MAX_RADIX && columns >= 1 && columns <= MAX_RADIX;
    if (!radices || size < 1 || size > rows * columns) {
      throw new IllegalArgumentException(
          "A key needs 0 < size <= rows * columns, both up to 2^31: size=%d, rows=%d, columns=%d"
              .formatted(size, rows, columns));
    }
    return size;
  }

  /**
   * The index at a position.
   *
   * @param key the key
   * @param position in [0, size)
   * @return in [0, size)
   */
  public static long apply(long[] key, long position) {
    long value = position;
    do {
      value = rounds(key, value / key[COLUMNS], value % key[COLUMNS]);
    } while (value >= key[SIZE]);
    return value;
  }

  /**
   * The position of an index: the inverse of {@link #apply}.
   *
   * @param key the key
   * @param index in [0, size)
   * @return in [0, size)
   */
  public static long invert(long[] key, long index) {
    long value = index;
    do {
      value = inverseRounds(key, value / key[COLUMNS], value % key[COLUMNS]);
    } while (value >= key[SIZE]);
    return value;
  }

  /**
   * Writes the indices at the positions {@code first}, {@code first + 1}, … to {@code out[from]} up
   * to {@code out[to - 1]}.
   *
   * @param key the key
   * @param first the first position
   * @param out the array to write to
   * @param from the first element to write
   * @param to the element after the last to write
   */
  public static void fill(long[] key, long first, long[] out, int from, int to) {
    long columns = key[COLUMNS];
    long upper = first / columns;
    long lower = first % columns;
    for (int i = from; i < to; i++) {
      long value = rounds(key, upper, lower);
      out[i] = value < key[SIZE] ? value : apply(key, value);
      if (++lower == columns) {
        lower = 0;
        upper++;
      }
    }
  }

  private static long rounds(long[] key, long upper, long lower) {
    long rows = key[ROWS];
    long columns = key[COLUMNS];
    for (int at = FIRST_ROUND; at < KEY_LENGTH; at += 4) {
      upper = wrap((upper - rows) + scatter(lower, key[at], key[at + 1], rows), rows);
      lower = wrap((lower - columns) + scatter(upper, key[at + 2], key[at + 3], columns), columns);
    }
    return upper * columns + lower;
  }

  private static long inverseRounds(long[] key, long upper, long lower) {
    long rows = key[ROWS];
    long columns = key[COLUMNS];
    for (int at = KEY_LENGTH - 4; at >= FIRST_ROUND; at -= 4) {
      lower = wrap(lower - scatter(upper, key[at + 2], key[at + 3], columns), columns);
      upper = wrap(upper - scatter(lower, key[at], key[at + 1], rows), rows);
    }
    return upper * columns + lower;
  }

  /** The round function: scatters a half over [0, {@code radix}). */
  private static long scatter(long half, long multiplier, long addend, long radix) {
    long product = half * multiplier + addend;
    int scattered = (int) (product ^ (product >>> 32)) * SCATTER;
    return ((scattered & WORD) * radix) >>> 32;
  }

  /** Adds {@code radix} to a negative value. */
  private static long wrap(long value, long radix) {
    return value + ((value >> 63) & radix);
  }
}
