package dev.batchmill.internal.bench;

import dev.batchmill.array.DType;
import dev.batchmill.array.NDArray;
import dev.batchmill.array.Shape;
import dev.batchmill.internal.bench.Operation.Where;
import dev.batchmill.transform.OneHot;
import java.nio.IntBuffer;
import java.util.List;

/** {@link OneHot} to float32. */
final class OneHotGroups {
  private OneHotGroups() {}

  static List<Group> groups(Scale scale) {
    int many = scale.rows(10_000_000);
    int few = scale.rows(100_000);
    return List.of(
        Group.of(into(many, 10), intoFromHeap(many, 10)),
        Group.of(fresh(many, 10)),
        Group.of(into(few, 1000), intoFromHeap(few, 1000)),
        Group.of(fresh(few, 1000)));
  }

  private static Operation into(int count, int classes) {
    return new Operation(
        "one-hot",
        DType.INT32,
        Shape.of(count, classes),
        Where.DIRECT,
        traffic(count, classes),
        memory -> {
          NDArray labels = directLabels(memory, count, classes);
          NDArray out = memory.output(DType.FLOAT32, Shape.of(count, classes));
          return () -> OneHot.encodeInto(labels, classes, out);
        });
  }

  private static Operation intoFromHeap(int count, int classes) {
    return new Operation(
        "one-hot",
        DType.INT32,
        Shape.of(count, classes),
        Where.HEAP_TO_DIRECT,
        traffic(count, classes),
        memory -> {
          NDArray labels = NDArray.of(labels(count, classes));
          NDArray out = memory.output(DType.FLOAT32, Shape.of(count, classes));
          return () -> OneHot.encodeInto(labels, classes, out);
        });
  }

  private static Operation fresh(int count, int classes) {
    return new Operation(
        "one-hot" + Operation.FRESH,
        DType.INT32,
        Shape.of(count, classes),
        Where.DIRECT,
        traffic(count, classes),
        memory -> {
          NDArray labels = directLabels(memory, count, classes);
          return () -> OneHot.encode(labels, classes).close();
        });
  }

  private static int[] labels(int count, int classes) {
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      labels[i] = Memory.whole(i, classes);
    }
    return labels;
  }

  private static NDArray directLabels(Memory memory, int count, int classes) {
    NDArray labels = memory.input(DType.INT32, Shape.of(count));
    ((IntBuffer) labels.buffer()).put(0, labels(count, classes));
    return labels;
  }

  /** The labels are read as well, but the roof is that of the writes alone. */
  private static Traffic traffic(long count, long classes) {
    return new Traffic(Roof.STREAM_WRITE, count * Integer.BYTES, count * classes * Float.BYTES);
  }
}
