package dev.batchmill.array;

import java.util.Arrays;

/** The sizes of an array along each of its axes; immutable. The shape of a scalar has no axis. */
public final class Shape {
  private final long[] sizes;
  private final long size;

  private Shape(long[] sizes) {
    this.sizes = sizes;
    this.size = product(sizes);
  }

  /**
   * Returns the shape with the given sizes.
   *
   * @param sizes the size along each axis, not negative; none for a scalar
   * @return the shape
   * @throws IllegalArgumentException if a size is negative or there are more than 2^63 − 1 elements
   */
  public static Shape of(long... sizes) {
    return new Shape(sizes.clone());
  }

  private static long product(long[] sizes) {
    boolean empty = false;
    for (long size : sizes) {
      if (size < 0) {
        throw new IllegalArgumentException(
            "shape must not have a negative size: shape=" + Arrays.toString(sizes));
      }
      empty |= size == 0;
    }
    if (empty) {
      return 0;
    }
    try {
      long product = 1;
      for (long size : sizes) {
        product = Math.multiplyExact(product, size);
      }
      return product;
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(
          "shape has more than 2^63 - 1 elements: shape=" + Arrays.toString(sizes), e);
    }
  }

  /**
   * Returns the number of axes.
   *
   * @return the number of axes, 0 for a scalar
   */
  public int rank() {
    return sizes.length;
  }

  /**
   * Returns the size along an axis.
   *
   * @param axis the axis, from −rank to rank − 1; a negative one counts from the end
   * @return the size
   * @throws IllegalArgumentException if there is no such axis
   */
  public long dim(int axis) {
    return sizes[normalizeAxis(axis)];
  }

  /**
   * Returns the number of elements.
   *
   * @return the product of the sizes, 1 for a scalar
   */
  public long size() {
    return size;
  }

  /**
   * Returns the sizes along all axes.
   *
   * @return a new array
   */
  public long[] toArray() {
    return sizes.clone();
  }

  /**
   * Turns a possibly negative axis into one from 0 to rank − 1.
   *
   * @param axis the axis, from −rank to rank − 1
   * @return the axis counted from the front
   * @throws IllegalArgumentException if there is no such axis
   */
  public int normalizeAxis(int axis) {
    if (axis < -sizes.length || axis >= sizes.length) {
      throw new IllegalArgumentException(
          "axis is out of range for an array of rank "
              + sizes.length
              + ": axis="
              + axis
              + " shape="
              + this);
    }
    return axis < 0 ? axis + sizes.length : axis;
  }

  /** The strides, in elements, of an array of this shape in C order (last axis fastest). */
  long[] strides() {
    long[] strides = new long[sizes.length];
    long stride = 1;
    for (int axis = sizes.length - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= Math.max(sizes[axis], 1);
    }
    return strides;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Shape that && Arrays.equals(sizes, that.sizes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(sizes);
  }

  /** Returns the sizes in brackets, such as {@code [3, 4]}. */
  @Override
  public String toString() {
    return Arrays.toString(sizes);
  }
}
