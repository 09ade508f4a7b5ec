package dev.batchmill.dataset;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The sizes of a left and a right side by Keras' rules, in Keras' order of checks. */
record SideSizes(@Nullable Side left, @Nullable Side right) implements Sizes {
  /** The wanted size of one side: a count, or a fraction when the count is 0. */
  record Side(String name, long count, double fraction) {
    static Side ofFraction(String name, double fraction) {
      if (!(fraction > 0 && fraction < 1)) {
        throw outOfRange(name, fraction);
      }
      return new Side(name, 0, fraction);
    }

    static Side ofCount(String name, long count) {
      if (count < 1) {
        throw outOfRange(name, count);
      }
      return new Side(name, count, 0);
    }

    /** A whole number is a count, any other a fraction. */
    static Side of(String name, Number size) {
      if (size instanceof Long
          || size instanceof Integer
          || size instanceof Short
          || size instanceof Byte) {
        return ofCount(name, size.longValue());
      } else if (size instanceof Double || size instanceof Float) {
        return ofFraction(name, size.doubleValue());
      }
      throw new IllegalArgumentException(
          name
              + " must be a Double, Float, Long, Integer, Short or Byte: "
              + name
              + "="
              + size
              + " type="
              + size.getClass().getName());
    }

    private static IllegalArgumentException outOfRange(String name, Number size) {
      return new IllegalArgumentException(
          name
              + " must be a fraction between 0 and 1 or a count from 1 to n - 1: "
              + name
              + "="
              + size);
    }

    Number size() {
      return count > 0 ? (Number) count : (Number) fraction;
    }

    private void requireBelow(long n, Unit unit) {
      if (count >= n) {
        throw new IllegalArgumentException(
            name
                + " must be smaller than the number of "
                + unit.plural
                + ": "
                + name
                + "="
                + count
                + " "
                + unit.total
                + "="
                + n);
      }
    }
  }

  SideSizes {
    if (left != null && right != null && left.fraction + right.fraction > 1) {
      throw new IllegalArgumentException(
          "left and right must not be more than 1 together: left="
              + left.fraction
              + " right="
              + right.fraction);
    }
  }

  @Override
  public List<String> names() {
    return List.of("left", "right");
  }

  @Override
  public List<Range> ranges(long n, Unit unit) {
    Split<Long> sizes = sizes(n, unit);
    return List.of(new Range(0, sizes.left()), new Range(n - sizes.right(), n));
  }

  Split<Long> sizes(long n, Unit unit) {
    if (n < 1) {
      throw new IllegalArgumentException(
          unit.total + " must be at least 1: " + unit.total + "=" + n);
    }
    long leftSize = -1;
    long rightSize = -1;
    if (left != null) {
      left.requireBelow(n, unit);
      leftSize = left.count > 0 ? left.count : unit.roundLeft(left.fraction * n);
    }
    if (right != null) {
      right.requireBelow(n, unit);
      rightSize = right.count > 0 ? right.count : unit.roundRight(right.fraction * n);
    }
    if (left == null) {
      leftSize = n - rightSize;
    } else if (right == null) {
      rightSize = n - leftSize;
    }
    requireFitting(leftSize, rightSize, n, unit);
    return new Split<>(leftSize, rightSize);
  }

  private static void requireFitting(long leftSize, long rightSize, long n, Unit unit) {
    String seen =
        (unit == Unit.ROWS ? "leftRows=" : "leftGroups=")
            + leftSize
            + (unit == Unit.ROWS ? " rightRows=" : " rightGroups=")
            + rightSize
            + " "
            + unit.total
            + "="
            + n;
    if (leftSize > n - rightSize) {
      throw new IllegalArgumentException(
          "left and right must not have more " + unit.plural + " together than there are: " + seen);
    }
    if (leftSize == 0 || rightSize == 0) {
      throw new IllegalArgumentException(
          (leftSize == 0 ? "left" : "right")
              + " would be empty, give other sizes or more "
              + unit.plural
              + ": "
              + seen);
    }
  }

  /** Returns the sizes as they were given. */
  @Override
  public String toString() {
    return (left == null ? "" : "left=" + left.size())
        + (left == null || right == null ? "" : " ")
        + (right == null ? "" : "right=" + right.size());
  }
}
