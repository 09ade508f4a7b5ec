package dev.batchmill.dataset;

import java.util.ArrayList;
import java.util.List;

/**
 * Splits rows that are in the order of time into folds for cross-validation: the test data, on the
 * right, always comes after the training data, on the left, so that nothing is learned from the
 * future. From fold to fold both move on in time.
 *
 * <p>The test data of all folds follow one another and end with the last row. The training data
 * begin with the first row, or as late as a maximum size asks for, and end before the test data, or
 * as many rows earlier as the gap has: rows that describe overlapping times (a moving average, a
 * label from the days to come) would tell of the test data otherwise.
 *
 * <p>An immutable value, safe for use by many threads.
 *
 * @see <a
 *     href="https://scikit-learn.org/stable/modules/cross_validation.html">sklearn.model_selection.TimeSeriesSplit</a>
 */
public final class TimeSeriesSplit {
  private static final long UNSET = 0;

  private final int folds;
  private final long gap;
  private final long maxTrainSize;
  private final long testSize;

  private TimeSeriesSplit(int folds, long gap, long maxTrainSize, long testSize) {
    this.folds = folds;
    this.gap = gap;
    this.maxTrainSize = maxTrainSize;
    this.testSize = testSize;
  }

  /**
   * Returns a splitter into k folds.
   *
   * @param folds k, at least 2
   * @return a splitter without a gap, whose training data are all earlier rows and whose test data
   *     are n / (k + 1) rows
   * @throws IllegalArgumentException if k is less than 2
   */
  public static TimeSeriesSplit of(int folds) {
    if (folds < 2) {
      throw new IllegalArgumentException("folds must be at least 2: folds=" + folds);
    }
    return new TimeSeriesSplit(folds, 0, UNSET, UNSET);
  }

  /**
   * Returns this splitter with rows left out between training and test data.
   *
   * @param rows the number of rows, not negative
   * @return a new splitter
   * @throws IllegalArgumentException if the number is negative
   */
  public TimeSeriesSplit gap(long rows) {
    if (rows < 0) {
      throw new IllegalArgumentException("gap must not be negative: gap=" + rows);
    }
    return new TimeSeriesSplit(folds, rows, maxTrainSize, testSize);
  }

  /**
   * Returns this splitter with at most so many rows of training data, the last ones.
   *
   * @param rows the number of rows, at least 1
   * @return a new splitter
   * @throws IllegalArgumentException if the number is less than 1
   */
  public TimeSeriesSplit maxTrainSize(long rows) {
    if (rows < 1) {
      throw new IllegalArgumentException("maxTrainSize must be at least 1: maxTrainSize=" + rows);
    }
    return new TimeSeriesSplit(folds, gap, rows, testSize);
  }

  /**
   * Returns this splitter with so many rows of test data in each fold.
   *
   * @param rows the number of rows, at least 1
   * @return a new splitter
   * @throws IllegalArgumentException if the number is less than 1
   */
  public TimeSeriesSplit testSize(long rows) {
    if (rows < 1) {
      throw new IllegalArgumentException("testSize must be at least 1: testSize=" + rows);
    }
    return new TimeSeriesSplit(folds, gap, maxTrainSize, rows);
  }

  /**
   * Splits n rows.
   *
   * @param n the number of rows, at least k + 1
   * @return the rows of each fold, training data on the left and test data on the right
   * @throws IllegalArgumentException if there are too few rows for a row of training data in the
   *     first fold
   */
  public List<Split<RowIndices>> rows(long n) {
    if (n <= folds) {
      throw new IllegalArgumentException(
          "n must be greater than the number of folds: n=" + n + " folds=" + folds);
    }
    long test = testSize == UNSET ? n / (folds + 1L) : testSize;
    // Divided, since the product of two large sizes may be none.
    if (gap >= n || test > (n - gap - 1) / folds) {
      throw new IllegalArgumentException(
          "n is too small for a row of training data in the first fold: n="
              + n
              + " folds="
              + folds
              + " testSize="
              + test
              + " gap="
              + gap);
    }
    RowOrder order = new RowOrder.Natural();
    List<Split<RowIndices>> result = new ArrayList<>(folds);
    for (long start = n - folds * test; start < n; start += test) {
      long end = start - gap;
      long size = maxTrainSize == UNSET ? end : Math.min(maxTrainSize, end);
      result.add(
          new Split<>(
              new RowIndices(n, order, end - size, size), new RowIndices(n, order, start, test)));
    }
    return List.copyOf(result);
  }

  /**
   * Records how n rows are split, to be saved and checked later.
   *
   * @param n the number of rows
   * @return the record
   * @throws IllegalArgumentException if the rows cannot be split so
   */
  public SplitProvenance provenance(long n) {
    List<SplitProvenance.Part> parts = new ArrayList<>();
    Folds.forEachPart(rows(n), (name, rows) -> parts.add(SplitProvenance.Part.of(name, rows)));
    return new SplitProvenance(toString(), n, null, null, parts);
  }

  /** Returns what the splitter was told, such as {@code folds=5 timeOrder gap=10}. */
  @Override
  public String toString() {
    return "folds="
        + folds
        + " timeOrder"
        + (gap == 0 ? "" : " gap=" + gap)
        + (maxTrainSize == UNSET ? "" : " maxTrainSize=" + maxTrainSize)
        + (testSize == UNSET ? "" : " testSize=" + testSize);
  }
}
