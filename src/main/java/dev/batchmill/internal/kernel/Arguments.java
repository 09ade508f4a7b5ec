package dev.batchmill.internal.kernel;

import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;
import java.util.Objects;

/** The checks that every backend makes before it touches memory. */
final class Arguments {
  private Arguments() {}

  static void checkNormalize(
      Buffer x,
      long xStart,
      Buffer out,
      long outStart,
      long length,
      long inner,
      long first,
      long last,
      double order,
      double epsilon) {
    boolean floats = x instanceof FloatBuffer && out instanceof FloatBuffer;
    boolean doubles = x instanceof DoubleBuffer && out instanceof DoubleBuffer;
    require(floats || doubles, "normalize takes two FloatBuffers or two DoubleBuffers", x, out);
    checkEpsilon(epsilon);
    checkVectors(length, inner, first, last, order);
    checkReadable(x);
    checkWritable(out);
    long elements = elementsUpTo(length, inner, first, last);
    Objects.checkFromIndexSize(xStart, elements, (long) x.limit());
    Objects.checkFromIndexSize(outStart, elements, (long) out.limit());
  }

  static void checkNormSums(
      Buffer x,
      long xStart,
      long length,
      long inner,
      long first,
      long last,
      double order,
      double[] sums,
      int at) {
    require(isComputed(x), "norms take a FloatBuffer or a DoubleBuffer", x, x);
    checkVectors(length, inner, first, last, order);
    checkReadable(x);
    Objects.checkFromIndexSize(xStart, elementsUpTo(length, inner, first, last), (long) x.limit());
    Objects.checkFromIndexSize(at, last - first, (long) sums.length);
  }

  static void checkDivide(
      Buffer x,
      long xStart,
      Buffer out,
      long outStart,
      double[] divisors,
      long inner,
      long first,
      long last) {
    require(
        isComputed(x) && sameType(x, out) && isComputed(out),
        "divide takes two FloatBuffers or two DoubleBuffers",
        x,
        out);
    Objects.checkFromToIndex(first, last, Long.MAX_VALUE);
    Objects.checkFromToIndex(0, inner, (long) divisors.length);
    checkReadable(x);
    checkWritable(out);
    Objects.checkFromIndexSize(xStart, last, (long) x.limit());
    Objects.checkFromIndexSize(outStart, last, (long) out.limit());
  }

  static void checkConvert(
      Buffer x,
      ElementType xType,
      long xStart,
      Buffer out,
      ElementType outType,
      long outStart,
      long count) {
    if (!xType.lieIn(x) || !outType.lieIn(out)) {
      throw new IllegalArgumentException(
          "convert takes buffers of the element types: %s in %s, %s in %s"
              .formatted(xType, describe(x), outType, describe(out)));
    }
    checkReadable(x);
    checkWritable(out);
    Objects.checkFromIndexSize(xStart, count, (long) x.limit());
    Objects.checkFromIndexSize(outStart, count, (long) out.limit());
  }

  private static void checkVectors(long length, long inner, long first, long last, double order) {
    if (Double.isNaN(order)) {
      throw new IllegalArgumentException("the order of a norm must be a number: order=NaN");
    }
    if (length < 0 || inner < 0 || first < 0 || last < first) {
      throw new IllegalArgumentException(
          "vectors must satisfy 0 <= length, 0 <= inner, 0 <= first <= last: length=%d, inner=%d, first=%d, last=%d"
              .formatted(length, inner, first, last));
    }
  }

  /** The elements of the blocks that hold the vectors [first, last), from element 0 on. */
  private static long elementsUpTo(long length, long inner, long first, long last) {
    if (first == last || inner == 0) {
      return 0;
    }
    long blocks = (last - 1) / inner + 1;
    return Math.multiplyExact(Math.multiplyExact(blocks, length), inner);
  }

  private static boolean isComputed(Buffer buffer) {
    return buffer instanceof FloatBuffer || buffer instanceof DoubleBuffer;
  }

  /** The type of a buffer of floats or doubles. */
  static ElementType computedType(Buffer buffer) {
    return buffer instanceof FloatBuffer ? ElementType.FLOAT32 : ElementType.FLOAT64;
  }

  static void checkGather(
      Buffer source,
      long sourceStart,
      long rowElements,
      long[] rows,
      int from,
      int to,
      Buffer out,
      long outStart) {
    require(
        elementBytes(source) == elementBytes(out) && sameType(source, out),
        "gather takes two buffers of one element type",
        source,
        out);
    Objects.checkFromToIndex(from, to, rows.length);
    if (rowElements < 0) {
      throw new IllegalArgumentException(
          "rowElements must not be negative: rowElements=" + rowElements);
    }
    checkReadable(source);
    checkWritable(out);
    Objects.checkFromIndexSize(
        outStart, Math.multiplyExact(to - from, rowElements), (long) out.limit());
    Objects.checkIndex(sourceStart, source.limit() + 1L);
    if (rowElements == 0) {
      return;
    }
    long available = (source.limit() - sourceStart) / rowElements;
    for (int i = from; i < to; i++) {
      if (rows[i] < 0 || rows[i] >= available) {
        throw new IndexOutOfBoundsException(
            "rows must lie in [0, %d): rows[%d]=%d".formatted(available, i, rows[i]));
      }
    }
  }

  static void checkPermutation(long[] key, long first, long[] out, int from, int to) {
    Objects.checkFromToIndex(from, to, out.length);
    Objects.checkFromIndexSize(first, (long) (to - from), PermutationKernel.checkedSize(key));
  }

  /** For rows that fill two arrays. */
  static void checkRows(int elements, int outElements, int length, double order, double epsilon) {
    checkVectors(length, 1, 0, 0, order);
    checkEpsilon(epsilon);
    if (outElements != elements || length == 0 || elements % length != 0) {
      throw new IllegalArgumentException(
          "rows must fill both arrays: length=%d, elements=%d, out elements=%d"
              .formatted(length, elements, outElements));
    }
  }

  private static void checkEpsilon(double epsilon) {
    if (!(epsilon >= 0)) {
      throw new IllegalArgumentException("epsilon must not be negative: epsilon=" + epsilon);
    }
  }

  static void checkLabels(Labels labels, long first, long last) {
    if (!labels.type().lieIn(labels.values())) {
      throw new IllegalArgumentException(
          "labels must lie in a buffer of their type: %s in %s"
              .formatted(labels.type(), describe(labels.values())));
    }
    if (labels.classes() < 1) {
      throw new IllegalArgumentException("classes must be at least 1: classes=" + labels.classes());
    }
    checkReadable(labels.values());
    Objects.checkFromToIndex(first, last, Long.MAX_VALUE);
    Objects.checkFromIndexSize(labels.start(), last, (long) labels.values().limit());
  }

  static void checkScan(Labels labels, long first, long last, long[] found) {
    checkLabels(labels, first, last);
    Objects.checkFromIndexSize(0, 2, found.length);
  }

  static void checkEncode(
      Labels labels, long depth, long inner, Buffer out, long outStart, long first, long last) {
    if (depth < 0) {
      throw new IllegalArgumentException("depth must not be negative: depth=" + depth);
    }
    checkVectors(labels.classes(), inner, first, last, 0);
    checkLabels(labels, Math.multiplyExact(first, depth), Math.multiplyExact(last, depth));
    checkWritable(out);
    Objects.checkFromIndexSize(
        outStart, elementsUpTo(labels.classes(), inner, first, last), (long) out.limit());
  }

  static void checkCount(
      Labels labels,
      long depth,
      long inner,
      Buffer out,
      ElementType outType,
      long outStart,
      long first,
      long last) {
    if (!outType.lieIn(out)) {
      throw new IllegalArgumentException(
          "counts must go to a buffer of their type: %s in %s".formatted(outType, describe(out)));
    }
    checkEncode(labels, depth, inner, out, outStart, first, last);
  }

  static void checkArgMax(
      Buffer x,
      ElementType type,
      long xStart,
      long length,
      long inner,
      Buffer out,
      long outStart,
      long first,
      long last) {
    if (!type.lieIn(x)) {
      throw new IllegalArgumentException(
          "arg-max takes a buffer of the element type: %s in %s".formatted(type, describe(x)));
    }
    if (length < 1) {
      throw new IllegalArgumentException("arg-max needs an element: length=" + length);
    }
    checkVectors(length, inner, first, last, 0);
    checkReadable(x);
    checkWritable(out);
    Objects.checkFromIndexSize(xStart, elementsUpTo(length, inner, first, last), (long) x.limit());
    Objects.checkFromIndexSize(outStart, last, (long) out.limit());
  }

  static void checkRescale(
      Buffer x,
      ElementType xType,
      long xStart,
      Buffer out,
      long outStart,
      double[] a,
      double[] b,
      long inner,
      long first,
      long last,
      double low,
      double high) {
    if (!xType.lieIn(x) || !isComputed(out)) {
      throw new IllegalArgumentException(
          "rescale takes a buffer of the element type and one of floats or doubles: %s in %s, out=%s"
              .formatted(xType, describe(x), describe(out)));
    }
    if (a.length == 0 || b.length != a.length || inner < 1) {
      throw new IllegalArgumentException(
          "rescale needs two parameters for each feature, and 1 <= inner: a=%d, b=%d, inner=%d"
              .formatted(a.length, b.length, inner));
    }
    if (Double.isNaN(low) || Double.isNaN(high)) {
      throw new IllegalArgumentException(
          "bounds must be numbers: low=%s, high=%s".formatted(low, high));
    }
    Objects.checkFromToIndex(first, last, Long.MAX_VALUE);
    checkReadable(x);
    checkWritable(out);
    Objects.checkFromIndexSize(xStart, last, (long) x.limit());
    Objects.checkFromIndexSize(outStart, last, (long) out.limit());
  }

  static void checkTile(
      Buffer x,
      ElementType type,
      long xStart,
      long rows,
      long rowStride,
      long features,
      long featureStride,
      long inner,
      double[]... numbers) {
    if (!type.lieIn(x)) {
      throw new IllegalArgumentException(
          "a tile lies in a buffer of its element type: %s in %s".formatted(type, describe(x)));
    }
    if (rows < 1 || rowStride < 0 || features < 0 || featureStride < 0 || inner < 1) {
      throw new IllegalArgumentException(
          "a tile needs 1 <= rows, 1 <= inner and nothing negative: rows=%d, rowStride=%d, features=%d, featureStride=%d, inner=%d"
              .formatted(rows, rowStride, features, featureStride, inner));
    }
    checkReadable(x);
    for (double[] each : numbers) {
      Objects.checkFromToIndex(0, features, (long) each.length);
    }
    if (features > 0) {
      long rowsEnd = Math.multiplyExact(rows - 1, rowStride);
      long featuresEnd = Math.multiplyExact(features - 1, featureStride);
      long extent = Math.addExact(Math.addExact(rowsEnd, featuresEnd), inner);
      Objects.checkFromIndexSize(xStart, extent, (long) x.limit());
    }
  }

  /** The type of the numbers that go to a buffer. */
  static ElementType checkRandom(int word, Buffer out, long outStart, long count) {
    Objects.checkIndex(word, PhiloxKernel.BLOCK_WORDS);
    ElementType type;
    if (out instanceof IntBuffer) {
      type = ElementType.INT32;
    } else if (out instanceof LongBuffer) {
      type = ElementType.INT64;
    } else if (isComputed(out)) {
      type = computedType(out);
    } else {
      throw new IllegalArgumentException(
          "random numbers are ints, longs, floats or doubles: out=" + describe(out));
    }
    checkWritable(out);
    Objects.checkFromIndexSize(outStart, count, (long) out.limit());
    return type;
  }

  /** The size of a buffer's element in bytes. */
  static int elementBytes(Buffer buffer) {
    if (buffer instanceof ByteBuffer) {
      return Byte.BYTES;
    } else if (buffer instanceof ShortBuffer) {
      return Short.BYTES;
    } else if (buffer instanceof IntBuffer || buffer instanceof FloatBuffer) {
      return Integer.BYTES;
    } else if (buffer instanceof LongBuffer || buffer instanceof DoubleBuffer) {
      return Long.BYTES;
    }
    throw new IllegalArgumentException("kernels know no such buffer: type=" + describe(buffer));
  }

  private static boolean sameType(Buffer a, Buffer b) {
    return a instanceof FloatBuffer == b instanceof FloatBuffer
        && a instanceof DoubleBuffer == b instanceof DoubleBuffer;
  }

  private static void require(boolean condition, String rule, Buffer a, Buffer b) {
    if (!condition) {
      throw new IllegalArgumentException(
          "%s: types=%s, %s".formatted(rule, describe(a), describe(b)));
    }
  }

  private static void checkWritable(Buffer out) {
    if (out.isReadOnly()) {
      throw new IllegalArgumentException("the output must be writable: out=" + describe(out));
    }
    checkReadable(out);
  }

  private static void checkReadable(Buffer buffer) {
    if (elementBytes(buffer) > 1 && byteOrder(buffer) != ByteOrder.nativeOrder()) {
      throw new IllegalArgumentException(
          "buffers must have the native byte order, %s: order=%s"
              .formatted(ByteOrder.nativeOrder(), byteOrder(buffer)));
    }
  }

  private static ByteOrder byteOrder(Buffer buffer) {
    if (buffer instanceof ShortBuffer shorts) {
      return shorts.order();
    } else if (buffer instanceof IntBuffer ints) {
      return ints.order();
    } else if (buffer instanceof FloatBuffer floats) {
      return floats.order();
    } else if (buffer instanceof LongBuffer longs) {
      return longs.order();
    } else {
      return ((DoubleBuffer) buffer).order();
    }
  }

  private static String describe(Buffer buffer) {
    return buffer.getClass().getSimpleName();
  }
}
