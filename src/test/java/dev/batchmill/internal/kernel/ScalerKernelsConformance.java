package dev.batchmill.internal.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every backend's kernels for scalers must do; one subclass per backend. */
abstract class ScalerKernelsConformance {
  private static final double INF = Double.POSITIVE_INFINITY;
  private static final double GUARD = 77;

  /** Outer, features, inner: around the lengths of windows, pieces and runs. */
  private static final int[][] BLOCKS = {
    {1, 1, 1}, {2, 1, 2}, {1, 1, 4097}, {683, 3, 1}, {5, 3, 1}, {33, 63, 1}, {5, 511, 1},
    {5, 512, 1}, {5, 513, 1}, {3, 1023, 1}, {3, 1024, 1}, {3, 1025, 1}, {2, 5000, 1}, {30, 3, 2},
    {7, 5, 63}, {7, 5, 64}, {3, 3, 65}, {2, 2, 1023}, {2, 2, 1024}, {2, 2, 1025}, {1, 2, 2049},
    {2, 1100, 7}
  };

  /** Rows, row stride, features, feature stride, inner: columns and runs, whole and in part. */
  private static final int[][] TILES = {
    {1, 1, 1, 1, 1},
    {2, 1, 1, 1, 1},
    {63, 1, 1, 1, 1},
    {64, 1, 1, 1, 1},
    {65, 1, 1, 1, 1},
    {1000, 3, 3, 1, 1},
    {129, 31, 31, 1, 1},
    {129, 32, 32, 1, 1},
    {129, 63, 63, 1, 1},
    {33, 64, 64, 1, 1},
    {33, 65, 65, 1, 1},
    {20, 511, 511, 1, 1},
    {20, 512, 512, 1, 1},
    {20, 513, 513, 1, 1},
    {7, 1300, 1300, 1, 1},
    {7, 1300, 512, 1, 1},
    {9, 40, 7, 1, 1},
    {5, 12, 3, 4, 2},
    {5, 93, 3, 31, 31},
    {5, 96, 3, 32, 32},
    {5, 99, 3, 33, 33},
    {2, 3000, 2, 1500, 1000},
    {1, 0, 1, 9, 65},
    {3, 4, 1, 2, 1},
    {4, 9, 2, 3, 1},
    {1, 1, 600, 2, 2}
  };

  private final Kernels kernels = kernels();

  abstract Kernels kernels();

  private static Buffer buffer(ElementType type, int size, boolean direct) {
    if (direct) {
      ByteBuffer bytes =
          ByteBuffer.allocateDirect(size * type.bytes()).order(ByteOrder.nativeOrder());
      return switch (type) {
        case FLOAT32 -> bytes.asFloatBuffer();
        case FLOAT64 -> bytes.asDoubleBuffer();
        case INT32 -> bytes.asIntBuffer();
        case INT64 -> bytes.asLongBuffer();
        case FLOAT16, BFLOAT16, INT16 -> bytes.asShortBuffer();
        case INT8, UINT8, BOOL -> bytes;
      };
    }
    return switch (type) {
      case FLOAT32 -> FloatBuffer.allocate(size);
      case FLOAT64 -> DoubleBuffer.allocate(size);
      case INT32 -> IntBuffer.allocate(size);
      case INT64 -> LongBuffer.allocate(size);
      case FLOAT16, BFLOAT16, INT16 -> ShortBuffer.allocate(size);
      case INT8, UINT8, BOOL -> ByteBuffer.allocate(size).order(ByteOrder.nativeOrder());
    };
  }

  private static void fill(ElementType type, Buffer buffer, Random random) {
    ElementAccess elements = ElementAccess.of(type, buffer);
    for (int i = 0; i < buffer.limit(); i++) {
      if (type.isFloating()) {
        elements.setDouble(i, random.nextInt(20) == 0 ? -0.0 : random.nextGaussian() * 30 + 5);
      } else {
        elements.setLong(i, random.nextLong());
      }
    }
  }

  private static double[] parameters(int n, Random random) {
    return random.doubles(n, -3, 3).toArray();
  }

  private static boolean isWide(ElementType from, ElementType to) {
    return to == ElementType.FLOAT64
        || from == ElementType.FLOAT64
        || from == ElementType.INT32
        || from == ElementType.INT64;
  }

  /** The definition, one element at a time. */
  private static double rescaled(
      double x, boolean wide, boolean divide, double a, double b, double low, double high) {
    double y;
    if (wide) {
      y = divide ? (x - a) / b : x * a + b;
      y = y < low ? low : y > high ? high : y;
    } else {
      float f = divide ? ((float) x - (float) a) / (float) b : (float) x * (float) a + (float) b;
      y = f < (float) low ? (float) low : f > (float) high ? (float) high : f;
    }
    return y;
  }

  @ParameterizedTest
  @EnumSource
  void rescalesBlocksOfEveryShape(ElementType type) {
    Random random = new Random(1);
    for (int[] block : BLOCKS) {
      for (ElementType to : new ElementType[] {ElementType.FLOAT32, ElementType.FLOAT64}) {
        for (boolean divide : new boolean[] {false, true}) {
          boolean direct = random.nextBoolean();
          checkRescale(type, to, block, divide, direct, random);
        }
      }
    }
  }

  private void checkRescale(
      ElementType type,
      ElementType outType,
      int[] block,
      boolean divide,
      boolean direct,
      Random random) {
    int size = block[0] * block[1] * block[2];
    int start = random.nextInt(5);
    int outStart = random.nextInt(5);
    Buffer x = buffer(type, start + size, direct);
    fill(type, x, random);
    double[] a = parameters(block[1], random);
    double[] b = parameters(block[1], random);
    double low = random.nextBoolean() ? -INF : -20.3;
    double high = random.nextBoolean() ? INF : 40.1;
    ElementAccess from = ElementAccess.of(type, x);
    boolean streaming = random.nextBoolean();
    Buffer out = buffer(outType, outStart + size + 1, !direct);
    ElementAccess seen = ElementAccess.of(outType, out);
    for (int i = 0; i < out.limit(); i++) {
      seen.setDouble(i, GUARD);
    }
    int cut = random.nextInt(size + 1);
    for (int[] range : new int[][] {{cut, size}, {0, cut}}) {
      kernels.rescale(
          x, type, start, out, outStart, divide, a, b, block[2], range[0], range[1], low, high,
          streaming);
    }
    for (int i = 0; i < size; i++) {
      int f = i / block[2] % block[1];
      double exact =
          rescaled(from.getDouble(start + i), isWide(type, outType), divide, a[f], b[f], low, high);
      double expected = outType == ElementType.FLOAT32 ? (float) exact : exact;
      if (Double.doubleToLongBits(expected)
          != Double.doubleToLongBits(seen.getDouble(outStart + i))) {
        fail(
            "%s to %s, block %s, divide %s, direct %s, streaming %s: element %d is %s, not %s"
                .formatted(
                    type,
                    outType,
                    Arrays.toString(block),
                    divide,
                    direct,
                    streaming,
                    i,
                    seen.getDouble(outStart + i),
                    expected));
      }
    }
    for (int i = 0; i < outStart; i++) {
      assertEquals(GUARD, seen.getDouble(i));
    }
    assertEquals(GUARD, seen.getDouble(outStart + size));
  }

  @Test
  void rescalesInPlace() {
    for (boolean direct : new boolean[] {false, true}) {
      for (int features : new int[] {1, 3, 2000}) {
        for (ElementType type : new ElementType[] {ElementType.FLOAT32, ElementType.FLOAT64}) {
          Random random = new Random(features);
          Buffer x = buffer(type, 6000, direct);
          fill(type, x, random);
          Buffer copy = buffer(type, 6000, direct);
          double[] a = parameters(features, random);
          double[] b = parameters(features, random);
          kernels.rescale(x, type, 0, copy, 0, true, a, b, 1, 0, 6000, -INF, INF, false);
          kernels.rescale(x, type, 0, x, 0, true, a, b, 1, 0, 6000, -INF, INF, false);
          assertEquals(copy, x);
        }
      }
    }
  }

  @Test
  void boundsLetNaNPass() {
    FloatBuffer x = FloatBuffer.wrap(new float[] {Float.NaN, Float.NEGATIVE_INFINITY, 0.5f, 9});
    float[] out = new float[4];
    double[] one = {1};
    double[] zero = {0};
    FloatBuffer to = FloatBuffer.wrap(out);
    kernels.rescale(x, ElementType.FLOAT32, 0, to, 0, false, one, zero, 1, 0, 4, 0, 1, false);
    assertArrayEquals(new float[] {Float.NaN, 0, 0.5f, 1}, out);
  }

  /** The sum in the order that moments.cpp describes. */
  private static double plainSum(int[] tile, IntToDoubleFunction term) {
    int rows = tile[0];
    int inner = tile[4];
    if (inner == 1 && tile[3] == 1) {
      int count = 1;
      while (tile[1] == tile[2] && count * tile[2] < 64) {
        count *= 2;
      }
      double[] lanes = new double[count];
      for (int row = 0; row < rows; row++) {
        lanes[row % count] += term.applyAsDouble(row);
      }
      return fold(lanes);
    }
    double sum = 0;
    for (int row = 0; row < rows; row++) {
      double[] lanes = new double[inner < 32 ? 1 : 32];
      for (int i = 0; i < inner; i++) {
        lanes[i % lanes.length] += term.applyAsDouble(row * inner + i);
      }
      sum += fold(lanes);
    }
    return sum;
  }

  private static double fold(double[] lanes) {
    for (int half = lanes.length / 2; half > 0; half /= 2) {
      for (int k = 0; k < half; k++) {
        lanes[k] += lanes[k + half];
      }
    }
    return lanes[0];
  }

  @ParameterizedTest
  @EnumSource
  void takesTheStatisticsOfTilesOfEveryShape(ElementType type) {
    Random random = new Random(2);
    for (int[] tile : TILES) {
      boolean direct = random.nextBoolean();
      int start = random.nextInt(5);
      int extent = (tile[0] - 1) * tile[1] + (tile[2] - 1) * tile[3] + tile[4];
      Buffer x = buffer(type, start + extent, direct);
      fill(type, x, random);
      ElementAccess elements = ElementAccess.of(type, x);
      int features = tile[2];
      double[] pivots = random.doubles(features, -9, 9).toArray();
      double[][] seen = new double[4][features + 1];
      for (double[] numbers : seen) {
        Arrays.fill(numbers, GUARD);
      }
      kernels.moments(
          x, type, start, tile[0], tile[1], features, tile[3], tile[4], pivots, seen[0], seen[1]);
      kernels.extremes(
          x, type, start, tile[0], tile[1], features, tile[3], tile[4], seen[2], seen[3]);
      int count = tile[0] * tile[4];
      for (int f = 0; f < features; f++) {
        int at = start + f * tile[3];
        IntToDoubleFunction element =
            i -> elements.getDouble(at + i / tile[4] * tile[1] + i % tile[4]);
        double pivot = pivots[f];
        double offset = plainSum(tile, i -> element.applyAsDouble(i) - pivot) / count;
        double mean = pivot + offset;
        double square =
            plainSum(
                tile,
                i -> {
                  double deviation = element.applyAsDouble(i) - mean;
                  return deviation * deviation;
                });
        double least = INF;
        double greatest = -INF;
        for (int i = 0; i < count; i++) {
          least = Math.min(least, element.applyAsDouble(i));
          greatest = Math.max(greatest, element.applyAsDouble(i));
        }
        String what = type + " " + Arrays.toString(tile) + " feature " + f;
        assertEquals(offset, seen[0][f], what);
        assertEquals(square, seen[1][f], what);
        assertEquals(least + 0.0, seen[2][f], what);
        assertEquals(greatest + 0.0, seen[3][f], what);
      }
      for (double[] numbers : seen) {
        assertEquals(GUARD, numbers[features]);
      }
    }
  }

  @Test
  void aConstantFeatureHasExactlyItsPivotAndNoVariance() {
    for (int inner : new int[] {1, 7, 40}) {
      double[] x = new double[999 * 2 * inner];
      Arrays.fill(x, 0.1);
      double[] pivots = {0.1, 0.1};
      double[] means = new double[2];
      double[] squares = new double[2];
      kernels.moments(
          DoubleBuffer.wrap(x),
          ElementType.FLOAT64,
          0,
          999,
          2L * inner,
          2,
          inner,
          inner,
          pivots,
          means,
          squares);
      assertArrayEquals(new double[2], means);
      assertArrayEquals(new double[2], squares);
    }
  }

  @Test
  void notANumberStaysWithItsFeature() {
    for (int at : new int[] {0, 2, 100, 398}) {
      float[] x = new float[400];
      x[at] = Float.NaN;
      double[] left = new double[2];
      double[] right = new double[2];
      FloatBuffer from = FloatBuffer.wrap(x);
      kernels.moments(from, ElementType.FLOAT32, 0, 200, 2, 2, 1, 1, new double[2], left, right);
      assertArrayEquals(new double[] {Double.NaN, 0}, left);
      assertArrayEquals(new double[] {Double.NaN, 0}, right);
      kernels.extremes(from, ElementType.FLOAT32, 0, 200, 2, 2, 1, 1, left, right);
      assertArrayEquals(new double[] {Double.NaN, 0}, left);
      assertArrayEquals(new double[] {Double.NaN, 0}, right);
    }
  }

  @Test
  void readOnlyAndEmptyOperandsAreTaken() {
    FloatBuffer x = FloatBuffer.wrap(new float[] {1, 3}).asReadOnlyBuffer();
    double[] two = {2};
    float[] out = {9, 9};
    FloatBuffer to = FloatBuffer.wrap(out);
    kernels.rescale(x, ElementType.FLOAT32, 0, to, 0, false, two, two, 1, 1, 1, -INF, INF, true);
    assertArrayEquals(new float[] {9, 9}, out);
    kernels.rescale(x, ElementType.FLOAT32, 0, to, 0, false, two, two, 1, 0, 2, -INF, INF, true);
    assertArrayEquals(new float[] {4, 8}, out);
    double[] mean = new double[1];
    double[] square = new double[1];
    kernels.moments(x, ElementType.FLOAT32, 0, 2, 1, 1, 1, 1, new double[] {3}, mean, square);
    assertArrayEquals(new double[] {-1}, mean);
    assertArrayEquals(new double[] {2}, square);
    kernels.extremes(x, ElementType.FLOAT32, 0, 2, 1, 1, 1, 1, mean, square);
    assertArrayEquals(new double[] {1}, mean);
    assertArrayEquals(new double[] {3}, square);
    kernels.moments(
        x, ElementType.FLOAT32, 0, 2, 1, 0, 1, 1, new double[0], new double[0], new double[0]);
  }

  @Test
  void whatDoesNotFitIsRefusedAndNothingIsWritten() {
    FloatBuffer x = FloatBuffer.allocate(10);
    double[] p = {1, 1};
    ElementType type = ElementType.FLOAT32;
    assertRefused(() -> kernels.rescale(x, type, 1, x, 0, false, p, p, 1, 0, 10, 0, 1, false));
    assertRefused(() -> kernels.rescale(x, type, 0, x, 1, false, p, p, 1, 0, 10, 0, 1, false));
    assertRefused(() -> kernels.rescale(x, type, -1, x, 0, false, p, p, 1, 0, 10, 0, 1, false));
    assertRefused(() -> kernels.rescale(x, type, 0, x, 0, false, p, p, 1, 3, 2, 0, 1, false));
    assertRefused(() -> kernels.rescale(x, type, 0, x, 0, false, p, p, 1, -1, 2, 0, 1, false));
    assertRefused(
        () -> kernels.rescale(x, type, 0, x, 0, false, p, p, 1, 0, Long.MAX_VALUE, 0, 1, false));
    assertRefused(() -> kernels.moments(x, type, 0, 11, 1, 1, 1, 1, p, p, p));
    assertRefused(() -> kernels.moments(x, type, 0, 1, 0, 2, 9, 2, p, p, p));
    assertRefused(() -> kernels.moments(x, type, 0, 1, 0, 3, 1, 1, p, p, p));
    assertRefused(() -> kernels.extremes(x, type, 6, 5, 1, 1, 1, 1, p, p));
    assertRefused(() -> kernels.extremes(x, type, 0, 1L << 62, 4, 1, 1, 1, p, p));
    assertArrayEquals(new float[10], x.array());
    assertArrayEquals(new double[] {1, 1}, p);
  }

  @Test
  void wrongOperandsAreNamed() {
    FloatBuffer x = FloatBuffer.allocate(4);
    double[] p = {1};
    ElementType type = ElementType.FLOAT32;
    assertMessage(
        "rescale takes a buffer of the element type and one of floats or doubles: INT8 in"
            + " HeapFloatBuffer, out=HeapFloatBuffer",
        () -> kernels.rescale(x, ElementType.INT8, 0, x, 0, false, p, p, 1, 0, 4, 0, 1, false));
    assertMessage(
        "rescale takes a buffer of the element type and one of floats or doubles: FLOAT32 in"
            + " HeapFloatBuffer, out=HeapIntBuffer",
        () ->
            kernels.rescale(
                x, type, 0, IntBuffer.allocate(4), 0, false, p, p, 1, 0, 4, 0, 1, false));
    assertMessage(
        "rescale needs two parameters for each feature, and 1 <= inner: a=1, b=0, inner=1",
        () -> kernels.rescale(x, type, 0, x, 0, false, p, new double[0], 1, 0, 4, 0, 1, false));
    assertMessage(
        "rescale needs two parameters for each feature, and 1 <= inner: a=1, b=1, inner=0",
        () -> kernels.rescale(x, type, 0, x, 0, false, p, p, 0, 0, 4, 0, 1, false));
    assertMessage(
        "bounds must be numbers: low=NaN, high=1.0",
        () -> kernels.rescale(x, type, 0, x, 0, false, p, p, 1, 0, 4, Double.NaN, 1, false));
    assertMessage(
        "a tile lies in a buffer of its element type: FLOAT64 in HeapFloatBuffer",
        () -> kernels.moments(x, ElementType.FLOAT64, 0, 1, 1, 1, 1, 1, p, p, p));
    assertMessage(
        "a tile needs 1 <= rows, 1 <= inner and nothing negative: rows=0, rowStride=1, features=1,"
            + " featureStride=1, inner=1",
        () -> kernels.extremes(x, type, 0, 0, 1, 1, 1, 1, p, p));
  }

  private static void assertMessage(String message, Executable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
  }

  private static void assertRefused(Executable call) {
    RuntimeException thrown = assertThrows(RuntimeException.class, call);
    assertTrue(
        thrown instanceof IndexOutOfBoundsException || thrown instanceof ArithmeticException,
        thrown::toString);
  }
}
