package dev.batchmill.dataset;

import java.util.List;
import java.util.function.BiConsumer;

/**
 * Splits rows into two parts or more, such as training, validation and test data.
 *
 * <pre>{@code
 * List<RowIndices> parts = PartSplitter.ofFractions(0.8, 0.1, 0.1).shuffle(1337).rows(60_000);
 * RowView validationImages = parts.get(1).view(images);
 * }</pre>
 *
 * <p>The parts follow one another; rows that are left over are in none. With fractions, part i ends
 * at the sum of the fractions up to it (added as decimal numbers) times n, rounded to the nearest
 * row, a half to the even one: each part is less than one row off its fraction, fractions of 1
 * together leave no row over, and the first part has as many rows as {@link
 * DatasetSplitter#left(double)} gives. Every part holds at least one row.
 *
 * <p>Classes are counted as {@link DatasetSplitter} counts them, part after part. With groups the
 * sizes are those of the groups, and the ends are rounded down.
 *
 * <p>An immutable value, safe for use by many threads; one that shuffles gives the same rows each
 * time it is used on as many rows.
 */
public final class PartSplitter extends Splitter<PartSplitter> {
  private final PartSizes sizes;

  private PartSplitter(PartSizes sizes, Rule rule) {
    super(rule);
    this.sizes = sizes;
  }

  /**
   * Returns a splitter into fractions of the rows, or of the groups.
   *
   * @param fractions at least two, each between 0 and 1, both excluded, and not more than 1
   *     together; a sum as near to 1 as that of three times 1/3 is 1
   * @return a splitter that does not shuffle
   * @throws IllegalArgumentException if a fraction or the sum is out of range
   */
  public static PartSplitter ofFractions(double... fractions) {
    return new PartSplitter(PartSizes.ofFractions(fractions), Rule.NONE);
  }

  /**
   * Returns a splitter into numbers of rows, or of groups.
   *
   * @param counts at least two, each at least 1
   * @return a splitter that does not shuffle
   * @throws IllegalArgumentException if a count is less than 1
   */
  public static PartSplitter ofCounts(long... counts) {
    return new PartSplitter(PartSizes.ofCounts(counts), Rule.NONE);
  }

  @Override
  PartSplitter with(Rule changed) {
    return new PartSplitter(sizes, changed);
  }

  /**
   * Splits n rows.
   *
   * @param n the number of rows
   * @return the rows of each part
   * @throws IllegalArgumentException if a part would be empty, the parts are more than there are
   *     rows, labels or ids are not as many as the rows, a class has fewer rows than there are
   *     parts, a part fewer than there are classes, or the dialect refuses the seed
   */
  public List<RowIndices> rows(long n) {
    return partition(sizes, n);
  }

  @Override
  void forEachPart(long n, BiConsumer<String, RowIndices> action) {
    List<RowIndices> parts = rows(n);
    for (int part = 0; part < parts.size(); part++) {
      action.accept(sizes.names().get(part), parts.get(part));
    }
  }

  @Override
  String description() {
    return sizes.toString();
  }
}
