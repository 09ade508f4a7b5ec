package dev.batchmill.internal.kernel;

import dev.batchmill.error.NativeUnavailableException;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BiConsumer;
import java.util.zip.CRC32;

/**
 * Runs every kernel of a backend on this machine and compares the CRC-32 of its output with the one
 * that all backends have on all machines.
 */
public final class SelfTest {
  private static final int ROWS = 37;
  private static final int COLUMNS = 130;
  private static final int ELEMENTS = ROWS * COLUMNS;
  private static final double[] ORDERS = {
    0, 1, 2, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY
  };

  /** A call of a kernel, and the CRC-32 of what it writes, frozen: see sum_order.h. */
  private record Check(String name, long crc, BiConsumer<Kernels, ByteBuffer> kernel) {}

  private static final List<Check> CHECKS =
      List.of(
          new Check("normalize float32", 0x86e6ad9cL, (k, out) -> normalize(k, out, true)),
          new Check("normalize float64", 0xd4b3d978L, (k, out) -> normalize(k, out, false)),
          new Check("norm sums and division", 0xacc135f4L, SelfTest::sumsAndDivision),
          new Check("powers and conversion", 0x27e1498eL, SelfTest::powers),
          new Check("one-hot", 0xdadad67eL, SelfTest::oneHot),
          new Check("count and arg-max", 0x73675957L, SelfTest::countAndArgMax),
          new Check("gather", 0xfe039f25L, SelfTest::gather),
          new Check("permutation", 0xd93e2746L, SelfTest::permutation),
          new Check("rescale", 0x3831092bL, SelfTest::rescale),
          new Check("feature statistics", 0xd3faac8bL, SelfTest::statistics),
          new Check("random numbers", 0x918b699dL, SelfTest::randomNumbers));

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
    return run(KernelRegistry.named(backend, "self-test"));
  }

  static List<Result> run(Kernels kernels) {
    List<Result> results = new ArrayList<>();
    for (Check check : CHECKS) {
      results.add(run(check, kernels));
    }
    return List.copyOf(results);
  }

  private static Result run(Check check, Kernels kernels) {
    ByteBuffer out = direct(ORDERS.length * 2 * ELEMENTS * Double.BYTES);
    try {
      check.kernel.accept(kernels, out);
    } catch (RuntimeException | LinkageError e) {
      return new Result(check.name, false, e.toString());
    }
    CRC32 seen = new CRC32();
    seen.update(out);
    return seen.getValue() == check.crc
        ? new Result(check.name, true, "the expected bits")
        : new Result(
            check.name,
            false,
            "other bits than expected: crc32=%08x expected=%08x"
                .formatted(seen.getValue(), check.crc));
  }

  /** Every order, along rows and along columns. */
  private static void normalize(Kernels kernels, ByteBuffer out, boolean floats) {
    ByteBuffer bytes = direct(ELEMENTS * Double.BYTES);
    Random random = new Random(1);
    for (int i = 0; i < ELEMENTS; i++) {
      if (floats) {
        bytes.putFloat(i * Float.BYTES, random.nextFloat() - 0.5f);
      } else {
        bytes.putDouble(i * Double.BYTES, random.nextDouble() - 0.5);
      }
    }
    Buffer x = floats ? bytes.asFloatBuffer() : bytes.asDoubleBuffer();
    Buffer to = floats ? out.asFloatBuffer() : out.asDoubleBuffer();
    long at = 0;
    for (double order : ORDERS) {
      kernels.normalize(x, 0, to, at, COLUMNS, 1, 0, ROWS, order, 0, false);
      kernels.normalize(x, 0, to, at + ELEMENTS, ROWS, COLUMNS, 0, COLUMNS, order, 0, false);
      at += 2 * ELEMENTS;
    }
  }

  /** Columns divided by the sums of their magnitudes. */
  private static void sumsAndDivision(Kernels kernels, ByteBuffer out) {
    Random random = new Random(8);
    DoubleBuffer x = direct(ELEMENTS * Double.BYTES).asDoubleBuffer();
    for (int i = 0; i < ELEMENTS; i++) {
      x.put(i, random.nextDouble() - 0.5);
    }
    double[] sums = new double[COLUMNS];
    DoubleBuffer to = out.asDoubleBuffer();
    kernels.normSums(x, 0, ROWS, COLUMNS, 0, COLUMNS, 1, sums, 0);
    kernels.divide(x, 0, to, 0, sums, COLUMNS, 0, ELEMENTS, false);
    to.put(ELEMENTS, sums);
  }

  /** Two orders of norm that need powers, narrowed to float16 and widened again. */
  private static void powers(Kernels kernels, ByteBuffer out) {
    FloatBuffer x = direct(ELEMENTS * Float.BYTES).asFloatBuffer();
    Random random = new Random(5);
    for (int i = 0; i < ELEMENTS; i++) {
      x.put(i, random.nextFloat() - 0.5f);
    }
    FloatBuffer to = out.asFloatBuffer();
    kernels.normalize(x, 0, to, 0, COLUMNS, 1, 0, ROWS, 2.5, 1e-7, true);
    kernels.normalize(x, 0, to, ELEMENTS, ROWS, COLUMNS, 0, COLUMNS, -0.3, 0, false);
    ShortBuffer halves = direct(ELEMENTS * Short.BYTES).asShortBuffer();
    kernels.convert(x, ElementType.FLOAT32, 0, halves, ElementType.FLOAT16, 0, ELEMENTS, false);
    kernels.convert(
        halves, ElementType.FLOAT16, 0, to, ElementType.FLOAT32, 2 * ELEMENTS, ELEMENTS, true);
  }

  private static void oneHot(Kernels kernels, ByteBuffer out) {
    IntBuffer values = IntBuffer.wrap(new Random(2).ints(ROWS, 0, COLUMNS).toArray());
    Labels labels = new Labels(values, ElementType.INT32, 0, COLUMNS);
    int one = Float.floatToRawIntBits(1);
    kernels.oneHot(labels, 1, 1, out.asFloatBuffer(), 0, one, 0, 0, ROWS, false);
    kernels.oneHot(labels, 1, 1, out, ELEMENTS * Float.BYTES, 1, 0, 0, ROWS, false);
  }

  /** Counts of labels that need cutting, the scan of them, and the most frequent ones. */
  private static void countAndArgMax(Kernels kernels, ByteBuffer out) {
    int depth = 100;
    Random random = new Random(5);
    double[] values = new double[ROWS * depth];
    for (int i = 0; i < values.length; i++) {
      values[i] = (random.nextInt(10 * COLUMNS + 9) - 9) / 10.0;
    }
    Labels labels = new Labels(DoubleBuffer.wrap(values), ElementType.FLOAT64, 0, COLUMNS);
    FloatBuffer counts = out.asFloatBuffer();
    kernels.countLabels(labels, depth, 1, counts, ElementType.FLOAT32, 0, 0, ROWS, false);
    long[] found = new long[2];
    kernels.scanLabels(labels, 0, values.length, found);
    LongBuffer to = out.asLongBuffer();
    int at = ELEMENTS;
    to.put(at, found);
    kernels.argMax(counts, ElementType.FLOAT32, 0, COLUMNS, 1, to, at + 2, 0, ROWS);
    kernels.argMax(counts, ElementType.FLOAT32, 0, ROWS, COLUMNS, to, at + 2 + ROWS, 0, COLUMNS);
  }

  private static void gather(Kernels kernels, ByteBuffer out) {
    ByteBuffer source = direct(ELEMENTS * Integer.BYTES);
    for (int i = 0; i < ELEMENTS; i++) {
      source.putInt(i * Integer.BYTES, i);
    }
    long[] rows = new Random(3).longs(ROWS, 0, ROWS).toArray();
    kernels.gather(source.asIntBuffer(), 0, COLUMNS, rows, 0, ROWS, out.asIntBuffer(), 0);
  }

  private static void permutation(Kernels kernels, ByteBuffer out) {
    Random random = new Random(4);
    long[] key = PermutationKernel.newKey(1_000_000, 1000, 1000);
    for (int round = 0; round < PermutationKernel.ROUNDS; round++) {
      PermutationKernel.setRound(key, round, random.nextInt() | 1, random.nextLong());
    }
    long[] indices = new long[ELEMENTS];
    kernels.fillPermutation(key, 1000, indices, 0, ELEMENTS);
    out.asLongBuffer().put(indices);
  }

  /** Bytes to floats and to doubles, by the parameters of columns and of rows. */
  private static void rescale(Kernels kernels, ByteBuffer out) {
    ByteBuffer x = direct(ELEMENTS);
    new Random(5).ints(ELEMENTS, 0, 256).forEach(value -> x.put((byte) value));
    Random random = new Random(6);
    double[] a = random.doubles(COLUMNS, 1, 2).toArray();
    double[] b = random.doubles(COLUMNS, 1, 2).toArray();
    Buffer floats = out.asFloatBuffer();
    Buffer doubles = out.asDoubleBuffer();
    kernels.rescale(x, ElementType.UINT8, 0, floats, 0, true, a, b, 1, 0, ELEMENTS, 0, 200, false);
    kernels.rescale(
        x, ElementType.INT8, 0, doubles, ELEMENTS, false, a, b, ROWS, 0, ELEMENTS, -99, 99, false);
  }

  /** Of columns side by side and of runs. */
  private static void statistics(Kernels kernels, ByteBuffer out) {
    Random random = new Random(7);
    DoubleBuffer x = direct(ELEMENTS * Double.BYTES).asDoubleBuffer();
    for (int i = 0; i < ELEMENTS; i++) {
      x.put(i, random.nextDouble());
    }
    double[] pivots = random.doubles(COLUMNS).toArray();
    double[] left = new double[COLUMNS];
    double[] right = new double[COLUMNS];
    DoubleBuffer to = out.asDoubleBuffer();
    ElementType type = ElementType.FLOAT64;
    kernels.moments(x, type, 0, ROWS, COLUMNS, COLUMNS, 1, 1, pivots, left, right);
    to.put(left).put(right);
    kernels.moments(x, type, 0, 1, 0, ROWS, COLUMNS, COLUMNS, pivots, left, right);
    to.put(left).put(right);
    kernels.extremes(x, type, 0, ROWS, COLUMNS, COLUMNS, 1, 1, left, right);
    to.put(left).put(right);
  }

  /** Of every type, from the middle of a block on. */
  private static void randomNumbers(Kernels kernels, ByteBuffer out) {
    long quarter = (long) ORDERS.length * 2 * ELEMENTS / 4;
    kernels.fillRandom(8, 9, 10, 1, out.asIntBuffer(), 0, 2 * quarter, false);
    kernels.fillRandom(8, 9, 10, 2, out.asLongBuffer(), quarter, quarter, true);
    kernels.fillRandom(8, 9, 10, 3, out.asFloatBuffer(), 4 * quarter, 2 * quarter, false);
    kernels.fillRandom(8, 9, 10, 1, out.asDoubleBuffer(), 3 * quarter, quarter, true);
  }

  private static ByteBuffer direct(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
  }
}
