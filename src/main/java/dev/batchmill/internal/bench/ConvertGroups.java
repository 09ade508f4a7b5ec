package dev.batchmill.internal.bench;

import dev.batchmill.array.DType;
import dev.batchmill.array.NDArray;
import dev.batchmill.array.Shape;
import dev.batchmill.internal.bench.Operation.Where;
import java.util.List;

/** {@link NDArray#assign} and {@link NDArray#astype}: conversion between types. */
final class ConvertGroups {
  private ConvertGroups() {}

  static List<Group> groups(Scale scale) {
    Shape shape = Shape.of(scale.rows(1_000_000), 128);
    return List.of(
        Group.of(into(shape, DType.FLOAT16, DType.FLOAT32)),
        Group.of(into(shape, DType.FLOAT32, DType.FLOAT16)),
        Group.of(into(shape, DType.UINT8, DType.FLOAT32)),
        Group.of(fresh(shape, DType.FLOAT16, DType.FLOAT32)),
        Group.of(fresh(shape, DType.UINT8, DType.FLOAT32)));
  }

  private static Operation into(Shape shape, DType from, DType to) {
    return new Operation(
        name(from, to),
        from,
        shape,
        Where.DIRECT,
        traffic(shape, from, to),
        memory -> {
          NDArray x = memory.input(from, shape);
          NDArray out = memory.output(to, shape);
          return () -> out.assign(x);
        });
  }

  private static Operation fresh(Shape shape, DType from, DType to) {
    return new Operation(
        name(from, to) + Operation.FRESH,
        from,
        shape,
        Where.DIRECT,
        traffic(shape, from, to),
        memory -> {
          NDArray x = memory.input(from, shape);
          return () -> x.astype(to).close();
        });
  }

  private static String name(DType from, DType to) {
    return "convert/" + from + "-to-" + to;
  }

  private static Traffic traffic(Shape shape, DType from, DType to) {
    return new Traffic(
        Roof.STREAM_COPY, shape.size() * from.byteSize(), shape.size() * to.byteSize());
  }
}
