package dev.batchmill.dataset;

import dev.batchmill.array.NDArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Arrays and data sets in nested lists and maps, all with one number of rows. */
final class Nested {
  private static final String ROOT = "data";

  private Nested() {}

  /** The number of rows that all leaves have. */
  static long rows(Object structure) {
    RowCount count = new RowCount();
    map(ROOT, structure, count);
    return count.rows.orElseThrow(
        () -> new IllegalArgumentException("data must hold an array: data=" + structure));
  }

  /** The structure with a view of the rows in each leaf's place. */
  static Object view(Object structure, RowIndices rows) {
    long count = rows(structure);
    if (count != rows.total()) {
      throw new IllegalArgumentException(
          "data must have as many rows as were split: rows=" + count + " split=" + rows.total());
    }
    return map(ROOT, structure, (place, leaf) -> leaf.view.apply(rows));
  }

  /** Something with rows, and the way to view some of them. */
  private record Leaf(long rows, Function<RowIndices, Object> view) {}

  private interface Visitor {
    Object leaf(String place, Leaf leaf);
  }

  private static Object map(String place, @Nullable Object node, Visitor visitor) {
    if (node instanceof NDArray[] arrays) {
      return map(place, Arrays.asList(arrays), visitor);
    }
    if (node instanceof List<?> list) {
      List<Object> mapped = new ArrayList<>(list.size());
      for (Object element : list) {
        mapped.add(map(place + "[" + mapped.size() + "]", element, visitor));
      }
      return Collections.unmodifiableList(mapped);
    }
    if (node instanceof Map<?, ?> map) {
      Map<Object, Object> mapped = new LinkedHashMap<>();
      map.forEach((key, value) -> mapped.put(key, map(place + "[" + key + "]", value, visitor)));
      return Collections.unmodifiableMap(mapped);
    }
    return visitor.leaf(place, leaf(place, node));
  }

  private static Leaf leaf(String place, @Nullable Object node) {
    if (node instanceof RowView view) {
      return new Leaf(view.size(), rows -> rows.view(view));
    }
    if (node instanceof SampleDataset<?> data) {
      return new Leaf(data.size(), rows -> rows.view(data));
    }
    if (node instanceof Object[] elements) {
      return new Leaf(elements.length, rows -> rows.view(elements));
    }
    RowView view = RowView.of(place, array(place, node));
    return new Leaf(view.size(), rows -> rows.view(view));
  }

  private static NDArray array(String place, @Nullable Object node) {
    if (node instanceof NDArray array) {
      return array;
    } else if (node instanceof float[] data) {
      return NDArray.of(data);
    } else if (node instanceof double[] data) {
      return NDArray.of(data);
    } else if (node instanceof int[] data) {
      return NDArray.of(data);
    } else if (node instanceof long[] data) {
      return NDArray.of(data);
    } else if (node instanceof short[] data) {
      return NDArray.of(data);
    } else if (node instanceof byte[] data) {
      return NDArray.of(data);
    } else if (node instanceof boolean[] data) {
      return NDArray.of(data);
    }
    throw new IllegalArgumentException(
        "data must consist of arrays, sample data sets, lists and maps: "
            + place
            + "="
            + (node == null ? null : node.getClass().getName()));
  }

  /** Counts the rows and refuses a leaf that has another number of them. */
  private static final class RowCount implements Visitor {
    private OptionalLong rows = OptionalLong.empty();
    private String first = ROOT;

    @Override
    public Object leaf(String place, Leaf leaf) {
      if (rows.isEmpty()) {
        rows = OptionalLong.of(leaf.rows);
        first = place;
      } else if (rows.getAsLong() != leaf.rows) {
        throw new IllegalArgumentException(
            place
                + " must have as many rows as "
                + first
                + ": "
                + first
                + "="
                + rows.getAsLong()
                + " "
                + place
                + "="
                + leaf.rows);
      }
      return leaf;
    }
  }
}
