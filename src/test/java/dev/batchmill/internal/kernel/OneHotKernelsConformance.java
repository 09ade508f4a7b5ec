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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/**
 * What every backend must do with class labels and arg-max, against plain loops; one subclass per
 * backend.
 */
abstract class OneHotKernelsConformance {
  private static final int[] SIZES = {0, 1, 2, 3, 31, 32, 33, 63, 64, 65, 2047, 2048, 2049};
  private static final ElementType[] BY_SIZE = {
    ElementType.UINT8, ElementType.INT16, ElementType.FLOAT32, ElementType.INT64
  };

  /** Elements before and behind an operand. */
  private static final int GUARD = 3;

  private static final double UNTOUCHED = 1;

  private final Kernels kernels = kernels();

  abstract Kernels kernels();

  /** Zeroed memory for elements of a type: on the heap, in the middle of an array, or off it. */
  private static Buffer allocate(ElementType type, int kind, int size) {
    ByteBuffer bytes =
        kind == 0
            ? ByteBuffer.allocateDirect(size * type.bytes()).order(ByteOrder.nativeOrder())
            : null;
    int skip = kind == 1 ? 5 : 0;
    return switch (type) {
      case FLOAT16, BFLOAT16, INT16 ->
          bytes != null
              ? bytes.asShortBuffer()
              : ShortBuffer.allocate(size + skip).slice(skip, size);
      case FLOAT32 ->
          bytes != null
              ? bytes.asFloatBuffer()
              : FloatBuffer.allocate(size + skip).slice(skip, size);
      case FLOAT64 ->
          bytes != null
              ? bytes.asDoubleBuffer()
              : DoubleBuffer.allocate(size + skip).slice(skip, size);
      case INT32 ->
          bytes != null ? bytes.asIntBuffer() : IntBuffer.allocate(size + skip).slice(skip, size);
      case INT64 ->
          bytes != null ? bytes.asLongBuffer() : LongBuffer.allocate(size + skip).slice(skip, size);
      case INT8, UINT8, BOOL ->
          bytes != null ? bytes : ByteBuffer.allocate(size + skip).slice(skip, size);
    };
  }

  /** Values as elements of a type, from element GUARD on. */
  private static Buffer elements(ElementType type, int kind, double[] values) {
    Buffer buffer = allocate(type, kind, values.length + 2 * GUARD);
    ElementAccess access = ElementAccess.of(type, buffer);
    for (int i = 0; i < buffer.limit(); i++) {
      int at = i - GUARD;
      access.setDouble(i, at >= 0 && at < values.length ? values[at] : UNTOUCHED);
    }
    return buffer;
  }

  private static Buffer output(ElementType type, int kind, int size) {
    double[] values = new double[size];
    Arrays.fill(values, UNTOUCHED);
    return elements(type, kind, values);
  }

  private static double[] values(ElementType type, Buffer buffer) {
    ElementAccess access = ElementAccess.of(type, buffer);
    double[] values = new double[buffer.limit() - 2 * GUARD];
    for (int i = 0; i < buffer.limit(); i++) {
      int at = i - GUARD;
      if (at >= 0 && at < values.length) {
        values[at] = access.getDouble(i);
      } else {
        assertEquals(UNTOUCHED, access.getDouble(i));
      }
    }
    return values;
  }

  private static Labels labels(ElementType type, int kind, double[] values, int classes) {
    return new Labels(elements(type, kind, values), type, GUARD, classes);
  }

  private static double[] random(long seed, int count, int bound) {
    return new Random(seed).ints(count, 0, bound).asDoubleStream().toArray();
  }

  /** How many of the depth labels are the class of each element of [outer, classes, inner]. */
  private static double[] counts(double[] labels, int depth, int inner, int classes) {
    int vectors = labels.length / depth;
    double[] counts = new double[vectors * classes];
    for (int i = 0; i < labels.length; i++) {
      int v = i / depth;
      if (labels[i] >= 0) {
        counts[(v / inner * classes + (int) labels[i]) * inner + v % inner]++;
      }
    }
    return counts;
  }

  private static long bits(ElementType type, double value) {
    return type == ElementType.FLOAT32 ? Float.floatToRawIntBits((float) value) : (long) value;
  }

  private void check(int outer, int inner, int depth, int classes, ElementType type, int kind) {
    double[] values = random(classes + inner, outer * inner * depth, classes);
    for (int i = 0; i < values.length; i += 7) {
      values[i] = -1;
    }
    double[] counts = counts(values, depth, inner, classes);
    int vectors = outer * inner;
    int first = vectors / 3;
    int last = vectors - vectors / 4;
    Labels plain = labels(ElementType.INT32, kind, values, classes);
    Labels labels = new Labels(plain.values(), ElementType.INT32, GUARD, classes, true, -1);
    for (boolean streaming : new boolean[] {false, true}) {
      Buffer out = output(type, (kind + 1) % 3, counts.length);
      for (int[] range : new int[][] {{first, last}, {0, first}, {last, vectors}}) {
        kernels.oneHot(
            labels,
            depth,
            inner,
            out,
            GUARD,
            bits(type, 77),
            bits(type, 5),
            range[0],
            range[1],
            streaming);
        double[] seen = values(type, out);
        for (int i = 0; i < seen.length; i++) {
          int v = i / (classes * inner) * inner + i % inner;
          boolean written = range[0] != first || (v >= first && v < last);
          boolean pending = range[0] == 0 && v >= last;
          double expected = !written || pending ? UNTOUCHED : counts[i] > 0 ? 77 : 5;
          if (seen[i] != expected) {
            fail(
                "[%d, %d, %d] classes=%d %s kind=%d streaming=%s range=%s element %d: %s, not %s"
                    .formatted(
                        outer,
                        inner,
                        depth,
                        classes,
                        type,
                        kind,
                        streaming,
                        Arrays.toString(range),
                        i,
                        seen[i],
                        expected));
          }
        }
      }
    }
  }

  @Test
  void rowsOfEveryElementSizeAndKindOfMemory() {
    for (ElementType type : BY_SIZE) {
      for (int kind = 0; kind < 3; kind++) {
        for (int classes : new int[] {1, 2, 7, 10, 64, 1000}) {
          check(50, 1, 1, classes, type, kind);
          check(9, 1, 3, classes, type, kind);
        }
      }
      check(3000, 1, 1, 1, type, 0);
      check(2, 1, 1, 20_000, type, 0);
      check(2, 1, 2500, 20_000, type, 0);
    }
  }

  @Test
  void theClassAxisMayStandBeforeOthers() {
    for (ElementType type : BY_SIZE) {
      for (int inner : SIZES) {
        if (inner > 1) {
          check(3, inner, 1, 4, type, inner % 3);
          check(2, inner, 3, 3, type, inner % 3);
        }
      }
      check(2, 7, 1, 3000, type, 0);
      check(2, 70, 2500, 3, type, 0);
    }
  }

  @Test
  void bitsGoToEveryKindOfElement() {
    double[] values = {1, 0};
    Labels labels = labels(ElementType.INT32, 0, values, 2);
    long on = 0x3ff0_1111_4080_1234L;
    long off = 0x4011_2233_4455_6677L;
    for (boolean direct : new boolean[] {false, true}) {
      int kind = direct ? 0 : 2;
      Buffer bytes = allocate(ElementType.INT8, kind, 4);
      Buffer shorts = allocate(ElementType.FLOAT16, kind, 4);
      Buffer ints = allocate(ElementType.INT32, kind, 4);
      Buffer longs = allocate(ElementType.INT64, kind, 4);
      Buffer floats = allocate(ElementType.FLOAT32, kind, 4);
      Buffer doubles = allocate(ElementType.FLOAT64, kind, 4);
      for (Buffer out : new Buffer[] {bytes, shorts, ints, longs, floats, doubles}) {
        kernels.oneHot(labels, 1, 1, out, 0, on, off, 0, 2, false);
      }
      for (int i = 0; i < 4; i++) {
        long expected = i == 1 || i == 2 ? on : off;
        assertEquals((byte) expected, ((ByteBuffer) bytes).get(i));
        assertEquals((short) expected, ((ShortBuffer) shorts).get(i));
        assertEquals((int) expected, ((IntBuffer) ints).get(i));
        assertEquals(expected, ((LongBuffer) longs).get(i));
        assertEquals((int) expected, Float.floatToRawIntBits(((FloatBuffer) floats).get(i)));
        assertEquals(expected, Double.doubleToRawLongBits(((DoubleBuffer) doubles).get(i)));
      }
    }
  }

  @Test
  void labelsOfEveryTypeAreEncoded() {
    for (ElementType type : ElementType.values()) {
      int classes = type == ElementType.BOOL ? 2 : 100;
      for (int kind = 0; kind < 3; kind++) {
        for (int n : SIZES) {
          double[] values = random(n, n, classes);
          Buffer out = output(ElementType.INT8, 0, n * classes);
          kernels.oneHot(labels(type, kind, values, classes), 1, 1, out, GUARD, 1, 0, 0, n, false);
          assertArrayEquals(counts(values, 1, 1, classes), values(ElementType.INT8, out));
        }
      }
    }
  }

  @Test
  void countsAreExactInEveryType() {
    for (ElementType type : ElementType.values()) {
      for (int inner : new int[] {1, 5, 100}) {
        for (int depth : new int[] {1, 2, 127}) {
          for (int classes : new int[] {1, 3, 5000}) {
            if ((type == ElementType.BOOL && depth > 1) || (classes == 5000 && inner > 5)) {
              continue;
            }
            double[] values = random(depth, 3 * inner * depth, classes);
            for (int i = 0; i < values.length; i += 9) {
              values[i] = -1;
            }
            Labels labels =
                new Labels(
                    elements(ElementType.INT16, 2, values),
                    ElementType.INT16,
                    GUARD,
                    classes,
                    true,
                    -1);
            double[] expected = counts(values, depth, inner, classes);
            Buffer out = output(type, depth % 3, expected.length);
            int middle = inner + inner / 2;
            kernels.countLabels(labels, depth, inner, out, type, GUARD, 0, middle, false);
            kernels.countLabels(labels, depth, inner, out, type, GUARD, middle, 3L * inner, true);
            assertArrayEquals(expected, values(type, out));
          }
        }
      }
    }
  }

  @Test
  void scanningFindsTheFirstBadLabelAndTheLargestClass() {
    long[] found = new long[2];
    for (ElementType type : ElementType.values()) {
      if (type == ElementType.BOOL) {
        continue;
      }
      for (int n : SIZES) {
        double[] values = random(n, n, 90);
        double largest = Arrays.stream(values).max().orElse(-1);
        Labels good = labels(type, n % 3, values, 90);
        kernels.scanLabels(good, 0, n, found);
        assertArrayEquals(new long[] {n, (long) largest}, found);
        kernels.scanLabels(good, n, n, found);
        assertArrayEquals(new long[] {n, -1}, found);
        if (n < 3) {
          continue;
        }
        values[n / 2] = 90;
        values[n - 1] = 91;
        Labels bad = labels(type, n % 3, values, 90);
        double before = Arrays.stream(values, 1, n / 2).max().orElse(-1);
        kernels.scanLabels(bad, 1, n, found);
        assertArrayEquals(new long[] {n / 2, (long) before}, found);
        Labels ignoring = new Labels(bad.values(), type, GUARD, 90, true, 90);
        kernels.scanLabels(ignoring, 0, n, found);
        assertEquals(n - 1, found[0]);
        kernels.scanLabels(bad.withClasses(92), 0, n, found);
        assertArrayEquals(new long[] {n, 91}, found);
      }
    }
  }

  /** What a label stands for: a class, −1 when it is ignored, −2 when it is bad. */
  private long classOf(
      ElementType type, double label, int classes, boolean ignoring, long ignored) {
    long[] found = new long[2];
    Buffer values = elements(type, 0, new double[] {label});
    kernels.scanLabels(new Labels(values, type, GUARD, classes, ignoring, ignored), 0, 1, found);
    return found[0] == 0 ? -2 : found[1];
  }

  @Test
  void floatsAreCutTowardsZeroAndComparedExactly() {
    ElementType type = ElementType.FLOAT64;
    double[] good = {-0.999, 0.5, 2.999, -0.0};
    long[] classes = {0, 0, 2, 0};
    for (int i = 0; i < good.length; i++) {
      assertEquals(classes[i], classOf(type, good[i], 3, false, 0));
    }
    double infinity = Double.POSITIVE_INFINITY;
    for (double bad : new double[] {-1, 3, 1e300, infinity, -infinity, Double.NaN}) {
      assertEquals(-2, classOf(type, bad, 3, false, 0));
      assertEquals(-2, classOf(type, bad, 3, true, 5));
    }
    assertEquals(Integer.MAX_VALUE - 1L, classOf(type, 2147483646.5, Integer.MAX_VALUE, false, 0));
    assertEquals(16777216, classOf(ElementType.FLOAT32, 16777216, 16777217, false, 0));
  }

  @Test
  void theIgnoredLabelIsComparedAsAnInteger() {
    ElementType type = ElementType.FLOAT64;
    assertEquals(-1, classOf(type, 3.5, 5, true, 3));
    assertEquals(2, classOf(type, 2.999, 5, true, 3));
    assertEquals(4, classOf(type, 4, 5, true, 3));
    assertEquals(-1, classOf(type, -0.5, 5, true, 0));
    assertEquals(-1, classOf(type, -7.9, 5, true, -7));
    assertEquals(-2, classOf(type, -8, 5, true, -7));
    assertEquals(-2, classOf(type, -6.9, 5, true, -7));
    assertEquals(-1, classOf(type, 0x1p53, 5, true, 1L << 53));
    assertEquals(-2, classOf(type, 0x1p53 + 2, 5, true, 1L << 53));
    assertEquals(-2, classOf(type, 0x1p53, 5, true, (1L << 53) + 1));
    assertEquals(-1, classOf(type, -0x1p63, 5, true, Long.MIN_VALUE));
    assertEquals(-2, classOf(type, Double.NEGATIVE_INFINITY, 5, true, Long.MIN_VALUE));
    assertEquals(-2, classOf(type, 0x1p63, 5, true, Long.MAX_VALUE));
    assertEquals(-2, classOf(type, Double.NaN, 5, true, 0));
    assertEquals(-1, classOf(ElementType.INT64, -100, 5, true, -100));
    assertEquals(-2, classOf(ElementType.INT32, -1, 5, true, Long.MAX_VALUE));
    assertEquals(0, classOf(ElementType.INT32, 0, 5, true, 1L << 32));
    assertEquals(-1, classOf(ElementType.UINT8, 255, 5, true, 255));
  }

  @Test
  void badLabelsAreRefusedWhereverTheyStand() {
    for (int inner : new int[] {1, 7, 100}) {
      for (int depth : new int[] {1, 3}) {
        int count = 4 * inner * depth;
        for (int at : new int[] {0, count / 2, count - 1}) {
          for (double bad : new double[] {-1, 10, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            double[] values = random(1, count, 10);
            values[at] = bad;
            Labels labels = labels(ElementType.INT32, 2, values, 10);
            Buffer out = output(ElementType.FLOAT32, 2, 4 * inner * 10);
            int n = 4 * inner;
            assertThrows(
                IllegalArgumentException.class,
                () -> kernels.oneHot(labels, depth, inner, out, GUARD, 1, 0, 0, n, false));
            assertThrows(
                IllegalArgumentException.class,
                () ->
                    kernels.countLabels(
                        labels, depth, inner, out, ElementType.FLOAT32, GUARD, 0, n, false));
            // The guards stand.
            assertEquals(10 * n, values(ElementType.FLOAT32, out).length);
          }
        }
      }
    }
  }

  private static long largest(double[] x, int length, int inner, int v) {
    int at = 0;
    double most = 0;
    for (int c = 0; c < length; c++) {
      double here = x[(v / inner * length + c) * inner + v % inner];
      if (Double.isNaN(here)) {
        return c;
      }
      if (c == 0 || here > most) {
        at = c;
        most = here;
      }
    }
    return at;
  }

  @Test
  void argMaxOfEveryTypeAndLayout() {
    Random random = new Random(3);
    double[] special = {0, -0.0, -1, 1, Double.NEGATIVE_INFINITY, 1e-30, -1e-30};
    for (ElementType type : ElementType.values()) {
      for (int inner : new int[] {1, 2, 31, 256, 257}) {
        for (int length : new int[] {1, 2, 3, 10, 31, 32, 33, 65, 1023, 1024, 1025, 2500}) {
          if (inner > 2 && length > 65) {
            continue;
          }
          int vectors = inner == 1 ? 70 : 3 * inner;
          double[] x = new double[vectors * length];
          for (int i = 0; i < x.length; i++) {
            boolean odd = type.isFloating() && i / inner % 3 == 0;
            x[i] = odd ? special[random.nextInt(special.length)] : random.nextInt(120);
          }
          if (type.isFloating()) {
            x[random.nextInt(x.length)] = Double.NaN;
            x[random.nextInt(x.length)] = Double.NaN;
            x[random.nextInt(x.length)] = Double.POSITIVE_INFINITY;
          }
          int kind = length % 3;
          Buffer from = elements(type, kind, x);
          double[] held = values(type, from);
          int first = vectors / 5;
          Buffer out = output(ElementType.INT64, (kind + 1) % 3, vectors);
          kernels.argMax(from, type, GUARD, length, inner, (LongBuffer) out, GUARD, first, vectors);
          double[] seen = values(ElementType.INT64, out);
          for (int v = 0; v < vectors; v++) {
            double expected = v < first ? UNTOUCHED : largest(held, length, inner, v);
            assertEquals(
                expected, seen[v], () -> "%s length=%d inner=%d".formatted(type, length, inner));
          }
        }
      }
    }
  }

  @Test
  void argMaxTellsNeighbouringLongsApart() {
    long[] x = {(1L << 62) + 1, (1L << 62) + 2, Long.MIN_VALUE};
    LongBuffer out = LongBuffer.allocate(1);
    kernels.argMax(LongBuffer.wrap(x), ElementType.INT64, 0, 3, 1, out, 0, 0, 1);
    assertEquals(1, out.get(0));
  }

  @Test
  void readOnlyLabelsAreRead() {
    Labels labels =
        new Labels(IntBuffer.wrap(new int[] {1, 0}).asReadOnlyBuffer(), ElementType.INT32, 0, 2);
    FloatBuffer out = FloatBuffer.allocate(4);
    long[] found = new long[2];
    kernels.scanLabels(labels, 0, 2, found);
    assertArrayEquals(new long[] {2, 1}, found);
    kernels.oneHot(labels, 1, 1, out, 0, Float.floatToRawIntBits(1), 0, 0, 2, false);
    assertArrayEquals(new float[] {0, 1, 1, 0}, out.array());
    kernels.countLabels(labels, 1, 1, out, ElementType.FLOAT32, 0, 0, 2, false);
    assertArrayEquals(new float[] {0, 1, 1, 0}, out.array());
    LongBuffer largest = LongBuffer.allocate(2);
    kernels.argMax(out.asReadOnlyBuffer(), ElementType.FLOAT32, 0, 2, 1, largest, 0, 0, 2);
    assertArrayEquals(new long[] {1, 0}, largest.array());
  }

  @Test
  void emptyRangesWriteNothing() {
    Labels labels = labels(ElementType.INT32, 2, new double[] {9}, 3);
    Buffer out = output(ElementType.FLOAT32, 2, 3);
    kernels.oneHot(labels, 1, 1, out, GUARD, 1, 0, 1, 1, true);
    kernels.oneHot(labels, 1, 0, out, GUARD, 1, 0, 0, 0, false);
    kernels.countLabels(labels, 1, 1, out, ElementType.FLOAT32, GUARD, 1, 1, true);
    kernels.argMax(out, ElementType.FLOAT32, GUARD, 3, 1, LongBuffer.allocate(0), 0, 0, 0);
    assertArrayEquals(new double[] {1, 1, 1}, values(ElementType.FLOAT32, out));
    // No label to a row: all of it is off.
    kernels.oneHot(labels, 0, 1, out, GUARD, 1, 0, 0, 1, false);
    assertArrayEquals(new double[3], values(ElementType.FLOAT32, out));
  }

  @Test
  void whatDoesNotFitIsRefused() {
    IntBuffer two = IntBuffer.wrap(new int[] {1, 2});
    Labels labels = new Labels(two, ElementType.INT32, 0, 3);
    FloatBuffer out = FloatBuffer.allocate(6);
    LongBuffer largest = LongBuffer.allocate(2);
    assertRefused(() -> kernels.oneHot(labels, 1, 1, out, 1, 1, 0, 0, 2, false));
    assertRefused(() -> kernels.oneHot(labels, 1, 1, out, -1, 1, 0, 0, 2, false));
    assertRefused(() -> kernels.oneHot(labels, 1, 1, out, 0, 1, 0, 0, 3, false));
    assertRefused(() -> kernels.oneHot(labels, 2, 1, out, 0, 1, 0, 0, 2, false));
    assertRefused(() -> kernels.oneHot(labels, -1, 1, out, 0, 1, 0, 0, 2, false));
    assertRefused(() -> kernels.oneHot(labels, 1, 3, out, 0, 1, 0, 0, 2, false));
    assertRefused(() -> kernels.oneHot(labels, 1, -1, out, 0, 1, 0, 0, 2, false));
    assertRefused(() -> kernels.oneHot(labels, 1, 1, out, 0, 1, 0, -1, 2, false));
    assertRefused(() -> kernels.oneHot(labels, 1, 1, out, 0, 1, 0, 2, 1, false));
    assertRefused(() -> kernels.oneHot(labels, 1L << 62, 1, out, 0, 1, 0, 0, 2, false));
    assertRefused(
        () -> kernels.countLabels(labels, 1, 1, out, ElementType.FLOAT32, 1, 0, 2, false));
    assertRefused(() -> kernels.scanLabels(labels, 0, 3, new long[2]));
    assertRefused(() -> kernels.scanLabels(labels, -1, 2, new long[2]));
    assertRefused(() -> kernels.scanLabels(labels, 0, 2, new long[1]));
    Labels late = new Labels(two, ElementType.INT32, 1, 3);
    assertRefused(() -> kernels.scanLabels(late, 0, 2, new long[2]));
    ElementType type = ElementType.FLOAT32;
    assertRefused(() -> kernels.argMax(out, type, 1, 3, 1, largest, 0, 0, 2));
    assertRefused(() -> kernels.argMax(out, type, 0, 3, 1, largest, 1, 0, 2));
    assertRefused(() -> kernels.argMax(out, type, 0, 3, 2, largest, 0, 0, 3));
    assertRefused(() -> kernels.argMax(out, type, 0, 3, 1, largest, 0, -1, 2));
    assertArrayEquals(new float[6], out.array());
    assertArrayEquals(new long[2], largest.array());
  }

  @Test
  void wrongOperandsAreNamed() {
    IntBuffer two = IntBuffer.wrap(new int[] {1, 2});
    FloatBuffer out = FloatBuffer.allocate(6);
    LongBuffer largest = LongBuffer.allocate(2);
    assertMessage(
        "labels must lie in a buffer of their type: INT64 in HeapIntBuffer",
        () -> kernels.scanLabels(new Labels(two, ElementType.INT64, 0, 3), 0, 2, new long[2]));
    assertMessage(
        "classes must be at least 1: classes=0",
        () -> kernels.scanLabels(new Labels(two, ElementType.INT32, 0, 0), 0, 2, new long[2]));
    Labels labels = new Labels(two, ElementType.INT32, 0, 3);
    assertMessage(
        "depth must not be negative: depth=-1",
        () -> kernels.oneHot(labels, -1, 1, out, 0, 1, 0, 0, 2, false));
    assertMessage(
        "the output must be writable: out=HeapFloatBufferR",
        () -> kernels.oneHot(labels, 1, 1, out.asReadOnlyBuffer(), 0, 1, 0, 0, 2, false));
    assertMessage(
        "counts must go to a buffer of their type: INT8 in HeapFloatBuffer",
        () -> kernels.countLabels(labels, 1, 1, out, ElementType.INT8, 0, 0, 2, false));
    assertMessage(
        "arg-max takes a buffer of the element type: FLOAT64 in HeapFloatBuffer",
        () -> kernels.argMax(out, ElementType.FLOAT64, 0, 3, 1, largest, 0, 0, 2));
    assertMessage(
        "arg-max needs an element: length=0",
        () -> kernels.argMax(out, ElementType.FLOAT32, 0, 0, 1, largest, 0, 0, 2));
  }

  private static void assertMessage(String message, Executable code) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, code).getMessage());
  }

  private static void assertRefused(Executable call) {
    RuntimeException thrown = assertThrows(RuntimeException.class, call);
    assertTrue(
        thrown instanceof IllegalArgumentException
            || thrown instanceof IndexOutOfBoundsException
            || thrown instanceof ArithmeticException,
        thrown::toString);
  }
}
