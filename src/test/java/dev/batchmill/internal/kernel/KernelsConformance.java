package dev.batchmill.internal.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.batchmill.internal.kernel.Operand.Kind;
import dev.batchmill.internal.kernel.Operand.Type;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every backend's kernels must do; one subclass per backend. */
abstract class KernelsConformance {
  private static final double INF = Double.POSITIVE_INFINITY;
  private static final double[] EXACT_ORDERS = {0, 1, 2, INF, -INF};
  private static final double[] POWER_ORDERS = {3, 0.5, -1, 2.5, -0.5, 16.5, 2.7, -1.3, 0.01, 40};

  /** Around every power of two up to a lane block, then around chunks of floats and doubles. */
  private static final int[] LENGTHS = {
    0,
    1,
    2,
    3,
    4,
    5,
    7,
    8,
    9,
    10,
    15,
    16,
    17,
    31,
    32,
    33,
    63,
    64,
    65,
    127,
    128,
    129,
    255,
    256,
    257,
    1023,
    1024,
    1025,
    2047,
    2048,
    2049,
    4095,
    4096,
    4097,
    3 * 2048 + 5,
    5 * 2048 + 129
  };

  private static final int[] INNERS = {1, 2, 7, 64, 127, 128, 129, 200};

  private final Kernels kernels = kernels();

  abstract Kernels kernels();

  @ParameterizedTest
  @EnumSource
  void rowsOfEveryLength(Type type) {
    Random random = new Random(1);
    for (int length : LENGTHS) {
      for (double order : EXACT_ORDERS) {
        int outer = length < 300 ? 40 : 3;
        check(type, Kind.HEAP, mixed(random, outer * length), outer, length, 1, order, 0);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void manyShortRows(Type type) {
    Random random = new Random(2);
    for (int length : new int[] {1, 3, 10, 16, 33, 64}) {
      check(type, Kind.DIRECT, mixed(random, 3000 * length), 3000, length, 1, 2, 0);
    }
  }

  @ParameterizedTest
  @EnumSource
  void columnsOfEveryLength(Type type) {
    Random random = new Random(3);
    for (int length : LENGTHS) {
      for (int inner : length < 300 ? INNERS : new int[] {2, 7}) {
        int outer = inner < 10 ? 3 : 1;
        boolean everyOrder = inner == 2 || (inner == 64 && length < 70);
        for (double order : everyOrder ? EXACT_ORDERS : new double[] {2}) {
          double[] x = mixed(random, outer * length * inner);
          check(type, Kind.HEAP, x, outer, length, inner, order, 0);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyKindOfMemory(Type type) {
    Random random = new Random(4);
    for (Kind kind : Kind.values()) {
      for (int start = 0; start < 20; start += 3) {
        for (double order : EXACT_ORDERS) {
          check(type, kind, mixed(random, 7 * 37), 7, 37, 1, order, start);
          check(type, kind, mixed(random, 7 * 37), 1, 7, 37, order, start);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void ordersThatNeedPowersAgreeClosely(Type type) {
    Random random = new Random(5);
    double tolerance = type == Type.FLOAT ? 1e-6 : 1e-12;
    for (double order : POWER_ORDERS) {
      for (int length : new int[] {1, 10, 64, 129, 1025, 2500}) {
        for (int inner : new int[] {1, 3}) {
          double[] x = values(2 * length * inner, () -> type.round(random.nextGaussian()));
          Operand from = Operand.of(type, Kind.HEAP, 1, x);
          Operand to = Operand.of(type, Kind.DIRECT, 2, new double[x.length]);
          normalize(from, to, length, inner, 0, 2 * inner, order);
          double[] expected = ReferenceNorm.normalize(type, x, 2, length, inner, order);
          double[] seen = to.values();
          for (int i = 0; i < x.length; i++) {
            assertEquals(expected[i], seen[i], tolerance * Math.abs(expected[i]));
          }
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void ordersThatNeedPowersHaveTheBitsOfJava(Type type) {
    Random random = new Random(9);
    double[] special = {0, -0.0, 1, INF, -INF, Double.NaN, Double.MIN_VALUE, 1e-310, 1e300, -1e-30};
    for (double order : POWER_ORDERS) {
      for (int length : new int[] {1, 3, 10, 64, 65, 128, 129, 1025, 2500}) {
        for (int inner : length < 130 ? new int[] {1, 3, 20, 700} : new int[] {1, 20}) {
          int outer = length * inner < 5000 ? 5 : 1;
          double[] x =
              values(
                  outer * length * inner,
                  () ->
                      random.nextInt(50) == 0 && length > 3
                          ? special[random.nextInt(special.length)]
                          : random.nextGaussian() * Math.exp(random.nextGaussian() * 5));
          Operand from = Operand.of(type, Kind.DIRECT, 1, x);
          Operand to = Operand.of(type, Kind.DIRECT, 2, new double[x.length]);
          Operand expected = Operand.of(type, Kind.HEAP, 0, new double[x.length]);
          normalize(from, to, length, inner, 0, outer * inner, order);
          normalize(JavaKernels.INSTANCE, from, expected, length, inner, 0, outer * inner, order);
          assertArrayEquals(
              expected.values(),
              to.values(),
              () -> "order=%s length=%d inner=%d".formatted(order, length, inner));
          assertTrue(to.guardsStand());
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void sumsOfPiecesAndDivisionGiveWhatOneCallGives(Type type) {
    Random random = new Random(10);
    ElementType element = type == Type.FLOAT ? ElementType.FLOAT32 : ElementType.FLOAT64;
    for (double order : new double[] {0, 1, 2, INF, -INF, 3, 2.7}) {
      NormTree tree = new NormTree(element, order);
      for (int pieces : new int[] {1, 2, 3, 5}) {
        for (int inner : pieces == 2 ? new int[] {1, 5, 130} : new int[] {1, 5}) {
          int piece = tree.pieceLength();
          int length = (pieces - 1) * piece + 1 + random.nextInt(piece);
          double[] x = mixed(random, length * inner);
          Operand from = Operand.of(type, Kind.DIRECT, 3, x);
          Operand whole = Operand.of(type, Kind.DIRECT, 0, new double[x.length]);
          normalize(from, whole, length, inner, 0, inner, order);

          double[] sums = new double[1 + pieces * inner];
          for (int p = 0; p < pieces; p++) {
            int n = Math.min(piece, length - p * piece);
            long start = from.start() + (long) p * piece * inner;
            int half = inner / 2;
            kernels.normSums(from.buffer(), start, n, inner, 0, half, order, sums, 1 + p * inner);
            kernels.normSums(
                from.buffer(), start, n, inner, half, inner, order, sums, 1 + p * inner + half);
          }
          assertEquals(0, sums[0]);
          double[] divisors = Arrays.copyOfRange(sums, 1, sums.length);
          tree.combine(divisors, pieces, inner);
          for (int k = 0; k < inner; k++) {
            divisors[k] = tree.divisor(tree.norm(divisors[k]), 0);
          }
          for (boolean streaming : new boolean[] {false, true}) {
            Operand split = Operand.of(type, Kind.DIRECT, 5, new double[x.length]);
            int at = 0;
            while (at < x.length) {
              int end = Math.min(x.length, at + 1 + random.nextInt(x.length));
              kernels.divide(
                  from.buffer(),
                  from.start(),
                  split.buffer(),
                  split.start(),
                  divisors,
                  inner,
                  at,
                  end,
                  streaming);
              at = end;
            }
            assertArrayEquals(whole.values(), split.values());
            assertTrue(split.guardsStand());
          }
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void theWayToMemoryDoesNotChangeTheResult(Type type) {
    Random random = new Random(11);
    int[][] shapes = {
      {300, 10, 1}, {5, 1000, 1}, {2, 5000, 1}, {1, 300, 7}, {50, 4, 3}, {3, 40, 130}, {1, 20, 1200}
    };
    for (int[] shape : shapes) {
      int lines = shape[0] * shape[2];
      double[] x = mixed(random, lines * shape[1]);
      for (Kind kind : Kind.values()) {
        for (int start = 0; start < 18; start += 5) {
          Operand from = Operand.of(type, kind, 1, x);
          Operand cached = Operand.of(type, kind, start, new double[x.length]);
          Operand streamed = Operand.of(type, kind, start, new double[x.length]);
          kernels.normalize(
              from.buffer(),
              from.start(),
              cached.buffer(),
              start,
              shape[1],
              shape[2],
              0,
              lines,
              2,
              1e-3,
              false);
          int middle = lines / 2;
          for (int part = 0; part < 2; part++) {
            kernels.normalize(
                from.buffer(),
                from.start(),
                streamed.buffer(),
                start,
                shape[1],
                shape[2],
                part == 0 ? 0 : middle,
                part == 0 ? middle : lines,
                2,
                1e-3,
                true);
          }
          assertArrayEquals(cached.values(), streamed.values());
          assertTrue(streamed.guardsStand());
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void anEpsilonIsTheLeastDivisor(Type type) {
    for (int inner : new int[] {1, 2, 300}) {
      double[] x = values(3 * inner, () -> 0.25);
      Operand operand = Operand.of(type, Kind.DIRECT, 0, x);
      kernels.normalize(
          operand.buffer(), 0, operand.buffer(), 0, 3, inner, 0, inner, 1, 0.5, false);
      assertEquals(type.round(0.25 / 0.75), operand.get(0));
      operand = Operand.of(type, Kind.DIRECT, 0, x);
      kernels.normalize(operand.buffer(), 0, operand.buffer(), 0, 3, inner, 0, inner, 1, 2, false);
      assertEquals(0.125, operand.get(0));
      operand = Operand.of(type, Kind.DIRECT, 0, new double[3 * inner]);
      kernels.normalize(operand.buffer(), 0, operand.buffer(), 0, 3, inner, 0, inner, 1, 2, false);
      assertEquals(0, operand.get(0));
    }
    FloatBuffer one = FloatBuffer.allocate(1);
    assertEquals(
        "epsilon must not be negative: epsilon=-1.0",
        assertThrows(
                IllegalArgumentException.class,
                () -> kernels.normalize(one, 0, one, 0, 1, 1, 0, 1, 2, -1, false))
            .getMessage());
  }

  @Test
  void conversionsBetweenAllTypesEqualJavas() {
    for (ElementType from : ElementType.values()) {
      for (ElementType to : ElementType.values()) {
        for (int count : new int[] {0, 1, 7, 8, 9, 63, 64, 65, 3000}) {
          Buffer x = elements(from, count, count);
          for (boolean streaming : new boolean[] {false, true}) {
            Buffer expected = elements(to, 3 + count + 2, 0);
            Buffer seen = elements(to, 3 + count + 2, 0);
            JavaKernels.INSTANCE.convert(x, from, 0, expected, to, 3, count, false);
            kernels.convert(x, from, 0, seen, to, 3, count, streaming);
            for (int i = 0; i < count + 5; i++) {
              if (bitsAt(expected, i) != bitsAt(seen, i)
                  && !(isNaN(to, expected, i) && isNaN(to, seen, i))) {
                fail(
                    "%s %x to %s: expected %x, seen %x"
                        .formatted(
                            from, bitsAt(x, i - 3), to, bitsAt(expected, i), bitsAt(seen, i)));
              }
            }
          }
        }
      }
    }
  }

  private static boolean isNaN(ElementType type, Buffer buffer, int at) {
    return type.isFloating() && Double.isNaN(ElementAccess.of(type, buffer).getDouble(at));
  }

  /** Elements off the heap with random bits, among them what a conversion may stumble over. */
  private static Buffer elements(ElementType type, int count, long seed) {
    ByteBuffer bytes =
        ByteBuffer.allocateDirect(count * type.bytes()).order(ByteOrder.nativeOrder());
    Buffer buffer =
        switch (type) {
          case FLOAT16, BFLOAT16, INT16 -> bytes.asShortBuffer();
          case FLOAT32 -> bytes.asFloatBuffer();
          case FLOAT64 -> bytes.asDoubleBuffer();
          case INT32 -> bytes.asIntBuffer();
          case INT64 -> bytes.asLongBuffer();
          case INT8, UINT8, BOOL -> bytes;
        };
    if (seed == 0) {
      return buffer;
    }
    Random random = new Random(seed);
    double[] special = {
      0,
      -0.0,
      0.5,
      -0.5,
      0.999,
      127.5,
      -128.9,
      255.4,
      256,
      65504,
      65519,
      65520,
      3e9,
      -3e9,
      1e19,
      -1e19,
      0x1p63,
      -0x1p63,
      0x1p-24,
      0x1p-25,
      0x1.8p-25,
      6e-8,
      1e-40,
      INF,
      -INF,
      Double.NaN
    };
    ElementAccess access = ElementAccess.of(type, buffer);
    for (int i = 0; i < count; i++) {
      switch (random.nextInt(4)) {
        case 0 -> access.setDouble(i, special[random.nextInt(special.length)]);
        case 1 -> access.setDouble(i, random.nextGaussian() * 1000);
        case 2 -> access.setLong(i, random.nextInt(600) - 300);
        default -> setBits(buffer, i, random.nextLong());
      }
    }
    return buffer;
  }

  @Test
  void normsAgreeWithNumPy() throws IOException {
    try (BufferedReader golden =
        new BufferedReader(
            new InputStreamReader(
                KernelsConformance.class.getResourceAsStream("norms.csv"),
                StandardCharsets.US_ASCII))) {
      for (String line : golden.lines().filter(l -> !l.startsWith("#")).toList()) {
        String[] fields = line.split(",", -1);
        Type type = fields[0].equals("float32") ? Type.FLOAT : Type.DOUBLE;
        int length = Integer.parseInt(fields[1]);
        double order = Double.parseDouble(fields[2].replace("inf", "Infinity"));
        double norm = Double.parseDouble(fields[3]);
        double by = norm == 0 ? 1 : norm;
        double[] x = new double[length];
        Arrays.setAll(x, i -> (i * 7919L % 10007 - 5003) / 64.0);
        Operand operand = Operand.of(type, Kind.DIRECT, 0, x);
        normalize(operand, operand, length, 1, 0, 1, order);
        double[] seen = operand.values();
        double tolerance = type == Type.FLOAT ? 1e-6 : 1e-13;
        for (int i = 0; i < length; i++) {
          if (x[i] != 0) {
            assertEquals(x[i] / by, seen[i], tolerance * Math.abs(x[i] / by), line);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void specialValues(Type type) {
    double tiny = type == Type.FLOAT ? Float.MIN_VALUE : Double.MIN_VALUE;
    double huge = type == Type.FLOAT ? Float.MAX_VALUE : Double.MAX_VALUE;
    double[] values = {0, -0.0, tiny, -tiny, 1, -1, huge, -huge, INF, -INF, Double.NaN};
    Random random = new Random(6);
    for (int length : new int[] {1, 2, 3, 10, 40, 130, 2060}) {
      for (double order : EXACT_ORDERS) {
        double[] any = values(8 * length, () -> values[random.nextInt(values.length)]);
        check(type, Kind.DIRECT, any, 8, length, 1, order, 0);
        check(type, Kind.DIRECT, any, 1, length, 8, order, 0);
        double[] finite = values(8 * length, () -> values[random.nextInt(6)]);
        check(type, Kind.DIRECT, finite, 8, length, 1, order, 0);
        check(type, Kind.DIRECT, finite, 1, length, 8, order, 0);
        double[] small = values(8 * length, () -> values[random.nextInt(4)]);
        check(type, Kind.DIRECT, small, 8, length, 1, order, 0);
        check(type, Kind.DIRECT, new double[8 * length], 8, length, 1, order, 0);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void columnsEqualRowsOfTheTranspose(Type type) {
    Random random = new Random(7);
    int rows = 2500;
    int columns = 131;
    double[] x = mixed(random, rows * columns);
    for (int i = 0; i < x.length; i++) {
      x[i] = type.round(x[i]);
    }
    Operand byColumn = Operand.of(type, Kind.DIRECT, 0, x);
    normalize(byColumn, byColumn, rows, columns, 0, columns, 2);
    Operand byRow = Operand.of(type, Kind.HEAP, 0, transpose(x, rows, columns));
    normalize(byRow, byRow, rows, 1, 0, columns, 2);
    assertArrayEquals(byRow.values(), transpose(byColumn.values(), rows, columns));
  }

  @ParameterizedTest
  @EnumSource
  void inPlaceAndSplitOverRanges(Type type) {
    Random random = new Random(8);
    int[][] shapes = {{50, 10, 1}, {9, 3000, 1}, {3, 20, 150}, {1, 3000, 9}, {4, 5, 7}};
    for (int[] shape : shapes) {
      for (Kind kind : Kind.values()) {
        int lines = shape[0] * shape[2];
        double[] x = mixed(random, lines * shape[1]);
        Operand whole = Operand.of(type, kind, 1, x);
        normalize(whole, whole, shape[1], shape[2], 0, lines, 2);
        Operand split = Operand.of(type, kind, 1, x);
        int first = 0;
        while (first < lines) {
          int last = Math.min(lines, first + 1 + random.nextInt(lines));
          normalize(split, split, shape[1], shape[2], first, last, 2);
          first = last;
        }
        assertArrayEquals(whole.values(), split.values());
        double[] rounded = Operand.of(type, kind, 0, x).values();
        assertArrayEquals(
            ReferenceNorm.normalize(type, rounded, shape[0], shape[1], shape[2], 2),
            whole.values());
        assertTrue(split.guardsStand());
      }
    }
  }

  @Test
  void normalizeLeavesOtherLinesAlone() {
    double[] x = values(100, () -> 3);
    Operand operand = Operand.of(Type.FLOAT, Kind.DIRECT, 0, x);
    normalize(operand, operand, 5, 4, 6, 9, 1);
    double[] seen = operand.values();
    for (int i = 0; i < x.length; i++) {
      int line = i / 20 * 4 + i % 4;
      assertEquals(line >= 6 && line < 9 ? 3f / 15f : 3, seen[i], "element " + i);
    }
  }

  @Test
  void gatherOfEveryElementType() {
    for (boolean direct : new boolean[] {false, true}) {
      for (int width : new int[] {1, 2, 3, 4, 8, 16, 17, 100, 1000}) {
        int count = 40;
        long[] rows = new Random(width).longs(60, 0, count).toArray();
        Buffer[] sources = buffers(5 + count * width, direct);
        Buffer[] outs = buffers(1 + 57 * width + 1, !direct);
        for (int b = 0; b < sources.length; b++) {
          for (int i = 0; i < sources[b].limit(); i++) {
            setBits(sources[b], i, 31L * i + 7);
          }
          kernels.gather(sources[b], 5, width, rows, 2, 59, outs[b], 1);
          assertEquals(0, bitsAt(outs[b], 0));
          assertEquals(0, bitsAt(outs[b], 1 + 57 * width));
          for (int i = 0; i < 57 * width; i++) {
            int from = 5 + (int) rows[2 + i / width] * width + i % width;
            if (bitsAt(outs[b], 1 + i) != bitsAt(sources[b], from)) {
              fail("width=%d, out=%s, i=%d".formatted(width, outs[b], i));
            }
          }
        }
      }
    }
  }

  @Test
  void emptyRangesWriteNothing() {
    Operand operand = Operand.of(Type.FLOAT, Kind.DIRECT, 0, new double[] {5, 6});
    normalize(operand, operand, 2, 1, 1, 1, 2);
    kernels.gather(operand.buffer(), 0, 1L << 40, new long[0], 0, 0, operand.buffer(), 0);
    kernels.gather(operand.buffer(), 5, 0, new long[] {9}, 0, 1, FloatBuffer.allocate(0), 0);
    assertArrayEquals(new double[] {5, 6}, operand.values());
    assertTrue(operand.guardsStand());
  }

  @Test
  void rangesThatDoNotFitAreRefused() {
    FloatBuffer ten = FloatBuffer.allocate(10);
    FloatBuffer direct =
        ByteBuffer.allocateDirect(40).order(ByteOrder.nativeOrder()).asFloatBuffer().limit(9);
    for (FloatBuffer small : new FloatBuffer[] {ten, direct}) {
      int n = small.limit();
      assertRefused(() -> kernels.normalize(small, 1, small, 1, n, 1, 0, 1, 2, 0, false));
      assertRefused(() -> kernels.normalize(small, 0, small, -1, n, 1, 0, 1, 2, 0, false));
      assertRefused(() -> kernels.normalize(small, 0, small, 0, n, 1, 1, 2, 2, 0, false));
      assertRefused(() -> kernels.normalize(small, 0, small, 0, n, 2, 0, 1, 2, 0, false));
      assertRefused(() -> kernels.normalize(small, 0, small, 0, 1L << 62, 4, 0, 8, 2, 0, false));
      assertRefused(
          () -> kernels.normalize(small, 0, small, 0, 1, 1, 0, Long.MAX_VALUE, 2, 0, false));
      assertRefused(() -> kernels.normalize(small, 0, small, 0, 1, 1, 2, 1, 2, 0, false));
      assertRefused(() -> kernels.normalize(small, 0, small, 0, -1, 1, 0, 1, 2, 0, false));
      long[] rows = {0, 3, 1, -1};
      assertRefused(() -> kernels.gather(small, 0, 3, rows, 1, 2, FloatBuffer.allocate(3), 0));
      assertRefused(() -> kernels.gather(small, 1, 3, rows, 3, 4, FloatBuffer.allocate(3), 0));
      assertRefused(() -> kernels.gather(small, 0, 3, rows, 0, 1, FloatBuffer.allocate(2), 0));
      assertRefused(() -> kernels.gather(small, 11, 0, rows, 0, 1, FloatBuffer.allocate(2), 0));
    }
  }

  @Test
  void wrongOperandsAreNamed() {
    FloatBuffer floats = FloatBuffer.allocate(4);
    assertEquals(
        "normalize takes two FloatBuffers or two DoubleBuffers: types=HeapFloatBuffer,"
            + " HeapDoubleBuffer",
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    kernels.normalize(
                        floats, 0, DoubleBuffer.allocate(4), 0, 1, 1, 0, 1, 2, 0, false))
            .getMessage());
    assertEquals(
        "the order of a norm must be a number: order=NaN",
        assertThrows(
                IllegalArgumentException.class,
                () -> kernels.normalize(floats, 0, floats, 0, 1, 1, 0, 1, Double.NaN, 0, false))
            .getMessage());
    assertEquals(
        "the output must be writable: out=HeapFloatBufferR",
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    kernels.normalize(
                        floats, 0, floats.asReadOnlyBuffer(), 0, 1, 1, 0, 1, 2, 0, false))
            .getMessage());
    ByteOrder foreign =
        ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN
            ? ByteOrder.LITTLE_ENDIAN
            : ByteOrder.BIG_ENDIAN;
    FloatBuffer swapped = ByteBuffer.allocateDirect(16).order(foreign).asFloatBuffer();
    assertEquals(
        "buffers must have the native byte order, %s: order=%s"
            .formatted(ByteOrder.nativeOrder(), foreign),
        assertThrows(
                IllegalArgumentException.class,
                () -> kernels.gather(swapped, 0, 1, new long[1], 0, 1, floats, 0))
            .getMessage());
    assertEquals(
        "rows must lie in [0, 2): rows[0]=2",
        assertThrows(
                IndexOutOfBoundsException.class,
                () ->
                    kernels.gather(floats, 0, 2, new long[] {2}, 0, 1, FloatBuffer.allocate(2), 0))
            .getMessage());
  }

  @Test
  void readOnlySourcesAreRead() {
    FloatBuffer out = FloatBuffer.allocate(2);
    kernels.normalize(
        FloatBuffer.wrap(new float[] {3, 4}).asReadOnlyBuffer(),
        0,
        out,
        0,
        2,
        1,
        0,
        1,
        2,
        0,
        false);
    assertArrayEquals(new float[] {0.6f, 0.8f}, out.array());
  }

  private void check(
      Type type, Kind kind, double[] x, int outer, int length, int inner, double order, int start) {
    Operand from = Operand.of(type, kind, start, x);
    Operand to = Operand.of(type, kind, start + 1, new double[x.length]);
    double[] values = from.values();
    normalize(from, to, length, inner, 0, outer * inner, order);
    double[] expected = ReferenceNorm.normalize(type, values, outer, length, inner, order);
    double[] seen = to.values();
    for (int i = 0; i < x.length; i++) {
      if (!type.same(expected[i], seen[i])) {
        fail(
            "%s %s [%d, %d, %d] order %s: element %d is %s, not %s"
                .formatted(type, kind, outer, length, inner, order, i, seen[i], expected[i]));
      }
    }
    assertTrue(to.guardsStand());
    assertArrayEquals(values, from.values());
  }

  private void normalize(
      Operand x, Operand out, int length, int inner, int first, int last, double order) {
    normalize(kernels, x, out, length, inner, first, last, order);
  }

  private static void normalize(
      Kernels kernels,
      Operand x,
      Operand out,
      int length,
      int inner,
      int first,
      int last,
      double order) {
    kernels.normalize(
        x.buffer(),
        x.start(),
        out.buffer(),
        out.start(),
        length,
        inner,
        first,
        last,
        order,
        0,
        false);
  }

  private static void assertRefused(Executable call) {
    RuntimeException thrown = assertThrows(RuntimeException.class, call);
    assertTrue(
        thrown instanceof IllegalArgumentException
            || thrown instanceof IndexOutOfBoundsException
            || thrown instanceof ArithmeticException,
        thrown::toString);
  }

  /** Values over a few magnitudes, with zeros of both signs and denormals among them. */
  private static double[] mixed(Random random, int n) {
    return values(
        n,
        () ->
            switch (random.nextInt(20)) {
              case 0 -> 0.0;
              case 1 -> -0.0;
              case 2 -> random.nextGaussian() * 1e-40;
              case 3 -> random.nextGaussian() * 1e6;
              default -> random.nextGaussian();
            });
  }

  @Test
  void permutationsAreEqualWhereverARangeBeginsAndEnds() {
    long[][] keys = {
      permutationKey(1, 1, 1),
      permutationKey(65_537, 257, 256),
      permutationKey(1_000_000, 1_000, 1_000),
      permutationKey(999_001, 1_000, 1_000),
      permutationKey((1L << 62) - 5, 1L << 31, 1L << 31),
      permutationKey(1L << 62, 1L << 31, 1L << 31)
    };
    for (long[] key : keys) {
      long size = key[0];
      for (int count : new int[] {0, 1, 2, 3, 15, 16, 17, 31, 32, 33, 255, 256, 257, 5_000}) {
        for (long first : new long[] {0, 1, size / 3, size - count}) {
          if (first < 0 || first > size - count) {
            continue;
          }
          long[] out = new long[count + 3];
          Arrays.fill(out, -1);
          kernels.fillPermutation(key, first, out, 2, 2 + count);
          assertEquals(-1, out[1]);
          assertEquals(-1, out[2 + count]);
          for (int i = 0; i < count; i++) {
            assertEquals(PermutationKernel.apply(key, first + i), out[2 + i]);
            assertEquals(first + i, PermutationKernel.invert(key, out[2 + i]));
          }
        }
      }
    }
  }

  @Test
  void permutationsRefuseWhatDoesNotFit() {
    long[] key = permutationKey(100, 10, 10);
    long[] out = new long[50];
    assertThrows(
        IndexOutOfBoundsException.class, () -> kernels.fillPermutation(key, 0, out, 1, 51));
    assertThrows(
        IndexOutOfBoundsException.class, () -> kernels.fillPermutation(key, 51, out, 0, 50));
    assertThrows(
        IndexOutOfBoundsException.class, () -> kernels.fillPermutation(key, -1, out, 0, 1));
    assertKeyRefused("A key has 19 numbers: length=3", new long[] {1, 1, 1});
    assertKeyRefused(
        "A key needs 0 < size <= rows * columns, both up to 2^31: size=101, rows=10, columns=10",
        permutationKey(101, 10, 10));
    assertKeyRefused(
        "A key needs 0 < size <= rows * columns, both up to 2^31: size=0, rows=0, columns=0",
        permutationKey(0, 0, 0));
    assertKeyRefused(
        "A key needs 0 < size <= rows * columns, both up to 2^31: size=5, rows=4294967296, columns=1",
        permutationKey(5, 1L << 32, 1));
    assertArrayEquals(new long[50], out);
  }

  private void assertKeyRefused(String message, long[] key) {
    Exception e =
        assertThrows(
            IllegalArgumentException.class,
            () -> kernels.fillPermutation(key, 0, new long[1], 0, 1));
    assertEquals(message, e.getMessage());
  }

  private static double[] values(int n, DoubleSupplier supplier) {
    double[] values = new double[n];
    Arrays.setAll(values, i -> supplier.getAsDouble());
    return values;
  }

  private static long[] permutationKey(long size, long rows, long columns) {
    Random random = new Random(size);
    long[] key = PermutationKernel.newKey(size, rows, columns);
    for (int round = 0; round < PermutationKernel.ROUNDS; round++) {
      PermutationKernel.setRound(key, round, random.nextInt() | 1, random.nextLong());
    }
    return key;
  }

  private static double[] transpose(double[] x, int rows, int columns) {
    double[] transposed = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      transposed[i % columns * rows + i / columns] = x[i];
    }
    return transposed;
  }

  /** One buffer of zeros for each element type. */
  private static Buffer[] buffers(int size, boolean direct) {
    ByteBuffer[] bytes = new ByteBuffer[6];
    int[] elementBytes = {1, 2, 4, 8, 4, 8};
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = ByteBuffer.allocateDirect(size * elementBytes[i]).order(ByteOrder.nativeOrder());
    }
    return direct
        ? new Buffer[] {
          bytes[0],
          bytes[1].asShortBuffer(),
          bytes[2].asIntBuffer(),
          bytes[3].asLongBuffer(),
          bytes[4].asFloatBuffer(),
          bytes[5].asDoubleBuffer()
        }
        : new Buffer[] {
          ByteBuffer.allocate(size),
          ShortBuffer.allocate(size),
          IntBuffer.allocate(size),
          LongBuffer.allocate(size),
          FloatBuffer.allocate(size),
          DoubleBuffer.allocate(size)
        };
  }

  private static long bitsAt(Buffer buffer, int at) {
    if (buffer instanceof ByteBuffer bytes) {
      return bytes.get(at) & 0xffL;
    } else if (buffer instanceof ShortBuffer shorts) {
      return shorts.get(at) & 0xffffL;
    } else if (buffer instanceof IntBuffer ints) {
      return ints.get(at) & 0xffff_ffffL;
    } else if (buffer instanceof LongBuffer longs) {
      return longs.get(at);
    } else if (buffer instanceof FloatBuffer floats) {
      return Float.floatToRawIntBits(floats.get(at)) & 0xffff_ffffL;
    }
    return Double.doubleToRawLongBits(((DoubleBuffer) buffer).get(at));
  }

  private static void setBits(Buffer buffer, int at, long bits) {
    if (buffer instanceof ByteBuffer bytes) {
      bytes.put(at, (byte) bits);
    } else if (buffer instanceof ShortBuffer shorts) {
      shorts.put(at, (short) bits);
    } else if (buffer instanceof IntBuffer ints) {
      ints.put(at, (int) bits);
    } else if (buffer instanceof LongBuffer longs) {
      longs.put(at, bits);
    } else if (buffer instanceof FloatBuffer floats) {
      floats.put(at, Float.intBitsToFloat((int) bits));
    } else {
      ((DoubleBuffer) buffer).put(at, Double.longBitsToDouble(bits));
    }
  }
}
