package dev.batchmill.dataset;

import dev.batchmill.array.NDArray;
import dev.batchmill.random.SeedDialect;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Splits rows into a left and a right side, in their order or shuffled.
 *
 * <pre>{@code
 * DatasetSplitter splitter = DatasetSplitter.left(0.8).shuffle(1337);
 * Split<RowView> x = splitter.split(images);
 * Split<List<String>> names = splitter.splitElements(fileNames);   // the same rows as in x
 * }</pre>
 *
 * <p>A side is given as a fraction of the rows, between 0 and 1, or as a count of rows, from 1 to n
 * − 1; a fraction is rounded to the nearest row, a half to the even one. The side that is not given
 * is the rest. When both are given, left takes the first rows and right the last ones; the rows
 * between, if any, are in neither. Both sides hold at least one row. These are Keras' rules.
 *
 * <p><b>Results</b> are views whose sizes are known; nothing is copied until it is read. {@link
 * #rows} gives the indices, which can be applied to anything.
 *
 * <p><b>Shuffled</b> with a {@link SeedDialect}, the rows are those that Keras takes with {@code
 * shuffle=True} and that seed: {@link SeedDialect#PYTHON} is its TensorFlow and JAX backends,
 * {@code TORCH} its torch backend. (There Keras shuffles by chance when it was told not to, and
 * cannot leave rows out; this does neither.)
 *
 * <p><b>Classes</b> ({@link #stratify(int[])}) are counted as scikit-learn's {@code
 * train_test_split(stratify=…)} counts them, sizes remaining Keras': the left side draws the most
 * likely number of rows of each class, then the right side does from what is left. Where several
 * classes have the same claim to a row, the one that appears first gets it. A side takes the first
 * of the rows of each class, in their order or the shuffled one. Each class has at least two rows,
 * and each side at least one row for each class.
 *
 * <p><b>Groups</b> ({@link #groups(int[])}) go to one side as a whole. Sizes count groups then, and
 * a fraction of them is rounded down for the left side and up for the right one, as by
 * scikit-learn's {@code GroupShuffleSplit}. The groups are taken in the order of their ids, or
 * shuffled; on each side the rows are in their order.
 *
 * <p>An immutable value, safe for use by many threads; one that shuffles gives the same rows each
 * time it is used on as many rows.
 *
 * @see PartSplitter
 * @see KFold
 * @see TimeSeriesSplit
 * @see <a
 *     href="https://keras.io/api/utils/python_utils/#split_dataset-function">keras.utils.split_dataset</a>
 */
public final class DatasetSplitter extends Splitter<DatasetSplitter> {
  private final SideSizes sizes;

  private DatasetSplitter(SideSizes sizes, Rule rule) {
    super(rule);
    this.sizes = sizes;
  }

  private static DatasetSplitter of(SideSizes.@Nullable Side left, SideSizes.@Nullable Side right) {
    return new DatasetSplitter(new SideSizes(left, right), Rule.NONE);
  }

  @Override
  DatasetSplitter with(Rule changed) {
    return new DatasetSplitter(sizes, changed);
  }

  // ------------------------------------------------------------------------------ specification

  /**
   * Returns a splitter by the arguments that Keras takes: a whole number is a count of rows, any
   * other number a fraction of them, and null the rest.
   *
   * @param left the size of the left side, or null
   * @param right the size of the right side, or null
   * @return a splitter that does not shuffle
   * @throws IllegalArgumentException if both are null or both are zero, a size is out of range, or
   *     two fractions are more than 1 together
   */
  public static DatasetSplitter of(@Nullable Number left, @Nullable Number right) {
    if (left == null && right == null) {
      throw new IllegalArgumentException("left or right must be given: left=null right=null");
    }
    if (left != null && left.doubleValue() == 0 && right != null && right.doubleValue() == 0) {
      throw new IllegalArgumentException(
          "left and right must not both be zero: left=" + left + " right=" + right);
    }
    return of(
        left == null ? null : SideSizes.Side.of("left", left),
        right == null ? null : SideSizes.Side.of("right", right));
  }

  /**
   * Returns a splitter whose left side is a fraction of the rows, and whose right side is the rest.
   *
   * @param fraction the fraction, between 0 and 1, both excluded
   * @return a splitter that does not shuffle
   * @throws IllegalArgumentException if the fraction is out of range
   */
  public static DatasetSplitter left(double fraction) {
    return of(SideSizes.Side.ofFraction("left", fraction), null);
  }

  /**
   * Returns a splitter whose left side is a number of rows, and whose right side is the rest.
   *
   * @param count the number of rows, at least 1
   * @return a splitter that does not shuffle
   * @throws IllegalArgumentException if the count is less than 1
   */
  public static DatasetSplitter left(long count) {
    return of(SideSizes.Side.ofCount("left", count), null);
  }

  /**
   * Returns a splitter whose right side is a fraction of the rows, and whose left side is the rest.
   *
   * @param fraction the fraction, between 0 and 1, both excluded
   * @return a splitter that does not shuffle
   * @throws IllegalArgumentException if the fraction is out of range
   */
  public static DatasetSplitter right(double fraction) {
    return of(null, SideSizes.Side.ofFraction("right", fraction));
  }

  /**
   * Returns a splitter whose right side is a number of rows, and whose left side is the rest.
   *
   * @param count the number of rows, at least 1
   * @return a splitter that does not shuffle
   * @throws IllegalArgumentException if the count is less than 1
   */
  public static DatasetSplitter right(long count) {
    return of(null, SideSizes.Side.ofCount("right", count));
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
    return andRight(SideSizes.Side.ofFraction("right", fraction));
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
    return andRight(SideSizes.Side.ofCount("right", count));
  }

  private DatasetSplitter andRight(SideSizes.Side side) {
    if (sizes.right() != null) {
      throw new IllegalStateException("right is given already: right=" + sizes.right().size());
    }
    return new DatasetSplitter(new SideSizes(sizes.left(), side), rule);
  }

  // ------------------------------------------------------------------------------------ indices

  /**
   * Splits n rows.
   *
   * @param n the number of rows, at least 1
   * @return the left and the right rows
   * @throws IllegalArgumentException if n is less than 1, a side is not smaller than n or would be
   *     empty, both together are more than n, labels or ids are not as many as the rows, a class
   *     has one row only, a side has fewer rows than there are classes, or the dialect refuses the
   *     seed
   */
  public Split<RowIndices> rows(long n) {
    List<RowIndices> sides = partition(sizes, n);
    return new Split<>(sides.get(0), sides.get(1));
  }

  /**
   * Splits n rows and lists their indices.
   *
   * @param n the number of rows, from 1 to 2^31 − 9
   * @return the indices of the left and of the right rows
   * @throws IllegalArgumentException if n is out of range or the rows cannot be split so, see
   *     {@link #rows}
   */
  public Split<long[]> indices(long n) {
    Split<RowIndices> sides = rows(n);
    if (n > RowIndices.MAX_ARRAY) {
      throw new IllegalArgumentException("n must be at most " + RowIndices.MAX_ARRAY + ": n=" + n);
    }
    return sides.map(RowIndices::toArray);
  }

  // -------------------------------------------------------------------------------------- views

  /**
   * Splits an array along its first axis.
   *
   * @param array the array, not owned
   * @return views of the left and of the right rows
   * @throws IllegalArgumentException if the array is a scalar or its rows cannot be split so, see
   *     {@link #rows}
   */
  public Split<RowView> split(NDArray array) {
    return rows(RowView.of(array).size()).map(rows -> rows.view(array));
  }

  /**
   * Splits a view once more, such as training data into training and validation data.
   *
   * @param view the view
   * @return views of its left and of its right rows
   * @throws IllegalArgumentException if its rows cannot be split so, see {@link #rows}
   */
  public Split<RowView> split(RowView view) {
    return rows(view.size()).map(rows -> rows.view(view));
  }

  /**
   * Splits arrays along their first axis, all at the same rows.
   *
   * @param arrays the arrays, at least one, all with as many rows, not owned
   * @return views of the left and of the right rows of each array, in the arrays' order
   * @throws IllegalArgumentException if there is no array, one is a scalar, their numbers of rows
   *     differ or cannot be split so, see {@link #rows}
   */
  public Split<List<RowView>> split(List<NDArray> arrays) {
    return rows(requireSameRows(arrays)).map(rows -> rows.viewAll(arrays));
  }

  private static long requireSameRows(List<NDArray> arrays) {
    if (arrays.isEmpty()) {
      throw new IllegalArgumentException("arrays must not be empty: arrays=[]");
    }
    RowView first = RowView.of("arrays[0]", arrays.get(0));
    for (int i = 1; i < arrays.size(); i++) {
      String name = "arrays[" + i + "]";
      RowView.requireSame("arrays[0]", first, name, RowView.of(name, arrays.get(i)));
    }
    return first.size();
  }

  /**
   * Splits arrays in nested lists and maps, all at the same rows; see {@link
   * RowIndices#viewNested}.
   *
   * @param structure an array, or lists and maps of arrays, all with as many rows
   * @return the left and the right rows in the same structure
   * @throws IllegalArgumentException if something else stands in the structure, there is no array,
   *     or the numbers of rows differ or cannot be split so, see {@link #rows}
   */
  public Split<Object> splitNested(Object structure) {
    return rows(Nested.rows(structure)).map(rows -> rows.viewNested(structure));
  }

  /**
   * Splits the elements of a list. (Of a list of arrays, {@link #split(List)} splits the rows.)
   *
   * @param elements the elements
   * @param <T> their type
   * @return unmodifiable views of the left and of the right elements; a list without quick access
   *     by index is copied, but not its elements
   * @throws IllegalArgumentException if so many elements cannot be split so, see {@link #rows}
   */
  public <T> Split<List<T>> splitElements(List<T> elements) {
    return rows(elements.size()).map(rows -> rows.view(elements));
  }

  /**
   * Splits the samples of a data set.
   *
   * @param data the data set
   * @param <T> the type of the samples
   * @return views of the left and of the right samples
   * @throws IllegalArgumentException if so many samples cannot be split so, see {@link #rows}
   */
  public <T> Split<SampleDataset<T>> split(SampleDataset<T> data) {
    return rows(data.size()).map(rows -> rows.view(data));
  }

  /**
   * Splits the rows of a data set of batches, which are batched anew on each side.
   *
   * @param data the data set; it is left as it is
   * @return data sets over the same arrays with the same settings, see {@link
   *     RowIndices#view(ArrayDataset)}
   * @throws IllegalArgumentException if so many rows cannot be split so, see {@link #rows}
   */
  public Split<ArrayDataset> split(ArrayDataset data) {
    return rows(data.size()).map(rows -> rows.view(data));
  }

  /**
   * Splits a data set into batches that are kept whole: sizes count batches.
   *
   * @param data a finite data set, not owned
   * @return views of the left and of the right batches, see {@link RowIndices#viewBatches}
   * @throws IllegalArgumentException if the data set is infinite or so many batches cannot be split
   *     so, see {@link #rows}
   */
  public Split<BatchDataset> splitBatches(BatchDataset data) {
    return rows(BatchView.count(data)).map(rows -> rows.viewBatches(data));
  }

  @Override
  void forEachPart(long n, BiConsumer<String, RowIndices> action) {
    Split<RowIndices> sides = rows(n);
    action.accept("left", sides.left());
    action.accept("right", sides.right());
  }

  /** The numbers of rows on both sides. */
  Split<Long> sizes(long n) {
    return sizes.sizes(n, Sizes.Unit.ROWS);
  }

  @Override
  String description() {
    return sizes.toString();
  }
}
