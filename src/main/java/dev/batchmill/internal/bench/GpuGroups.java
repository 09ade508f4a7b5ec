package dev.batchmill.internal.bench;

import dev.batchmill.array.DType;
import dev.batchmill.array.DeviceArray;
import dev.batchmill.array.NDArray;
import dev.batchmill.array.Shape;
import dev.batchmill.internal.bench.Operation.Where;
import dev.batchmill.random.Permutation;
import dev.batchmill.transform.Normalizer;
import dev.batchmill.transform.OneHot;
import java.util.List;
import java.util.function.Function;

/**
 * Operations over arrays on a GPU: each call queues one and waits for it, as does its roof, a copy
 * or a fill by CUDA. A launch and a wait take some microseconds, of each alike.
 */
final class GpuGroups {
  private static final long SEED = 1337;

  private GpuGroups() {}

  static List<Group> groups(Scale scale) {
    Shape narrow = Shape.of(scale.rows(1_000_000), 128);
    Shape wide = Shape.of(scale.rows(100_000), 1024);
    Shape block = Shape.of(scale.rows(1000), 128, 512);
    Shape images = Shape.of(scale.rows(50_000), 3072);
    return List.of(
        on(normalize("l2/last", narrow, -1, 2)),
        on(normalize("l1/last", narrow, -1, 1)),
        on(normalize("l2/axis-0", narrow, 0, 2)),
        on(normalize("l2/last", wide, -1, 2)),
        on(normalize("l2/middle", block, 1, 2)),
        on(oneHot(scale.rows(10_000_000), 10)),
        on(oneHot(scale.rows(100_000), 1000)),
        on(gather(wide)),
        on(gatherAndNormalize(wide)),
        on(gatherImages(images)),
        on(permutation(scale.rows(1 << 26))));
  }

  private static Group on(Operation operation) {
    return Group.on("cuda", operation);
  }

  private static Operation operation(
      String name, DType dtype, Shape shape, Traffic traffic, Function<Memory, Runnable> queued) {
    return new Operation(
        "gpu/" + name,
        dtype,
        shape,
        Where.DEVICE,
        traffic,
        memory -> memory.gpu().timed(queued.apply(memory)));
  }

  private static Operation normalize(String name, Shape shape, int axis, double order) {
    return operation(
        "normalize-" + name,
        DType.FLOAT32,
        shape,
        copy(shape.size() * Float.BYTES),
        memory -> {
          GpuMemory gpu = memory.gpu();
          DeviceArray x = gpu.input(memory.input(DType.FLOAT32, shape));
          DeviceArray out = gpu.output(DType.FLOAT32, shape);
          return () -> Normalizer.normalizeInto(x, axis, order, out, gpu.stream());
        });
  }

  private static Operation oneHot(int rows, int classes) {
    Shape shape = Shape.of(rows, classes);
    long bytes = shape.size() * Float.BYTES;
    return operation(
        "one-hot",
        DType.INT32,
        shape,
        new Traffic(Roof.DEVICE_WRITE, (long) rows * Integer.BYTES, bytes),
        memory -> {
          GpuMemory gpu = memory.gpu();
          int[] labels = new int[rows];
          for (int i = 0; i < rows; i++) {
            labels[i] = Memory.whole(i, classes);
          }
          DeviceArray there = gpu.input(NDArray.of(labels));
          DeviceArray out = gpu.output(DType.FLOAT32, shape);
          return () -> OneHot.encodeInto(there, classes, out, gpu.stream());
        });
  }

  private static Operation gather(Shape shape) {
    return operation(
        "gather",
        DType.FLOAT32,
        shape,
        copy(shape.size() * Float.BYTES),
        memory -> {
          GpuMemory gpu = memory.gpu();
          DeviceArray x = gpu.input(memory.input(DType.FLOAT32, shape));
          DeviceArray rows = rows(gpu, shape);
          DeviceArray out = gpu.output(DType.FLOAT32, shape);
          return () -> x.gather(rows, out, gpu.stream());
        });
  }

  private static Operation gatherAndNormalize(Shape shape) {
    return operation(
        "gather+normalize-l2",
        DType.FLOAT32,
        shape,
        copy(shape.size() * Float.BYTES),
        memory -> {
          GpuMemory gpu = memory.gpu();
          DeviceArray x = gpu.input(memory.input(DType.FLOAT32, shape));
          DeviceArray rows = rows(gpu, shape);
          DeviceArray out = gpu.output(DType.FLOAT32, shape);
          return () -> Normalizer.gatherAndNormalizeInto(x, rows, 2, out, gpu.stream());
        });
  }

  private static Operation gatherImages(Shape shape) {
    return operation(
        "gather+float32",
        DType.UINT8,
        shape,
        new Traffic(Roof.DEVICE_COPY, shape.size(), shape.size() * Float.BYTES),
        memory -> {
          GpuMemory gpu = memory.gpu();
          DeviceArray x = gpu.input(memory.input(DType.UINT8, shape));
          DeviceArray rows = rows(gpu, shape);
          DeviceArray out = gpu.output(DType.FLOAT32, shape);
          return () -> x.gatherAs(rows, out, gpu.stream());
        });
  }

  private static DeviceArray rows(GpuMemory gpu, Shape shape) {
    return gpu.input(NDArray.of(Permutation.of(shape.dim(0), SEED).toArray()));
  }

  private static Operation permutation(int size) {
    Shape shape = Shape.of(size);
    return operation(
        "permutation",
        DType.INT64,
        shape,
        new Traffic(Roof.DEVICE_WRITE, 0, shape.size() * Long.BYTES),
        memory -> {
          GpuMemory gpu = memory.gpu();
          Permutation order = Permutation.of(size, SEED);
          DeviceArray out = gpu.output(DType.INT64, shape);
          return () -> order.fill(0, out, gpu.stream());
        });
  }

  private static Traffic copy(long bytes) {
    return new Traffic(Roof.DEVICE_COPY, bytes, bytes);
  }
}
