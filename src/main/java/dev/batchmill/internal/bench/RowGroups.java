package dev.batchmill.internal.bench;

import dev.batchmill.array.DType;
import dev.batchmill.array.NDArray;
import dev.batchmill.array.Shape;
import dev.batchmill.internal.bench.Operation.Where;
import dev.batchmill.random.Permutation;
import java.util.List;

/** {@link NDArray#take}: rows in a random order. */
final class RowGroups {
  private static final long SEED = 1337;

  private RowGroups() {}

  static List<Group> groups(Scale scale) {
    Shape rows = Shape.of(scale.rows(65_536), 1024);
    return List.of(Group.of(gather(rows)), Group.of(gatherFresh(rows)));
  }

  private static Operation gather(Shape shape) {
    return new Operation(
        "gather",
        DType.FLOAT32,
        shape,
        Where.DIRECT,
        traffic(shape),
        memory -> {
          NDArray x = memory.input(DType.FLOAT32, shape);
          NDArray out = memory.output(DType.FLOAT32, shape);
          long[] rows = Permutation.of(shape.dim(0), SEED).toArray();
          return () -> x.take(rows, out);
        });
  }

  private static Operation gatherFresh(Shape shape) {
    return new Operation(
        "gather" + Operation.FRESH,
        DType.FLOAT32,
        shape,
        Where.DIRECT,
        traffic(shape),
        memory -> {
          NDArray x = memory.input(DType.FLOAT32, shape);
          long[] rows = Permutation.of(shape.dim(0), SEED).toArray();
          return () -> x.take(rows).close();
        });
  }

  private static Traffic traffic(Shape shape) {
    long bytes = shape.size() * Float.BYTES;
    return new Traffic(Roof.STREAM_COPY, bytes, bytes);
  }
}
