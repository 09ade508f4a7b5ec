package dev.batchmill.dataset;

import dev.batchmill.array.NDArray;

/** The rows of an array: its sub-arrays along the first axis. */
final class Rows {
  private Rows() {}

  /** Returns the number of rows of an array that is not a scalar. */
  static long count(String name, NDArray array) {
    if (array.shape().rank() == 0) {
      throw new IllegalArgumentException(
          name + " must have at least one axis: " + name + "=" + array);
    }
    return array.shape().dim(0);
  }

  /** Checks that an array has as many rows as another. */
  static void requireSame(String firstName, NDArray first, String name, NDArray array) {
    if (count(name, array) != count(firstName, first)) {
      throw new IllegalArgumentException(
          name
              + " must have as many rows as "
              + firstName
              + ": "
              + firstName
              + "="
              + first
              + " "
              + name
              + "="
              + array);
    }
  }
}
