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
    int piece = (int) Math.min(PIECE, last - first);
    double[] values = new double[piece];
    double[] pieceA = new double[piece];
    double[] pieceB = new double[piece];
    for (long done = first; done < last; done += piece) {
      int n = (int) Math.min(piece, last - done);
      if (done == first || a.length > 1) {
        layOutParameters(done, pieceA, pieceB);
      }
      ElementRun.read(xType, x, xStart + (int) done, values, n);
      if (wide) {
        computeDoubles(values, pieceA, pieceB, n);
      } else {
        computeFloats(values, pieceA, pieceB, n);
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

  private void layOutParameters(long first, double[] pieceA, double[] pieceB) {
    int feature = (int) (first / inner % a.length);
    long left = inner - first % inner;
    for (int i = 0; i < pieceA.length; i++, left--) {
      if (left == 0) {
        left = inner;
        feature = feature + 1 == a.length ? 0 : feature + 1;
      }
      pieceA[i] = a[feature];
      pieceB[i] = b[feature];
    }
  }

  private void computeDoubles(double[] values, double[] pieceA, double[] pieceB, int n) {
    boolean byDivision = divide;
    double least = low;
    double greatest = high;
    for (int i = 0; i < n; i++) {
      double x = values[i];
      double y = byDivision ? (x - pieceA[i]) / pieceB[i] : x * pieceA[i] + pieceB[i];
      y = y < least ? least : y;
      values[i] = y > greatest ? greatest : y;
    }
  }

  private void computeFloats(double[] values, double[] pieceA, double[] pieceB, int n) {
    boolean byDivision = divide;
    float least = (float) low;
    float greatest = (float) high;
    for (int i = 0; i < n; i++) {
      float x = (float) values[i];
      float byA = (float) pieceA[i];
      float byB = (float) pieceB[i];
      float y = byDivision ? (x - byA) / byB : x * byA + byB;
      y = y < least ? least : y;
      values[i] = y > greatest ? greatest : y;
    }
  }
}
