package dev.batchmill.dataset;

import dev.batchmill.array.DType;
import dev.batchmill.array.NDArray;
import dev.batchmill.array.Shape;
import java.io.Serializable;

/**
 * Some rows (sub-arrays along the first axis) of an array, in some order, that are not copied until
 * they are read. {@link ArrayDataset} reads batches from views; {@link #toArray} copies all rows.
 *
 * <p>The array is not owned: it stays open, and unchanged, as long as the view is used.
 *
 * <p>Immutable and safe for use by many threads.
 *
 * @see RowIndices#view(NDArray)
 */
public final class RowView implements SampleDataset<NDArray>, Serializable {
  private static final long serialVersionUID = 1L;

  private final NDArray array;
  private final RowIndices rows;

  private RowView(NDArray array, RowIndices rows) {
    this.array = array;
    this.rows = rows;
  }

  /**
   * Views all rows of an array in their order.
   *
   * @param array the array, not owned
   * @return a view
   * @throws IllegalArgumentException if the array is a scalar
   */
  public static RowView of(NDArray array) {
    return of("array", array);
  }

  static RowView of(String name, NDArray array) {
    if (array.shape().rank() == 0) {
      throw new IllegalArgumentException(
          name + " must have at least one axis: " + name + "=" + array);
    }
    return new RowView(array, RowIndices.all(array.shape().dim(0)));
  }

  RowView select(RowIndices positions) {
    return new RowView(array, rows.select(positions));
  }

  /**
   * Returns the array whose rows these are.
   *
   * @return the array
   */
  public NDArray source() {
    return array;
  }

  /**
   * Returns which rows of the array these are.
   *
   * @return the rows
   */
  public RowIndices rows() {
    return rows;
  }

  /**
   * Returns the type of the elements.
   *
   * @return the array's type
   */
  public DType dtype() {
    return array.dtype();
  }

  /**
   * Returns the shape that {@link #toArray} gives.
   *
   * @return the array's shape with the number of these rows in front
   */
  public Shape shape() {
    long[] sizes = array.shape().toArray();
    sizes[0] = rows.size();
    return Shape.of(sizes);
  }

  /** Returns the number of rows. */
  @Override
  public long size() {
    return rows.size();
  }

  /**
   * Returns one row.
   *
   * @param index from 0 to the size − 1
   * @return a view that shares the array's memory, with one axis less
   * @throws IndexOutOfBoundsException if there is no such row
   * @throws IllegalStateException if the array is closed
   */
  @Override
  public NDArray sample(long index) {
    return array.get(rows.get(index));
  }

  /**
   * Copies all rows.
   *
   * @return a new array of this shape, on the heap or off it as the source is; the caller closes it
   * @throws IllegalArgumentException if they are more than an array holds
   * @throws IllegalStateException if the array is closed
   */
  public NDArray toArray() {
    return rows.isRange() ? range().copy() : array.take(rows.toArray());
  }

  /**
   * Copies all rows into a given array.
   *
   * @param out a contiguous array of this type and shape that does not overlap the source
   * @throws IllegalArgumentException if {@code out} does not fit; nothing is written then
   * @throws IllegalStateException if an array is closed
   */
  public void copyTo(NDArray out) {
    out.requireOutput(dtype(), shape());
    if (rows.isRange()) {
      out.assign(range());
    } else {
      array.take(rows.toArray(), out);
    }
  }

  private NDArray range() {
    long first = rows.size() == 0 ? 0 : rows.get(0);
    return array.slice(0, first, first + rows.size());
  }

  /** Checks that a view has as many rows as another. */
  static void requireSame(String firstName, RowView first, String name, RowView view) {
    if (view.size() != first.size()) {
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
              + view);
    }
  }

  /** Returns type and shape, such as {@code float32[800, 28, 28]}. */
  @Override
  public String toString() {
    return dtype() + shape().toString();
  }
}
