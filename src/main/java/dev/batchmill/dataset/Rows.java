package dev.batchmill.dataset;

import dev.batchmill.array.ArrayPool;
import dev.batchmill.array.DType;
import dev.batchmill.array.NDArray;
import dev.batchmill.array.Shape;
import dev.batchmill.transform.Transform;
import org.jspecify.annotations.Nullable;

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

  /**
   * Copies the rows at some positions of a view, transformed unless there is no transform, to where
   * {@link ArrayPool#allocateLike} says; the caller closes the array.
   */
  static NDArray take(
      RowView view, long[] positions, @Nullable Transform transform, ArrayPool pool) {
    NDArray source = view.source();
    long[] rows = view.rows().at(positions);
    long[] sizes = source.shape().toArray();
    sizes[0] = rows.length;
    Shape shape = Shape.of(sizes);
    DType type = source.dtype();
    if (transform != null) {
      shape = transform.resultShape(shape);
      type = transform.resultType(type);
    }
    NDArray out = pool.allocateLike(source, type, shape);
    try {
      if (transform == null) {
        source.take(rows, out);
      } else {
        transform.transformRows(source, rows, out);
      }
      return out;
    } catch (Throwable t) {
      out.close();
      throw t;
    }
  }

  /** Checks that batches of an array's rows can be transformed. */
  static void requireTransformable(String name, RowView rows, Transform transform) {
    long[] sizes = rows.shape().toArray();
    sizes[0] = 1;
    Shape row = Shape.of(sizes);
    boolean rowWise = transform.isRowWise(row);
    Shape result = rowWise ? transform.resultShape(row) : row;
    if (!rowWise || result.rank() == 0 || result.dim(0) != 1) {
      throw new IllegalArgumentException(
          "transform must handle each row by itself: transform="
              + transform
              + " "
              + name
              + "="
              + rows);
    }
  }
}
