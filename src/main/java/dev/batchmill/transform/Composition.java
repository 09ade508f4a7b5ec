package dev.batchmill.transform;

import dev.batchmill.array.DType;
import dev.batchmill.array.NDArray;
import dev.batchmill.array.Shape;
import dev.batchmill.internal.kernel.Parallel;

/** Two transforms, one after the other. */
record Composition(Transform first, Transform second) implements Transform {
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
  public void transformInto(NDArray x, NDArray out) {
    out.requireOutput(resultType(x.dtype()), resultShape(x.shape()));
    DType type = first.resultType(x.dtype());
    Shape shape = first.resultShape(x.shape());
    if (x.shape().rank() == 0 || x.shape().dim(0) == 0 || !isRowWise(x.shape())) {
      try (NDArray between = x.allocateLike(type, shape)) {
        first.transformInto(x, between);
        second.transformInto(between, out);
      }
      return;
    }
    boolean inPlace = type == out.dtype() && shape.equals(out.shape());
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
            NDArray result = out.slice(0, row, end);
            if (inPlace) {
              first.transformInto(x.slice(0, row, end), result);
              second.transformInto(result, result);
            } else {
              try (Scratch scratch = Scratch.take()) {
                NDArray between = scratch.array(type, RowTiles.withRows(shape, end - row));
                first.transformInto(x.slice(0, row, end), between);
                second.transformInto(between, result);
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
