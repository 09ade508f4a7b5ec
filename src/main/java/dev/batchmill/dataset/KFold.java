package dev.batchmill.dataset;

import java.util.List;
import java.util.function.BiConsumer;

/**
 * Splits rows into k folds for cross-validation: each fold is the test data once, on the right
 * side, and the others are the training data, on the left.
 *
 * <pre>{@code
 * for (Split<RowIndices> fold : KFold.of(5).stratify(labels).shuffle(1337).rows(labels.length)) {
 *   ArrayDataset training = fold.left().view(data);
 *   ArrayDataset test = fold.right().view(data);
 * }
 * }</pre>
 *
 * <ul>
 *   <li>The folds are as large as each other, or one row larger: the first n modulo k of them. They
 *       follow one another in the rows' order, or in the shuffled one.
 *   <li>With {@link #stratify(int[]) classes} they differ by at most one row in each class as well,
 *       and in their size. Every class has at least k rows.
 *   <li>With {@link #groups(int[]) groups} the largest group goes to the smallest fold, then the
 *       next one; shuffled groups are dealt out in equal numbers instead. There are at least k
 *       groups.
 * </ul>
 *
 * <p>On both sides the rows are in their order. The folds are scikit-learn's; its shuffled ones too
 * with {@code NUMPY_LEGACY}, unless they are stratified.
 *
 * <p>An immutable value, safe for use by many threads; one that shuffles gives the same folds each
 * time it is used on as many rows.
 *
 * @see TimeSeriesSplit
 * @see <a
 *     href="https://scikit-learn.org/stable/modules/cross_validation.html">sklearn.model_selection.KFold,
 *     StratifiedKFold, GroupKFold</a>
 */
public final class KFold extends Splitter<KFold> {
  private final int folds;

  private KFold(int folds, Rule rule) {
    super(rule);
    this.folds = folds;
  }

  /**
   * Returns a splitter into k folds.
   *
   * @param folds k, at least 2
   * @return a splitter that does not shuffle
   * @throws IllegalArgumentException if k is less than 2
   */
  public static KFold of(int folds) {
    if (folds < 2) {
      throw new IllegalArgumentException("folds must be at least 2: folds=" + folds);
    }
    return new KFold(folds, Rule.NONE);
  }

  @Override
  KFold with(Rule changed) {
    return new KFold(folds, changed);
  }

  /**
   * Splits n rows.
   *
   * @param n the number of rows, from k to 2^31 − 9
   * @return the rows of each fold, training data on the left and test data on the right; each is
   *     listed when it is got, so that one fold at a time takes memory
   * @throws IllegalArgumentException if n is out of range, labels or ids are not as many as the
   *     rows, a class has fewer rows than there are folds, there are fewer groups than folds, or
   *     the dialect refuses the seed
   */
  public List<Split<RowIndices>> rows(long n) {
    if (n < folds || n > RowIndices.MAX_ARRAY) {
      throw new IllegalArgumentException(
          "n must be from the number of folds to "
              + RowIndices.MAX_ARRAY
              + ": n="
              + n
              + " folds="
              + folds);
    }
    int rows = (int) n;
    if (rule.groups() != null) {
      rule.groups().requireRows(n);
      return new Folds(GroupFolds.of(rule.groups(), rule.shuffle(), rows, folds), folds);
    }
    RowOrder order = Shuffle.orderOf(rule.shuffle(), n);
    if (rule.classes() != null) {
      rule.classes().requireRows(n);
      return new Folds(StratifiedFolds.of(rule.classes(), order, rows, folds), folds);
    }
    return new Folds(Folds.even(order, rows, folds), folds);
  }

  @Override
  void forEachPart(long n, BiConsumer<String, RowIndices> action) {
    Folds.forEachPart(rows(n), action);
  }

  @Override
  String description() {
    return "folds=" + folds;
  }
}
