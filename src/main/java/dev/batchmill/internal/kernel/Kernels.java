package dev.batchmill.internal.kernel;

import java.nio.Buffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;

/**
 * The numeric kernels of one backend.
 *
 * <p>Every method is a single-threaded pure function over the range it is given; whoever wants more
 * threads splits the range (see {@link Parallel}). Operands are typed {@code java.nio} buffers in
 * native byte order, on the heap or off it; element numbers count from the buffer's element 0,
 * whatever its position, and stay below its limit. A range that does not fit is an {@link
 * IllegalArgumentException} or {@link IndexOutOfBoundsException} before anything is written.
 *
 * <p>All backends give the same bits; only the payload of a NaN is not part of this.
 * Implementations are immutable and may be used by any number of threads.
 */
public interface Kernels {
  /** The backend's name in lower case: {@code java}, {@code cpu} or {@code cuda}. */
  String name();

  /** The name and what it runs with, for people: {@code cpu (native, avx512)}. */
  String description();

  /**
   * Scales vectors to unit norm.
   *
   * <p>x and out are blocks of shape [outer, length, inner] in C order, both of floats or both of
   * doubles. The vectors run along the middle axis and are numbered {@code o * inner + i}. A vector
   * is divided by the larger of its norm and epsilon; with an epsilon of zero, one whose norm is
   * zero is copied. x and out may be the same memory; otherwise they must not overlap.
   *
   * @param xStart the element of x where its block begins
   * @param outStart the element of out where its block begins
   * @param first the first vector
   * @param last the vector after the last one
   * @param order the order of the norm: any number but NaN; 0 counts the elements that are not
   *     zero, +∞ and −∞ take the largest and the smallest magnitude
   * @param epsilon the least divisor, not negative
   * @param streaming whether out is not read again soon: it goes past the caches
   */
  void normalize(
      Buffer x,
      long xStart,
      Buffer out,
      long outStart,
      long length,
      long inner,
      long first,
      long last,
      double order,
      double epsilon,
      boolean streaming);

  /**
   * Takes the sums of vectors as {@link #normalize} does, before the root is taken: that of vector
   * {@code first} goes to {@code sums[at]}. Those of floats are float values for the orders 0, 1, 2
   * and infinity.
   *
   * <p>A long vector can be summed in pieces, see {@link NormTree}.
   */
  void normSums(
      Buffer x,
      long xStart,
      long length,
      long inner,
      long first,
      long last,
      double order,
      double[] sums,
      int at);

  /**
   * Divides the elements [first, last) of a block of shape [length, inner], both of floats or both
   * of doubles: element e by {@code divisors[e % inner]}, rounded to the type. x and out may be the
   * same memory; otherwise they must not overlap.
   *
   * @param divisors inner numbers
   * @param streaming whether out is not read again soon
   */
  void divide(
      Buffer x,
      long xStart,
      Buffer out,
      long outStart,
      double[] divisors,
      long inner,
      long first,
      long last,
      boolean streaming);

  /**
   * Converts elements. Integers keep their low bits; floats are cut towards zero when they become
   * integers (NaN to 0, what is too large to the nearest {@code long} first) and rounded to nearest
   * even when they become shorter; all but zero is true. x and out do not overlap.
   *
   * @param streaming whether out is not read again soon
   */
  void convert(
      Buffer x,
      ElementType xType,
      long xStart,
      Buffer out,
      ElementType outType,
      long outStart,
      long count,
      boolean streaming);

  /**
   * Copies rows: row {@code rows[from]} of source goes to {@code outStart}, the next ones after it.
   *
   * @param source a buffer of any element type but char
   * @param sourceStart the element where row 0 begins
   * @param rowElements the length of a row
   * @param out a buffer of the same element type that does not overlap source
   */
  void gather(
      Buffer source,
      long sourceStart,
      long rowElements,
      long[] rows,
      int from,
      int to,
      Buffer out,
      long outStart);

  /**
   * Writes the indices at the positions {@code first}, {@code first + 1}, … of a random order to
   * {@code out[from]} up to {@code out[to - 1]}.
   *
   * @param key the key, as {@link PermutationKernel} packs it
   */
  void fillPermutation(long[] key, long first, long[] out, int from, int to);

  /**
   * Scales the rows of a whole array to unit norm, without any object but the arrays.
   *
   * @param length the length of a row, a divisor of that of the arrays
   * @param out an array of the same length, or x itself
   */
  default void normalize(float[] x, float[] out, int length, double order, double epsilon) {
    normalize(
        FloatBuffer.wrap(x),
        0,
        FloatBuffer.wrap(out),
        0,
        length,
        1,
        0,
        x.length / length,
        order,
        epsilon,
        false);
  }

  /** The same for doubles. */
  default void normalize(double[] x, double[] out, int length, double order, double epsilon) {
    normalize(
        DoubleBuffer.wrap(x),
        0,
        DoubleBuffer.wrap(out),
        0,
        length,
        1,
        0,
        x.length / length,
        order,
        epsilon,
        false);
  }

  /**
   * Looks at the labels [first, last): {@code found[0]} becomes the index of the first bad one, or
   * last; {@code found[1]} the largest class of those before it, or −1.
   */
  void scanLabels(Labels labels, long first, long last, long[] found);

  /**
   * Encodes labels of shape [outer, inner, depth] into a block of shape [outer, classes, inner],
   * both in C order: an element is on where one of the depth labels is its class, and off
   * elsewhere. The vectors run along the middle axis and are numbered {@code o * inner + i}. A bad
   * label is an {@link IllegalArgumentException}; some vectors may be written then. Labels and out
   * do not overlap.
   *
   * @param out a buffer of any element type but char
   * @param outStart the element of out where its block begins
   * @param onBits the bits of an element that is on, in the low bytes
   * @param offBits the bits of one that is off
   * @param first the first vector
   * @param last the vector after the last one
   * @param streaming whether out is not read again soon
   */
  void oneHot(
      Labels labels,
      long depth,
      long inner,
      Buffer out,
      long outStart,
      long onBits,
      long offBits,
      long first,
      long last,
      boolean streaming);

  /**
   * Counts labels: as {@link #oneHot}, but an element is the number of the depth labels that are
   * its class. The type must hold depth exactly.
   */
  void countLabels(
      Labels labels,
      long depth,
      long inner,
      Buffer out,
      ElementType outType,
      long outStart,
      long first,
      long last,
      boolean streaming);

  /**
   * Finds the largest element of each of the vectors [first, last) of a block of shape [outer,
   * length, inner], numbered as above: element {@code outStart + v} of out becomes the index within
   * vector v of its first largest element. NaN is larger than any number, and one zero as large as
   * the other.
   *
   * @param length the length of a vector, at least 1
   */
  void argMax(
      Buffer x,
      ElementType type,
      long xStart,
      long length,
      long inner,
      LongBuffer out,
      long outStart,
      long first,
      long last);

  /**
   * Scales and shifts the elements [first, last) of a block of shape [outer, a.length, inner] by
   * the parameters of their feature f, which lies along the middle axis: {@code x * a[f] + b[f]},
   * the product rounded before the sum, or {@code (x - a[f]) / b[f]}. Then what is below low
   * becomes low, what is above high becomes high; NaN stays.
   *
   * <p>It is computed in double when out holds doubles or x holds float64, int32 or int64, else in
   * float; the parameters and bounds are rounded to that first. x and out may be the same memory of
   * one type; otherwise they must not overlap.
   *
   * @param out a buffer of floats or doubles
   * @param divide which of the two forms
   * @param b as many numbers as a
   * @param inner at least 1
   * @param low the lower bound, −∞ for none
   * @param high the upper bound, +∞ for none
   * @param streaming whether out is not read again soon
   */
  void rescale(
      Buffer x,
      ElementType xType,
      long xStart,
      Buffer out,
      long outStart,
      boolean divide,
      double[] a,
      double[] b,
      long inner,
      long first,
      long last,
      double low,
      double high,
      boolean streaming);

  /**
   * Takes the mean of each feature of a tile, less the feature's pivot, and the sum of the squared
   * deviations from the mean, in double, into the first elements of means and squares. A pivot near
   * the values keeps their digits. NaN flows into its feature's numbers.
   *
   * <p>Element i of feature f in row r is element {@code xStart + r * rowStride + f * featureStride
   * + i} of x, for i in [0, inner). The tile is read twice, so it should fit in a cache.
   *
   * @param rows at least 1
   * @param inner at least 1
   */
  void moments(
      Buffer x,
      ElementType type,
      long xStart,
      long rows,
      long rowStride,
      long features,
      long featureStride,
      long inner,
      double[] pivots,
      double[] means,
      double[] squares);

  /**
   * Takes the least and the greatest value of each feature of a tile as {@link #moments} sees it.
   * NaN where there is one; never −0.
   */
  void extremes(
      Buffer x,
      ElementType type,
      long xStart,
      long rows,
      long rowStride,
      long features,
      long featureStride,
      long inner,
      double[] least,
      double[] greatest);

  /**
   * Fills a range with the random numbers of a stream of {@link PhiloxKernel} words: an int is a
   * word, a long two of them, the lower half first; a float is the upper 24 bits of a word and a
   * double the upper 53 bits of two, as fractions of 1.
   *
   * @param key the key
   * @param stream the upper half of the counters
   * @param block the lower half of the first one, counted modulo 2^64
   * @param word the first word of the first block, 0 to 3
   * @param out a buffer of ints, longs, floats or doubles
   * @param streaming whether out is not read again soon
   */
  void fillRandom(
      long key,
      long stream,
      long block,
      int word,
      Buffer out,
      long outStart,
      long count,
      boolean streaming);
}
