package dev.batchmill.transform;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.batchmill.array.DType;
import dev.batchmill.array.NDArray;
import dev.batchmill.array.Shape;
import dev.batchmill.internal.memory.HostMemory;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class TransformTest {
  /** Row lengths around what a tile of 128 KiB holds of them. */
  private static final int[] WIDTHS = {1, 2, 3, 63, 784, 16_383, 16_384, 16_385, 32_768, 50_000};

  private static final DType[] TYPES = {DType.UINT8, DType.FLOAT32, DType.FLOAT64, DType.BFLOAT16};

  private static NDArray random(DType type, long... shape) {
    NDArray x = NDArray.zeros(type, shape);
    Random random = new Random(11);
    double[] values = random.doubles(x.size(), 0, 200).toArray();
    x.assign(NDArray.of(values, shape));
    return x;
  }

  private static long[] rows(int count, int of) {
    return new Random(count).longs(count, 0, of).toArray();
  }

  private static void assertMessage(String message, Executable code) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, code).getMessage());
  }

  private static void assertFused(Transform transform, NDArray x, long[] rows) {
    NDArray expected = transform.transform(x.take(rows));
    NDArray fused = transform.transformRows(x, rows);
    assertTrue(
        expected.contentEquals(fused), () -> transform + " of " + x + " " + Arrays.toString(rows));
  }

  @Test
  void fusedRowsEqualTakenOnesBitForBit() {
    for (DType type : TYPES) {
      for (int width : WIDTHS) {
        int height = Math.max(5, 3000 / width);
        NDArray x = random(type, height, width);
        Standardizer features =
            Standardizer.of(
                new Random(1).doubles(width).toArray(), new Random(2).doubles(width).toArray());
        Transform[] transforms = {
          features,
          features.to(DType.FLOAT64),
          Rescaler.of(1 / 255.0, 0.5),
          Cast.to(DType.INT16),
          Cast.to(type),
          features.then(Rescaler.of(3, 1)),
          Rescaler.of(3, 1).then(Cast.to(DType.FLOAT16)),
          Cast.to(DType.FLOAT64).then(features).then(Cast.to(type))
        };
        for (Transform transform : transforms) {
          assertFused(transform, x, rows(2 * height, height));
          assertFused(transform, x, LongStream.range(1, height - 1).toArray());
          assertFused(transform, x, new long[] {height - 1});
          assertFused(transform, x, new long[0]);
        }
      }
    }
  }

  @Test
  void fusedRowsOfImagesViewsAndMemoryOffTheHeap() {
    NDArray x = random(DType.UINT8, 20, 30, 40, 3);
    Rescaler channels = Rescaler.of(new double[] {1, 2, 3}, new double[] {4, 5, 6});
    assertFused(channels, x, rows(50, 20));
    Rescaler lines = Rescaler.of(new double[30], new double[30], 1);
    assertFused(lines, x, rows(50, 20));
    assertFused(channels, x.slice(0, 3, 9), new long[] {5, 0, 5});
    NDArray view = random(DType.FLOAT32, 3, 9, 20).transpose();
    assertFused(channels, view, new long[] {19, 0, 7});
    long live = HostMemory.liveCount();
    try (NDArray direct = NDArray.allocate(DType.FLOAT32, 100, 3)) {
      direct.assign(random(DType.FLOAT32, 100, 3));
      try (NDArray fused = channels.transformRows(direct, rows(64, 100));
          NDArray taken = direct.take(rows(64, 100));
          NDArray expected = channels.transform(taken)) {
        assertTrue(fused.isDirect());
        assertTrue(fused.contentEquals(expected));
      }
      assertThrows(
          IndexOutOfBoundsException.class, () -> channels.transformRows(direct, new long[] {100}));
    }
    assertTrue(HostMemory.liveCount() <= live, "what an error leaves behind is closed");
  }

  @Test
  void aTransformOfScalarsPerRowMayAddAxes() {
    Transform powers =
        new Transform() {
          @Override
          public DType resultType(DType input) {
            return DType.FLOAT64;
          }

          @Override
          public Shape resultShape(Shape input) {
            return Shape.of(input.dim(0), 3);
          }

          @Override
          public void transformInto(NDArray x, NDArray out) {
            for (long i = 0; i < x.size(); i++) {
              for (int power = 0; power < 3; power++) {
                out.setDouble(Math.pow(x.getDouble(i), power), i, power);
              }
            }
          }
        };
    NDArray x = NDArray.of(new int[] {2, 5, 7});
    assertArrayEquals(
        new double[] {1, 7, 49, 1, 2, 4},
        powers.transformRows(x, new long[] {2, 0}).toDoubleArray());
    assertArrayEquals(
        new float[] {0, 6, 48, 0, 1, 3},
        powers
            .then(Rescaler.of(1, -1))
            .then(Cast.to(DType.FLOAT32))
            .transformRows(x, new long[] {2, 0})
            .toFloatArray());
  }

  @Test
  void compositionOfWholeArraysIsOneAfterTheOther() {
    NDArray x = random(DType.FLOAT32, 500, 300);
    Standardizer columns = Standardizer.fit(x, 0);
    Transform both = columns.then(Rescaler.of(2, 1));
    assertFalse(both.isRowWise(x.shape()));
    assertTrue(both.transform(x).contentEquals(Rescaler.of(2, 1).transform(columns.transform(x))));
    Transform rows = Standardizer.fit(x).then(Cast.to(DType.FLOAT16));
    assertTrue(rows.isRowWise(x.shape()));
    assertTrue(
        rows.transform(x).contentEquals(Standardizer.fit(x).transform(x).astype(DType.FLOAT16)));
    Transform twice = Rescaler.of(2, 1).then(Rescaler.of(3, 1));
    NDArray expected = twice.transform(x);
    twice.transformInto(x, x);
    assertTrue(expected.contentEquals(x));
    assertEquals(7, twice.transform(NDArray.of(new float[] {1}).get(0)).getFloat() - 3);
    assertEquals(Shape.of(0, 4), rows(twice, 0, 4));
    assertEquals(
        "Rescaler[scale=2.0, shift=1.0] then Cast[int8]",
        Rescaler.of(2, 1).then(Cast.to(DType.INT8)).toString());
  }

  private static Shape rows(Transform transform, long... shape) {
    return transform.transform(NDArray.zeros(DType.FLOAT32, shape)).shape();
  }

  @Test
  void castConverts() {
    NDArray x = NDArray.of(new double[] {1.9, -2.5, 300}, 3);
    NDArray y = Cast.to(DType.INT16).transform(x);
    assertSame(DType.INT16, y.dtype());
    assertArrayEquals(new long[] {1, -2, 300}, y.toLongArray());
    Cast.to(DType.FLOAT64).transformInto(x, x);
    assertArrayEquals(new double[] {1.9, -2.5, 300}, x.toDoubleArray());
    assertMessage(
        "output must have the type and shape of the result: output=float64[3] result=int8[3]",
        () -> Cast.to(DType.INT8).transformInto(x, x));
  }

  @Test
  void rowsThatCannotBeTransformedAreNamed() {
    NDArray x = random(DType.FLOAT32, 4, 2);
    Rescaler first = Rescaler.of(new double[4], new double[4], 0);
    assertMessage(
        "transform must handle each row by itself: transform=Rescaler[features=4, axis=0]"
            + " x=float32[4, 2]",
        () -> first.transformRows(x, new long[4]));
    assertMessage(
        "x must have at least one axis: x=float32[]",
        () -> Rescaler.of(1, 0).transformRows(x.get(0).get(0), new long[0]));
    IndexOutOfBoundsException outside =
        assertThrows(
            IndexOutOfBoundsException.class,
            () -> Rescaler.of(1, 0).transformRows(x, new long[] {0, 4}));
    assertEquals("row is outside the array: rows[1]=4 shape=[4, 2]", outside.getMessage());
    NDArray out = NDArray.zeros(DType.FLOAT32, 3, 2);
    assertMessage(
        "output must have the type and shape of the result: output=float32[3, 2]"
            + " result=float32[2, 2]",
        () -> Rescaler.of(1, 0).transformRows(x, new long[2], out));
    assertArrayEquals(new float[6], out.toFloatArray());
  }
}
