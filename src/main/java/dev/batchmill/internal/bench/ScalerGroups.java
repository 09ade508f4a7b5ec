package dev.batchmill.internal.bench;

import dev.batchmill.array.DType;
import dev.batchmill.array.NDArray;
import dev.batchmill.array.Shape;
import dev.batchmill.internal.bench.Operation.Where;
import dev.batchmill.transform.MinMaxScaler;
import dev.batchmill.transform.Rescaler;
import dev.batchmill.transform.Standardizer;
import dev.batchmill.transform.Transform;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** {@link Standardizer}, {@link MinMaxScaler} and {@link Rescaler}: learning and applying. */
final class ScalerGroups {
  private ScalerGroups() {}

  static List<Group> groups(Scale scale) {
    Shape table = Shape.of(scale.rows(1_000_000), 128);
    Shape images = Shape.of(scale.rows(1000), 224, 224, 3);
    double[] scales = {1 / 58.4, 1 / 57.1, 1 / 57.4};
    double[] shifts = {-2.12, -2.04, -1.80};
    return List.of(
        Group.of(
            fit("standardize/fit", table, Standardizer::fit),
            fit("min-max/fit", table, MinMaxScaler::fit),
            into("standardize", DType.FLOAT32, table, Standardizer.of(new double[128], ones(128)))),
        Group.of(
            into("rescale/uint8-to-float32", DType.UINT8, images, Rescaler.of(1 / 255.0, 0)),
            into("rescale/channels", DType.UINT8, images, Rescaler.of(scales, shifts))));
  }

  private static double[] ones(int n) {
    double[] ones = new double[n];
    Arrays.fill(ones, 1);
    return ones;
  }

  private static Operation fit(String name, Shape shape, Consumer<NDArray> fit) {
    return new Operation(
        name,
        DType.FLOAT32,
        shape,
        Where.DIRECT,
        new Traffic(Roof.READ, shape.size() * Float.BYTES, 0),
        memory -> {
          NDArray x = memory.input(DType.FLOAT32, shape);
          return () -> fit.accept(x);
        });
  }

  private static Operation into(String name, DType dtype, Shape shape, Transform transform) {
    return new Operation(
        name,
        dtype,
        shape,
        Where.DIRECT,
        new Traffic(Roof.STREAM_COPY, shape.size() * dtype.byteSize(), shape.size() * Float.BYTES),
        memory -> {
          NDArray x = memory.input(dtype, shape);
          NDArray out = memory.output(DType.FLOAT32, shape);
          return () -> transform.transformInto(x, out);
        });
  }
}
