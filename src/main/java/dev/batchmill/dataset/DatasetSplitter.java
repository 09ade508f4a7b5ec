package dev.batchmill.dataset;

import dev.batchmill.array.NDArray;
import dev.batchmill.random.RandomSeed;
import dev.batchmill.random.SeedDialect;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Splits rows into a left and a right side, in their order or shuffled.
 *
 * <pre>{@code
 * DatasetSplitter splitter = DatasetSplitter.left(0.8).shuffle(1337);
 * Split<NDArray> x = splitter.split(images);
 * Split<NDArray> y = splitter.split(labels);   // the same rows as in x
 * }</pre>
 *
 * <p>A side is given as a fraction of the rows, between 0 and 1, or as a count of rows, from 1 to n
 * − 1; a fraction is rounded to the nearest row, a half to the even one. The side that is not given
 * is the rest. When both are given, left takes the first rows and right the last ones; the rows
 * between, if any, are in neither. Both sides hold at least one row. These are Keras' rules.
 *
 * <p>A splitter is an immutable value, safe for use by many threads; one that shuffles gives the
 * same rows each time it is used on as many rows.
 *
 * @see <a
 *     href="https://keras.io/api/utils/python_utils/#split_dataset-function">keras.utils.split_dataset</a>
 */
public final class DatasetSplitter {
  /** The longest array that every Java machine can allocate. */
  private static final long MAX_ROWS = Integer.MAX_VALUE - 8;

  private final @Nullable Part left;
  private final @Nullable Part right;
  private final @Nullable Shuffle shuffle;

  private DatasetSplitter(@Nullable Part left, @Nullable Part right, @Nullable Shuffle shuffle) {
    this.left = left;
    this.right = right;
    this.shuffle = shuffle;
    requireFractionsToFit();
  }

  /** The wanted size of one side: a count of rows, or a fraction of them when the count is 0. */
  private record Part(String side, long count, double fraction) {
    static Part ofFraction(String side, double fraction) {
      if (!(fraction > 0 && fraction < 1)) {
        throw outOfRange(side, fraction);
      }
      return new Part(side, 0, fraction);
    }

    static Part ofCount(String side, long count) {
      if (count < 1) {
        throw outOfRange(side, count);
      }
      return new Part(side, count, 0);
    }

    private static IllegalArgumentException outOfRange(String side, Number size) {
      return new IllegalArgumentException(
          side
              + " must be a fraction between 0 and 1 or a count from 1 to n - 1: "
              + side
              + "="
              + size);
    }

    Number size() {
      return count > 0 ? (Number) count : (Number) fraction;
    }

    long rows(long n) {
      if (count >= n) {
        throw new IllegalArgumentException(
            side + " must be smaller than the number of rows: " + side + "=" + count + " n=" + n);
      }
      return count > 0 ? count : (long) Math.rint(fraction * n);
    }
  }

  private record Shuffle(long seed, SeedDialect dialect) {}

  // ------------------------------------------------------------------------------ specification

  /**
   * Returns a splitter whose left side is a fraction of the rows, and whose right side is the rest.
   *
   * @param fraction the fraction, between 0 and 1, both excluded
   * @return a splitter that does not shuffle
   * @throws IllegalArgumentException if the fraction is out of range
   */
  public static DatasetSplitter left(double fraction) {
    return new DatasetSplitter(Part.ofFraction("left", fraction), null, null);
  }

  /**
   * Returns a splitter whose left side is a number of rows, and whose right side is the rest.
   *
   * @param count the number of rows, at least 1
   * @return a splitter that does not shuffle
   * @throws IllegalArgumentException if the count is less than 1
   */
  public static DatasetSplitter left(long count) {
    return new DatasetSplitter(Part.ofCount("left", count), null, null);
  }

  /**
   * Returns a splitter whose right side is a fraction of the rows, and whose left side is the rest.
   *
   * @param fraction the fraction, between 0 and 1, both excluded
   * @return a splitter that does not shuffle
   * @throws IllegalArgumentException if the fraction is out of range
   */
  public static DatasetSplitter right(double fraction) {
    return new DatasetSplitter(null, Part.ofFraction("right", fraction), null);
  }

  /**
   * Returns a splitter whose right side is a number of rows, and whose left side is the rest.
   *
   * @param count the number of rows, at least 1
   * @return a splitter that does not shuffle
   * @throws IllegalArgumentException if the count is less than 1
   */
  public static DatasetSplitter right(long count) {
    return new DatasetSplitter(null, Part.ofCount("right", count), null);
  }

  /**
   * Returns this splitter with the size of its right side given as well.
   *
   * @param fraction the fraction of the rows, between 0 and 1, both excluded
   * @return a new splitter
   * @throws IllegalArgumentException if the fraction is out of range, or is more than 1 together
   *     with the left one
   * @throws IllegalStateException if the size of the right side is given already
   */
  public DatasetSplitter andRight(double fraction) {
    return andRight(Part.ofFraction("right", fraction));
  }

  /**
   * Returns this splitter with the size of its right side given as well.
   *
   * @param count the number of rows, at least 1
   * @return a new splitter
   * @throws IllegalArgumentException if the count is less than 1
   * @throws IllegalStateException if the size of the right side is given already
   */
  public DatasetSplitter andRight(long count) {
    return andRight(Part.ofCount("right", count));
  }

  private DatasetSplitter andRight(Part part) {
    if (right != null) {
      throw new IllegalStateException("right is given already: right=" + right.size());
    }
    return new DatasetSplitter(left, part, shuffle);
  }

  /**
   * Returns this splitter shuffling the rows first. The seed is derived from {@link RandomSeed}
   * now, so that this splitter gives the same rows each time it is used.
   *
   * @return a new splitter
   */
  public DatasetSplitter shuffle() {
    return shuffle(RandomSeed.derive("split"));
  }

  /**
   * Returns this splitter shuffling the rows first.
   *
   * @param seed any value
   * @return a new splitter
   */
  public DatasetSplitter shuffle(long seed) {
    return shuffle(seed, SeedDialect.BATCHMILL);
  }

  /**
   * Returns this splitter shuffling the rows first, as another library does. With {@link
   * SeedDialect#PYTHON} the rows are those of Keras on its TensorFlow backend.
   *
   * @param seed a value that the dialect accepts
   * @param dialect the way from a seed to an order
   * @return a new splitter
   */
  public DatasetSplitter shuffle(long seed, SeedDialect dialect) {
    return new DatasetSplitter(left, right, new Shuffle(seed, dialect));
  }

  // -------------------------------------------------------------------------------- application

  /**
   * Splits the indices of n rows.
   *
   * @param n the number of rows, from 1 to 2^31 − 9
   * @return the indices of the left and of the right rows
   * @throws IllegalArgumentException if n is out of range, a side is not smaller than n or would be
   *     empty, or both together are more than n
   */
  public Split<long[]> indices(long n) {
    Split<Long> sizes = sizes(n);
    if (n > MAX_ROWS) {
      throw new IllegalArgumentException("n must be at most " + MAX_ROWS + ": n=" + n);
    }
    int leftRows = Math.toIntExact(sizes.left());
    int rightRows = Math.toIntExact(sizes.right());
    if (shuffle == null) {
      return new Split<>(range(0, leftRows), range(n - rightRows, rightRows));
    }
    long[] order = shuffle.dialect.permutation(n, shuffle.seed);
    return new Split<>(
        Arrays.copyOf(order, leftRows),
        Arrays.copyOfRange(order, order.length - rightRows, order.length));
  }

  /**
   * Splits an array along its first axis.
   *
   * @param array the array; it is left as it is
   * @return copies of the left and of the right rows, on the heap or off it as the array is; the
   *     caller closes them
   * @throws IllegalArgumentException if the array is a scalar or its rows cannot be split so, see
   *     {@link #indices}
   */
  public Split<NDArray> split(NDArray array) {
    Split<List<NDArray>> sides = split(List.of(array));
    return new Split<>(sides.left().get(0), sides.right().get(0));
  }

  /**
   * Splits arrays along their first axis, all at the same rows.
   *
   * @param arrays the arrays, at least one, all with as many rows; they are left as they are
   * @return copies of the left and of the right rows of each array, in the arrays' order, on the
   *     heap or off it as the array is; the caller closes them
   * @throws IllegalArgumentException if there is no array, one is a scalar, their numbers of rows
   *     differ or cannot be split so, see {@link #indices}
   */
  public Split<List<NDArray>> split(List<NDArray> arrays) {
    Split<long[]> rows = indices(requireSameRows(arrays));
    List<NDArray> leftSide = takeAll(arrays, array -> array.take(rows.left()));
    try {
      return new Split<>(leftSide, takeAll(arrays, array -> array.take(rows.right())));
    } catch (Throwable t) {
      leftSide.forEach(NDArray::close);
      throw t;
    }
  }

  /** The numbers of rows on both sides, by Keras' rules and in Keras' order of checks. */
  Split<Long> sizes(long n) {
    if (n < 1) {
      throw new IllegalArgumentException("n must be at least 1: n=" + n);
    }
    long leftRows = left == null ? -1 : left.rows(n);
    long rightRows = right == null ? n - leftRows : right.rows(n);
    if (left == null) {
      leftRows = n - rightRows;
    }
    if (leftRows > n - rightRows) {
      throw new IllegalArgumentException(
          "left and right must not have more rows together than there are: "
              + describe(leftRows, rightRows, n));
    }
    if (leftRows == 0 || rightRows == 0) {
      throw new IllegalArgumentException(
          (leftRows == 0 ? "left" : "right")
              + " would be empty, give other sizes or more rows: "
              + describe(leftRows, rightRows, n));
    }
    return new Split<>(leftRows, rightRows);
  }

  private static String describe(long leftRows, long rightRows, long n) {
    return "leftRows=" + leftRows + " rightRows=" + rightRows + " n=" + n;
  }

  private void requireFractionsToFit() {
    if (left != null && right != null && left.fraction + right.fraction > 1) {
      throw new IllegalArgumentException(
          "left and right must not be more than 1 together: left="
              + left.fraction
              + " right="
              + right.fraction);
    }
  }

  private static long requireSameRows(List<NDArray> arrays) {
    if (arrays.isEmpty()) {
      throw new IllegalArgumentException("arrays must not be empty: arrays=[]");
    }
    long rows = Rows.count("arrays[0]", arrays.get(0));
    for (int i = 1; i < arrays.size(); i++) {
      Rows.requireSame("arrays[0]", arrays.get(0), "arrays[" + i + "]", arrays.get(i));
    }
    return rows;
  }

  private static long[] range(long first, int size) {
    long[] range = new long[size];
    Arrays.setAll(range, i -> first + i);
    return range;
  }

  private static List<NDArray> takeAll(List<NDArray> arrays, Function<NDArray, NDArray> take) {
    List<NDArray> taken = new ArrayList<>(arrays.size());
    try {
      for (NDArray array : arrays) {
        taken.add(take.apply(array));
      }
      return List.copyOf(taken);
    } catch (Throwable t) {
      taken.forEach(NDArray::close);
      throw t;
    }
  }
}
