package dev.batchmill.random;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Philox4x32-10, a counter-based generator: a keyed bijection of 128-bit counters whose outputs are
 * the random words, here read as one stream of words per (key, stream) pair.
 *
 * <p>J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel random numbers: as easy as 1, 2,
 * 3", SC 2011. The test holds it to the known-answer vectors published with that paper's library,
 * Random123. {@code cpp/include/batchmill/philox.h} is the same function.
 *
 * <p>An instance has state and belongs to one thread; the static methods are pure.
 */
final class Philox {
  private static final int ROUNDS = 10;
  private static final long MULTIPLIER_0 = 0xD2511F53L;
  private static final long MULTIPLIER_1 = 0xCD9E8D57L;
  private static final int WEYL_0 = 0x9E3779B9;
  private static final int WEYL_1 = 0xBB67AE85;
  private static final long WORD = 0xFFFF_FFFFL;

  /** Marks the counters of {@link #hash}; those of a permutation have this bit clear. */
  private static final int HASH_DOMAIN = 0x8000_0000;

  private final long key;
  private final int stream0;
  private final int stream1;
  private long nextBlock;
  private int[] words = {};
  private int nextWord;

  /** The stream of words of the counters (0, 1, 2, …, {@code stream0}, {@code stream1}). */
  Philox(long key, int stream0, int stream1) {
    this.key = key;
    this.stream0 = stream0;
    this.stream1 = stream1;
  }

  /** The four words of one counter; the lower half of {@code key} is the first key word. */
  static int[] block(long key, int counter0, int counter1, int counter2, int counter3) {
    int key0 = (int) key;
    int key1 = (int) (key >>> 32);
    int word0 = counter0;
    int word1 = counter1;
    int word2 = counter2;
    int word3 = counter3;
    for (int round = 0; round < ROUNDS; round++) {
      long product0 = MULTIPLIER_0 * (word0 & WORD);
      long product1 = MULTIPLIER_1 * (word2 & WORD);
      word0 = (int) (product1 >>> 32) ^ word1 ^ key0;
      word1 = (int) product1;
      word2 = (int) (product0 >>> 32) ^ word3 ^ key1;
      word3 = (int) product0;
      key0 += WEYL_0;
      key1 += WEYL_1;
    }
    return new int[] {word0, word1, word2, word3};
  }

  /** As {@link #block(long, int, int, int, int)} with each half of the counter in one value. */
  static int[] block(long key, long low, long high) {
    return block(key, (int) low, (int) (low >>> 32), (int) high, (int) (high >>> 32));
  }

  /**
   * A 64-bit hash of a text under a seed: its UTF-8 bytes, eight to a block, each block keyed by
   * the outcome of the one before. It separates names; it is no message authentication.
   */
  static long hash(long seed, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    long state = joined(block(seed, 0, 0, 0, HASH_DOMAIN | bytes.length), 0);
    for (int from = 0; from < bytes.length; from += Long.BYTES) {
      byte[] chunk = Arrays.copyOfRange(bytes, from, from + Long.BYTES);
      state = joined(block(state, littleEndian(chunk), (long) HASH_DOMAIN << 32), 0);
    }
    return state;
  }

  /** Words {@code at} (low) and {@code at + 1} (high) as one value. */
  static long joined(int[] words, int at) {
    return (words[at] & WORD) | ((long) words[at + 1] << 32);
  }

  private static long littleEndian(byte[] bytes) {
    long value = 0;
    for (int i = bytes.length - 1; i >= 0; i--) {
      value = (value << Byte.SIZE) | (bytes[i] & 0xFF);
    }
    return value;
  }

  /** The next word of the stream. */
  int nextInt() {
    if (nextWord == words.length) {
      words = block(key, (int) nextBlock, (int) (nextBlock >>> 32), stream0, stream1);
      nextBlock++;
      nextWord = 0;
    }
    return words[nextWord++];
  }

  /** The next two words of the stream, the lower half first. */
  long nextLong() {
    long low = nextInt() & WORD;
    return low | ((long) nextInt() << 32);
  }

  /**
   * A value in [0, {@code bound}), each equally likely: the high half of word × bound, drawn again
   * where the low half falls into the uneven rest (D. Lemire, "Fast random integer generation in an
   * interval", ACM TOMACS 29(1), 2019). {@code bound} is positive.
   */
  int nextInt(int bound) {
    long product = (nextInt() & WORD) * bound;
    if ((product & WORD) < bound) {
      long uneven = (1L << 32) % bound;
      while ((product & WORD) < uneven) {
        product = (nextInt() & WORD) * bound;
      }
    }
    return (int) (product >>> 32);
  }
}
