package dev.batchmill.dataset;

import dev.batchmill.array.NDArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * The class or group of each row: numbers from 0 on in the place of the labels or ids. Immutable.
 */
final class Categories {
  private final String name;
  private final int[] codes;
  private final List<Object> values;

  private Categories(String name, int[] codes, List<Object> values) {
    this.name = name;
    this.codes = codes;
    this.values = values;
  }

  /** Numbers the labels in the order in which they first appear. */
  static Categories of(String name, int[] labels) {
    return of(name, labels.length, row -> (long) labels[row]);
  }

  /** Numbers the labels in the order in which they first appear. */
  static Categories of(String name, List<?> labels) {
    List<?> quick = new ArrayList<>(labels);
    return of(name, quick.size(), quick::get);
  }

  /** Numbers the labels in the order in which they first appear. */
  static Categories of(String name, NDArray labels) {
    if (labels.shape().rank() == 0 || labels.size() != labels.shape().dim(0)) {
      throw new IllegalArgumentException(
          name + " must have one element for each row: " + name + "=" + labels);
    }
    if (labels.dtype().isFloating()) {
      double[] numbers = labels.toDoubleArray();
      return of(name, numbers.length, row -> numbers[row] + 0.0); // -0.0 is 0.0
    }
    long[] numbers = labels.toLongArray();
    return of(name, numbers.length, row -> numbers[row]);
  }

  private static Categories of(String name, int rows, IntFunction<Object> labels) {
    int[] codes = new int[rows];
    Map<Object, Integer> known = new HashMap<>();
    List<Object> values = new ArrayList<>();
    for (int row = 0; row < rows; row++) {
      Object value = labels.apply(row);
      if (value == null) {
        throw new IllegalArgumentException(
            name + " must not be null: " + name + "[" + row + "]=null");
      }
      Integer code = known.putIfAbsent(value, values.size());
      if (code == null) {
        codes[row] = values.size();
        values.add(value);
      } else {
        codes[row] = code;
      }
    }
    return new Categories(name, codes, values);
  }

  /** These categories numbered in the order of their values. */
  @SuppressWarnings("unchecked") // what cannot be compared is refused
  Categories sorted() {
    Integer[] order = new Integer[values.size()];
    Arrays.setAll(order, code -> code);
    try {
      Arrays.sort(
          order, Comparator.comparing((Integer code) -> (Comparable<Object>) values.get(code)));
    } catch (ClassCastException e) {
      throw new IllegalArgumentException(
          name + " must be comparable with each other: " + e.getMessage(), e);
    }
    int[] renumbered = new int[order.length];
    List<Object> sorted = new ArrayList<>(order.length);
    for (int code : order) {
      renumbered[code] = sorted.size();
      sorted.add(values.get(code));
    }
    int[] recoded = new int[codes.length];
    Arrays.setAll(recoded, row -> renumbered[codes[row]]);
    return new Categories(name, recoded, sorted);
  }

  /** Checks that there is one for each row. */
  void requireRows(long n) {
    if (codes.length != n) {
      throw new IllegalArgumentException(
          name + " must be as many as there are rows: " + name + "=" + codes.length + " n=" + n);
    }
  }

  /** The number of categories. */
  int count() {
    return values.size();
  }

  /** The category of a row. */
  int of(long row) {
    return codes[(int) row];
  }

  /** The label or id of a category. */
  Object value(int code) {
    return values.get(code);
  }

  /** The number of rows of each category. */
  long[] rowCounts() {
    long[] counts = new long[values.size()];
    for (int code : codes) {
      counts[code]++;
    }
    return counts;
  }

  /** Checks that no category has fewer rows than there are parts or folds. */
  void requireRowsForEach(int parts, String what) {
    long[] counts = rowCounts();
    for (int code = 0; code < counts.length; code++) {
      if (counts[code] < parts) {
        throw new IllegalArgumentException(
            "class has fewer rows than there are "
                + what
                + ": class="
                + value(code)
                + " rows="
                + counts[code]
                + " "
                + what
                + "="
                + parts);
      }
    }
  }
}
