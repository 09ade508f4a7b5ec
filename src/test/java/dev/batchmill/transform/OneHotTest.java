package dev.batchmill.transform;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.batchmill.array.DType;
import dev.batchmill.array.NDArray;
import dev.batchmill.array.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class OneHotTest {
  private static void assertMessage(String message, Executable code) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, code).getMessage());
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "1, 5", "2, 4", "3, 3", "4, 4", "5, 3", "6, 0", "7, 3"})
  void equalsKeras(int number, int classes) {
    NDArray labels = Golden.read("one-hot-in-" + number);
    NDArray expected = Golden.read("one-hot-out-" + number);
    NDArray actual = classes == 0 ? OneHot.encode(labels) : OneHot.encode(labels, classes);
    assertTrue(
        expected.contentEquals(actual.astype(DType.FLOAT64)),
        () -> "expected " + expected + " but was " + actual);
    assertSame(DType.FLOAT32, actual.dtype());
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void everyResultTypeOnAndOffTheHeap(DType dtype) {
    NDArray labels = NDArray.of(new int[] {2, 0});
    double[] expected = {0, 0, 1, 1, 0, 0};
    assertArrayEquals(expected, OneHot.encode(labels, 3, dtype).toDoubleArray());
    assertTrue(OneHot.encode(labels, 3, dtype).contentEquals(OneHot.encode(labels, dtype)));
    try (NDArray out = NDArray.allocate(dtype, 2, 3)) {
      OneHot.encodeInto(labels, 3, out);
      assertArrayEquals(expected, out.toDoubleArray());
    }
  }

  @Test
  void stridedAndOffsetLabelsAndManyRowsAreRight() {
    int[] data = new int[2 * 40_000];
    for (int i = 0; i < data.length; i++) {
      data[i] = i % 11;
    }
    NDArray columns = NDArray.of(data, 40_000, 2).transpose();
    NDArray encoded = OneHot.encode(columns.get(1), 11);
    for (int i = 0; i < 40_000; i += 1999) {
      for (int c = 0; c < 11; c++) {
        assertEquals((2 * i + 1) % 11 == c ? 1 : 0, encoded.getDouble(i, c));
      }
    }
    assertEquals(40_000, (int) sum(encoded));
  }

  private static double sum(NDArray array) {
    double sum = 0;
    for (double value : array.toDoubleArray()) {
      sum += value;
    }
    return sum;
  }

  @Test
  void badLabelsAreNamedAndNothingIsWritten() {
    NDArray out = NDArray.of(new float[] {9, 9, 9, 9}, 2, 2);
    assertMessage(
        "label is outside the classes: labels[1]=2 range=[0, 2)",
        () -> OneHot.encodeInto(NDArray.of(new int[] {0, 2}), 2, out));
    assertMessage(
        "label is outside the classes: labels[0]=-1 range=[0, 2)",
        () -> OneHot.encodeInto(NDArray.of(new long[] {-1, 0}), 2, out));
    assertMessage(
        "label is outside the classes: labels[1]=NaN range=[0, 2)",
        () -> OneHot.encodeInto(NDArray.of(new float[] {0, Float.NaN}), 2, out));
    assertMessage(
        "label is outside the classes: labels[0]=9223372036854775807 range=[0, 2)",
        () -> OneHot.encodeInto(NDArray.of(new long[] {Long.MAX_VALUE, 0}), 2, out));
    assertMessage(
        "output must have the type and shape of the result: output=float32[2, 2]"
            + " result=float32[2, 3]",
        () -> OneHot.encodeInto(NDArray.of(new int[] {0, 1}), 3, out));
    assertArrayEquals(new float[] {9, 9, 9, 9}, out.toFloatArray());
  }

  @Test
  void theNumberOfClassesMustMakeSense() {
    assertMessage(
        "number of classes must be at least 1: classes=0", () -> OneHot.encode(new int[] {0}, 0));
    assertMessage(
        "the number of classes cannot be inferred without labels, give it: shape=[0]",
        () -> OneHot.encode(new int[0]));
    assertMessage(
        "label is outside the classes: labels[0]=2147483647 range=[0, 2147483647)",
        () -> OneHot.encode(new int[] {Integer.MAX_VALUE}));
    assertEquals(Shape.of(2, 4), OneHot.encode(new int[] {1, 3}).shape());
  }
}
