package dev.batchmill.internal.kernel;

import java.nio.Buffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;

/**
 * Philox4x32-10, a counter-based generator: a keyed bijection of 128-bit counters whose outputs are
 * the random words. {@code cpp/include/batchmill/philox.h} is the same function.
 *
 * <p>J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel random numbers: as easy as 1, 2,
 * 3", SC 2011. Tests hold it to the known-answer vectors published with that paper's library,
 * Random123, and to TensorFlow's generator. The methods are pure.
 */
public final class PhiloxKernel {
  /** The words of a block: what one counter gives. */
  public static final int BLOCK_WORDS = 4;

  private static final int ROUNDS = 10;
  private static final long MULTIPLIER_0 = 0xD2511F53L;
  private static final long MULTIPLIER_1 = 0xCD9E8D57L;
  private static final int WEYL_0 = 0x9E3779B9;
  private static final int WEYL_1 = 0xBB67AE85;
  private static final long WORD = 0xFFFF_FFFFL;

  private PhiloxKernel() {}

  /**
   * The four words of one counter.
   *
   * @param key the key; its lower half is the first key word
   * @param low the lower half of the counter: its words 0 and 1
   * @param high the upper half
   * @param words the array whose first four elements the words become
   */
  public static void block(long key, long low, long high, int[] words) {
    int key0 = (int) key;
    int key1 = (int) (key >>> 32);
    int word0 = (int) low;
    int word1 = (int) (low >>> 32);
    int word2 = (int) high;
    int word3 = (int) (high >>> 32);
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
    words[0] = word0;
    words[1] = word1;
    words[2] = word2;
    words[3] = word3;
  }

  /** {@link Kernels#fillRandom} for valid arguments. */
  static void fill(long key, long stream, long block, int word, Buffer out, int from, int to) {
    Words words = new Words(key, stream, block, word);
    if (out instanceof IntBuffer ints) {
      for (int i = from; i < to; i++) {
        ints.put(i, words.nextInt());
      }
    } else if (out instanceof LongBuffer longs) {
      for (int i = from; i < to; i++) {
        longs.put(i, words.nextLong());
      }
    } else if (out instanceof FloatBuffer floats) {
      for (int i = from; i < to; i++) {
        floats.put(i, toFloat(words.nextInt()));
      }
    } else {
      DoubleBuffer doubles = (DoubleBuffer) out;
      for (int i = from; i < to; i++) {
        doubles.put(i, toDouble(words.nextLong()));
      }
    }
  }

  /** The upper 24 bits as a fraction of 1. */
  public static float toFloat(int word) {
    return (word >>> 8) * 0x1p-24f;
  }

  /** The upper 53 bits as a fraction of 1. */
  public static double toDouble(long words) {
    return (words >>> 11) * 0x1p-53;
  }

  /** The words of consecutive blocks. */
  private static final class Words {
    private final long key;
    private final long stream;
    private final int[] words = new int[BLOCK_WORDS];
    private long block;
    private int next;

    Words(long key, long stream, long block, int word) {
      this.key = key;
      this.stream = stream;
      this.block = block;
      next = word;
      block(key, block, stream, words);
    }

    int nextInt() {
      if (next == BLOCK_WORDS) {
        block++;
        block(key, block, stream, words);
        next = 0;
      }
      return words[next++];
    }

    long nextLong() {
      long low = nextInt() & WORD;
      return low | (long) nextInt() << 32;
    }
  }
}
