package dev.batchmill.dataset;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Parts of whole groups, as scikit-learn's {@code GroupShuffleSplit} makes them. The groups are
 * taken in the order of their ids, or shuffled; the rows of a part stay in their order.
 */
final class Grouping {
  private static final int NO_PART = -1;

  private Grouping() {}

  static List<RowIndices> parts(
      Categories groups, @Nullable Shuffle shuffle, long n, List<Sizes.Range> ranges) {
    RowOrder order = Shuffle.orderOf(shuffle, groups.count());
    int[] partOf = new int[groups.count()];
    Arrays.fill(partOf, NO_PART);
    for (int part = 0; part < ranges.size(); part++) {
      for (long i = ranges.get(part).from(); i < ranges.get(part).to(); i++) {
        partOf[(int) order.at(i)] = part;
      }
    }
    int[] sizes = new int[ranges.size()];
    for (long row = 0; row < n; row++) {
      int part = partOf[groups.of(row)];
      if (part != NO_PART) {
        sizes[part]++;
      }
    }
    long[][] rows = new long[ranges.size()][];
    Arrays.setAll(rows, part -> new long[sizes[part]]);
    int[] filled = new int[ranges.size()];
    for (long row = 0; row < n; row++) {
      int part = partOf[groups.of(row)];
      if (part != NO_PART) {
        rows[part][filled[part]++] = row;
      }
    }
    List<RowIndices> result = new ArrayList<>(rows.length);
    for (long[] list : rows) {
      result.add(RowIndices.listed(n, list));
    }
    return List.copyOf(result);
  }
}
