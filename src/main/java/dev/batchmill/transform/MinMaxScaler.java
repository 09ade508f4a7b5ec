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
 * Moves the values of each feature into a range: the least and the greatest value of the data it
 * was fitted to become the range's ends, 0 and 1 unless chosen otherwise.
 *
 * <p>The result is {@code x * scale + shift} with {@code scale = (high - low) / (dataMax -
 * dataMin)} and {@code shift = low - dataMin * scale}, as scikit-learn computes it. A feature that
 * never changes is divided by 1. Values beyond those that were fitted leave the range, unless they
 * are clipped.
 *
 * <p>Features lie along one axis, the last unless said otherwise; every other axis counts values.
 * The least and the greatest value are found in double whatever the type (an int64 beyond
 * 2<sup>53</sup> is rounded), and are the same however the data is cut and on every backend. NaN
 * and infinities flow into those of their feature, and from there into its results.
 *
 * <p>The result is float32 for float32, the 16-bit floats, bool and integers of 8 and 16 bits, and
 * float64 for float64, int32 and int64; {@link #to} chooses. It is computed in the result's type
 * (in double for the latter three whatever the result), to which scale and shift are rounded first.
 *
 * <p>Immutable and thread-safe. Works in place where the type stays.
 *
 * @see <a
 *     href="https://scikit-learn.org/stable/modules/generated/sklearn.preprocessing.MinMaxScaler.html">
 *     sklearn.preprocessing.MinMaxScaler(feature_range, clip): data_min_, data_max_, scale_, min_,
 *     n_samples_seen_, partial_fit, inverse_transform</a>
 */
public final class MinMaxScaler extends TiledTransform {
  private static final long serialVersionUID = 1L;
  private static final int LAST_AXIS = -1;
  private static final String FILE_KIND = "min-max-scaler";

  private final int axis;
  private final long count;
  private final double[] dataMin;
  private final double[] dataMax;
  private final double low;
  private final double high;
  private final boolean clip;
  private final @Nullable DType type;
  private final double[] scale;
  private final double[] shift;
  private final Affine affine;

  /** Takes arrays that nobody else changes. */
  private MinMaxScaler(
      int axis,
      long count,
      double[] dataMin,
      double[] dataMax,
      double low,
      double high,
      boolean clip,
      @Nullable DType type) {
    this.axis = axis;
    this.count = count;
    this.dataMin = dataMin;
    this.dataMax = dataMax;
    this.low = low;
    this.high = high;
    this.clip = clip;
    this.type = type;
    scale = new double[dataMin.length];
    shift = new double[dataMin.length];
    for (int f = 0; f < scale.length; f++) {
      double width = dataMax[f] - dataMin[f];
      scale[f] = (high - low) / (width == 0 ? 1 : width);
      shift[f] = low - dataMin[f] * scale[f];
    }
    OptionalInt features = OptionalInt.of(axis);
    affine =
        clip
            ? new Affine(features, false, scale, shift, low, high, type)
            : new Affine(features, false, scale, shift, type);
  }

  /**
   * Fits to an array whose last axis is that of features.
   *
   * @param x the data, such as {@code [samples, features]}
   * @return the scaler to [0, 1]
   * @throws IllegalArgumentException if {@code x} is a scalar or has no elements
   */
  public static MinMaxScaler fit(NDArray x) {
    return fit(x, LAST_AXIS);
  }

  /**
   * Fits to an array.
   *
   * @param x the data
   * @param axis the axis of features; a negative one counts from the end
   * @return the scaler to [0, 1]
   * @throws IllegalArgumentException if there is no such axis or {@code x} has no elements
   */
  public static MinMaxScaler fit(NDArray x, int axis) {
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
   * Returns the scaler with given extremes, of features along the last axis.
   *
   * @param dataMin the value of each feature that becomes 0
   * @param dataMax the value of each feature that becomes 1
   * @return the scaler to [0, 1]; its count is 0
   * @throws IllegalArgumentException if there are none, not as many of both, or one is in the wrong
   *     order
   */
  public static MinMaxScaler of(double[] dataMin, double[] dataMax) {
    return of(dataMin, dataMax, LAST_AXIS);
  }

  /**
   * Returns the scaler with given extremes.
   *
   * @param dataMin the value of each feature that becomes 0
   * @param dataMax the value of each feature that becomes 1
   * @param axis the axis of features; a negative one counts from the end
   * @return the scaler to [0, 1]; its count is 0
   * @throws IllegalArgumentException if there are none, not as many of both, or one is in the wrong
   *     order
   */
  public static MinMaxScaler of(double[] dataMin, double[] dataMax, int axis) {
    if (dataMin.length == 0 || dataMax.length != dataMin.length) {
      throw new IllegalArgumentException(
          "each feature must have a least and a greatest value: dataMin="
              + dataMin.length
              + " dataMax="
              + dataMax.length);
    }
    double[] least = dataMin.clone();
    double[] greatest = dataMax.clone();
    requireOrder(least, greatest);
    return new MinMaxScaler(axis, 0, least, greatest, 0, 1, false, null);
  }

  private static void requireOrder(double[] dataMin, double[] dataMax) {
    for (int f = 0; f < dataMin.length; f++) {
      if (dataMin[f] > dataMax[f]) {
        throw new IllegalArgumentException(
            "the least value must not exceed the greatest: dataMin["
                + f
                + "]="
                + dataMin[f]
                + " dataMax["
                + f
                + "]="
                + dataMax[f]);
      }
    }
  }

  private static void requireRange(double low, double high) {
    if (!(low < high) || Double.isInfinite(low) || Double.isInfinite(high)) {
      throw new IllegalArgumentException(
          "range must be two numbers, the lower one first: low=" + low + " high=" + high);
    }
  }

  /**
   * Gathers the extremes of data that comes in parts. Parts that were gathered apart are merged.
   *
   * <p>Not thread-safe: one thread, one fitter.
   */
  public static final class Fitter {
    private final FeatureFitter fitter;

    private Fitter(int axis) {
      fitter = new FeatureFitter(FeatureStatistics.Kind.EXTREMES, axis);
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
     * Makes the scaler of what was seen so far; more may be added afterwards.
     *
     * @return the scaler to [0, 1]
     * @throws IllegalStateException if nothing was seen
     */
    public MinMaxScaler build() {
      FeatureStatistics seen = fitter.statistics();
      return new MinMaxScaler(
          fitter.axis(), seen.count(), seen.least(), seen.greatest(), 0, 1, false, null);
    }
  }

  /**
   * Chooses the range of the results; [0, 1] unless chosen otherwise.
   *
   * @param from what the least value becomes
   * @param to what the greatest value becomes
   * @return the same scaler with this range
   * @throws IllegalArgumentException unless both are finite and the first is the lower one
   */
  public MinMaxScaler range(double from, double to) {
    requireRange(from, to);
    return new MinMaxScaler(axis, count, dataMin, dataMax, from, to, clip, type);
  }

  /**
   * Chooses whether results beyond the range become its ends; they do not unless chosen otherwise.
   * NaN stays.
   *
   * @param choice true to clip
   * @return the same scaler with this choice
   */
  public MinMaxScaler clip(boolean choice) {
    return new MinMaxScaler(axis, count, dataMin, dataMax, low, high, choice, type);
  }

  /**
   * Chooses the type of the results.
   *
   * @param choice float32 or float64
   * @return the same scaler with results of this type
   * @throws IllegalArgumentException if it is another type
   */
  public MinMaxScaler to(DType choice) {
    DType computed = Affine.requireComputed(choice);
    return new MinMaxScaler(axis, count, dataMin, dataMax, low, high, clip, computed);
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
   * @return the number of values of each feature, 0 if the extremes were given
   */
  public long count() {
    return count;
  }

  /**
   * Returns the least value of each feature.
   *
   * @return a new array
   */
  public double[] dataMin() {
    return dataMin.clone();
  }

  /**
   * Returns the greatest value of each feature.
   *
   * @return a new array
   */
  public double[] dataMax() {
    return dataMax.clone();
  }

  /**
   * Returns what each feature is multiplied by.
   *
   * @return a new array
   */
  public double[] scale() {
    return scale.clone();
  }

  /**
   * Returns what is added to each feature then: scikit-learn's {@code min_}.
   *
   * @return a new array
   */
  public double[] shift() {
    return shift.clone();
  }

  /**
   * Returns the transform back: {@code (x - shift) / scale}, without clipping.
   *
   * @return the inverse, with the same rules for types
   */
  public Transform inverse() {
    return new Affine(OptionalInt.of(axis), true, shift, scale, type);
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
   * Saves extremes and choices as a text file, exactly. The file appears when it is complete and
   * replaces one of that name.
   *
   * @param file the file
   * @throws IOException if it cannot be written
   */
  public void save(Path file) throws IOException {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("axis", axis);
    settings.put("count", count);
    settings.put("low", low);
    settings.put("high", high);
    settings.put("clip", clip);
    settings.put(ScalerFile.TYPE, ScalerFile.typeName(type));
    ScalerFile.write(file, FILE_KIND, settings, dataMin, dataMax);
  }

  /**
   * Loads a file that {@link #save} wrote.
   *
   * @param file the file
   * @return a scaler that gives the same bits
   * @throws dev.batchmill.error.FileFormatException if it is another file, malformed or truncated
   * @throws IOException if it cannot be read
   */
  public static MinMaxScaler load(Path file) throws IOException {
    ScalerFile saved = ScalerFile.open(file, FILE_KIND);
    int axis = saved.axis();
    long count = saved.count();
    double low = saved.number("low");
    double high = saved.number("high");
    boolean clip = saved.truth("clip");
    DType type = saved.type();
    double[][] numbers = saved.features();
    try {
      requireRange(low, high);
      requireOrder(numbers[0], numbers[1]);
    } catch (IllegalArgumentException e) {
      throw saved.invalid(e);
    }
    return new MinMaxScaler(axis, count, numbers[0], numbers[1], low, high, clip, type);
  }

  /** Returns the number of features, their axis, the range and the count. */
  @Override
  public String toString() {
    return "MinMaxScaler[features="
        + dataMin.length
        + ", axis="
        + axis
        + ", range=["
        + low
        + ", "
        + high
        + "], count="
        + count
        + "]";
  }
}
