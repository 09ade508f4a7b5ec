package dev.batchmill.transform;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.batchmill.array.DType;
import dev.batchmill.array.NDArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The scalers against scikit-learn's and Keras': what src/test/python/scaler_golden.py wrote. */
class ScalerGoldenTest {
  private static final double FLOAT32 = 1e-6;
  private static final double FLOAT64 = 1e-12;

  private static double tolerance(NDArray expected, NDArray actual) {
    return expected.dtype() == DType.FLOAT32 || actual.dtype() == DType.FLOAT32 ? FLOAT32 : FLOAT64;
  }

  /**
   * Both computed the same steps in the same type or a wider one: they differ by rounding, relative
   * to the largest number on the way, which is the size given for each feature.
   */
  private static void assertClose(NDArray expected, NDArray actual, double[] sizes) {
    assertEquals(expected.shape(), actual.shape());
    double[] e = expected.toDoubleArray();
    double[] a = actual.toDoubleArray();
    for (int i = 0; i < e.length; i++) {
      double size = Math.abs(sizes[i % sizes.length]) + Math.abs(e[i]);
      assertEquals(e[i], a[i], tolerance(expected, actual) * size, "index=" + i);
    }
  }

  private static void assertClose(double[] expected, double[] actual, double tolerance) {
    assertEquals(expected.length, actual.length);
    for (int i = 0; i < expected.length; i++) {
      // What scikit-learn finds for the variance of a constant is not always zero.
      double size = tolerance * Math.abs(expected[i]) + 1e-30;
      assertEquals(expected[i], actual[i], size, "index=" + i);
    }
  }

  /** How large what is divided by each scale can be, divided. */
  private static double[] sizes(Standardizer standardizer, NDArray x) {
    MinMaxScaler extremes = MinMaxScaler.fit(x);
    double[] sizes = standardizer.scale();
    for (int f = 0; f < sizes.length; f++) {
      double largest = Math.max(Math.abs(extremes.dataMin()[f]), Math.abs(extremes.dataMax()[f]));
      sizes[f] = 2 * largest / sizes[f];
    }
    return sizes;
  }

  @ParameterizedTest
  @ValueSource(strings = {"float64", "float32", "uint8", "int32"})
  void standardizerEqualsScikitLearn(String type) {
    NDArray x = Golden.read("scaler-in-" + type);
    NDArray stats = Golden.read("standard-stats-" + type);
    Standardizer standardizer = Standardizer.fit(x);
    assertEquals(37, standardizer.count());
    assertClose(stats.get(0).toDoubleArray(), standardizer.mean(), 1e-14);
    assertClose(stats.get(1).toDoubleArray(), standardizer.variance(), 1e-12);
    assertClose(stats.get(2).toDoubleArray(), standardizer.scale(), 1e-12);
    Standardizer parts =
        Standardizer.fitting()
            .partialFit(x.slice(0, 0, 1))
            .partialFit(x.slice(0, 1, 20))
            .partialFit(x.slice(0, 20, 37))
            .build();
    assertClose(stats.get(3).toDoubleArray(), parts.mean(), 1e-14);
    // scikit-learn's parts lose digits where the mean is large; StandardizerTest knows the exact
    // one.
    assertClose(stats.get(4).toDoubleArray(), parts.variance(), 1e-10);

    double[] sizes = sizes(standardizer, x);
    NDArray expected = Golden.read("standard-out-" + type);
    NDArray y = standardizer.transform(x);
    assertSame(type.equals("uint8") ? DType.FLOAT32 : expected.dtype(), y.dtype());
    assertClose(expected, y, sizes);
    assertClose(expected, standardizer.to(DType.FLOAT64).transform(x), sizes);
    double[] none = new double[sizes.length];
    assertClose(
        Golden.read("standard-no-mean-" + type), standardizer.withMean(false).transform(x), none);
    Standardizer noStd = standardizer.withStd(false);
    assertClose(Golden.read("standard-no-std-" + type), noStd.transform(x), sizes(noStd, x));
    assertClose(
        Golden.read("standard-inverse-" + type),
        standardizer.inverse().transform(expected),
        standardizer.mean());
  }

  @ParameterizedTest
  @ValueSource(strings = {"float64", "float32", "uint8", "int32"})
  void minMaxScalerEqualsScikitLearn(String type) {
    NDArray x = Golden.read("scaler-in-" + type);
    NDArray stats = Golden.read("min-max-stats-" + type);
    MinMaxScaler scaler = MinMaxScaler.fit(x);
    assertArrayEquals(stats.get(0).toDoubleArray(), scaler.dataMin());
    assertArrayEquals(stats.get(1).toDoubleArray(), scaler.dataMax());
    double kept = type.equals("float32") ? FLOAT32 : 1e-15;
    assertClose(stats.get(2).toDoubleArray(), scaler.scale(), kept);
    assertClose(stats.get(3).toDoubleArray(), scaler.shift(), kept);

    double[] sizes = scaler.shift();
    for (int f = 0; f < sizes.length; f++) {
      sizes[f] = 2 * Math.abs(sizes[f]) + 1;
    }
    NDArray expected = Golden.read("min-max-out-" + type);
    NDArray y = scaler.transform(x);
    assertSame(type.equals("uint8") ? DType.FLOAT32 : expected.dtype(), y.dtype());
    assertClose(expected, y, sizes);
    NDArray back = scaler.inverse().transform(expected);
    double[] range = new double[sizes.length];
    for (int f = 0; f < range.length; f++) {
      range[f] = sizes[f] / scaler.scale()[f];
    }
    assertClose(Golden.read("min-max-inverse-" + type), back, range);
    MinMaxScaler clipping = MinMaxScaler.fit(x.slice(0, 0, 5)).range(-1, 2).clip(true);
    double[] wide = clipping.shift();
    for (int f = 0; f < wide.length; f++) {
      wide[f] = 2 * Math.abs(wide[f]) + 2;
    }
    assertClose(Golden.read("min-max-clip-" + type), clipping.transform(x), wide);
  }

  @Test
  void rescalerEqualsKerasRescaling() {
    NDArray images = Golden.read("keras-in");
    double[] one = {1};
    assertClose(Golden.read("rescaling-out"), Rescaler.of(1 / 255.0, 0).transform(images), one);
    assertClose(
        Golden.read("rescaling-shift-out"), Rescaler.of(1 / 127.5, -1).transform(images), one);
    Rescaler channels =
        Rescaler.of(new double[] {1 / 58.4, 1 / 57.1, 1 / 57.4}, new double[] {-2.1, -2.0, -1.8});
    assertClose(
        Golden.read("rescaling-channels-out"), channels.transform(images), new double[] {5});
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 1})
  void standardizerEqualsKerasNormalization(int axis) {
    NDArray images = Golden.read("keras-in");
    NDArray stats = Golden.read("normalization-stats-" + axis);
    Standardizer standardizer = Standardizer.fit(images, axis);
    // Keras adapts in float32.
    assertClose(stats.get(0).toDoubleArray(), standardizer.mean(), FLOAT32);
    assertClose(stats.get(1).toDoubleArray(), standardizer.variance(), FLOAT32);
    NDArray expected = Golden.read("normalization-out-" + axis);
    assertClose(expected, standardizer.transform(images), new double[] {4});
    Standardizer given =
        Standardizer.of(stats.get(0).toDoubleArray(), stats.get(1).toDoubleArray(), axis);
    assertClose(expected, given.transform(images), new double[] {4});
  }
}
