package dev.batchmill.internal.bench;

import dev.batchmill.array.DType;
import dev.batchmill.array.NDArray;
import dev.batchmill.array.Shape;
import dev.batchmill.internal.bench.Operation.Where;
import dev.batchmill.transform.Normalizer;
import java.util.List;

/** {@link Normalizer} beyond the caches. */
final class NormalizeGroups {
  private static final double INFINITY = Double.POSITIVE_INFINITY;

  private NormalizeGroups() {}

  static List<Group> groups(Scale scale) {
    Shape narrow = Shape.of(scale.rows(1_000_000), 128);
    Shape wide = Shape.of(scale.rows(100_000), 1024);
    Shape block = Shape.of(scale.rows(1000), 128, 512);
    Shape half = Shape.of(scale.rows(1_000_000), 64);
    return List.of(
        Group.of(
            into(DType.FLOAT32, narrow, -1, 2),
            into(DType.FLOAT32, narrow, -1, 1),
            into(DType.FLOAT32, narrow, -1, INFINITY),
            into(DType.FLOAT32, narrow, 0, 2)),
        Group.of(
            fresh(DType.FLOAT32, narrow, -1, 2),
            fresh(DType.FLOAT32, narrow, -1, 1),
            fresh(DType.FLOAT32, narrow, 0, 2)),
        Group.of(
            into(DType.FLOAT32, narrow, -1, 3),
            into(DType.FLOAT32, narrow, -1, 2.5),
            fresh(DType.FLOAT32, narrow, -1, 3),
            fresh(DType.FLOAT32, narrow, -1, 2.5)),
        Group.of(into(DType.FLOAT32, wide, -1, 2), into(DType.FLOAT32, wide, -1, 1)),
        Group.of(fresh(DType.FLOAT32, wide, -1, 2), fresh(DType.FLOAT32, wide, -1, 1)),
        Group.of(into(DType.FLOAT32, block, 1, 2)),
        Group.of(fresh(DType.FLOAT32, block, 1, 2)),
        Group.of(
            into(DType.FLOAT64, half, -1, 2),
            into(DType.FLOAT64, half, -1, 1),
            into(DType.FLOAT64, half, 0, 2)),
        Group.of(fresh(DType.FLOAT64, half, -1, 2)));
  }

  private static Operation into(DType dtype, Shape shape, int axis, double order) {
    return new Operation(
        name(order, axis),
        dtype,
        shape,
        Where.DIRECT,
        traffic(dtype, shape, axis),
        memory -> {
          NDArray x = memory.input(dtype, shape);
          NDArray out = memory.output(dtype, shape);
          return () -> Normalizer.normalizeInto(x, axis, order, out);
        });
  }

  private static Operation fresh(DType dtype, Shape shape, int axis, double order) {
    return new Operation(
        name(order, axis) + Operation.FRESH,
        dtype,
        shape,
        Where.DIRECT,
        traffic(dtype, shape, axis),
        memory -> {
          NDArray x = memory.input(dtype, shape);
          return () -> Normalizer.normalize(x, axis, order).close();
        });
  }

  private static String name(double order, int axis) {
    String number = order == (long) order ? Long.toString((long) order) : Double.toString(order);
    String along = axis == -1 ? "last" : axis == 0 ? "axis-0" : "middle";
    return "normalize-l%s/%s".formatted(order == INFINITY ? "inf" : number, along);
  }

  /** A vector along axis 0 is spread over the whole array: it has to be read twice. */
  private static Traffic traffic(DType dtype, Shape shape, int axis) {
    long bytes = shape.size() * dtype.byteSize();
    return new Traffic(axis == 0 ? Roof.READ_STREAM_COPY : Roof.STREAM_COPY, bytes, bytes);
  }
}
