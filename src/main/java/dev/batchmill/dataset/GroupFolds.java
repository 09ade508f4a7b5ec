package dev.batchmill.dataset;

import java.util.Arrays;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/** The rule of scikit-learn's {@code GroupKFold}. */
final class GroupFolds {
  private GroupFolds() {}

  /**
   * The fold of each row: the largest group that is left goes to the fold with the fewest rows,
   * where sizes are equal the last group and the first fold. Shuffled groups are dealt out in equal
   * numbers instead.
   */
  static int[] of(Categories groups, @Nullable Shuffle shuffle, int n, int folds) {
    if (groups.count() < folds) {
      throw new IllegalArgumentException(
          "folds must not be more than there are groups: folds="
              + folds
              + " groups="
              + groups.count());
    }
    int[] foldOfGroup =
        shuffle == null
            ? balanced(groups.rowCounts(), folds)
            : Folds.even(shuffle.order(groups.count()), groups.count(), folds);
    int[] foldOf = new int[n];
    Arrays.setAll(foldOf, row -> foldOfGroup[groups.of(row)]);
    return foldOf;
  }

  private static int[] balanced(long[] sizes, int folds) {
    Integer[] largestFirst = new Integer[sizes.length];
    Arrays.setAll(largestFirst, group -> group);
    Arrays.sort(
        largestFirst,
        Comparator.comparingLong((Integer group) -> sizes[group])
            .thenComparing(Comparator.naturalOrder())
            .reversed());
    long[] rows = new long[folds];
    int[] foldOfGroup = new int[sizes.length];
    for (int group : largestFirst) {
      int lightest = 0;
      for (int fold = 1; fold < folds; fold++) {
        lightest = rows[fold] < rows[lightest] ? fold : lightest;
      }
      rows[lightest] += sizes[group];
      foldOfGroup[group] = lightest;
    }
    return foldOfGroup;
  }
}
