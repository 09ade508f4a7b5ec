package dev.batchmill.random;

import dev.batchmill.array.CudaStream;
import dev.batchmill.array.DType;
import dev.batchmill.array.DeviceArray;
import dev.batchmill.internal.kernel.PhiloxKernel;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.Serializable;

/**
 * A random order of the indices 0, 1, …, {@code size - 1}: an immutable bijection of [0, {@code
 * size}) that is computed, not stored. Any position can be asked for at once, in both directions,
 * and memory does not grow with the size: at most 256 KiB, for any size up to 2^62.
 *
 * <p>The order is a function of size, seed and epoch alone: it is the same on every machine, with
 * every backend and in every release (golden vectors freeze it). Seed, epoch and size are hashed
 * together: neighbouring seeds, epochs or sizes give unrelated orders, and epoch 1 of one seed is
 * not epoch 0 of another.
 *
 * <p>Up to 65 536 indices every order is equally likely but for the generator, which has 2^64 seeds
 * and 2^64 epochs. Above that the order is a keyed bijection that passes the tests reported in
 * {@code docs/permutation-quality.md}. Neither is meant to keep secrets.
 *
 * <p>Instances are safe for use by many threads. Java serialisation writes the three numbers.
 *
 * @see <a href="https://keras.io/api/utils/python_utils/">Keras: {@code PyDataset}, whose shuffled
 *     order this replaces</a>
 */
@SuppressWarnings("serial") // written as its three numbers
public final class Permutation implements Serializable {
  /*
   * The scheme. This file owns it; PermutationKernel and cpp/include/batchmill/permutation.h carry
   * it out, src/test/python/permutation_golden.py is a third, independent copy that makes the golden
   * vectors.
   *
   * Key. Philox4x32-10 [1] under the seed maps the counter (epoch, size) to four words. Two are the
   * key, two the stream of a PhiloxRandom, whose words are drawn one after another.
   *
   * Small sizes (at most 65 536). A Fisher-Yates shuffle in Durstenfeld's form [2], from the last
   * position down, with exactly unbiased draws (see PhiloxRandom.nextInt). No bijection made of a few
   * rounds is uniform over so few indices: eight Feistel rounds at n = 5 gave a chi-square of 5157
   * on 119 degrees of freedom.
   *
   * Large sizes. An index x is a pair of mixed-radix digits [3]: x = upper * columns + lower with
   * rows = ceil(sqrt(size)) and columns = ceil(size / rows). Eight rounds of an unbalanced Feistel
   * network [4] add a function of one digit to the other, modulo its radix:
   *
   *   upper = (upper + scatter(lower)) mod rows        in rounds 0, 2, 4, 6
   *   lower = (lower + scatter(upper)) mod columns     in rounds 1, 3, 5, 7
   *
   * A result outside [0, size) goes through the network again ("cycle walking" [3]): rows * columns
   * exceeds size by less than rows, so about one index in sqrt(size) walks, at powers of two and
   * next to them as anywhere else. The round function, with an odd 32-bit multiplier and a 64-bit
   * addend for each round, is
   *
   *   product = digit * multiplier + addend            modulo 2^64
   *   folded  = low 32 bits of (product ^ product >>> 32)
   *   scatter = ((folded * 0x9E3779B1 mod 2^32) * radix) >>> 32
   *
   * three multiplications of 32 by 32 bits: one instruction each on SSE2, AVX2, AVX-512 and GPUs.
   * The addend's carries and the fold break the linearity of the first product; the second brings
   * every bit to the top, where the last one takes the digit from. With this function six rounds pass
   * all tests of docs/permutation-quality.md and five fail one, as for ideal round functions [4]; the
   * functions with one multiplication that were tried fail with six or eight. Eight rounds leave a
   * margin. Mitchell et al. [5] shuffle by such bijections on GPUs.
   *
   * [1] Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3. SC 2011.
   * [2] Durstenfeld: Algorithm 235: random permutation. CACM 7(7), 1964.
   * [3] Black, Rogaway: Ciphers with arbitrary finite domains. CT-RSA 2002.
   * [4] Luby, Rackoff: How to construct pseudorandom permutations from pseudorandom functions. SIAM J.
   *     Comput. 17(2), 1988; Patarin: Generic attacks on Feistel schemes. ASIACRYPT 2001.
   * [5] Mitchell, Stokes, Frank, Holmes: Bandwidth-optimal random shuffling for GPUs. ACM TOPC 9(1),
   *     2022.
   */

  /** The largest size, 2^62. */
  public static final long MAX_SIZE = 1L << 62;

  /** The longest array that every JVM can make. */
  static final int MAX_ARRAY = Integer.MAX_VALUE - 8;

  private final long size;
  private final long seed;
  private final long epoch;
  private final Bijection bijection;

  private Permutation(long size, long seed, long epoch) {
    this.size = size;
    this.seed = seed;
    this.epoch = epoch;
    int[] words = new int[PhiloxKernel.BLOCK_WORDS];
    PhiloxKernel.block(seed, epoch, size, words);
    PhiloxRandom random = PhiloxRandom.of(SeedHash.lower(words), SeedHash.upper(words));
    bijection =
        size <= ShuffledTable.MAX_SIZE
            ? new ShuffledTable((int) size, random)
            : new FeistelNetwork(size, random);
  }

  /**
   * The permutation of a seed for epoch 0.
   *
   * @param size the number of indices, 0 to 2^62
   * @param seed any value
   * @return the permutation
   * @throws IllegalArgumentException if the size is out of range
   */
  public static Permutation of(long size, long seed) {
    return of(size, seed, 0);
  }

  /**
   * The permutation of a seed for one epoch.
   *
   * @param size the number of indices, 0 to 2^62
   * @param seed any value
   * @param epoch any value
   * @return the permutation
   * @throws IllegalArgumentException if the size is out of range
   */
  public static Permutation of(long size, long seed, long epoch) {
    if (size < 0 || size > MAX_SIZE) {
      throw new IllegalArgumentException("size must be in [0, 2^62]: size=" + size);
    }
    return new Permutation(size, seed, epoch);
  }

  /**
   * The number of indices.
   *
   * @return 0 to 2^62
   */
  public long size() {
    return size;
  }

  /**
   * The index that comes at a position.
   *
   * @param position in [0, size)
   * @return in [0, size)
   * @throws IllegalArgumentException if the position is out of range
   */
  public long indexAt(long position) {
    checkInRange("position", position);
    return bijection.indexAt(position);
  }

  /**
   * The position an index comes at: the inverse of {@link #indexAt}.
   *
   * @param index in [0, size)
   * @return in [0, size)
   * @throws IllegalArgumentException if the index is out of range
   */
  public long positionOf(long index) {
    checkInRange("index", index);
    return bijection.positionOf(index);
  }

  /**
   * Writes the indices at the positions {@code first}, {@code first + 1}, … to {@code out[from]} up
   * to {@code out[to - 1]}. Many times faster than as many calls of {@link #indexAt}.
   *
   * @param first the first position
   * @param out the array to write to
   * @param from the first element to write
   * @param to the element after the last to write
   * @throws IllegalArgumentException if the elements or the positions are out of range
   */
  public void fill(long first, long[] out, int from, int to) {
    if (from < 0 || to < from || to > out.length) {
      throw new IllegalArgumentException(
          "elements must lie in the array: from=%d, to=%d, length=%d"
              .formatted(from, to, out.length));
    }
    checkPositions(first, to - from);
    bijection.fill(first, out, from, to);
  }

  /**
   * Writes the indices at the positions {@code first}, {@code first + 1}, … to an array on a GPU.
   *
   * @param first the first position
   * @param out an int64 array of any shape
   * @param stream the stream that does it
   * @throws IllegalArgumentException if the positions are out of range, or the array or the stream
   *     does not fit
   * @throws dev.batchmill.error.DeviceException if the device refuses
   */
  public void fill(long first, DeviceArray out, CudaStream stream) {
    if (out.dtype() != DType.INT64) {
      throw new IllegalArgumentException("indices are int64: dtype=" + out.dtype());
    }
    checkPositions(first, out.size());
    out.requireStream(stream);
    if (out.size() > 0) {
      bijection.fill(first, out, stream);
    }
  }

  /**
   * All indices in order.
   *
   * @return a new array
   * @throws IllegalArgumentException if the size exceeds what an array holds, 2^31 - 9
   */
  public long[] toArray() {
    long[] indices = newArray(size);
    fill(0, indices, 0, indices.length);
    return indices;
  }

  /** An array for so many indices, or the error that says it cannot be. */
  static long[] newArray(long size) {
    if (size < 0 || size > MAX_ARRAY) {
      throw new IllegalArgumentException(
          "size must be in [0, %d] to fit an array: size=%d".formatted(MAX_ARRAY, size));
    }
    return new long[(int) size];
  }

  private void checkPositions(long first, long count) {
    if (first < 0 || first > size - count) {
      throw new IllegalArgumentException(
          "positions must be in [0, size): first=%d, count=%d, size=%d"
              .formatted(first, count, size));
    }
  }

  private void checkInRange(String name, long value) {
    if (value < 0 || value >= size) {
      throw new IllegalArgumentException(
          "%s must be in [0, size): %s=%d, size=%d".formatted(name, name, value, size));
    }
  }

  /**
   * The size, seed and epoch.
   *
   * @return a text for people
   */
  @Override
  public String toString() {
    return "Permutation[size=%d, seed=%d, epoch=%d]".formatted(size, seed, epoch);
  }

  /** What Java serialisation writes. */
  private record Numbers(long size, long seed, long epoch) implements Serializable {
    private static final long serialVersionUID = 1L;

    private Object readResolve() {
      return of(size, seed, epoch);
    }
  }

  private Object writeReplace() {
    return new Numbers(size, seed, epoch);
  }

  private void readObject(ObjectInputStream in) throws InvalidObjectException {
    throw new InvalidObjectException("a permutation is read through its numbers: in=" + in);
  }
}
