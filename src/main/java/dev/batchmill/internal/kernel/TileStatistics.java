package dev.batchmill.internal.kernel;

import java.nio.Buffer;
import java.util.Arrays;

/**
 * {@link Kernels#moments} and {@link Kernels#extremes} of one tile in Java. The order of adding is
 * that of {@code cpp/src/moments.cpp}, which describes it.
 */
final class TileStatistics {
  private static final int LANES = 64;
  private static final int RUN_LANES = 32;
  private static final int COLUMNS = 512;

  /** What is gathered from the elements of a feature. */
  private enum Term {
    DIFFERENCE(0),
    SQUARED_DIFFERENCE(0),
    LEAST(Double.POSITIVE_INFINITY),
    GREATEST(Double.NEGATIVE_INFINITY);

    private final double none;

    Term(double none) {
      this.none = none;
    }

    /** Combines what was gathered so far with an element. */
    double add(double sum, double x, double shift) {
      return switch (this) {
        case DIFFERENCE -> sum + (x - shift);
        case SQUARED_DIFFERENCE -> sum + (x - shift) * (x - shift);
        case LEAST, GREATEST -> join(sum, x);
      };
    }

    /** Combines what was gathered by two lanes. */
    double join(double left, double right) {
      return switch (this) {
        case DIFFERENCE, SQUARED_DIFFERENCE -> left + right;
        case LEAST -> Math.min(left, right);
        case GREATEST -> Math.max(left, right);
      };
    }
  }

  private final Buffer x;
  private final ElementType type;
  private final int start;
  private final int rows;
  private final int rowStride;
  private final int features;
  private final int featureStride;
  private final int inner;

  private final double[] values;
  private final double[] shift = new double[COLUMNS];
  private final double[] sums = new double[COLUMNS];

  TileStatistics(
      Buffer x,
      ElementType type,
      long start,
      long rows,
      long rowStride,
      long features,
      long featureStride,
      long inner) {
    this.x = x;
    this.type = type;
    this.start = (int) start;
    this.rows = (int) rows;
    this.rowStride = (int) rowStride;
    this.features = (int) features;
    this.featureStride = (int) featureStride;
    this.inner = (int) inner;
    values = new double[Math.max(COLUMNS, this.inner)];
  }

  private boolean isColumns() {
    return inner == 1 && featureStride == 1;
  }

  void moments(double[] pivots, double[] means, double[] squares) {
    double count = (double) rows * inner;
    if (!isColumns()) {
      for (int f = 0; f < features; f++) {
        means[f] = gatherRuns(Term.DIFFERENCE, f, pivots[f]) / count;
        squares[f] = gatherRuns(Term.SQUARED_DIFFERENCE, f, pivots[f] + means[f]);
      }
      return;
    }
    for (int first = 0; first < features; first += COLUMNS) {
      int n = Math.min(features - first, COLUMNS);
      System.arraycopy(pivots, first, shift, 0, n);
      gatherColumns(Term.DIFFERENCE, first, n);
      for (int k = 0; k < n; k++) {
        means[first + k] = sums[k] / count;
        shift[k] = pivots[first + k] + means[first + k];
      }
      gatherColumns(Term.SQUARED_DIFFERENCE, first, n);
      System.arraycopy(sums, 0, squares, first, n);
    }
  }

  void extremes(double[] least, double[] greatest) {
    extremes(Term.LEAST, least);
    extremes(Term.GREATEST, greatest);
  }

  private void extremes(Term term, double[] extremes) {
    for (int first = 0; first < features; first += COLUMNS) {
      int n = Math.min(features - first, COLUMNS);
      if (isColumns()) {
        gatherColumns(term, first, n);
      } else {
        for (int k = 0; k < n; k++) {
          sums[k] = gatherRuns(term, first + k, 0);
        }
      }
      for (int k = 0; k < n; k++) {
        // -0 + 0 is 0.
        extremes[first + k] = sums[k] + 0.0;
      }
    }
  }

  private void read(int from, int n) {
    ElementRun.read(type, x, from, values, n);
  }

  /** Gathers the columns [first, first + n) into sums; the first n of shift count. */
  private void gatherColumns(Term term, int first, int n) {
    int lanes = 1;
    if (rowStride == features) {
      while (lanes * features < LANES) {
        lanes *= 2;
      }
    }
    int width = lanes * n;
    for (int k = n; k < width; k++) {
      shift[k] = shift[k - n];
    }
    Arrays.fill(sums, 0, width, term.none);
    int row = 0;
    for (; row + lanes <= rows; row += lanes) {
      read(start + row * rowStride + first, width);
      addValues(term, width);
    }
    int rest = (rows - row) * n;
    if (rest > 0) {
      read(start + row * rowStride + first, rest);
      addValues(term, rest);
    }
    foldSums(term, width, n);
  }

  /** Gathers the runs of a feature. */
  private double gatherRuns(Term term, int feature, double by) {
    double sum = term.none;
    Arrays.fill(shift, 0, RUN_LANES, by);
    for (int row = 0; row < rows; row++) {
      read(start + row * rowStride + feature * featureStride, inner);
      sum = term.join(sum, gatherRun(term));
    }
    return sum;
  }

  /** Gathers the inner values read. */
  private double gatherRun(Term term) {
    if (inner < RUN_LANES) {
      double sum = term.none;
      for (int i = 0; i < inner; i++) {
        sum = term.add(sum, values[i], shift[0]);
      }
      return sum;
    }
    double[] lanes = new double[RUN_LANES];
    Arrays.fill(lanes, term.none);
    for (int i = 0; i < inner; i += RUN_LANES) {
      int n = Math.min(RUN_LANES, inner - i);
      for (int k = 0; k < n; k++) {
        lanes[k] = term.add(lanes[k], values[i + k], shift[0]);
      }
    }
    for (int half = RUN_LANES / 2; half > 0; half /= 2) {
      for (int k = 0; k < half; k++) {
        lanes[k] = term.join(lanes[k], lanes[k + half]);
      }
    }
    return lanes[0];
  }

  /** Adds the first n values to the sums. */
  private void addValues(Term term, int n) {
    for (int k = 0; k < n; k++) {
      sums[k] = term.add(sums[k], values[k], shift[k]);
    }
  }

  /** Folds the first width sums in halves until n are left. */
  private void foldSums(Term term, int width, int n) {
    for (int half = width / 2; half >= n; half /= 2) {
      for (int k = 0; k < half; k++) {
        sums[k] = term.join(sums[k], sums[k + half]);
      }
    }
  }
}
