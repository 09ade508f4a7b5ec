package dev.batchmill.transform;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.batchmill.array.DType;
import dev.batchmill.array.NDArray;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class MinMaxScalerTest {
  private static NDArray random(long... shape) {
    double[] data = new double[(int) dev.batchmill.array.Shape.of(shape).size()];
    Random random = new Random(3);
    Arrays.setAll(data, i -> random.nextGaussian());
    return NDArray.of(data, shape);
  }

  private static void assertMessage(String message, Executable code) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, code).getMessage());
  }

  @Test
  void findsTheExtremesAlongEveryAxis() {
    NDArray x = random(37, 3, 5000);
    for (int axis = 0; axis < 3; axis++) {
      int features = (int) x.shape().dim(axis);
      MinMaxScaler scaler = MinMaxScaler.fit(x, axis);
      for (int f = 0; f < features; f += 7) {
        double[] values = x.slice(axis, f, f + 1).copy().toDoubleArray();
        assertEquals(Arrays.stream(values).min().getAsDouble(), scaler.dataMin()[f]);
        assertEquals(Arrays.stream(values).max().getAsDouble(), scaler.dataMax()[f]);
      }
      NDArray y = scaler.transform(x);
      MinMaxScaler again = MinMaxScaler.fit(y, axis);
      double[] zeros = new double[features];
      double[] ones = new double[features];
      Arrays.fill(ones, 1);
      assertArrayEquals(zeros, again.dataMin(), 1e-15);
      assertArrayEquals(ones, again.dataMax(), 1e-15);
    }
  }

  @Test
  void anyCutAndMergeGivesTheSameBits() {
    NDArray x = random(1000, 5);
    MinMaxScaler whole = MinMaxScaler.fit(x);
    MinMaxScaler.Fitter left = MinMaxScaler.fitting().partialFit(x.slice(0, 0, 333));
    MinMaxScaler.Fitter right = MinMaxScaler.fitting().partialFit(x.slice(0, 333, 334));
    right.partialFit(x.slice(0, 334, 1000)).merge(left);
    assertEquals(1000, right.count());
    assertEquals(333, left.count());
    assertArrayEquals(whole.dataMin(), right.build().dataMin());
    assertArrayEquals(whole.dataMax(), right.build().dataMax());
  }

  @Test
  void rangeAndClipAreKept() {
    MinMaxScaler scaler = MinMaxScaler.of(new double[] {0, 10}, new double[] {4, 20});
    NDArray x = NDArray.of(new double[] {2, 25, -1, 10, Double.NaN, 15}, 3, 2);
    assertArrayEquals(
        new double[] {0.5, 1.5, -0.25, 0, Double.NaN, 0.5}, scaler.transform(x).toDoubleArray());
    MinMaxScaler wide = scaler.range(-1, 1);
    assertArrayEquals(
        new double[] {0, 2, -1.5, -1, Double.NaN, 0}, wide.transform(x).toDoubleArray());
    MinMaxScaler clipped = wide.clip(true);
    assertArrayEquals(
        new double[] {0, 1, -1, -1, Double.NaN, 0}, clipped.transform(x).toDoubleArray());
    assertArrayEquals(
        new double[] {0, 2, -1.5, -1, Double.NaN, 0},
        clipped.clip(false).transform(x).toDoubleArray());
    assertArrayEquals(
        x.toDoubleArray(), clipped.inverse().transform(wide.transform(x)).toDoubleArray());
    assertSame(DType.FLOAT32, clipped.to(DType.FLOAT32).transform(x).dtype());
    assertArrayEquals(new double[] {0.5, 0.2}, wide.scale());
    assertArrayEquals(new double[] {-1, -3}, wide.shift());
    assertEquals("MinMaxScaler[features=2, axis=-1, range=[-1.0, 1.0], count=0]", wide.toString());
  }

  @Test
  void aConstantFeatureBecomesTheLowerEnd() {
    NDArray x = NDArray.of(new float[] {7, 1, 7, 2}, 2, 2);
    MinMaxScaler scaler = MinMaxScaler.fit(x).range(2, 5);
    assertArrayEquals(new double[] {3, 3}, scaler.scale());
    assertArrayEquals(new double[] {2, 2, 2, 5}, scaler.transform(x).toDoubleArray());
  }

  @Test
  void notANumberFlowsIntoItsFeatureAlone() {
    NDArray x = NDArray.of(new float[] {1, 2, Float.NaN, 3}, 2, 2);
    MinMaxScaler scaler = MinMaxScaler.fit(x);
    assertArrayEquals(new double[] {Double.NaN, 2}, scaler.dataMin());
    assertArrayEquals(new double[] {Double.NaN, 3}, scaler.dataMax());
    assertArrayEquals(
        new double[] {Double.NaN, 0, Double.NaN, 1}, scaler.transform(x).toDoubleArray());
    assertTrue(Double.isNaN(scaler.clip(true).transform(x).getDouble(0, 0)));
  }

  @Test
  void badArgumentsAreNamed() {
    assertMessage(
        "each feature must have a least and a greatest value: dataMin=0 dataMax=0",
        () -> MinMaxScaler.of(new double[0], new double[0]));
    assertMessage(
        "the least value must not exceed the greatest: dataMin[1]=2.0 dataMax[1]=1.0",
        () -> MinMaxScaler.of(new double[] {0, 2}, new double[] {0, 1}));
    MinMaxScaler scaler = MinMaxScaler.of(new double[1], new double[1]);
    assertMessage(
        "range must be two numbers, the lower one first: low=1.0 high=1.0",
        () -> scaler.range(1, 1));
    assertMessage(
        "range must be two numbers, the lower one first: low=NaN high=1.0",
        () -> scaler.range(Double.NaN, 1));
    assertMessage(
        "range must be two numbers, the lower one first: low=0.0 high=Infinity",
        () -> scaler.range(0, Double.POSITIVE_INFINITY));
    assertMessage(
        "x must have at least one value: x=float32[0, 2]",
        () -> MinMaxScaler.fit(NDArray.zeros(DType.FLOAT32, 0, 2)));
    assertMessage(
        "axis must have an element for each feature: axis=-1 shape=[4] features=1",
        () -> scaler.transform(NDArray.zeros(DType.FLOAT32, 4)));
    assertMessage(
        "result must be float32 or float64, see Cast for others: dtype=float16",
        () -> scaler.to(DType.FLOAT16));
  }
}
