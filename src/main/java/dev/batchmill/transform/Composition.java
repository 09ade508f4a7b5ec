package dev.batchmill.transform;

import dev.batchmill.array.DType;
import dev.batchmill.array.NDArray;
import dev.batchmill.array.Shape;
import dev.batchmill.internal.kernel.Parallel;

/** Two transforms, one after the other. */
final class Composition extends TiledTransform {
  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // those of the library are Serializable
  private final Transform first;

  @SuppressWarnings("serial") // those of the library are Serializable
  private final Transform second;

  Composition(Transform first, Transform second) {
    this.first = first;
    this.second = second;
  }

  @Override
  public DType resultType(DType input) {
    return second.resultType(first.resultType(input));
  }

  @Override
  public Shape resultShape(Shape input) {
    return second.resultShape(first.resultShape(input));
  }

  @Override
  public boolean isRowWise(Shape input) {
    return first.isRowWise(input) && second.isRowWise(first.resultShape(input));
  }

  @Override
  void run(NDArray x, NDArray out, boolean streaming) {
    Shape shape = first.resultShape(x.shape());
    if (x.shape().rank() > 0 && x.shape().dim(0) > 0 && isRowWise(x.shape())) {
      runTiles(x, shape, out, streaming);
      return;
    }
    try (NDArray between = x.allocateLike(first.resultType(x.dtype()), shape)) {
      first.transformInto(x, between);
      TiledTransform.run(second, between, out, streaming);
    }
  }

  private void runTiles(NDArray x, Shape shape, NDArray out, boolean streaming) {
    DType type = first.resultType(x.dtype());
    boolean inPlace = !streaming && type == out.dtype() && shape.equals(out.shape());
    long longest =
        Math.max(
            RowTiles.rowBytes(type, shape),
            Math.max(
                RowTiles.rowBytes(x.dtype(), x.shape()),
                RowTiles.rowBytes(out.dtype(), out.shape())));
    long tileRows = RowTiles.rowsPerTile(longest);
    Parallel.forRange(
        x.shape().dim(0),
        tileRows,
        (from, to) -> {
          for (long row = from; row < to; row += tileRows) {
            long end = Math.min(to, row + tileRows);
            NDArray tile = x.slice(0, row, end);
            NDArray result = out.slice(0, row, end);
            if (inPlace) {
              TiledTransform.run(first, tile, result, false);
              TiledTransform.run(second, result, result, false);
            } else {
              try (Scratch scratch = Scratch.take()) {
                NDArray between = scratch.array(type, RowTiles.withRows(shape, end - row));
                TiledTransform.run(first, tile, between, false);
                TiledTransform.run(second, between, result, streaming);
              }
            }
          }
        });
  }

  @Override
  public String toString() {
    return first + " then " + second;
  }
}
