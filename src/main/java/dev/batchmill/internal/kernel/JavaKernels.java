package dev.batchmill.internal.kernel;

import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;

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
  public void scanLabels(Labels labels, long first, long last, long[] found) {
    Arguments.checkScan(labels, first, last, found);
    JavaOneHot.scan(labels, first, last, found);
  }

  @Override
  public void oneHot(
      Labels labels,
      long depth,
      long inner,
      Buffer out,
      long outStart,
      long onBits,
      long offBits,
      long first,
      long last,
      boolean streaming) {
    Arguments.checkEncode(labels, depth, inner, out, outStart, first, last);
    JavaOneHot.encode(labels, depth, inner, out, outStart, onBits, offBits, first, last);
  }

  @Override
  public void countLabels(
      Labels labels,
      long depth,
      long inner,
      Buffer out,
      ElementType outType,
      long outStart,
      long first,
      long last,
      boolean streaming) {
    Arguments.checkCount(labels, depth, inner, out, outType, outStart, first, last);
    JavaOneHot.count(labels, depth, inner, out, outType, outStart, first, last);
  }

  @Override
  public void argMax(
      Buffer x,
      ElementType type,
      long xStart,
      long length,
      long inner,
      LongBuffer out,
      long outStart,
      long first,
      long last) {
    Arguments.checkArgMax(x, type, xStart, length, inner, out, outStart, first, last);
    JavaOneHot.argMax(x, type, xStart, length, inner, out, outStart, first, last);
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

  @Override
  public void fillRandom(
      long key,
      long stream,
      long block,
      int word,
      Buffer out,
      long outStart,
      long count,
      boolean streaming) {
    Arguments.checkRandom(word, out, outStart, count);
    PhiloxKernel.fill(key, stream, block, word, out, (int) outStart, (int) (outStart + count));
  }
}
