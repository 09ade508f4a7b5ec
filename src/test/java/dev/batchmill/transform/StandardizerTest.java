package dev.batchmill.transform;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.batchmill.array.DType;
import dev.batchmill.array.NDArray;
import dev.batchmill.array.Shape;
import dev.batchmill.internal.kernel.Parallel;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class StandardizerTest {
  private static NDArray random(long seed, double mean, double std, long... shape) {
    double[] data = new double[(int) Shape.of(shape).size()];
    Random random = new Random(seed);
    Arrays.setAll(data, i -> mean + std * random.nextGaussian());
    return NDArray.of(data, shape);
  }

  private static void assertClose(double[] expected, double[] actual, double relative) {
    for (int f = 0; f < expected.length; f++) {
      assertEquals(expected[f], actual[f], relative * Math.abs(expected[f]), "feature " + f);
    }
  }

  private static <E extends Exception> void assertMessage(
      Class<E> type, String message, Executable code) {
    assertEquals(message, assertThrows(type, code).getMessage());
  }

  /** Mean and population variance of the values along the last axis of x, in many digits. */
  private static double[][] exact(NDArray x) {
    int features = (int) x.shape().dim(-1);
    double[] values = x.toDoubleArray();
    BigDecimal count = BigDecimal.valueOf(values.length / features);
    double[][] stats = new double[2][features];
    for (int f = 0; f < features; f++) {
      BigDecimal sum = BigDecimal.ZERO;
      BigDecimal squares = BigDecimal.ZERO;
      for (int i = f; i < values.length; i += features) {
        BigDecimal value = new BigDecimal(values[i]);
        sum = sum.add(value);
        squares = squares.add(value.multiply(value));
      }
      BigDecimal mean = sum.divide(count, new MathContext(80));
      stats[0][f] = mean.doubleValue();
      stats[1][f] =
          squares.divide(count, new MathContext(80)).subtract(mean.multiply(mean)).doubleValue();
    }
    return stats;
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "3, 5", "1e8, 1", "-1e8, 1e-3", "1e-200, 1e-205"})
  void aLargeMeanCostsNoDigits(double mean, double std) {
    for (int features : new int[] {1, 3, 64, 600}) {
      NDArray x = random(features, mean, std, 40_000 / features + 1, features);
      double[][] expected = exact(x);
      Standardizer standardizer = Standardizer.fit(x);
      double ulps = 4 * Math.ulp(mean) / Math.max(1e-300, std);
      for (int f = 0; f < features; f++) {
        assertEquals(expected[0][f], standardizer.mean()[f], 1e-14 * (Math.abs(mean) + std));
      }
      if (std * std > 1e-300) {
        assertClose(expected[1], standardizer.variance(), 1e-12 + ulps * ulps);
      }
    }
  }

  @Test
  void anyCutAndMergeAgrees() {
    NDArray x = random(1, 1e8, 1, 5000, 7);
    Standardizer whole = Standardizer.fit(x);
    Random random = new Random(2);
    for (int repeat = 0; repeat < 5; repeat++) {
      Standardizer.Fitter streamed = Standardizer.fitting();
      Standardizer.Fitter odd = Standardizer.fitting();
      Standardizer.Fitter even = Standardizer.fitting();
      long from = 0;
      for (int part = 0; from < 5000; part++) {
        long to = Math.min(5000, from + random.nextInt(1500));
        NDArray cut = x.slice(0, from, to);
        streamed.partialFit(cut);
        (part % 2 == 0 ? even : odd).partialFit(cut);
        from = to;
      }
      assertEquals(5000, streamed.count());
      assertClose(whole.mean(), streamed.build().mean(), 1e-12);
      assertClose(whole.variance(), streamed.build().variance(), 1e-12);
      long others = odd.count();
      even.merge(odd);
      assertEquals(5000, even.count());
      assertEquals(others, odd.count());
      assertClose(whole.mean(), even.build().mean(), 1e-12);
      assertClose(whole.variance(), even.build().variance(), 1e-12);
    }
  }

  @Test
  void mergingLeavesTheOtherAsItIs() {
    Standardizer.Fitter other = Standardizer.fitting().partialFit(NDArray.of(new float[] {1, 2}));
    Standardizer.Fitter fitter = Standardizer.fitting().merge(other);
    fitter.partialFit(NDArray.of(new float[] {3, 6}));
    assertArrayEquals(new double[] {2, 4}, fitter.build().mean());
    assertArrayEquals(new double[] {1, 2}, other.build().mean());
    fitter.merge(Standardizer.fitting());
    assertEquals(2, fitter.count());
  }

  @Test
  void theNumberOfThreadsChangesNoBit() {
    String before = System.getProperty(Parallel.THREADS_PROPERTY);
    try {
      for (long[] shape : new long[][] {{900_001}, {40_000, 30}, {300, 4001}, {4, 3, 70_000}}) {
        NDArray x = random(5, 10, 3, shape);
        for (int axis = 0; axis < shape.length; axis++) {
          System.setProperty(Parallel.THREADS_PROPERTY, "1");
          Standardizer one = Standardizer.fit(x, axis);
          NDArray oneOut = one.transform(x);
          System.setProperty(Parallel.THREADS_PROPERTY, "2");
          Standardizer two = Standardizer.fit(x, axis);
          assertArrayEquals(one.mean(), two.mean());
          assertArrayEquals(one.variance(), two.variance());
          assertTrue(oneOut.contentEquals(two.transform(x)));
        }
      }
    } finally {
      if (before == null) {
        System.clearProperty(Parallel.THREADS_PROPERTY);
      } else {
        System.setProperty(Parallel.THREADS_PROPERTY, before);
      }
    }
  }

  @Test
  void everyAxisMeansTheSameAsTheLastOneOfATranspose() {
    NDArray x = random(7, 2, 1, 37, 11, 130);
    for (int axis = 0; axis < 3; axis++) {
      Standardizer standardizer = Standardizer.fit(x, axis);
      int features = (int) x.shape().dim(axis);
      assertEquals(37 * 11 * 130 / features, standardizer.count());
      for (int f = 0; f < features; f += 5) {
        NDArray one = x.slice(axis, f, f + 1).copy().reshape(-1, 1);
        assertClose(exact(one)[0], new double[] {standardizer.mean()[f]}, 1e-13);
        assertClose(exact(one)[1], new double[] {standardizer.variance()[f]}, 1e-12);
      }
      NDArray moved = Standardizer.fit(x.transpose(), -1 - axis).transform(x.transpose());
      NDArray y = standardizer.transform(x);
      assertEquals(x.shape(), y.shape());
      double[] expected = y.transpose().toDoubleArray();
      double[] seen = moved.toDoubleArray();
      for (int i = 0; i < seen.length; i += 97) {
        assertEquals(expected[i], seen[i], 1e-12);
      }
    }
  }

  @Test
  void aConstantFeatureIsDividedByOne() {
    double[] data = new double[3 * 1001];
    for (int i = 0; i < data.length; i += 3) {
      data[i] = 0.1;
      data[i + 1] = i;
      data[i + 2] = -1e300;
    }
    NDArray x = NDArray.of(data, 1001, 3);
    Standardizer.Fitter fitter = Standardizer.fitting();
    fitter.partialFit(x.slice(0, 0, 10)).partialFit(x.slice(0, 10, 1001));
    Standardizer standardizer = fitter.build();
    assertEquals(0, standardizer.variance()[0]);
    assertEquals(0.1, standardizer.mean()[0]);
    assertEquals(1, standardizer.scale()[0]);
    assertEquals(1, standardizer.scale()[2]);
    NDArray y = standardizer.transform(x);
    assertEquals(0, y.getDouble(500, 0));
    assertEquals(0, y.getDouble(500, 2));
  }

  @Test
  void notANumberFlowsIntoItsFeatureAlone() {
    double[] data = new double[3 * 100];
    Arrays.setAll(data, i -> i % 7);
    data[3 * 50 + 1] = Double.NaN;
    NDArray x = NDArray.of(data, 100, 3);
    Standardizer standardizer = Standardizer.fit(x);
    assertTrue(Double.isNaN(standardizer.mean()[1]));
    assertTrue(Double.isNaN(standardizer.variance()[1]));
    NDArray y = standardizer.transform(x);
    assertTrue(Double.isNaN(y.getDouble(0, 1)));
    assertEquals(Standardizer.fit(x.slice(1, 0, 1)).mean()[0], standardizer.mean()[0]);
    assertTrue(Double.isFinite(y.getDouble(50, 2)));
    float[] infinite = {1, Float.POSITIVE_INFINITY, 2};
    Standardizer beyond = Standardizer.fit(NDArray.of(infinite, 3, 1));
    assertTrue(Double.isNaN(beyond.variance()[0]));
  }

  @ParameterizedTest
  @EnumSource
  void takesEveryTypeOnAndOffTheHeapAndBack(DType type) {
    double[] values = {1, 0, 1, 1, 0, 0, 1, 0, 1, 1, 1, 0};
    NDArray x = NDArray.of(values, 6, 2).astype(type);
    Standardizer standardizer = Standardizer.fit(x);
    assertArrayEquals(new double[] {5 / 6.0, 2 / 6.0}, standardizer.mean(), 1e-15);
    DType result =
        type == DType.FLOAT64 || type == DType.INT32 || type == DType.INT64
            ? DType.FLOAT64
            : DType.FLOAT32;
    NDArray y = standardizer.transform(x);
    assertSame(result, y.dtype());
    double tolerance = result == DType.FLOAT64 ? 1e-15 : 1e-6;
    assertArrayEquals(values, standardizer.inverse().transform(y).toDoubleArray(), tolerance);
    try (NDArray direct = NDArray.allocate(type, 6, 2)) {
      direct.assign(x);
      try (NDArray off = standardizer.transform(direct)) {
        assertTrue(off.isDirect());
        assertTrue(off.contentEquals(y));
      }
    }
  }

  @Test
  void float64BecomesFloat32AfterTheMeanIsTakenAway() {
    NDArray x = random(9, 1e9, 1, 100, 3);
    Standardizer standardizer = Standardizer.fit(x);
    NDArray wide = standardizer.transform(x);
    NDArray narrow = standardizer.to(DType.FLOAT32).transform(x);
    assertTrue(narrow.contentEquals(wide.astype(DType.FLOAT32)));
  }

  @Test
  void worksInPlaceAndOnViews() {
    NDArray x = random(3, 5, 2, 70, 9);
    Standardizer standardizer = Standardizer.fit(x);
    NDArray y = standardizer.transform(x);
    NDArray some = x.transpose().slice(1, 10, 30);
    Standardizer columns = Standardizer.of(standardizer.mean(), standardizer.variance(), 0);
    assertTrue(columns.transform(some).contentEquals(y.transpose().slice(1, 10, 30).copy()));
    standardizer.transformInto(x, x);
    assertTrue(y.contentEquals(x));
  }

  @Test
  void largeResultsAreStreamedWithTheSameBits() {
    NDArray x = random(4, 5, 2, 400_000, 3);
    Standardizer standardizer = Standardizer.fit(x.slice(0, 0, 1000));
    NDArray whole = standardizer.transform(x);
    NDArray half = standardizer.transform(x.slice(0, 0, 200_000));
    assertTrue(half.contentEquals(whole.slice(0, 0, 200_000)));
    standardizer.transformInto(x, x);
    assertTrue(whole.contentEquals(x));
  }

  @Test
  void choicesAreKept() {
    Standardizer both = Standardizer.of(new double[] {1, 2}, new double[] {4, 9});
    NDArray x = NDArray.of(new double[] {3, 5}, 1, 2);
    assertArrayEquals(new double[] {1, 1}, both.transform(x).toDoubleArray());
    Standardizer noMean = both.withMean(false);
    assertArrayEquals(new double[] {1.5, 5 / 3.0}, noMean.transform(x).toDoubleArray());
    Standardizer neither = noMean.withStd(false);
    assertArrayEquals(new double[] {3, 5}, neither.transform(x).toDoubleArray());
    assertArrayEquals(new double[] {1, 1}, neither.scale());
    assertArrayEquals(new double[] {4, 9}, neither.variance());
    assertArrayEquals(
        new double[] {1, 1}, neither.withMean(true).withStd(true).transform(x).toDoubleArray());
    assertSame(DType.FLOAT32, neither.to(DType.FLOAT32).transform(x).dtype());
    assertEquals(0, both.count());
    assertEquals(-1, both.axis());
    assertEquals("Standardizer[features=2, axis=-1, count=0]", both.toString());
  }

  @Test
  void whatItWasGivenAndWhatItGivesAreCopies() {
    double[] mean = {1};
    Standardizer standardizer = Standardizer.of(mean, new double[] {1});
    mean[0] = 5;
    standardizer.mean()[0] = 6;
    standardizer.scale()[0] = 6;
    standardizer.variance()[0] = 6;
    NDArray x = NDArray.of(new double[] {3});
    assertArrayEquals(new double[] {2}, standardizer.transform(x).toDoubleArray());
  }

  @Test
  void emptyPartsAddNothingAndNothingCannotBeBuilt() {
    Standardizer.Fitter fitter = Standardizer.fitting();
    assertMessage(IllegalStateException.class, "nothing was fitted yet: count=0", fitter::build);
    fitter.partialFit(NDArray.zeros(DType.FLOAT32, 0, 3));
    assertMessage(IllegalStateException.class, "nothing was fitted yet: count=0", fitter::build);
    fitter.partialFit(NDArray.of(new double[] {1, 2, 3}, 1, 3));
    fitter.partialFit(NDArray.zeros(DType.FLOAT32, 0, 3));
    assertEquals(1, fitter.count());
    assertArrayEquals(new double[] {1, 2, 3}, fitter.build().mean());
    NDArray none = fitter.build().transform(NDArray.zeros(DType.FLOAT32, 0, 3));
    assertEquals(Shape.of(0, 3), none.shape());
  }

  @Test
  void badArgumentsAreNamedAndNothingIsWritten() {
    Standardizer.Fitter fitter =
        Standardizer.fitting().partialFit(NDArray.of(new float[] {1, 2}, 1, 2));
    Class<IllegalArgumentException> bad = IllegalArgumentException.class;
    assertMessage(
        bad,
        "x must have the features fitted before: x=float32[1, 3] axis=-1 features=2",
        () -> fitter.partialFit(NDArray.zeros(DType.FLOAT32, 1, 3)));
    assertMessage(
        bad,
        "x must have at least one feature: x=float32[4, 0] axis=-1",
        () -> fitter.partialFit(NDArray.zeros(DType.FLOAT32, 4, 0)));
    assertMessage(
        bad,
        "axis is out of range for an array of rank 0: axis=-1 shape=[]",
        () -> fitter.partialFit(NDArray.zeros(DType.FLOAT32)));
    assertMessage(
        bad,
        "fitters must have the same axis: axis=-1 other=0",
        () -> fitter.merge(Standardizer.fitting(0)));
    assertMessage(
        bad,
        "fitters must have the same features: features=2 other=1",
        () -> fitter.merge(Standardizer.fitting().partialFit(NDArray.of(new float[1], 1))));
    assertEquals(1, fitter.count());
    assertMessage(
        bad,
        "x must have at least one value: x=float32[0, 2]",
        () -> Standardizer.fit(NDArray.zeros(DType.FLOAT32, 0, 2)));
    assertMessage(
        bad,
        "each feature must have a mean and a variance: means=1 variances=2",
        () -> Standardizer.of(new double[1], new double[2]));
    assertMessage(
        bad,
        "each feature must have a mean and a variance: means=0 variances=0",
        () -> Standardizer.of(new double[0], new double[0]));
    assertMessage(
        bad,
        "variance must not be negative: variance[1]=-2.0",
        () -> Standardizer.of(new double[2], new double[] {1, -2}));
    Standardizer two = fitter.build();
    assertMessage(
        bad,
        "axis must have an element for each feature: axis=-1 shape=[2, 3] features=2",
        () -> two.transform(NDArray.zeros(DType.FLOAT32, 2, 3)));
    assertMessage(
        bad,
        "axis must have an element for each feature: axis=-1 shape=[2, 3] features=2",
        () -> two.inverse().transform(NDArray.zeros(DType.FLOAT32, 2, 3)));
    assertMessage(
        bad,
        "result must be float32 or float64, see Cast for others: dtype=int8",
        () -> two.to(DType.INT8));
    NDArray out = NDArray.zeros(DType.FLOAT64, 1, 2);
    assertMessage(
        bad,
        "output must have the type and shape of the result: output=float64[1, 2]"
            + " result=float32[1, 2]",
        () -> two.transformInto(NDArray.of(new float[] {5, 6}, 1, 2), out));
    assertArrayEquals(new double[2], out.toDoubleArray());
  }
}
