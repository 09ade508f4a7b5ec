package dev.batchmill.array;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class NDArrayTest {
  private static void assertMessage(
      Class<? extends Exception> type, String message, Executable code) {
    assertEquals(message, assertThrows(type, code).getMessage());
  }

  private static NDArray counting(DType dtype, long... shape) {
    NDArray array = NDArray.zeros(dtype, shape);
    NDArray flat = array.reshape(array.size());
    for (long i = 0; i < array.size(); i++) {
      flat.setLong(i, i);
    }
    return array;
  }

  @Test
  void plainArraysAreShared() {
    float[] data = {1, 2, 3, 4, 5, 6};
    NDArray array = NDArray.of(data, 2, 3);
    array.setDouble(9, 1, 2);
    data[0] = 7;
    assertEquals(9, data[5]);
    assertEquals(7, array.getFloat(0, 0));
    assertEquals("float32[2, 3]", array.toString());
    assertArrayEquals(new long[] {3, 1}, array.strides());
  }

  @Test
  void buffersAreSharedFromTheirPositionOn() {
    FloatBuffer data = ByteBuffer.allocateDirect(16).order(ByteOrder.nativeOrder()).asFloatBuffer();
    data.put(new float[] {1, 2, 3, 4}).position(1);
    NDArray array = NDArray.of(data);
    assertEquals(Shape.of(3), array.shape());
    array.setDouble(8, 0);
    assertEquals(8, data.get(1));
    assertTrue(array.isDirect());
    assertEquals(1, data.position());
  }

  @Test
  void buffersOfTheOtherByteOrderAreRefused() {
    ByteOrder other =
        ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN
            ? ByteOrder.LITTLE_ENDIAN
            : ByteOrder.BIG_ENDIAN;
    assertMessage(
        IllegalArgumentException.class,
        "buffer must be in the machine's byte order, see ByteBuffer.order: order=" + other,
        () -> NDArray.of(ByteBuffer.allocate(8).order(other).asFloatBuffer()));
    assertMessage(
        IllegalArgumentException.class,
        "buffer must hold a whole number of elements: bytes=7 dtype=float32",
        () -> NDArray.of(ByteBuffer.allocate(7).order(ByteOrder.nativeOrder()), DType.FLOAT32));
  }

  @Test
  void shapesThatDoNotFitAreRefused() {
    assertMessage(
        IllegalArgumentException.class,
        "shape must have as many elements as the data: shape=[2, 2] elements=3",
        () -> NDArray.of(new int[3], 2, 2));
    assertMessage(
        IllegalArgumentException.class,
        "shape must not have a negative size: shape=[2, -1]",
        () -> NDArray.zeros(DType.INT8, 2, -1));
    assertMessage(
        IllegalArgumentException.class,
        "shape has more than 2^63 - 1 elements: shape=[4294967296, 4294967296]",
        () -> Shape.of(1L << 32, 1L << 32));
    assertMessage(
        IllegalArgumentException.class,
        "array must not have more than 2^31 - 1 elements: shape=[2147483648]",
        () -> NDArray.zeros(DType.INT8, 1L << 31));
    assertMessage(
        IllegalArgumentException.class,
        "rows must all have the length of the first: row=1 length=1 expected=2",
        () -> NDArray.of(new float[][] {{1, 2}, {3}}));
  }

  @Test
  void anEmptyAxisMakesAnEmptyArrayHoweverLargeTheOthersAre() {
    assertEquals(0, Shape.of(Long.MAX_VALUE, Long.MAX_VALUE, 0).size());
    assertEquals(0, NDArray.zeros(DType.FLOAT32, 3, 0).toFloatArray().length);
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void everyTypeHoldsSmallNumbersOnAndOffTheHeap(DType dtype) {
    double[] values = dtype == DType.BOOL ? new double[] {0, 1, 1} : new double[] {0, 1, 100};
    try (NDArray direct = NDArray.allocate(dtype, 3)) {
      for (NDArray array : new NDArray[] {NDArray.zeros(dtype, 3), direct}) {
        for (int i = 0; i < values.length; i++) {
          array.setDouble(values[i], i);
        }
        assertArrayEquals(values, array.toDoubleArray());
        assertSame(dtype, array.copy().dtype());
        assertTrue(array.contentEquals(NDArray.of(values).astype(dtype)));
        assertTrue(dtype.bufferType().isInstance(array.buffer()));
      }
    }
  }

  @Test
  void conversionsCutWrapAndRoundAsDocumented() {
    NDArray doubles = NDArray.of(new double[] {-1.9, 300.7, Double.NaN, 1e300, -0.0});
    assertArrayEquals(
        new long[] {-1, 300, 0, Long.MAX_VALUE, 0}, doubles.astype(DType.INT64).toLongArray());
    assertArrayEquals(new long[] {255, 44, 0, 255, 0}, doubles.astype(DType.UINT8).toLongArray());
    assertArrayEquals(new long[] {1, 1, 1, 1, 0}, doubles.astype(DType.BOOL).toLongArray());
    assertArrayEquals(
        new double[] {-1.900390625, 300.75, Double.NaN, Double.POSITIVE_INFINITY, -0.0},
        doubles.astype(DType.FLOAT16).toDoubleArray());
    assertArrayEquals(
        new long[] {-128, -1}, NDArray.of(new byte[] {-128, -1}).astype(DType.INT64).toLongArray());
  }

  @Test
  void viewsShareMemoryAndSeeTheRightElements() {
    NDArray array = counting(DType.INT32, 2, 3, 4);
    NDArray turned = array.transpose();
    assertEquals(Shape.of(4, 3, 2), turned.shape());
    assertEquals(array.getLong(1, 2, 3), turned.getLong(3, 2, 1));
    assertFalse(turned.isContiguous());
    NDArray moved = array.transpose(1, -1, 0);
    assertEquals(Shape.of(3, 4, 2), moved.shape());
    assertEquals(array.getLong(1, 2, 3), moved.getLong(2, 3, 1));
    NDArray part = array.slice(1, 1, 3).slice(-1, 0, 2);
    assertEquals(Shape.of(2, 2, 2), part.shape());
    assertArrayEquals(new int[] {4, 5, 8, 9, 16, 17, 20, 21}, part.toIntArray());
    assertArrayEquals(new int[] {12, 13, 14, 15}, array.get(1).get(0).toIntArray());
    part.setLong(-1, 0, 0, 0);
    assertEquals(-1, array.getLong(0, 1, 0));
    assertSame(array, array.contiguous());
    assertNotSame(turned, turned.contiguous());
    assertEquals(7, array.reshape(-1).getLong(7));
    assertEquals(Shape.of(4, 6), array.reshape(4, -1).shape());
  }

  @Test
  void viewsThatCannotBeAreRefused() {
    NDArray array = counting(DType.INT32, 2, 3);
    assertMessage(
        IllegalArgumentException.class,
        "new shape must have as many elements: shape=[2, 3] newShape=[7]",
        () -> array.reshape(7));
    assertMessage(
        IllegalArgumentException.class,
        "only one size may be -1: newShape=[-1, -1]",
        () -> array.reshape(-1, -1));
    assertMessage(
        IllegalArgumentException.class,
        "no size fits in place of -1: shape=[2, 3] newShape=[4, -1]",
        () -> array.reshape(4, -1));
    assertMessage(
        IllegalArgumentException.class,
        "array must be contiguous to be reshaped, see NDArray.contiguous: shape=[3, 2]"
            + " strides=[1, 3]",
        () -> array.transpose().reshape(6));
    assertMessage(
        IllegalArgumentException.class,
        "axis is out of range for an array of rank 2: axis=2 shape=[2, 3]",
        () -> array.slice(2, 0, 1));
    assertThrows(IndexOutOfBoundsException.class, () -> array.slice(1, 0, 4));
    assertMessage(
        IllegalArgumentException.class,
        "axes must name every axis once: axes=[0, -2] shape=[2, 3]",
        () -> array.transpose(0, -2));
    assertMessage(
        IllegalArgumentException.class,
        "axes must name every axis once: axes=[1] shape=[2, 3]",
        () -> array.transpose(1));
    assertMessage(
        IllegalArgumentException.class,
        "axes must name every axis once: axes=[1, 0, 1] shape=[2, 3]",
        () -> array.transpose(1, 0, 1));
    assertMessage(
        IndexOutOfBoundsException.class,
        "index is outside the array: index=[0, 3] shape=[2, 3]",
        () -> array.getLong(0, 3));
    assertMessage(
        IllegalArgumentException.class,
        "index must have one number for each axis: index=[0] shape=[2, 3]",
        () -> array.getLong(0));
  }

  static Stream<Function<NDArray, NDArray>> places() {
    return Stream.of(
        array -> array,
        array -> {
          NDArray direct = NDArray.allocate(array.dtype(), array.shape());
          direct.assign(array);
          return direct;
        });
  }

  @ParameterizedTest
  @MethodSource("places")
  void takeCopiesRowsOfEveryTypeInOrder(Function<NDArray, NDArray> place) {
    long[] rows = {3, 0, 3, 1};
    for (DType dtype : DType.values()) {
      if (dtype == DType.BOOL) {
        continue;
      }
      try (NDArray source = place.apply(counting(dtype, 4, 5));
          NDArray taken = source.take(rows);
          NDArray turned = source.transpose().take(new long[] {4, 0})) {
        assertArrayEquals(
            IntStream.of(3, 0, 3, 1).flatMap(r -> IntStream.range(r * 5, r * 5 + 5)).toArray(),
            taken.toIntArray(),
            dtype.toString());
        assertArrayEquals(new int[] {4, 9, 14, 19, 0, 5, 10, 15}, turned.toIntArray());
        assertEquals(source.isDirect(), taken.isDirect());
      }
    }
  }

  @Test
  void takeOfManyRowsIsTheSameAsOneByOne() {
    NDArray source = counting(DType.INT64, 3000, 700);
    long[] rows = IntStream.range(0, 3000).mapToLong(i -> (i * 7L) % 3000).toArray();
    NDArray taken = source.take(rows);
    for (int i = 0; i < rows.length; i += 131) {
      assertTrue(taken.get(i).contentEquals(source.get(rows[i])));
    }
  }

  @Test
  void takeRefusesBadRowsAndOutputsAndWritesNothing() {
    NDArray source = counting(DType.INT32, 4, 5);
    NDArray out = NDArray.zeros(DType.INT32, 2, 5);
    assertMessage(
        IndexOutOfBoundsException.class,
        "row is outside the array: rows[1]=4 shape=[4, 5]",
        () -> source.take(new long[] {1, 4}, out));
    assertMessage(
        IllegalArgumentException.class,
        "output must have the type and shape of the result: output=int32[2, 5] result=int32[1, 5]",
        () -> source.take(new long[] {1}, out));
    assertMessage(
        IllegalArgumentException.class,
        "output must be contiguous: shape=[2, 5] strides=[1, 2]",
        () -> source.take(new long[] {1, 2}, NDArray.zeros(DType.INT32, 5, 2).transpose()));
    assertArrayEquals(new int[10], out.toIntArray());
    assertEquals(Shape.of(0, 5), source.take(new long[0]).shape());
    assertThrows(
        IllegalArgumentException.class, () -> NDArray.zeros(DType.INT8).take(new long[] {0}));
  }

  @Test
  void buffersOutlastTheirArrayAndThoseOfItsViews() {
    NDArray array = NDArray.allocate(DType.FLOAT32, 3, 1 << 20);
    FloatBuffer ofView = (FloatBuffer) array.get(2).buffer();
    int last = (3 << 20) - 1;
    array.setDouble(1.5, 0, 0);
    array.setDouble(2.5, 2, (1 << 20) - 1);
    array.close();
    assertEquals(1.5f, ofView.get(0));
    assertEquals(2.5f, ofView.get(last));
  }

  @Test
  void allocatedMemoryIsAlignedAndClosedOnce() {
    NDArray array = NDArray.allocate(DType.FLOAT32, 1000);
    NDArray view = array.slice(0, 10, 20);
    FloatBuffer buffer = (FloatBuffer) array.buffer();
    assertTrue(buffer.isDirect());
    try (NDArray bytes = NDArray.allocate(DType.INT8, 65)) {
      assertEquals(0, ((ByteBuffer) bytes.buffer()).alignmentOffset(0, 64));
    }
    view.close();
    assertFalse(array.isClosed());
    array.close();
    array.close();
    assertTrue(array.isClosed() && view.isClosed());
    assertMessage(
        IllegalStateException.class,
        "array is closed: dtype=float32 shape=[1000]",
        () -> array.getFloat(0));
    assertMessage(
        IllegalStateException.class,
        "array is closed: dtype=float32 shape=[10]",
        () -> view.buffer());
    buffer.put(999, 5); // a buffer that was handed out never dangles
    assertEquals(5, buffer.get(999));
  }

  @Test
  void borrowedMemoryIsGivenBackOnce() {
    ByteBuffer memory = ByteBuffer.allocateDirect(28).order(ByteOrder.nativeOrder());
    memory.putInt(4, 7).putInt(24, 9).position(4);
    AtomicInteger closed = new AtomicInteger();
    NDArray array = NDArray.of(memory, closed::incrementAndGet, DType.INT32, Shape.of(2, 3));
    assertEquals(7, array.getLong(0, 0));
    array.get(1).close();
    assertEquals(9, array.getLong(1, 2));
    assertEquals(0, closed.get());
    array.close();
    array.close();
    assertEquals(1, closed.get());
    assertTrue(array.isClosed());
    assertThrows(IllegalStateException.class, array::buffer);
    assertMessage(
        IllegalArgumentException.class,
        "shape must have as many elements as the data: shape=[2] dtype=int32 bytes=24",
        () -> NDArray.of(memory, () -> {}, DType.INT32, Shape.of(2)));
    assertEquals(4, memory.position());
  }

  @Test
  void contentEqualsComparesTypeShapeAndBits() {
    NDArray array = NDArray.of(new double[] {0.0, Double.NaN});
    assertTrue(array.contentEquals(NDArray.of(new double[] {0.0, Double.NaN})));
    assertFalse(array.contentEquals(NDArray.of(new double[] {-0.0, Double.NaN})));
    assertFalse(array.contentEquals(NDArray.of(new double[] {0.0, Double.NaN}, 1, 2)));
    assertFalse(array.contentEquals(array.astype(DType.FLOAT32)));
  }

  @Test
  void namesOfTypesAreNumPys() {
    assertSame(DType.BFLOAT16, DType.of("bfloat16"));
    assertSame(DType.FLOAT32, DType.of("Float32"));
    assertMessage(
        IllegalArgumentException.class,
        "dtype must be one of float16, bfloat16, float32, float64, int8, int16, int32, int64,"
            + " uint8, bool: dtype=complex64",
        () -> DType.of("complex64"));
  }
}
