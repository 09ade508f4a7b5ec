package dev.batchmill.random;

import dev.batchmill.internal.kernel.PhiloxKernel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Seeds made of a seed and a name: hashes that are chains of {@link PhiloxKernel} blocks. They
 * separate names; they are no message authentication. Frozen: they are the seeds of every component
 * that was given none.
 */
final class SeedHash {
  /** Marks the counters of texts; those of a permutation have this bit clear. */
  private static final int TEXT = 0x8000_0000;

  /** Marks the first counter of numbers; the bit beside the first is clear in those of texts. */
  private static final long NUMBERS = 0xC000_0000_0000_0000L;

  private SeedHash() {}

  /**
   * A 64-bit hash of a text under a seed: its UTF-8 bytes, eight to a block, each block keyed by
   * the outcome of the one before.
   */
  static long of(long seed, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int[] words = new int[PhiloxKernel.BLOCK_WORDS];
    PhiloxKernel.block(seed, 0, (long) (TEXT | bytes.length) << 32, words);
    for (int from = 0; from < bytes.length; from += Long.BYTES) {
      byte[] chunk = Arrays.copyOfRange(bytes, from, from + Long.BYTES);
      PhiloxKernel.block(lower(words), littleEndian(chunk), (long) TEXT << 32, words);
    }
    return lower(words);
  }

  /**
   * The stream of a name and some numbers below another stream: both halves of its 128-bit state
   * are a hash of all of these.
   */
  static PhiloxRandom stream(long key, long stream, String name, long[] indices) {
    int[] words = new int[PhiloxKernel.BLOCK_WORDS];
    PhiloxKernel.block(of(key, name), stream, NUMBERS | indices.length, words);
    for (long index : indices) {
      PhiloxKernel.block(lower(words), index, upper(words), words);
    }
    return PhiloxRandom.of(lower(words), upper(words));
  }

  /** Words 0 (low) and 1 (high) as one value. */
  static long lower(int[] words) {
    return (words[0] & 0xFFFF_FFFFL) | (long) words[1] << 32;
  }

  /** Words 2 (low) and 3 (high) as one value. */
  static long upper(int[] words) {
    return (words[2] & 0xFFFF_FFFFL) | (long) words[3] << 32;
  }

  private static long littleEndian(byte[] bytes) {
    long value = 0;
    for (int i = bytes.length - 1; i >= 0; i--) {
      value = (value << Byte.SIZE) | (bytes[i] & 0xFF);
    }
    return value;
  }
}
