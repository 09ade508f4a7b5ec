package dev.batchmill.transform;

import dev.batchmill.array.DType;
import dev.batchmill.array.NDArray;
import dev.batchmill.array.Shape;

/**
 * A step that makes an array of an array, the same way each time.
 *
 * <p>Most transforms are <em>row-wise</em>: the first axis counts rows (samples), and a row of the
 * result depends on that row of the input alone. Those can be a fused step of a data set ({@link
 * #transformRows}): rows are gathered and transformed tile by tile while they lie in a cache, so
 * that a batch costs one pass over memory.
 *
 * <p>Who implements this writes {@link #resultType}, {@link #resultShape} and {@link
 * #transformInto}, and {@link #isRowWise} where not every row goes by itself.
 *
 * <p>Implementations are immutable; any number of threads may use one. Those that come with the
 * library are {@link java.io.Serializable}.
 */
public interface Transform {
  /**
   * Returns the type of the result.
   *
   * @param input the type of the input
   * @return the type that {@link #transform} gives for it
   */
  DType resultType(DType input);

  /**
   * Returns the shape of the result.
   *
   * @param input the shape of the input
   * @return the shape that {@link #transform} gives for it; a row-wise transform keeps the first
   *     size
   * @throws IllegalArgumentException if inputs of this shape cannot be transformed
   */
  Shape resultShape(Shape input);

  /**
   * Tells whether inputs of a shape are transformed row by row, each by itself.
   *
   * @param input the shape of the input, at least one axis
   * @return true unless overridden
   * @throws IllegalArgumentException if inputs of this shape cannot be transformed
   */
  default boolean isRowWise(Shape input) {
    return true;
  }

  /**
   * Transforms an array.
   *
   * @param x the array
   * @return a new array, on the heap or off it as {@code x} is; the caller closes it
   * @throws IllegalArgumentException if {@code x} cannot be transformed
   */
  default NDArray transform(NDArray x) {
    NDArray out = x.allocateLike(resultType(x.dtype()), resultShape(x.shape()));
    try {
      transformInto(x, out);
      return out;
    } catch (Throwable t) {
      out.close();
      throw t;
    }
  }

  /**
   * Transforms an array into a given one.
   *
   * @param x the array
   * @param out a contiguous array of the result's type and shape that does not overlap {@code x};
   *     or {@code x} itself where the result has its type and shape
   * @throws IllegalArgumentException if {@code x} cannot be transformed or {@code out} does not fit
   */
  void transformInto(NDArray x, NDArray out);

  /**
   * Transforms rows of an array, in a given order, into a given array: the same as to {@link
   * NDArray#take(long[]) take} them and to transform what was taken, bit for bit, in one pass over
   * memory.
   *
   * @param x an array of at least one axis
   * @param rows the indices of the rows; an index may come more than once
   * @param out a contiguous array of the result's type and of shape {@code [rows.length, …]} that
   *     does not overlap {@code x}; what it holds after an exception is undefined
   * @throws IllegalArgumentException if {@code x} cannot be transformed row by row or {@code out}
   *     does not fit
   * @throws IndexOutOfBoundsException if an index is outside the first axis
   */
  default void transformRows(NDArray x, long[] rows, NDArray out) {
    RowTiles.transform(this, x, rows, out);
  }

  /**
   * Transforms rows of an array, in a given order.
   *
   * @param x an array of at least one axis
   * @param rows the indices of the rows; an index may come more than once
   * @return a new array, on the heap or off it as {@code x} is; the caller closes it
   * @throws IllegalArgumentException if {@code x} cannot be transformed row by row
   * @throws IndexOutOfBoundsException if an index is outside the first axis
   */
  default NDArray transformRows(NDArray x, long[] rows) {
    Shape shape = RowTiles.resultShape(this, x, rows.length);
    NDArray out = x.allocateLike(resultType(x.dtype()), shape);
    try {
      transformRows(x, rows, out);
      return out;
    } catch (Throwable t) {
      out.close();
      throw t;
    }
  }

  /**
   * Returns this transform followed by another one. Where both are row-wise, the rows go through
   * both tile by tile: what lies between them stays in a cache.
   *
   * @param next the transform of this one's result
   * @return both as one
   */
  default Transform then(Transform next) {
    return new Composition(this, next);
  }
}
