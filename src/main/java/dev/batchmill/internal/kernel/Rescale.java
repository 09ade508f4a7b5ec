package dev.batchmill.internal.kernel;

import java.nio.Buffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;

/** {@link Kernels#rescale} in Java: piece by piece, with the parameters laid out like a piece. */
final class Rescale {
  private static final int PIECE = 1024;

  private final boolean divide;
  private final double[] a;
  private final double[] b;
  private final long inner;
  private final double low;
  private final double high;

  private final double[] values = new double[PIECE];
  private final double[] pieceA = new double[PIECE];
  private final double[] pieceB = new double[PIECE];

  Rescale(boolean divide, double[] a, double[] b, long inner, double low, double high) {
    this.divide = divide;
    this.a = a;
    this.b = b;
    this.inner = inner;
    this.low = low;
    this.high = high;
  }

  void run(
      Buffer x, ElementType xType, int xStart, Buffer out, int outStart, long first, long last) {
    boolean wide =
        out instanceof DoubleBuffer
            || xType == ElementType.FLOAT64
            || xType == ElementType.INT32
            || xType == ElementType.INT64;
    for (long done = first; done < last; done += PIECE) {
      int n = (int) Math.min(PIECE, last - done);
      if (done == first || a.length > 1) {
        layOutParameters(done, n);
      }
      ElementRun.read(xType, x, xStart + (int) done, values, n);
      if (wide) {
        computeDoubles(n);
      } else {
        computeFloats(n);
      }
      int at = outStart + (int) done;
      if (out instanceof FloatBuffer floats) {
        for (int i = 0; i < n; i++) {
          floats.put(at + i, (float) values[i]);
        }
      } else {
        ((DoubleBuffer) out).put(at, values, 0, n);
      }
    }
  }

  private void layOutParameters(long first, int n) {
    int feature = (int) (first / inner % a.length);
    long left = inner - first % inner;
    for (int i = 0; i < n; i++, left--) {
      if (left == 0) {
        left = inner;
        feature = feature + 1 == a.length ? 0 : feature + 1;
      }
      pieceA[i] = a[feature];
      pieceB[i] = b[feature];
    }
  }

  private void computeDoubles(int n) {
    for (int i = 0; i < n; i++) {
      double y = divide ? (values[i] - pieceA[i]) / pieceB[i] : values[i] * pieceA[i] + pieceB[i];
      y = y < low ? low : y;
      values[i] = y > high ? high : y;
    }
  }

  private void computeFloats(int n) {
    float least = (float) low;
    float greatest = (float) high;
    for (int i = 0; i < n; i++) {
      float x = (float) values[i];
      float byA = (float) pieceA[i];
      float byB = (float) pieceB[i];
      float y = divide ? (x - byA) / byB : x * byA + byB;
      y = y < least ? least : y;
      values[i] = y > greatest ? greatest : y;
    }
  }
}
