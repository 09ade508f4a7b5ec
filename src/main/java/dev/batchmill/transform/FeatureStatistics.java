package dev.batchmill.transform;

import dev.batchmill.array.NDArray;
import dev.batchmill.internal.kernel.ArrayMemory;
import dev.batchmill.internal.kernel.ElementType;
import dev.batchmill.internal.kernel.KernelRegistry;
import dev.batchmill.internal.kernel.Kernels;
import dev.batchmill.internal.kernel.Parallel;
import java.nio.Buffer;
import java.util.Arrays;

/**
 * Two numbers for each feature of the data seen so far: mean and sum of squared deviations, or
 * least and greatest value. Those of parts are merged into those of the whole.
 *
 * <p>An array is read in tiles that lie in a cache. The tiles of one group are merged one after
 * another, then the groups, both in the order of the array; tiles and groups follow from its shape
 * alone. So neither the number of threads nor the backend changes a bit of the result.
 */
final class FeatureStatistics {
  /** Elements of a tile: at most 256 KiB. */
  private static final long TILE_ELEMENTS = 1 << 15;

  /** Features of a tile: with as many rows as make merging cheap. */
  private static final long TILE_FEATURES = 512;

  /** Elements of a feature in one row of a tile. */
  private static final long TILE_INNER = 1 << 12;

  /** Tiles of one group, which is what one thread does at a time. */
  private static final long GROUP_TILES = 16;

  /** What the two numbers are. */
  enum Kind {
    MOMENTS,
    EXTREMES
  }

  private final Kind kind;

  /**
   * A value of each feature, which its mean is kept as a difference from: so the mean has the
   * digits of the feature's spread, however far from zero it lies.
   */
  private final double[] pivots;

  /** The means less the pivots, or the least values. */
  private final double[] left;

  /** The sums of squared deviations, or the greatest values. */
  private final double[] right;

  private long count;

  private FeatureStatistics(Kind kind, double[] pivots) {
    this.kind = kind;
    this.pivots = pivots;
    left = new double[pivots.length];
    right = new double[pivots.length];
  }

  /** Takes the statistics of an array, to be merged into those of other data of its features. */
  static FeatureStatistics of(Kind kind, NDArray x, int axis, FeatureStatistics before) {
    if (x.size() == 0) {
      return none(kind, before.features());
    }
    FeatureAxis around = FeatureAxis.of(x.shape(), axis);
    double[] pivots = before.count > 0 ? before.pivots : firstValues(x, axis);
    FeatureStatistics all = new FeatureStatistics(kind, pivots.clone());
    NDArray source = x.contiguous();
    try {
      new Scan(kind, source, around).run(all);
    } finally {
      if (source != x) {
        source.close();
      }
    }
    return all;
  }

  /** The first value of each feature. */
  private static double[] firstValues(NDArray x, int axis) {
    NDArray first = x;
    for (int i = 0; i < x.shape().rank(); i++) {
      if (i != x.shape().normalizeAxis(axis)) {
        first = first.slice(i, 0, 1);
      }
    }
    return first.toDoubleArray();
  }

  /** The statistics of no data. */
  static FeatureStatistics none(Kind kind, int features) {
    return new FeatureStatistics(kind, new double[features]);
  }

  /** The number of values of each feature. */
  long count() {
    return count;
  }

  int features() {
    return left.length;
  }

  /** The mean of each feature. */
  double[] means() {
    double[] means = new double[left.length];
    for (int f = 0; f < means.length; f++) {
      means[f] = pivots[f] + left[f];
    }
    return means;
  }

  /** The population variance of each feature. */
  double[] variances() {
    double[] variances = new double[right.length];
    for (int f = 0; f < variances.length; f++) {
      variances[f] = right[f] / count;
    }
    return variances;
  }

  /** The least value of each feature. */
  double[] least() {
    return left.clone();
  }

  /** The greatest value of each feature. */
  double[] greatest() {
    return right.clone();
  }

  /** Adds the statistics of other data of the same features. */
  void merge(FeatureStatistics other) {
    if (other.count == 0) {
      return;
    }
    if (count == 0) {
      place(other, 0);
    } else if (kind == Kind.MOMENTS) {
      mergeMoments(other);
    } else {
      for (int f = 0; f < left.length; f++) {
        left[f] = Math.min(left[f], other.left[f]);
        right[f] = Math.max(right[f], other.right[f]);
      }
    }
    count += other.count;
  }

  /**
   * Chan, Golub and LeVeque, "Updating formulae and a pairwise algorithm for computing sample
   * variances", Stanford STAN-CS-79-773 (1979), also in The American Statistician 37 (1983).
   */
  private void mergeMoments(FeatureStatistics other) {
    double share = (double) other.count / (count + other.count);
    double weight = count * share;
    for (int f = 0; f < left.length; f++) {
      double delta = other.left[f] - left[f] + (other.pivots[f] - pivots[f]);
      left[f] += delta * share;
      right[f] += other.right[f] + delta * delta * weight;
    }
  }

  /** Copies the numbers of some features, the first of which is this one's feature {@code at}. */
  private void place(FeatureStatistics part, int at) {
    System.arraycopy(part.pivots, 0, pivots, at, part.pivots.length);
    System.arraycopy(part.left, 0, left, at, part.left.length);
    System.arraycopy(part.right, 0, right, at, part.right.length);
  }

  /** One pass over an array: its tiles, feature by feature, row by row, then along the rows. */
  private static final class Scan {
    private final Kind kind;
    private final Kernels kernels = KernelRegistry.active();
    private final Buffer elements;
    private final ElementType type;
    private final long start;
    private final long rows;
    private final long features;
    private final long inner;
    private final long tileRows;
    private final long tileFeatures;
    private final long tileInner;
    private final long innerTiles;
    private final long tiles;
    private final long groups;

    Scan(Kind kind, NDArray x, FeatureAxis around) {
      this.kind = kind;
      elements = ArrayMemory.of(x);
      type = ElementType.valueOf(x.dtype().name());
      start = x.offset();
      features = around.features();
      // Of a single feature, every element is a row.
      rows = features == 1 ? around.outer() * around.inner() : around.outer();
      inner = features == 1 ? 1 : around.inner();
      tileInner = Math.min(inner, TILE_INNER);
      tileFeatures = Math.min(features, Math.min(TILE_FEATURES, TILE_ELEMENTS / tileInner));
      tileRows = Math.min(rows, TILE_ELEMENTS / (tileInner * tileFeatures));
      innerTiles = ceilDiv(inner, tileInner);
      tiles = ceilDiv(rows, tileRows) * innerTiles;
      groups = ceilDiv(tiles, GROUP_TILES);
    }

    private static long ceilDiv(long n, long by) {
      return (n + by - 1) / by;
    }

    void run(FeatureStatistics all) {
      int units = (int) (ceilDiv(features, tileFeatures) * groups);
      FeatureStatistics[] parts = new FeatureStatistics[units];
      Parallel.forRange(
          units,
          1,
          (from, to) -> {
            for (int unit = (int) from; unit < to; unit++) {
              parts[unit] = group(all.pivots, unit / groups * tileFeatures, unit % groups);
            }
          });
      for (int unit = 0; unit < units; unit += (int) groups) {
        for (int group = 1; group < groups; group++) {
          parts[unit].merge(parts[unit + group]);
        }
        all.place(parts[unit], (int) (unit / groups * tileFeatures));
      }
      all.count = rows * inner;
    }

    /** The statistics of some features in the tiles of one group. */
    private FeatureStatistics group(double[] pivots, long feature, long group) {
      long last = Math.min(features, feature + tileFeatures);
      double[] own = Arrays.copyOfRange(pivots, (int) feature, (int) last);
      FeatureStatistics sum = new FeatureStatistics(kind, own);
      FeatureStatistics tile = new FeatureStatistics(kind, own);
      long end = Math.min(tiles, (group + 1) * GROUP_TILES);
      for (long i = group * GROUP_TILES; i < end; i++) {
        readTile(i / innerTiles * tileRows, feature, i % innerTiles * tileInner, tile);
        sum.merge(tile);
      }
      return sum;
    }

    private void readTile(long row, long feature, long along, FeatureStatistics tile) {
      long at = start + (row * features + feature) * inner + along;
      long height = Math.min(rows - row, tileRows);
      long length = Math.min(inner - along, tileInner);
      long stride = features * inner;
      int width = tile.features();
      tile.count = height * length;
      switch (kind) {
        case MOMENTS ->
            kernels.moments(
                elements,
                type,
                at,
                height,
                stride,
                width,
                inner,
                length,
                tile.pivots,
                tile.left,
                tile.right);
        case EXTREMES ->
            kernels.extremes(
                elements, type, at, height, stride, width, inner, length, tile.left, tile.right);
      }
    }
  }
}
