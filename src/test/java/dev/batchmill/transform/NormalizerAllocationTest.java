package dev.batchmill.transform;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import dev.batchmill.array.DType;
import dev.batchmill.array.NDArray;
import dev.batchmill.runtime.Backend;
import dev.batchmill.runtime.Backends;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A training loop that normalises into its own arrays makes no work for the garbage collector. */
class NormalizerAllocationTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final Backend before = Backends.active();

  @BeforeEach
  void useNativeKernels() {
    Backends.use(Backend.CPU);
  }

  @AfterEach
  void useTheOthersAgain() {
    Backends.use(before);
  }

  /** The least of some rounds: the virtual machine may allocate once for a purpose of its own. */
  private static void assertNothingIsAllocated(String what, Runnable code) {
    code.run();
    long least = Long.MAX_VALUE;
    for (int round = 0; round < 5; round++) {
      long start = THREADS.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 20; i++) {
        code.run();
      }
      least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - start);
    }
    assertEquals(0, least, what);
  }

  @Test
  void plainArraysAreNormalisedWithoutAllocation() {
    float[] x = new float[32 * 784];
    float[] out = new float[x.length];
    assertNothingIsAllocated("float[]", () -> Normalizer.normalizeInto(x, 784, 2, out));
    assertNothingIsAllocated("in place", () -> Normalizer.normalizeInto(x, 784, 1, x));
    double[] doubles = new double[32 * 784];
    assertNothingIsAllocated("double[]", () -> Normalizer.normalizeInto(doubles, 784, 2, doubles));
  }

  @Test
  void arraysOfAnyTypeAreNormalisedWithoutAllocation() {
    for (DType type : DType.values()) {
      NDArray x = NDArray.zeros(type, 32, 784);
      NDArray out = NDArray.zeros(type.isFloating() ? type : DType.FLOAT64, 32, 784);
      assertNothingIsAllocated(type.toString(), () -> Normalizer.normalizeInto(x, -1, 2, out));
      assertNothingIsAllocated(type + " columns", () -> Normalizer.normalizeInto(x, 0, 1, out));
    }
  }

  @Test
  void aConfiguredObjectDoesNotAllocateEither() {
    Normalizer toFloats = Normalizer.builder().epsilon(1e-12).dtype(DType.FLOAT32).build();
    NDArray bytes = NDArray.zeros(DType.UINT8, 32, 784);
    NDArray out = NDArray.zeros(DType.FLOAT32, 32, 784);
    assertNothingIsAllocated("uint8", () -> toFloats.transformInto(bytes, out));
    Normalizer whole = Normalizer.builder().allAxes().build();
    NDArray vector = NDArray.zeros(DType.FLOAT32, 1000);
    assertNothingIsAllocated("one vector", () -> whole.transformInto(vector, vector));
  }

  @Test
  void memoryOffTheHeapIsNormalisedWithoutAllocation() {
    try (NDArray x = NDArray.allocate(DType.FLOAT32, 32, 784);
        NDArray out = NDArray.allocate(DType.FLOAT32, 32, 784)) {
      assertNothingIsAllocated("direct", () -> Normalizer.normalizeInto(x, -1, 2, out));
    }
  }
}
