package dev.batchmill.transform;

import dev.batchmill.array.DType;
import dev.batchmill.array.NDArray;
import dev.batchmill.array.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Takes the mean of each feature away and divides by its standard deviation, so that every feature
 * of the data it was fitted to has mean 0 and variance 1: {@code (x - mean) / scale}.
 *
 * <pre>{@code
 * Standardizer standardizer = Standardizer.fit(x);                  // the data at once
 * Standardizer.Fitter fitter = Standardizer.fitting();              // or part by part
 * for (Batch batch : loader) fitter.partialFit(batch.x());
 * Standardizer same = fitter.build();
 * ArrayDataset.builder(x).transformX(same).build();                 // a fused step of a data set
 * }</pre>
 *
 * <p>Features lie along one axis, the last unless said otherwise; every other axis counts values.
 * Statistics are kept in double whatever the type, in two passes over blocks that lie in a cache
 * and are merged by the formulae of Chan, Golub and LeVeque, so that a large mean costs no digits.
 * They depend neither on the number of threads nor on the backend; on how the data is cut into
 * parts only by rounding. The variance is the population's (divided by the count). A feature whose
 * variance is exactly zero is divided by 1. NaN and infinities flow into the statistics of their
 * feature, and from there into all its results.
 *
 * <p>The result is float32 for float32, the 16-bit floats, bool and integers of 8 and 16 bits, and
 * float64 for float64, int32 and int64; {@link #to} chooses. It is computed in the result's type
 * (in double for the latter three whatever the result), to which mean and scale are rounded first.
 *
 * <p>Immutable and thread-safe. Works in place where the type stays.
 *
 * @see <a
 *     href="https://scikit-learn.org/stable/modules/generated/sklearn.preprocessing.StandardScaler.html">
 *     sklearn.preprocessing.StandardScaler(with_mean, with_std): mean_, var_, scale_,
 *     n_samples_seen_, partial_fit, inverse_transform</a>
 * @see <a href="https://keras.io/api/layers/preprocessing_layers/numerical/normalization/">
 *     keras.layers.Normalization(axis, mean, variance, invert): adapt</a>
 */
public final class Standardizer extends TiledTransform {
  private static final long serialVersionUID = 1L;
  private static final int LAST_AXIS = -1;
  private static final String FILE_KIND = "standardizer";

  private final int axis;
  private final long count;
  private final double[] mean;
  private final double[] variance;
  private final boolean withMean;
  private final boolean withStd;
  private final @Nullable DType type;
  private final double[] scale;
  private final Affine affine;

  /** Takes arrays that nobody else changes. */
  private Standardizer(
      int axis,
      long count,
      double[] mean,
      double[] variance,
      boolean withMean,
      boolean withStd,
      @Nullable DType type) {
    this.axis = axis;
    this.count = count;
    this.mean = mean;
    this.variance = variance;
    this.withMean = withMean;
    this.withStd = withStd;
    this.type = type;
    scale = new double[mean.length];
    for (int f = 0; f < scale.length; f++) {
      scale[f] = withStd && variance[f] != 0 ? Math.sqrt(variance[f]) : 1;
    }
    affine = new Affine(OptionalInt.of(axis), true, shift(), scale, type);
  }

  /** What is taken away from each feature. */
  private double[] shift() {
    return withMean ? mean : new double[mean.length];
  }

  /**
   * Fits to an array whose last axis is that of features.
   *
   * @param x the data, such as {@code [samples, features]}
   * @return the standardizer
   * @throws IllegalArgumentException if {@code x} is a scalar or has no elements
   */
  public static Standardizer fit(NDArray x) {
    return fit(x, LAST_AXIS);
  }

  /**
   * Fits to an array.
   *
   * @param x the data
   * @param axis the axis of features; a negative one counts from the end
   * @return the standardizer
   * @throws IllegalArgumentException if there is no such axis or {@code x} has no elements
   */
  public static Standardizer fit(NDArray x, int axis) {
    FeatureFitter.requireValues(x);
    return fitting(axis).partialFit(x).build();
  }

  /**
   * Starts to fit to data that comes in parts, with features along the last axis.
   *
   * @return a fitter that has seen nothing
   */
  public static Fitter fitting() {
    return fitting(LAST_AXIS);
  }

  /**
   * Starts to fit to data that comes in parts.
   *
   * @param axis the axis of features; a negative one counts from the end
   * @return a fitter that has seen nothing
   */
  public static Fitter fitting(int axis) {
    return new Fitter(axis);
  }

  /**
   * Returns the standardizer with given statistics, of features along the last axis.
   *
   * @param mean the mean of each feature
   * @param variance the variance of each feature
   * @return the standardizer; its count is 0
   * @throws IllegalArgumentException if there are none, not as many of both, or a variance is
   *     negative
   */
  public static Standardizer of(double[] mean, double[] variance) {
    return of(mean, variance, LAST_AXIS);
  }

  /**
   * Returns the standardizer with given statistics.
   *
   * @param mean the mean of each feature
   * @param variance the variance of each feature
   * @param axis the axis of features; a negative one counts from the end
   * @return the standardizer; its count is 0
   * @throws IllegalArgumentException if there are none, not as many of both, or a variance is
   *     negative
   */
  public static Standardizer of(double[] mean, double[] variance, int axis) {
    if (mean.length == 0 || variance.length != mean.length) {
      throw new IllegalArgumentException(
          "each feature must have a mean and a variance: means="
              + mean.length
              + " variances="
              + variance.length);
    }
    double[] given = variance.clone();
    requireVariances(given);
    return new Standardizer(axis, 0, mean.clone(), given, true, true, null);
  }

  private static void requireVariances(double[] variance) {
    for (int f = 0; f < variance.length; f++) {
      if (variance[f] < 0) {
        throw new IllegalArgumentException(
            "variance must not be negative: variance[" + f + "]=" + variance[f]);
      }
    }
  }

  /**
   * Gathers the statistics of data that comes in parts. Parts that were gathered apart, by other
   * threads or processes of one program, are merged.
   *
   * <p>Not thread-safe: one thread, one fitter.
   */
  public static final class Fitter {
    private final FeatureFitter fitter;

    private Fitter(int axis) {
      fitter = new FeatureFitter(FeatureStatistics.Kind.MOMENTS, axis);
    }

    /**
     * Adds data to what was seen before.
     *
     * @param x the data; it may have no elements
     * @return this fitter
     * @throws IllegalArgumentException if there is no axis of features, or it has no element or
     *     another number of them than before; nothing is added then
     */
    public Fitter partialFit(NDArray x) {
      fitter.add(x);
      return this;
    }

    /**
     * Adds what another fitter has seen.
     *
     * @param other a fitter of the same axis and features; it stays as it is
     * @return this fitter
     * @throws IllegalArgumentException if the other's axis or number of features differs; nothing
     *     is added then
     */
    public Fitter merge(Fitter other) {
      fitter.merge(other.fitter);
      return this;
    }

    /**
     * Returns how much was seen.
     *
     * @return the number of values of each feature
     */
    public long count() {
      return fitter.count();
    }

    /**
     * Makes the standardizer of what was seen so far; more may be added afterwards.
     *
     * @return the standardizer
     * @throws IllegalStateException if nothing was seen
     */
    public Standardizer build() {
      FeatureStatistics seen = fitter.statistics();
      return new Standardizer(
          fitter.axis(), seen.count(), seen.means(), seen.variances(), true, true, null);
    }
  }

  /**
   * Chooses whether the mean is taken away; it is unless chosen otherwise.
   *
   * @param choice false to divide only
   * @return the same standardizer with this choice
   */
  public Standardizer withMean(boolean choice) {
    return new Standardizer(axis, count, mean, variance, choice, withStd, type);
  }

  /**
   * Chooses whether features are divided by their standard deviation; they are unless chosen
   * otherwise.
   *
   * @param choice false to take the mean away only
   * @return the same standardizer with this choice
   */
  public Standardizer withStd(boolean choice) {
    return new Standardizer(axis, count, mean, variance, withMean, choice, type);
  }

  /**
   * Chooses the type of the results.
   *
   * @param choice float32 or float64
   * @return the same standardizer with results of this type
   * @throws IllegalArgumentException if it is another type
   */
  public Standardizer to(DType choice) {
    DType computed = Affine.requireComputed(choice);
    return new Standardizer(axis, count, mean, variance, withMean, withStd, computed);
  }

  /**
   * Returns the axis of features.
   *
   * @return the axis as it was given; a negative one counts from the end
   */
  public int axis() {
    return axis;
  }

  /**
   * Returns how much was seen.
   *
   * @return the number of values of each feature, 0 if the statistics were given
   */
  public long count() {
    return count;
  }

  /**
   * Returns the mean of each feature.
   *
   * @return a new array
   */
  public double[] mean() {
    return mean.clone();
  }

  /**
   * Returns the population variance of each feature.
   *
   * @return a new array
   */
  public double[] variance() {
    return variance.clone();
  }

  /**
   * Returns what each feature is divided by.
   *
   * @return a new array: the root of the variance, 1 where that is zero or nothing is divided
   */
  public double[] scale() {
    return scale.clone();
  }

  /**
   * Returns the transform back: {@code x * scale + mean}.
   *
   * @return the inverse, with the same rules for types
   */
  public Transform inverse() {
    return new Affine(OptionalInt.of(axis), false, scale, shift(), type);
  }

  @Override
  public DType resultType(DType input) {
    return affine.resultType(input);
  }

  @Override
  public Shape resultShape(Shape input) {
    return affine.resultShape(input);
  }

  @Override
  public boolean isRowWise(Shape input) {
    return affine.isRowWise(input);
  }

  @Override
  void run(NDArray x, NDArray out, boolean streaming) {
    affine.run(x, out, streaming);
  }

  /**
   * Saves statistics and choices as a text file, exactly. The file appears when it is complete and
   * replaces one of that name.
   *
   * @param file the file
   * @throws IOException if it cannot be written
   */
  public void save(Path file) throws IOException {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("axis", axis);
    settings.put("count", count);
    settings.put("with-mean", withMean);
    settings.put("with-std", withStd);
    settings.put(ScalerFile.TYPE, ScalerFile.typeName(type));
    ScalerFile.write(file, FILE_KIND, settings, mean, variance);
  }

  /**
   * Loads a file that {@link #save} wrote.
   *
   * @param file the file
   * @return a standardizer that gives the same bits
   * @throws dev.batchmill.error.FileFormatException if it is another file, malformed or truncated
   * @throws IOException if it cannot be read
   */
  public static Standardizer load(Path file) throws IOException {
    ScalerFile saved = ScalerFile.open(file, FILE_KIND);
    int axis = saved.axis();
    long count = saved.count();
    boolean withMean = saved.truth("with-mean");
    boolean withStd = saved.truth("with-std");
    DType type = saved.type();
    double[][] numbers = saved.features();
    try {
      requireVariances(numbers[1]);
    } catch (IllegalArgumentException e) {
      throw saved.invalid(e);
    }
    return new Standardizer(axis, count, numbers[0], numbers[1], withMean, withStd, type);
  }

  /** Returns the number of features, their axis and the count. */
  @Override
  public String toString() {
    return "Standardizer[features=" + mean.length + ", axis=" + axis + ", count=" + count + "]";
  }
}
