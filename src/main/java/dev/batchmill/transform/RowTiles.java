package dev.batchmill.transform;

import dev.batchmill.array.DType;
import dev.batchmill.array.NDArray;
import dev.batchmill.array.Shape;
import dev.batchmill.internal.kernel.ArrayMemory;
import dev.batchmill.internal.kernel.KernelRegistry;
import dev.batchmill.internal.kernel.Kernels;
import dev.batchmill.internal.kernel.Parallel;

/**
 * Row-wise transforms, one tile of rows after another.
 *
 * <p>A tile fits in a second-level cache, so what one step has written the next one reads from
 * there. It is also no more than the least that most transforms give to a thread, so that a tile
 * stays on one.
 */
final class RowTiles {
  /** The most bytes of a tile of several rows, before and after each step. */
  static final int TILE_BYTES = 1 << 18;

  private RowTiles() {}

  /** The number of rows of a tile whose longest row has so many bytes. */
  static long rowsPerTile(long rowBytes) {
    return Math.max(1, TILE_BYTES / Math.max(1, rowBytes));
  }

  /** The bytes of a row of an array of a shape of at least one row. */
  static long rowBytes(DType type, Shape shape) {
    return shape.size() / shape.dim(0) * type.byteSize();
  }

  /** The shape with another number of rows. */
  static Shape withRows(Shape shape, long rows) {
    long[] sizes = shape.toArray();
    sizes[0] = rows;
    return Shape.of(sizes);
  }

  /** The shape of so many rows of an array, transformed. */
  static Shape resultShape(Transform transform, NDArray x, long rows) {
    if (x.shape().rank() == 0) {
      throw new IllegalArgumentException("x must have at least one axis: x=" + x);
    }
    Shape taken = withRows(x.shape(), rows);
    if (!transform.isRowWise(taken)) {
      throw new IllegalArgumentException(
          "transform must handle each row by itself: transform=" + transform + " x=" + x);
    }
    Shape result = transform.resultShape(taken);
    if (result.rank() == 0 || result.dim(0) != rows) {
      throw new IllegalArgumentException(
          "transform must keep the number of rows: transform="
              + transform
              + " input="
              + taken
              + " result="
              + result);
    }
    return result;
  }

  /** {@link Transform#transformRows(NDArray, long[], NDArray)}. */
  static void transform(Transform transform, NDArray x, long[] rows, NDArray out) {
    out.requireOutput(transform.resultType(x.dtype()), resultShape(transform, x, rows.length));
    for (int i = 0; i < rows.length; i++) {
      if (rows[i] < 0 || rows[i] >= x.shape().dim(0)) {
        throw new IndexOutOfBoundsException(
            "row is outside the array: rows[" + i + "]=" + rows[i] + " shape=" + x.shape());
      }
    }
    if (out.size() == 0) {
      return;
    }
    NDArray source = x.contiguous();
    try {
      Gathered gathered = new Gathered(transform, source, rows, out);
      Parallel.forRange(rows.length, gathered.tileRows, gathered::run);
    } finally {
      if (source != x) {
        source.close();
      }
    }
  }

  /** Rows on their way through a transform. */
  private static final class Gathered {
    private final Transform transform;
    private final NDArray source;
    private final long[] rows;
    private final NDArray out;
    private final Kernels kernels = KernelRegistry.active();
    private final long tileRows;
    private final boolean streaming;
    private final boolean inPlace;

    Gathered(Transform transform, NDArray source, long[] rows, NDArray out) {
      this.transform = transform;
      this.source = source;
      this.rows = rows;
      this.out = out;
      tileRows =
          rowsPerTile(
              Math.max(
                  rowBytes(source.dtype(), source.shape()), rowBytes(out.dtype(), out.shape())));
      streaming = TiledTransform.streams(out);
      inPlace =
          !streaming
              && source.dtype() == out.dtype()
              && withRows(source.shape(), rows.length).equals(out.shape());
    }

    void run(long first, long last) {
      long tiles = (last - first + tileRows - 1) / tileRows;
      for (long i = 0; i < tiles; i++) {
        tile(
            (int) (first + (last - first) * i / tiles),
            (int) (first + (last - first) * (i + 1) / tiles));
      }
    }

    private void tile(int from, int to) {
      NDArray result = out.slice(0, from, to);
      if (isOneRun(from, to)) {
        run(source.slice(0, rows[from], rows[from] + to - from), result);
      } else if (inPlace) {
        gather(from, to, result);
        run(result, result);
      } else {
        try (Scratch scratch = Scratch.take()) {
          NDArray gathered = scratch.array(source.dtype(), withRows(source.shape(), to - from));
          gather(from, to, gathered);
          run(gathered, result);
        }
      }
    }

    private void run(NDArray x, NDArray result) {
      TiledTransform.run(transform, x, result, streaming);
    }

    /** Whether the rows lie one after another in the source: always so for a single one. */
    private boolean isOneRun(int from, int to) {
      for (int i = from + 1; i < to; i++) {
        if (rows[i] != rows[i - 1] + 1) {
          return false;
        }
      }
      return true;
    }

    private void gather(int from, int to, NDArray gathered) {
      kernels.gather(
          ArrayMemory.of(source),
          source.offset(),
          source.size() / source.shape().dim(0),
          rows,
          from,
          to,
          ArrayMemory.of(gathered),
          gathered.offset());
    }
  }
}
