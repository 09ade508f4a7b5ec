package dev.batchmill.transform;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.batchmill.array.DType;
import dev.batchmill.array.NDArray;
import dev.batchmill.array.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RescalerTest {
  private static NDArray bytes(int count) {
    ByteBuffer data = ByteBuffer.allocate(count).order(ByteOrder.nativeOrder());
    for (int i = 0; i < count; i++) {
      data.put(i, (byte) (i * 37));
    }
    return NDArray.of(data, DType.UINT8);
  }

  @Test
  void imagesBecomeFloat32InOnePass() {
    NDArray x = bytes(1 << 22).reshape(64, 256, 256);
    NDArray y = Rescaler.of(1 / 255.0, 0).transform(x);
    assertSame(DType.FLOAT32, y.dtype());
    float[] values = y.toFloatArray();
    float scale = (float) (1 / 255.0);
    for (int i = 0; i < values.length; i++) {
      if (values[i] != (i * 37 & 0xff) * scale) {
        assertEquals((i * 37 & 0xff) * scale, values[i], "index " + i);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyTypeHasItsResult(DType type) {
    NDArray x = NDArray.of(new double[] {0, 1, 1}).astype(type);
    boolean wide = type == DType.FLOAT64 || type == DType.INT32 || type == DType.INT64;
    NDArray y = Rescaler.of(0.1, 2).transform(x);
    assertSame(wide ? DType.FLOAT64 : DType.FLOAT32, y.dtype());
    double last = wide ? 0.1 + 2 : 0.1f + 2f;
    assertArrayEquals(new double[] {2, last, last}, y.toDoubleArray());
    NDArray narrow = Rescaler.of(0.1, 2).to(DType.FLOAT32).transform(x);
    assertSame(DType.FLOAT32, narrow.dtype());
    assertEquals((float) last, narrow.getFloat(1));
    NDArray widened = Rescaler.of(0.1, 2).to(DType.FLOAT64).transform(x);
    assertEquals(0.1 + 2, widened.getDouble(1));
  }

  @Test
  void theProductIsRoundedBeforeTheSum() {
    float x = 1 + 0x1p-12f;
    NDArray y = Rescaler.of(x, -1).transform(NDArray.of(new float[] {x}));
    assertEquals(x * x - 1, y.getFloat(0));
    double exact = (double) x * x - 1;
    assertTrue((float) exact != y.getFloat(0), "a fused multiply-add would give the exact value");
  }

  @Test
  void featuresLieAlongTheirAxis() {
    NDArray x = NDArray.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
    Rescaler last = Rescaler.of(new double[] {1, 10, 100}, new double[] {0, 1, 2});
    assertArrayEquals(new float[] {1, 21, 302, 4, 51, 602}, last.transform(x).toFloatArray());
    Rescaler first = Rescaler.of(new double[] {1, 10}, new double[] {0, 1}, 0);
    assertArrayEquals(new float[] {1, 2, 3, 41, 51, 61}, first.transform(x).toFloatArray());
    assertArrayEquals(
        new float[] {1, 51, 1, 21}, // of [[1, 5], [1, 2]]
        Rescaler.of(new double[] {1, 10}, new double[] {0, 1})
            .transform(NDArray.of(new float[] {1, 1, 5, 2}, 2, 2).transpose())
            .toFloatArray());
    assertEquals("Rescaler[features=3, axis=-1]", last.toString());
    assertEquals("Rescaler[scale=2.0, shift=1.0]", Rescaler.of(2, 1).toString());
  }

  @Test
  void scalarsAndEmptyArraysHaveTheirShape() {
    Rescaler rescaler = Rescaler.of(2, 1);
    NDArray scalar = NDArray.zeros(DType.FLOAT32);
    assertEquals(1, rescaler.transform(scalar).getFloat());
    assertEquals(Shape.of(3, 0), rescaler.transform(NDArray.zeros(DType.INT8, 3, 0)).shape());
  }

  @Test
  void badArgumentsAreNamed() {
    assertEquals(
        "each feature must have a scale and a shift: scales=1 shifts=2",
        assertThrows(
                IllegalArgumentException.class, () -> Rescaler.of(new double[1], new double[2]))
            .getMessage());
    assertEquals(
        "result must be float32 or float64, see Cast for others: dtype=uint8",
        assertThrows(IllegalArgumentException.class, () -> Rescaler.of(1, 0).to(DType.UINT8))
            .getMessage());
    assertEquals(
        "axis is out of range for an array of rank 1: axis=1 shape=[2]",
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    Rescaler.of(new double[2], new double[2], 1)
                        .transform(NDArray.zeros(DType.FLOAT32, 2)))
            .getMessage());
  }
}
