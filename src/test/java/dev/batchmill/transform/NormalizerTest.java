package dev.batchmill.transform;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.batchmill.array.DType;
import dev.batchmill.array.NDArray;
import dev.batchmill.array.Shape;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NormalizerTest {
  private static final double[] ORDERS = {
    0, 1, 2, 3, 0.5, -1, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY
  };

  private static void assertMessage(String message, Executable code) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, code).getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "float16, float16, 2e-3, 0x1p-24", // NumPy rounds every step to half precision
    "float32, float32, 1e-6, 0",
    "float64, float64, 1e-13, 0",
    "int32, float64, 1e-13, 0"
  })
  void equalsNumPyForEveryAxisAndOrder(
      String type, String resultType, double relative, double absolute) {
    NDArray x = Golden.read("normalize-in-" + type);
    NDArray expected = Golden.read("normalize-out-" + type);
    for (int axis = 0; axis < 3; axis++) {
      for (int order = 0; order < ORDERS.length; order++) {
        NDArray actual = Normalizer.normalize(x, axis, ORDERS[order]);
        assertSame(DType.of(resultType), actual.dtype());
        assertEquals(x.shape(), actual.shape());
        assertClose(
            expected.get(axis).get(order).toDoubleArray(),
            actual.toDoubleArray(),
            relative,
            absolute,
            type + " axis=" + axis + " order=" + ORDERS[order]);
        assertTrue(
            actual.contentEquals(Normalizer.normalize(x, axis - 3, ORDERS[order])),
            "a negative axis counts from the end");
      }
    }
  }

  private static void assertClose(
      double[] expected, double[] actual, double relative, double absolute, String what) {
    assertEquals(expected.length, actual.length);
    for (int i = 0; i < expected.length; i++) {
      if (!(Math.abs(expected[i] - actual[i])
          <= Math.max(absolute, relative * Math.abs(expected[i])))) {
        assertEquals(expected[i], actual[i], what + " index=" + i);
      }
    }
  }

  @Test
  void anAxisIsTheSameAsTheLastAxisOfTheTransposedArray() {
    float[] data = new float[130 * 300];
    Random random = new Random(7);
    for (int i = 0; i < data.length; i++) {
      data[i] = random.nextFloat() - 0.5f;
    }
    NDArray x = NDArray.of(data, 130, 300);
    for (double order : new double[] {1, 2, Double.POSITIVE_INFINITY}) {
      NDArray columns = Normalizer.normalize(x, 0, order);
      NDArray rows = Normalizer.normalize(x.transpose(), 1, order);
      assertTrue(columns.transpose().copy().contentEquals(rows), "order=" + order);
    }
  }

  @Test
  void worksInPlaceAndIntoAGivenArrayOnAndOffTheHeap() {
    NDArray x = NDArray.of(new float[] {3, 4, 0, 0, 5, 12}, 3, 2);
    float[] expected = {0.6f, 0.8f, 0, 0, 5 / 13f, 12 / 13f};
    NDArray out = NDArray.zeros(DType.FLOAT32, 3, 2);
    Normalizer.normalizeInto(x, 1, 2, out);
    assertArrayEquals(expected, out.toFloatArray());
    try (NDArray direct = NDArray.allocate(DType.FLOAT32, 3, 2);
        NDArray offHeap = NDArray.allocate(DType.FLOAT32, 3, 2)) {
      offHeap.assign(x);
      Normalizer.normalizeInto(x, 1, 2, direct);
      assertArrayEquals(expected, direct.toFloatArray());
      try (NDArray result = Normalizer.normalize(offHeap)) {
        assertTrue(result.isDirect());
        assertArrayEquals(expected, result.toFloatArray());
      }
      NDArray lastRow = offHeap.slice(0, 2, 3);
      Normalizer.normalizeInto(lastRow, -1, 2, lastRow);
      assertArrayEquals(new float[] {3, 4, 0, 0, 5 / 13f, 12 / 13f}, offHeap.toFloatArray());
    }
    Normalizer.normalizeInto(x, -1, 2, x);
    assertArrayEquals(expected, x.toFloatArray());
  }

  @Test
  void plainArraysGoInWithoutCeremony() {
    assertArrayEquals(new float[] {0.6f, 0.8f}, Normalizer.normalize(new float[] {3, 4}));
    assertArrayEquals(new double[] {0.6, 0.8}, Normalizer.normalize(new double[] {3, 4}));
    float[][] rows = Normalizer.normalize(new float[][] {{3, 4}, {0, 2}});
    assertArrayEquals(new float[] {0.6f, 0.8f}, rows[0]);
    assertArrayEquals(new float[] {0, 1}, rows[1]);
    assertArrayEquals(new float[0], Normalizer.normalize(new float[0]));
  }

  @Test
  void integersBecomeFloat64AndHalvesStayHalves() {
    assertArrayEquals(
        new double[] {0.6, 0.8},
        Normalizer.normalize(NDArray.of(new int[] {3, 4})).toDoubleArray());
    NDArray half = NDArray.of(new float[] {3, 4}).astype(DType.BFLOAT16);
    assertSame(DType.BFLOAT16, Normalizer.normalize(half).dtype());
    assertSame(DType.FLOAT64, Normalizer.normalize(NDArray.of(new boolean[] {true, true})).dtype());
  }

  @Test
  void emptyArraysStayEmpty() {
    assertEquals(
        Shape.of(0, 3), Normalizer.normalize(NDArray.zeros(DType.FLOAT32, 0, 3), 0).shape());
    assertEquals(
        Shape.of(3, 0), Normalizer.normalize(NDArray.zeros(DType.FLOAT32, 3, 0), 1, 1).shape());
  }

  @Test
  void badArgumentsAreRefusedAndNothingIsWritten() {
    NDArray x = NDArray.of(new float[] {3, 4});
    NDArray out = NDArray.zeros(DType.FLOAT64, 2);
    assertMessage(
        "axis is out of range for an array of rank 1: axis=1 shape=[2]",
        () -> Normalizer.normalize(x, 1));
    assertMessage(
        "axis is out of range for an array of rank 0: axis=-1 shape=[]",
        () -> Normalizer.normalize(NDArray.zeros(DType.FLOAT32)));
    assertMessage(
        "order must be a number: order=NaN", () -> Normalizer.normalize(x, 0, Double.NaN));
    assertMessage(
        "output must have the type and shape of the result: output=float64[2] result=float32[2]",
        () -> Normalizer.normalizeInto(x, 0, 2, out));
    assertMessage(
        "normalizeInto needs float32 or float64, see Normalizer.normalize: dtype=int32",
        () -> Normalizer.normalizeInto(NDArray.of(new int[2]), 0, 2, out));
    assertArrayEquals(new double[2], out.toDoubleArray());
  }
}
