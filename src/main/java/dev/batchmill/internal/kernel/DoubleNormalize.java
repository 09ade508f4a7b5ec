package dev.batchmill.internal.kernel;

import java.nio.Buffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;

/**
 * Scales vectors of doubles to unit norm, in plain Java.
 *
 * <p>The order of additions is the one of {@code cpp/include/batchmill/sum_order.h}, where it is
 * explained: lanes of a chunk, then the adjacent-pairs tree. {@link FloatNormalize} is the same for
 * floats, but for other orders than 0, 1, 2 and infinity: they are summed here, in double.
 */
final class DoubleNormalize {
  static final int LANES = 512 / Double.BYTES;
  static final int CHUNK = 16 * LANES;

  /** More levels than a tree over the elements of one buffer can have. */
  private static final int LEVELS = 32;

  private final Elements x;
  private final Elements out;
  private final NormOrder order;
  private final Power power;
  private final double epsilon;

  private final double[] block = new double[CHUNK];
  private final double[] terms = new double[CHUNK];
  private final double[] lanes = new double[LANES];
  private final double[][] partial = new double[LEVELS][];

  /**
   * Both buffers hold doubles, or both hold floats and the order is none of 0, 1, 2 and infinity.
   */
  DoubleNormalize(Buffer x, Buffer out, double order, double epsilon) {
    this.x = Elements.of(x);
    this.out = Elements.of(out);
    this.order = NormOrder.of(order);
    this.power = new Power(order, x instanceof FloatBuffer);
    this.epsilon = this.out.round(epsilon);
  }

  /** Scales rows that lie one after another. */
  void rows(int xAt, int outAt, int length, int count) {
    if (length > CHUNK) {
      for (int row = 0; row < count; row++) {
        longRow(xAt + row * length, outAt + row * length, length);
      }
      return;
    }
    int most = length == 0 ? 0 : CHUNK / length;
    for (int done = 0; length > 0 && done < count; done += most) {
      int rows = Math.min(most, count - done);
      x.get(xAt + done * length, block, 0, rows * length);
      for (int row = 0; row < rows; row++) {
        divide(block, row * length, length, divisor(chunkSum(row * length, length)));
      }
      out.put(outAt + done * length, block, 0, rows * length);
    }
  }

  private void longRow(int xAt, int outAt, int length) {
    double by = divisor(rowSum(xAt, length));
    for (int done = 0; done < length; done += CHUNK) {
      int n = Math.min(CHUNK, length - done);
      x.get(xAt + done, block, 0, n);
      divide(block, 0, n, by);
      out.put(outAt + done, block, 0, n);
    }
  }

  /** The sum of the row that begins at an element. */
  double rowSum(int xAt, int length) {
    int count = 0;
    for (int done = 0; done < length; done += CHUNK) {
      int n = Math.min(CHUNK, length - done);
      x.get(xAt + done, block, 0, n);
      lanes[0] = chunkSum(0, n);
      push(count++, 1);
    }
    sum(count, 1);
    return lanes[0];
  }

  /** Scales the columns that begin at neighbouring elements; their elements are inner apart. */
  void columns(int xAt, int outAt, int length, int inner, int width) {
    for (int done = 0; done < width; done += LANES) {
      tile(xAt + done, outAt + done, length, inner, Math.min(LANES, width - done));
    }
  }

  private void tile(int xAt, int outAt, int length, int inner, int width) {
    tileSums(xAt, length, inner, width);
    for (int k = 0; k < width; k++) {
      lanes[k] = divisor(lanes[k]);
    }
    for (int i = 0; i < length; i++) {
      x.get(xAt + i * inner, block, 0, width);
      for (int k = 0; k < width; k++) {
        block[k] /= lanes[k];
      }
      out.put(outAt + i * inner, block, 0, width);
    }
  }

  /** Writes the sums of the columns that begin at neighbouring elements. */
  void columnSums(int xAt, int length, int inner, int width, double[] sums, int at) {
    for (int done = 0; done < width; done += LANES) {
      int n = Math.min(LANES, width - done);
      tileSums(xAt + done, length, inner, n);
      for (int k = 0; k < n; k++) {
        sums[at + done + k] = lanes[k];
      }
    }
  }

  /** Leaves the sums of at most LANES columns in lanes. */
  private void tileSums(int xAt, int length, int inner, int width) {
    int count = 0;
    for (int start = 0; start < length; start += CHUNK) {
      int end = Math.min(CHUNK, length - start) + start;
      for (int top = start; top < Math.min(end, start + LANES); top++) {
        for (int i = top; i < end; i += LANES) {
          x.get(xAt + i * inner, block, 0, width);
          if (i == top) {
            terms(block, 0, lanes, width);
          } else {
            terms(block, 0, terms, width);
            combine(lanes, terms, 0, width);
          }
        }
        push(count++, width);
      }
    }
    sum(count, width);
  }

  /** The tree over the lanes of the n elements of the block that begin at from. */
  private double chunkSum(int from, int n) {
    terms(block, from, terms, n);
    int width = Math.min(n, LANES);
    System.arraycopy(terms, 0, lanes, 0, width);
    for (int step = LANES; step < n; step += LANES) {
      combine(lanes, terms, step, Math.min(LANES, n - step));
    }
    for (; width > 1; width = (width + 1) / 2) {
      combinePairs(lanes, width / 2);
      if (width % 2 == 1) {
        lanes[width / 2] = lanes[width - 1];
      }
    }
    return lanes[0];
  }

  /** Adds the node in lanes to width trees, each of which has count nodes so far. */
  private void push(int count, int width) {
    int level = 0;
    for (int carry = count; carry % 2 == 1; carry /= 2) {
      combineLeft(partial[level++], width);
    }
    if (partial[level] == null) {
      partial[level] = new double[LANES];
    }
    System.arraycopy(lanes, 0, partial[level], 0, width);
  }

  /** Leaves the sums of width trees of count nodes in lanes. */
  private void sum(int count, int width) {
    boolean empty = true;
    for (int level = 0; count >> level != 0; level++) {
      if ((count >> level) % 2 == 0) {
        continue;
      }
      if (empty) {
        System.arraycopy(partial[level], 0, lanes, 0, width);
        empty = false;
      } else {
        combineLeft(partial[level], width);
      }
    }
  }

  private void terms(double[] from, int at, double[] into, int n) {
    switch (order) {
      case ZERO -> {
        for (int k = 0; k < n; k++) {
          into[k] = from[at + k] != 0 ? 1 : 0;
        }
      }
      case TWO -> {
        for (int k = 0; k < n; k++) {
          into[k] = from[at + k] * from[at + k];
        }
      }
      case ONE, MAX, MIN -> {
        for (int k = 0; k < n; k++) {
          into[k] = Math.abs(from[at + k]);
        }
      }
      case POWER -> {
        for (int k = 0; k < n; k++) {
          into[k] = power.term(from[at + k]);
        }
      }
    }
  }

  /** a[k] = a[k] + b[at + k]. */
  private void combine(double[] a, double[] b, int at, int n) {
    switch (order) {
      case MAX -> {
        for (int k = 0; k < n; k++) {
          a[k] = Math.max(a[k], b[at + k]);
        }
      }
      case MIN -> {
        for (int k = 0; k < n; k++) {
          a[k] = Math.min(a[k], b[at + k]);
        }
      }
      default -> {
        for (int k = 0; k < n; k++) {
          a[k] += b[at + k];
        }
      }
    }
  }

  /** lanes[k] = left[k] + lanes[k]; each way of combining two nodes is commutative. */
  private void combineLeft(double[] left, int n) {
    combine(lanes, left, 0, n);
  }

  /** a[k] = a[2k] + a[2k + 1]. */
  private void combinePairs(double[] a, int n) {
    switch (order) {
      case MAX -> {
        for (int k = 0; k < n; k++) {
          a[k] = Math.max(a[2 * k], a[2 * k + 1]);
        }
      }
      case MIN -> {
        for (int k = 0; k < n; k++) {
          a[k] = Math.min(a[2 * k], a[2 * k + 1]);
        }
      }
      default -> {
        for (int k = 0; k < n; k++) {
          a[k] = a[2 * k] + a[2 * k + 1];
        }
      }
    }
  }

  private static void divide(double[] a, int from, int n, double by) {
    for (int k = from; k < from + n; k++) {
      a[k] /= by;
    }
  }

  private double divisor(double sum) {
    double norm =
        switch (order) {
          case TWO -> Math.sqrt(sum);
          case POWER -> out.round(power.root(sum));
          default -> sum;
        };
    return norm < epsilon ? epsilon : norm == 0 ? 1 : norm;
  }

  /** The elements of a buffer as doubles. */
  private interface Elements {
    void get(int at, double[] into, int from, int n);

    void put(int at, double[] values, int from, int n);

    /** The value that an element can hold. */
    double round(double value);

    static Elements of(Buffer buffer) {
      return buffer instanceof FloatBuffer floats
          ? new Floats(floats)
          : new Doubles((DoubleBuffer) buffer);
    }
  }

  private record Doubles(DoubleBuffer buffer) implements Elements {
    @Override
    public void get(int at, double[] into, int from, int n) {
      buffer.get(at, into, from, n);
    }

    @Override
    public void put(int at, double[] values, int from, int n) {
      buffer.put(at, values, from, n);
    }

    @Override
    public double round(double value) {
      return value;
    }
  }

  /** A quotient of two floats is the same whether divided as floats or as doubles and rounded. */
  private static final class Floats implements Elements {
    private final FloatBuffer buffer;
    private final float[] block = new float[CHUNK];

    Floats(FloatBuffer buffer) {
      this.buffer = buffer;
    }

    @Override
    public void get(int at, double[] into, int from, int n) {
      buffer.get(at, block, 0, n);
      for (int k = 0; k < n; k++) {
        into[from + k] = block[k];
      }
    }

    @Override
    public void put(int at, double[] values, int from, int n) {
      for (int k = 0; k < n; k++) {
        block[k] = (float) values[from + k];
      }
      buffer.put(at, block, 0, n);
    }

    @Override
    public double round(double value) {
      return (float) value;
    }
  }
}
