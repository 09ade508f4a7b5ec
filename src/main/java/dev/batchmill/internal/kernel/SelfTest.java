package dev.batchmill.internal.kernel;

import dev.batchmill.error.NativeUnavailableException;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BiConsumer;

/** Runs every kernel of a backend on this machine and compares it with the one in plain Java. */
public final class SelfTest {
  private static final int ROWS = 37;
  private static final int COLUMNS = 130;
  private static final int ELEMENTS = ROWS * COLUMNS;
  private static final double[] ORDERS = {
    0, 1, 2, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY
  };

  private SelfTest() {}

  /**
   * What became of one kernel.
   *
   * @param kernel its name
   * @param passed whether it gave what Java gives
   * @param detail what was compared, or what went wrong
   */
  public record Result(String kernel, boolean passed, String detail) {}

  /**
   * Tests the kernels of a backend.
   *
   * @throws NativeUnavailableException if it is not there
   */
  public static List<Result> run(String backend) {
    Kernels kernels = KernelRegistry.named(backend, "self-test");
    List<Result> results = new ArrayList<>();
    results.add(compare("normalize float32", kernels, (k, out) -> normalize(k, out, true)));
    results.add(compare("normalize float64", kernels, (k, out) -> normalize(k, out, false)));
    results.add(compare("one-hot", kernels, SelfTest::oneHot));
    results.add(compare("gather", kernels, SelfTest::gather));
    return List.copyOf(results);
  }

  private static Result compare(
      String kernel, Kernels kernels, BiConsumer<Kernels, ByteBuffer> test) {
    ByteBuffer expected = direct(ORDERS.length * 2 * ELEMENTS * Double.BYTES);
    ByteBuffer seen = direct(expected.capacity());
    try {
      test.accept(JavaKernels.INSTANCE, expected);
      test.accept(kernels, seen);
    } catch (RuntimeException | LinkageError e) {
      return new Result(kernel, false, e.toString());
    }
    int at = expected.mismatch(seen);
    return at < 0
        ? new Result(kernel, true, "the same bits as java")
        : new Result(kernel, false, "differs from java: byte=" + at);
  }

  /** Every order, along rows and along columns. */
  private static void normalize(Kernels kernels, ByteBuffer out, boolean floats) {
    ByteBuffer bytes = direct(ELEMENTS * Double.BYTES);
    Random random = new Random(1);
    for (int i = 0; i < ELEMENTS; i++) {
      if (floats) {
        bytes.putFloat(i * Float.BYTES, (float) random.nextGaussian());
      } else {
        bytes.putDouble(i * Double.BYTES, random.nextGaussian());
      }
    }
    Buffer x = floats ? bytes.asFloatBuffer() : bytes.asDoubleBuffer();
    Buffer to = floats ? out.asFloatBuffer() : out.asDoubleBuffer();
    long at = 0;
    for (double order : ORDERS) {
      kernels.normalize(x, 0, to, at, COLUMNS, 1, 0, ROWS, order);
      kernels.normalize(x, 0, to, at + ELEMENTS, ROWS, COLUMNS, 0, COLUMNS, order);
      at += 2 * ELEMENTS;
    }
  }

  private static void oneHot(Kernels kernels, ByteBuffer out) {
    int[] labels = new Random(2).ints(ROWS, 0, COLUMNS).toArray();
    kernels.oneHot(labels, 0, ROWS, COLUMNS, out.asFloatBuffer(), 0, Float.floatToRawIntBits(1), 0);
    kernels.oneHot(labels, 0, ROWS, COLUMNS, out, ELEMENTS * Float.BYTES, 1, 0);
  }

  private static void gather(Kernels kernels, ByteBuffer out) {
    ByteBuffer source = direct(ELEMENTS * Integer.BYTES);
    for (int i = 0; i < ELEMENTS; i++) {
      source.putInt(i * Integer.BYTES, i);
    }
    long[] rows = new Random(3).longs(ROWS, 0, ROWS).toArray();
    kernels.gather(source.asIntBuffer(), 0, COLUMNS, rows, 0, ROWS, out.asIntBuffer(), 0);
  }

  private static ByteBuffer direct(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
  }
}
