package dev.batchmill.dataset;

import java.util.AbstractList;
import java.util.List;
import java.util.RandomAccess;
import java.util.function.BiConsumer;

/** Folds that are listed when they are asked for: the left side is what is not in the fold. */
final class Folds extends AbstractList<Split<RowIndices>> implements RandomAccess {
  private final int[] foldOf;
  private final int count;

  /** The folds, given that of each row; the array is not copied. */
  Folds(int[] foldOf, int count) {
    this.foldOf = foldOf;
    this.count = count;
  }

  @Override
  public Split<RowIndices> get(int fold) {
    if (fold < 0 || fold >= count) {
      throw new IndexOutOfBoundsException(
          "there is no such fold: fold=" + fold + " folds=" + count);
    }
    int size = 0;
    for (int of : foldOf) {
      size += of == fold ? 1 : 0;
    }
    long[] test = new long[size];
    long[] training = new long[foldOf.length - size];
    int tests = 0;
    int trainings = 0;
    for (int row = 0; row < foldOf.length; row++) {
      if (foldOf[row] == fold) {
        test[tests++] = row;
      } else {
        training[trainings++] = row;
      }
    }
    return new Split<>(
        RowIndices.listed(foldOf.length, training), RowIndices.listed(foldOf.length, test));
  }

  @Override
  public int size() {
    return count;
  }

  /** Passes both sides of every fold with its name on. */
  static void forEachPart(List<Split<RowIndices>> folds, BiConsumer<String, RowIndices> action) {
    for (int fold = 0; fold < folds.size(); fold++) {
      Split<RowIndices> sides = folds.get(fold);
      action.accept("fold-" + fold + "/train", sides.left());
      action.accept("fold-" + fold + "/test", sides.right());
    }
  }

  /** The fold of each of n things in an order: folds of n / k, the first n % k with one more. */
  static int[] even(RowOrder order, int n, int folds) {
    int[] foldOf = new int[n];
    int position = 0;
    for (int fold = 0; fold < folds; fold++) {
      int size = n / folds + (fold < n % folds ? 1 : 0);
      for (int i = 0; i < size; i++) {
        foldOf[(int) order.at(position++)] = fold;
      }
    }
    return foldOf;
  }
}
