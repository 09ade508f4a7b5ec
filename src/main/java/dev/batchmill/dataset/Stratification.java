package dev.batchmill.dataset;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Parts in which the classes have the shares that they have in the whole, as {@code
 * train_test_split(stratify=…)} of scikit-learn counts them.
 *
 * <p>Part after part draws the most likely number of rows of each class from those that are left:
 * its share rounded down, and one more for the classes with the largest remainders until the sum is
 * that of the part. Where remainders are equal scikit-learn draws lots; here the class that appears
 * first comes first.
 */
final class Stratification {
  private Stratification() {}

  /** Deals the rows out: of each class, in the given order, the first ones to the first part. */
  static List<RowIndices> parts(
      Categories classes, RowOrder order, long n, Sizes sizes, List<Sizes.Range> ranges) {
    int parts = ranges.size();
    classes.requireRowsForEach(parts, "parts");
    int[][] ends = new int[parts][];
    long[][] rows = new long[parts][];
    long[] remaining = classes.rowCounts();
    long[] taken = new long[classes.count()];
    for (int part = 0; part < parts; part++) {
      long size = ranges.get(part).size();
      if (size < classes.count()) {
        throw new IllegalArgumentException(
            sizes.names().get(part)
                + " has fewer rows than there are classes: rows="
                + size
                + " classes="
                + classes.count());
      }
      long[] drawn = approximateMode(remaining, size);
      for (int c = 0; c < drawn.length; c++) {
        remaining[c] -= drawn[c];
        taken[c] += drawn[c];
      }
      ends[part] = Arrays.stream(taken).mapToInt(Math::toIntExact).toArray();
      rows[part] = new long[(int) size];
    }
    deal(classes, order, n, ends, rows);
    List<RowIndices> result = new ArrayList<>(parts);
    for (long[] list : rows) {
      result.add(RowIndices.listed(n, list));
    }
    return List.copyOf(result);
  }

  private static void deal(
      Categories classes, RowOrder order, long n, int[][] ends, long[][] rows) {
    int[] seen = new int[classes.count()];
    int[] partOf = new int[classes.count()];
    int[] filled = new int[rows.length];
    for (long position = 0; position < n; position++) {
      long row = order.at(position);
      int c = classes.of(row);
      while (partOf[c] < rows.length && seen[c] == ends[partOf[c]][c]) {
        partOf[c]++;
      }
      if (partOf[c] < rows.length) {
        rows[partOf[c]][filled[partOf[c]]++] = row;
      }
      seen[c]++;
    }
  }

  /**
   * How many of each class are drawn most likely, in the arithmetic of scikit-learn's function of
   * this name, so that the same remainders are equal.
   */
  static long[] approximateMode(long[] counts, long draws) {
    long total = Arrays.stream(counts).sum();
    long[] drawn = new long[counts.length];
    double[] remainders = new double[counts.length];
    long missing = draws;
    for (int c = 0; c < counts.length; c++) {
      double share = counts[c] / (double) total * draws;
      drawn[c] = (long) Math.floor(share);
      remainders[c] = share - drawn[c];
      missing -= drawn[c];
    }
    IntStream.range(0, counts.length)
        .boxed()
        .sorted((a, b) -> Double.compare(remainders[b], remainders[a]))
        .limit(Math.max(0, missing))
        .forEach(c -> drawn[c]++);
    return drawn;
  }
}
