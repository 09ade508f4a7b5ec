package dev.batchmill.transform;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.batchmill.array.DType;
import dev.batchmill.array.NDArray;
import dev.batchmill.internal.kernel.KernelRegistry;
import dev.batchmill.internal.kernel.Parallel;
import java.nio.FloatBuffer;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** However the work is cut, the bits are those of one call of the kernel. */
class VectorPlanTest {
  private static final double[] ORDERS = {0, 1, 2, 2.5, Double.NEGATIVE_INFINITY};

  @AfterEach
  void useAllThreads() {
    System.clearProperty(Parallel.THREADS_PROPERTY);
  }

  /** Shapes [outer, length, inner] on both sides of every choice. */
  static Stream<long[]> shapes() {
    return Stream.of(
        new long[] {131_071, 1, 1}, // one below what goes to the kernel as a whole
        new long[] {131_072, 1, 1},
        new long[] {1, 131_073, 1},
        new long[] {400, 784, 1},
        new long[] {2, 65_537, 1},
        new long[] {3, 262_145, 1},
        new long[] {1, 2_097_152, 1},
        new long[] {2, 2_097_153, 1},
        new long[] {1, 1, 200_000},
        new long[] {50, 30, 100},
        new long[] {9, 64, 1024},
        new long[] {1, 64, 2047},
        new long[] {1, 64, 2048},
        new long[] {1, 64, 2049},
        new long[] {2, 33, 9001},
        new long[] {1, 512, 2048},
        new long[] {1, 513, 2048},
        new long[] {1, 4096, 64},
        new long[] {1, 5000, 71},
        new long[] {1, 2049, 300},
        new long[] {3, 70_001, 3},
        new long[] {1, 100, 1500});
  }

  /** Memory off the heap: under -Xcheck:jni every call would copy a whole array of the heap. */
  private static NDArray random(DType type, long size) {
    Random random = new Random(size);
    float[] data = new float[(int) size];
    for (int i = 0; i < data.length; i++) {
      data[i] = random.nextInt(5) == 0 ? 0 : (random.nextFloat() - 0.5f) * 200;
    }
    NDArray out = NDArray.allocate(type, size);
    out.assign(NDArray.of(data));
    return out;
  }

  /** One call of the kernel over everything, in the computed type. */
  private static NDArray oneCall(
      NDArray x, DType result, long[] shape, double order, double epsilon) {
    try (NDArray wide = x.astype(VectorPlan.computedIn(x.dtype(), result))) {
      KernelRegistry.active()
          .normalize(
              wide.buffer(),
              0,
              wide.buffer(),
              0,
              shape[1],
              shape[2],
              0,
              shape[0] * shape[2],
              order,
              epsilon,
              false);
      return wide.astype(result);
    }
  }

  /** Arrays on the heap, whose calls are cut. */
  private static void checkOnTheHeap(long[] shape, double order) {
    long size = shape[0] * shape[1] * shape[2];
    try (NDArray x = random(DType.FLOAT32, size);
        NDArray expected = oneCall(x, DType.FLOAT32, shape, order, 0)) {
      float[] heap = new float[(int) size];
      VectorPlan.run(
          NDArray.of(x.toFloatArray()), NDArray.of(heap), shape[0], shape[1], shape[2], order, 0);
      assertEquals(expected.buffer(), FloatBuffer.wrap(heap), x + " order=" + order);
    }
  }

  private static void check(DType type, DType result, long[] shape, double order, double epsilon) {
    long size = shape[0] * shape[1] * shape[2];
    try (NDArray x = random(type, size);
        NDArray expected = oneCall(x, result, shape, order, epsilon);
        NDArray out = NDArray.allocate(result, size)) {
      for (int threads : new int[] {1, 7}) {
        System.setProperty(Parallel.THREADS_PROPERTY, Integer.toString(threads));
        String what = x + " " + result + " order=" + order + " threads=" + threads;
        VectorPlan.run(x, out, shape[0], shape[1], shape[2], order, epsilon);
        assertEquals(expected.buffer(), out.buffer(), what);
        if (type == result) {
          out.assign(x);
          VectorPlan.run(out, out, shape[0], shape[1], shape[2], order, epsilon);
          assertEquals(expected.buffer(), out.buffer(), what + " in place");
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void floatsAndDoublesHaveTheBitsOfOneCall(long[] shape) {
    for (double order : ORDERS) {
      check(DType.FLOAT32, DType.FLOAT32, shape, order, 0);
    }
    check(DType.FLOAT64, DType.FLOAT64, shape, 2, 0);
    check(DType.FLOAT64, DType.FLOAT64, shape, Double.POSITIVE_INFINITY, 0);
    check(DType.FLOAT64, DType.FLOAT64, shape, -0.7, 0);
    check(DType.FLOAT32, DType.FLOAT32, shape, 2, 1e3);
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void arraysOfTheHeapHaveTheBitsOfOneCall(long[] shape) {
    checkOnTheHeap(shape, 2);
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void typesThatAreConvertedHaveTheBitsOfOneCall(long[] shape) {
    check(DType.FLOAT16, DType.FLOAT16, shape, 2, 0);
    check(DType.BFLOAT16, DType.FLOAT32, shape, 1, 0);
    check(DType.INT8, DType.FLOAT64, shape, 2, 0);
    check(DType.INT32, DType.FLOAT16, shape, 1, 0);
    check(DType.FLOAT64, DType.FLOAT32, shape, 2, 0);
    check(DType.FLOAT32, DType.FLOAT64, shape, 2, 0);
  }
}
