package dev.batchmill.internal.kernel;

import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;
import java.util.Arrays;

/** The kernels in plain Java: there on every machine, and the measure of the others. */
public final class JavaKernels implements Kernels {
  /** The one instance. */
  public static final JavaKernels INSTANCE = new JavaKernels();

  private JavaKernels() {}

  @Override
  public String name() {
    return "java";
  }

  @Override
  public String description() {
    return "java (plain Java)";
  }

  @Override
  public void normalize(
      Buffer x,
      long xStart,
      Buffer out,
      long outStart,
      long length,
      long inner,
      long first,
      long last,
      double order,
      double epsilon,
      boolean streaming) {
    Arguments.checkNormalize(x, xStart, out, outStart, length, inner, first, last, order, epsilon);
    if (length == 0 || inner == 0 || first == last) {
      return;
    }
    NormOrder kind = NormOrder.of(order);
    int xAt = (int) xStart;
    int outAt = (int) outStart;
    if (x instanceof FloatBuffer floats && kind != NormOrder.POWER) {
      FloatNormalize lines = new FloatNormalize(floats, (FloatBuffer) out, kind, epsilon);
      if (inner == 1) {
        int skip = (int) (first * length);
        lines.rows(xAt + skip, outAt + skip, (int) length, (int) (last - first));
      } else {
        forColumns(
            length,
            inner,
            first,
            last,
            (line, skip, width) ->
                lines.columns(xAt + skip, outAt + skip, (int) length, (int) inner, width));
      }
    } else {
      DoubleNormalize lines = new DoubleNormalize(x, out, order, epsilon);
      if (inner == 1) {
        int skip = (int) (first * length);
        lines.rows(xAt + skip, outAt + skip, (int) length, (int) (last - first));
      } else {
        forColumns(
            length,
            inner,
            first,
            last,
            (line, skip, width) ->
                lines.columns(xAt + skip, outAt + skip, (int) length, (int) inner, width));
      }
    }
  }

  @Override
  public void normSums(
      Buffer x,
      long xStart,
      long length,
      long inner,
      long first,
      long last,
      double order,
      double[] sums,
      int at) {
    Arguments.checkNormSums(x, xStart, length, inner, first, last, order, sums, at);
    if (length == 0 || inner == 0 || first == last) {
      return;
    }
    NormOrder kind = NormOrder.of(order);
    int xAt = (int) xStart;
    if (x instanceof FloatBuffer floats && kind != NormOrder.POWER) {
      FloatNormalize lines = new FloatNormalize(floats, floats, kind, 0);
      forColumns(
          length,
          inner,
          first,
          last,
          (line, skip, width) -> {
            int to = at + (int) (line - first);
            if (inner == 1) {
              sums[to] = lines.rowSum(xAt + skip, (int) length);
            } else {
              lines.columnSums(xAt + skip, (int) length, (int) inner, width, sums, to);
            }
          });
    } else {
      DoubleNormalize lines = new DoubleNormalize(x, x, order, 0);
      forColumns(
          length,
          inner,
          first,
          last,
          (line, skip, width) -> {
            int to = at + (int) (line - first);
            if (inner == 1) {
              sums[to] = lines.rowSum(xAt + skip, (int) length);
            } else {
              lines.columnSums(xAt + skip, (int) length, (int) inner, width, sums, to);
            }
          });
    }
  }

  @Override
  public void divide(
      Buffer x,
      long xStart,
      Buffer out,
      long outStart,
      double[] divisors,
      long inner,
      long first,
      long last,
      boolean streaming) {
    Arguments.checkDivide(x, xStart, out, outStart, divisors, inner, first, last);
    if (inner == 0 || first == last) {
      return;
    }
    int at = (int) (first % inner);
    if (x instanceof FloatBuffer floats && out instanceof FloatBuffer toFloats) {
      for (long e = first; e < last; e++) {
        float by = (float) divisors[at];
        toFloats.put((int) (outStart + e), floats.get((int) (xStart + e)) / by);
        at = at + 1 == inner ? 0 : at + 1;
      }
    } else if (x instanceof DoubleBuffer doubles && out instanceof DoubleBuffer toDoubles) {
      for (long e = first; e < last; e++) {
        toDoubles.put((int) (outStart + e), doubles.get((int) (xStart + e)) / divisors[at]);
        at = at + 1 == inner ? 0 : at + 1;
      }
    }
  }

  @Override
  public void convert(
      Buffer x,
      ElementType xType,
      long xStart,
      Buffer out,
      ElementType outType,
      long outStart,
      long count,
      boolean streaming) {
    Arguments.checkConvert(x, xType, xStart, out, outType, outStart, count);
    ElementAccess from = ElementAccess.of(xType, x);
    ElementAccess to = ElementAccess.of(outType, out);
    int xAt = (int) xStart;
    int outAt = (int) outStart;
    if (xType.isFloating()) {
      for (int i = 0; i < count; i++) {
        to.setDouble(outAt + i, from.getDouble(xAt + i));
      }
    } else {
      for (int i = 0; i < count; i++) {
        to.setLong(outAt + i, from.getLong(xAt + i));
      }
    }
  }

  private interface Columns {
    /**
     * Handles width neighbouring columns, the first of which is vector line and begins skip
     * elements into the block.
     */
    void accept(long line, int skip, int width);
  }

  private static void forColumns(long length, long inner, long first, long last, Columns columns) {
    long width;
    for (long line = first; line < last; line += width) {
      long column = line % inner;
      width = Math.min(inner - column, last - line);
      columns.accept(line, (int) (line / inner * length * inner + column), (int) width);
    }
  }

  @Override
  public void oneHot(
      int[] labels,
      int from,
      int to,
      long classes,
      Buffer out,
      long outStart,
      long onBits,
      long offBits) {
    Arguments.checkOneHot(labels, from, to, classes, out, outStart);
    if (from == to) {
      return;
    }
    int width = (int) classes;
    int at = (int) outStart;
    if (out instanceof ByteBuffer toBytes) {
      byte[] row = new byte[width];
      Arrays.fill(row, (byte) offBits);
      for (int i = from; i < to; i++, at += width) {
        toBytes.put(at, row);
        toBytes.put(at + labels[i], (byte) onBits);
      }
    } else if (out instanceof ShortBuffer toShorts) {
      short[] row = new short[width];
      Arrays.fill(row, (short) offBits);
      for (int i = from; i < to; i++, at += width) {
        toShorts.put(at, row);
        toShorts.put(at + labels[i], (short) onBits);
      }
    } else if (out instanceof IntBuffer toInts) {
      int[] row = new int[width];
      Arrays.fill(row, (int) offBits);
      for (int i = from; i < to; i++, at += width) {
        toInts.put(at, row);
        toInts.put(at + labels[i], (int) onBits);
      }
    } else if (out instanceof LongBuffer toLongs) {
      long[] row = new long[width];
      Arrays.fill(row, offBits);
      for (int i = from; i < to; i++, at += width) {
        toLongs.put(at, row);
        toLongs.put(at + labels[i], onBits);
      }
    } else if (out instanceof FloatBuffer toFloats) {
      float[] row = new float[width];
      Arrays.fill(row, Float.intBitsToFloat((int) offBits));
      for (int i = from; i < to; i++, at += width) {
        toFloats.put(at, row);
        toFloats.put(at + labels[i], Float.intBitsToFloat((int) onBits));
      }
    } else if (out instanceof DoubleBuffer toDoubles) {
      double[] row = new double[width];
      Arrays.fill(row, Double.longBitsToDouble(offBits));
      for (int i = from; i < to; i++, at += width) {
        toDoubles.put(at, row);
        toDoubles.put(at + labels[i], Double.longBitsToDouble(onBits));
      }
    }
  }

  @Override
  public void gather(
      Buffer source,
      long sourceStart,
      long rowElements,
      long[] rows,
      int from,
      int to,
      Buffer out,
      long outStart) {
    Arguments.checkGather(source, sourceStart, rowElements, rows, from, to, out, outStart);
    if (from == to) {
      return;
    }
    int width = (int) rowElements;
    int start = (int) sourceStart;
    int at = (int) outStart;
    if (source instanceof ByteBuffer fromBytes && out instanceof ByteBuffer toBytes) {
      for (int i = from; i < to; i++, at += width) {
        toBytes.put(at, fromBytes, start + (int) rows[i] * width, width);
      }
    } else if (source instanceof ShortBuffer fromShorts && out instanceof ShortBuffer toShorts) {
      for (int i = from; i < to; i++, at += width) {
        toShorts.put(at, fromShorts, start + (int) rows[i] * width, width);
      }
    } else if (source instanceof IntBuffer fromInts && out instanceof IntBuffer toInts) {
      for (int i = from; i < to; i++, at += width) {
        toInts.put(at, fromInts, start + (int) rows[i] * width, width);
      }
    } else if (source instanceof LongBuffer fromLongs && out instanceof LongBuffer toLongs) {
      for (int i = from; i < to; i++, at += width) {
        toLongs.put(at, fromLongs, start + (int) rows[i] * width, width);
      }
    } else if (source instanceof FloatBuffer fromFloats && out instanceof FloatBuffer toFloats) {
      for (int i = from; i < to; i++, at += width) {
        toFloats.put(at, fromFloats, start + (int) rows[i] * width, width);
      }
    } else if (source instanceof DoubleBuffer fromDoubles
        && out instanceof DoubleBuffer toDoubles) {
      for (int i = from; i < to; i++, at += width) {
        toDoubles.put(at, fromDoubles, start + (int) rows[i] * width, width);
      }
    }
  }

  @Override
  public void fillPermutation(long[] key, long first, long[] out, int from, int to) {
    Arguments.checkPermutation(key, first, out, from, to);
    PermutationKernel.fill(key, first, out, from, to);
  }

  @Override
  public void rescale(
      Buffer x,
      ElementType xType,
      long xStart,
      Buffer out,
      long outStart,
      boolean divide,
      double[] a,
      double[] b,
      long inner,
      long first,
      long last,
      double low,
      double high,
      boolean streaming) {
    Arguments.checkRescale(x, xType, xStart, out, outStart, a, b, inner, first, last, low, high);
    new Rescale(divide, a, b, inner, low, high)
        .run(x, xType, (int) xStart, out, (int) outStart, first, last);
  }

  @Override
  public void moments(
      Buffer x,
      ElementType type,
      long xStart,
      long rows,
      long rowStride,
      long features,
      long featureStride,
      long inner,
      double[] pivots,
      double[] means,
      double[] squares) {
    Arguments.checkTile(
        x, type, xStart, rows, rowStride, features, featureStride, inner, pivots, means, squares);
    new TileStatistics(x, type, xStart, rows, rowStride, features, featureStride, inner)
        .moments(pivots, means, squares);
  }

  @Override
  public void extremes(
      Buffer x,
      ElementType type,
      long xStart,
      long rows,
      long rowStride,
      long features,
      long featureStride,
      long inner,
      double[] least,
      double[] greatest) {
    Arguments.checkTile(
        x, type, xStart, rows, rowStride, features, featureStride, inner, least, greatest);
    new TileStatistics(x, type, xStart, rows, rowStride, features, featureStride, inner)
        .extremes(least, greatest);
  }
}
