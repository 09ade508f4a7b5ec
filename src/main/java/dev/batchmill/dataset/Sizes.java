package dev.batchmill.dataset;

import java.util.List;

/** How many rows, or groups of rows, each part gets. */
sealed interface Sizes permits SideSizes, PartSizes {
  /** The positions from one to before another. */
  record Range(long from, long to) {
    long size() {
      return to - from;
    }
  }

  /** What is counted, and how a fraction of it is rounded. */
  enum Unit {
    /** As Keras rounds: to the nearest, a half to the even one. */
    ROWS("rows", "n"),
    /** As scikit-learn's GroupShuffleSplit does: the right side, its test set, is rounded up. */
    GROUPS("groups", "groups");

    final String plural;
    final String total;

    Unit(String plural, String total) {
      this.plural = plural;
      this.total = total;
    }

    long roundLeft(double size) {
      return (long) (this == ROWS ? Math.rint(size) : Math.floor(size));
    }

    long roundRight(double size) {
      return (long) (this == ROWS ? Math.rint(size) : Math.ceil(size));
    }
  }

  /** What messages and records call the parts. */
  List<String> names();

  /**
   * The positions of each part in the order of n rows or groups.
   *
   * @throws IllegalArgumentException if a part would be empty or n is too small
   */
  List<Range> ranges(long n, Unit unit);
}
