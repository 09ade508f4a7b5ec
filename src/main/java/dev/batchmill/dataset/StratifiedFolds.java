package dev.batchmill.dataset;

/** The rule of scikit-learn's {@code StratifiedKFold}. */
final class StratifiedFolds {
  private StratifiedFolds() {}

  /**
   * The fold of each row. If the rows were sorted by class, classes in the order in which they
   * appear, every k-th row would be in the same fold: that gives the number of rows of a class in
   * each fold. Those rows follow one another in the given order.
   */
  static int[] of(Categories classes, RowOrder order, int n, int folds) {
    classes.requireRowsForEach(folds, "folds");
    long[] counts = classes.rowCounts();
    long[] next = new long[counts.length];
    long[] first = new long[counts.length];
    for (int c = 1; c < counts.length; c++) {
      first[c] = first[c - 1] + counts[c - 1];
    }
    int[] foldOfClass = new int[counts.length];
    int[] foldOf = new int[n];
    for (int c = 0; c < counts.length; c++) {
      next[c] = multiples(first[c], counts[c], 0, folds);
    }
    for (int position = 0; position < n; position++) {
      int row = (int) order.at(position);
      int c = classes.of(row);
      while (next[c] == 0) {
        next[c] = multiples(first[c], counts[c], ++foldOfClass[c], folds);
      }
      next[c]--;
      foldOf[row] = foldOfClass[c];
    }
    return foldOf;
  }

  /** How many of the numbers from {@code first} on leave a remainder when divided by k. */
  private static long multiples(long first, long count, int remainder, int k) {
    return below(first + count, remainder, k) - below(first, remainder, k);
  }

  private static long below(long end, int remainder, int k) {
    return end <= remainder ? 0 : (end - remainder - 1) / k + 1;
  }
}
