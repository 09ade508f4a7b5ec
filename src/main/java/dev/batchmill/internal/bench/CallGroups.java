package dev.batchmill.internal.bench;

import dev.batchmill.array.DType;
import dev.batchmill.array.Shape;
import dev.batchmill.internal.bench.Operation.Where;
import dev.batchmill.internal.bind.NativeKernels;
import dev.batchmill.internal.bind.NativeLibrary;
import dev.batchmill.internal.kernel.ElementType;
import dev.batchmill.internal.kernel.KernelRegistry;
import dev.batchmill.internal.kernel.Kernels;
import java.nio.Buffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a call of native code costs: a kernel over an empty range of an array of some size, which
 * must not matter. {@code jni-call} is the bare call with an input and an output, {@code
 * kernel-call} goes through the checks of the {@link Kernels}.
 */
final class CallGroups {
  private static final int[] SIZES = {16, 4096, 1 << 20};

  private CallGroups() {}

  static List<Group> groups(Scale scale) {
    List<Group> groups = new ArrayList<>();
    for (int size : SIZES) {
      for (Where where : List.of(Where.HEAP, Where.DIRECT)) {
        groups.add(Group.on("cpu", jniCall(size, where)));
        groups.add(Group.on("cpu", kernelCall(size, where)));
      }
    }
    return groups;
  }

  private static Operation jniCall(int size, Where where) {
    return new Operation(
        "jni-call",
        DType.FLOAT32,
        Shape.of(size),
        where,
        null,
        memory -> {
          NativeLibrary.requireLoaded();
          if (where == Where.HEAP) {
            float[] x = new float[size];
            float[] out = new float[size];
            return () -> normalizeNothing(x, 0, out, 0, size);
          }
          long x = memory.sourceAddress((long) size * Float.BYTES);
          long out = memory.sinkAddress((long) size * Float.BYTES);
          return () -> normalizeNothing(null, x, null, out, size);
        });
  }

  private static void normalizeNothing(
      float @Nullable [] x, long xAt, float @Nullable [] out, long outAt, int size) {
    NativeKernels.normalize(
        x, xAt, out, outAt, ElementType.FLOAT32.code(), size, 1, 0, 0, 2, 0, false);
  }

  private static Operation kernelCall(int size, Where where) {
    return new Operation(
        "kernel-call",
        DType.FLOAT32,
        Shape.of(size),
        where,
        null,
        memory -> {
          Kernels kernels = KernelRegistry.active();
          Buffer x =
              where == Where.HEAP
                  ? FloatBuffer.allocate(size)
                  : memory.input(DType.FLOAT32, Shape.of(size)).buffer();
          Buffer out =
              where == Where.HEAP
                  ? FloatBuffer.allocate(size)
                  : memory.output(DType.FLOAT32, Shape.of(size)).buffer();
          return () -> kernels.normalize(x, 0, out, 0, size, 1, 0, 0, 2, 0, false);
        });
  }
}
