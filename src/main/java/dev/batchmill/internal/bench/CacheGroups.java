package dev.batchmill.internal.bench;

import dev.batchmill.array.DType;
import dev.batchmill.array.NDArray;
import dev.batchmill.array.Shape;
import dev.batchmill.internal.bench.Operation.Where;
import dev.batchmill.transform.Normalizer;
import java.util.ArrayList;
import java.util.List;

/**
 * {@link Normalizer} over arrays that the caches hold, on the native and on the Java kernels: each
 * in a process of its own, since the JIT compiler fits the code to the sizes it has seen.
 */
final class CacheGroups {
  private static final int[] KIBIBYTES = {1, 4, 16, 64, 256, 1024, 4096};
  private static final int QUICK_KIBIBYTES = 4;
  private static final int[] ROW_LENGTHS = {64, 1024};

  private CacheGroups() {}

  static List<Group> groups(Scale scale) {
    List<Group> groups = new ArrayList<>();
    // A batch of small images.
    groups.add(Group.of(rows("normalize-l2/batch", Shape.of(32, 784), Where.HEAP)));
    groups.add(Group.of(rows("normalize-l2/batch", Shape.of(32, 784), Where.DIRECT)));
    for (int rowLength : ROW_LENGTHS) {
      for (int kibibytes : KIBIBYTES) {
        int elements = kibibytes * 1024 / Float.BYTES;
        Shape shape = Shape.of(elements / rowLength, rowLength);
        if (elements < rowLength || (scale == Scale.QUICK && kibibytes > QUICK_KIBIBYTES)) {
          continue;
        }
        for (Where where : List.of(Where.DIRECT, Where.HEAP)) {
          groups.add(Group.on("cpu", rows("normalize-l2/in-cache", shape, where)));
          groups.add(Group.on("java", rows("normalize-l2/in-cache", shape, where)));
        }
      }
    }
    return groups;
  }

  private static Operation rows(String name, Shape shape, Where where) {
    return new Operation(
        name,
        DType.FLOAT32,
        shape,
        where,
        Traffic.inCache(DType.FLOAT32, shape),
        memory -> {
          NDArray x = where == Where.HEAP ? heap(shape) : memory.input(DType.FLOAT32, shape);
          NDArray out = where == Where.HEAP ? heap(shape) : memory.output(DType.FLOAT32, shape);
          return () -> Normalizer.normalizeInto(x, -1, 2, out);
        });
  }

  private static NDArray heap(Shape shape) {
    return NDArray.of(Memory.numbers((int) shape.size()), shape.toArray());
  }
}
