package dev.batchmill.array;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.batchmill.Gpus;
import dev.batchmill.error.DeviceException;
import dev.batchmill.internal.memory.DeviceMemory;
import dev.batchmill.random.Permutation;
import dev.batchmill.transform.Normalizer;
import dev.batchmill.transform.OneHot;
import dev.batchmill.transform.OneHotEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Arrays, streams and events of a GPU, and the transforms that take them, against the host's. */
@Tag("gpu")
class DeviceArrayTest {
  private static final int ROWS = 37;
  private static final int COLUMNS = 130;

  private Device gpu;
  private CudaStream stream;
  private long live;

  @BeforeEach
  void open() {
    gpu = Gpus.first();
    live = DeviceMemory.liveCount();
    stream = CudaStream.create(gpu);
  }

  @AfterEach
  void nothingIsLeft() {
    if (stream != null) {
      stream.close();
      assertEquals(live, DeviceMemory.liveCount(), "open device arrays");
    }
  }

  private static NDArray random(DType dtype, long... shape) {
    NDArray array = NDArray.allocate(dtype, shape);
    Random random = new Random(shape.length);
    NDArray flat = array.reshape(array.size());
    for (long i = 0; i < array.size(); i++) {
      flat.setDouble(dtype.isFloating() ? random.nextGaussian() : random.nextInt(100), i);
    }
    return array;
  }

  private static void assertSame(NDArray expected, NDArray seen) {
    assertEquals(expected.dtype(), seen.dtype());
    assertEquals(expected.shape(), seen.shape());
    assertArrayEquals(values(expected), values(seen));
  }

  private void assertThere(NDArray expected, DeviceArray there) {
    try (NDArray seen = there.toHost(stream)) {
      assertSame(expected, seen);
    }
  }

  private static double[] values(NDArray array) {
    double[] values = new double[(int) array.size()];
    NDArray flat = array.contiguous().reshape(array.size());
    for (int i = 0; i < values.length; i++) {
      values[i] = flat.getDouble(i);
    }
    return values;
  }

  @Test
  void copiesEveryKindOfHostArray() {
    NDArray heap = NDArray.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
    try (NDArray direct = random(DType.FLOAT32, 2, 3);
        NDArray pinned = NDArray.allocatePinned(DType.FLOAT32, 2, 3)) {
      pinned.assign(direct);
      for (NDArray host : List.of(heap, direct, pinned, heap.reshape(3, 2).transpose())) {
        try (DeviceArray there = DeviceArray.of(host, stream);
            NDArray back = there.toHost(stream)) {
          assertSame(host, back);
          NDArray onHeap = NDArray.zeros(DType.FLOAT32, 2, 3);
          there.copyTo(onHeap, stream);
          assertSame(host, onHeap);
        }
      }
    }
  }

  @Test
  void copiesTakePlaceInTheOrderOfTheStreams() {
    try (CudaStream second = CudaStream.create(gpu);
        NDArray pinned = NDArray.allocatePinned(DType.INT64, 1000);
        NDArray out = NDArray.allocatePinned(DType.INT64, 1000);
        DeviceArray there = DeviceArray.allocate(stream, DType.INT64, 1000)) {
      pinned.setLong(7, 999);
      there.copyFrom(pinned, stream);
      try (CudaEvent copied = stream.record()) {
        second.waitFor(copied);
        there.copyTo(out, second);
        second.synchronize();
        assertTrue(copied.isDone());
        assertTrue(second.isDone());
      }
      assertEquals(7, out.getLong(999));
      there.clear(second);
      there.copyTo(out, second);
      try (CudaEvent cleared = second.record()) {
        cleared.synchronize();
      }
      assertEquals(0, out.getLong(999));
    }
  }

  @Test
  void timedEventsMeasure() {
    try (CudaEvent start = CudaEvent.createTimed(gpu);
        CudaEvent end = CudaEvent.createTimed(gpu);
        CudaEvent untimed = CudaEvent.create(gpu)) {
      stream.record(start);
      stream.record(end);
      end.synchronize();
      assertTrue(end.millisecondsSince(start) >= 0);
      assertEquals(
          "both events must be made by CudaEvent.createTimed",
          assertThrows(IllegalArgumentException.class, () -> untimed.millisecondsSince(start))
              .getMessage());
    }
  }

  @Test
  void viewsShareTheMemory() {
    DeviceArray there = DeviceArray.of(NDArray.zeros(DType.INT32, 6, 4), stream);
    try (NDArray host = random(DType.INT32, 6, 4)) {
      there.copyFrom(host, stream);
      DeviceArray rows = there.slice(2, 5);
      assertEquals(there.pointer() + 2 * 4 * 4, rows.pointer());
      try (NDArray back = rows.reshape(4, 3).toHost(stream)) {
        assertSame(host.slice(0, 2, 5).contiguous().reshape(4, 3), back);
      }
      rows.close();
      assertFalse(there.isClosed());
      there.close();
      assertEquals(
          "device array is closed: device=cuda:0 dtype=int32 shape=[3, 4]",
          assertThrows(IllegalStateException.class, rows::pointer).getMessage());
      assertThrows(IndexOutOfBoundsException.class, () -> there.slice(2, 7));
    }
  }

  @Test
  void takesAFrameworksMemoryAndStream() {
    AtomicInteger released = new AtomicInteger();
    try (NDArray host = random(DType.FLOAT64, 8);
        DeviceArray theirs = DeviceArray.of(host, stream);
        CudaStream wrapped = CudaStream.wrap(stream.handle(), gpu)) {
      DeviceArray ours =
          DeviceArray.wrap(
              theirs.pointer() + 16, 48, gpu, released::incrementAndGet, DType.FLOAT64, 3, 2);
      try (NDArray back = ours.toHost(wrapped)) {
        assertSame(host.slice(0, 2, 8).contiguous().reshape(3, 2), back);
      }
      ours.close();
      ours.close();
      assertEquals(1, released.get());
      assertEquals(
          "memory must hold the array: bytes=47 dtype=float64 shape=[6]",
          assertThrows(
                  IllegalArgumentException.class,
                  () -> DeviceArray.wrap(theirs.pointer(), 47, gpu, () -> {}, DType.FLOAT64, 6))
              .getMessage());
      assertThrows(
          IllegalArgumentException.class,
          () -> DeviceArray.wrap(theirs.pointer() + 4, 48, gpu, () -> {}, DType.FLOAT64, 6));
    }
    stream.synchronize(); // closing the wrapped stream left it alone
  }

  @Test
  void memoryComesFromTheAllocatorThatIsSet() {
    List<String> calls = new ArrayList<>();
    DeviceAllocator pooled = DeviceAllocator.pooled();
    gpu.setAllocator(
        new DeviceAllocator() {
          @Override
          public long allocate(long bytes, CudaStream on) {
            calls.add("allocate " + bytes);
            return pooled.allocate(bytes, on);
          }

          @Override
          public void free(long pointer, long bytes, CudaStream on) {
            calls.add("free " + bytes);
            pooled.free(pointer, bytes, on);
          }
        });
    DeviceArray array;
    try {
      array = DeviceArray.allocate(stream, DType.INT8, 10);
    } finally {
      gpu.setAllocator(pooled);
    }
    array.close();
    assertEquals(List.of("allocate 10", "free 10"), calls);
    gpu.trim();
  }

  @Test
  void normalizesAsTheHostDoes() {
    for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT64)) {
      try (NDArray host = random(dtype, 5, ROWS, COLUMNS)) {
        for (int axis = 0; axis < 3; axis++) {
          for (double order : new double[] {0, 1, 2, Double.POSITIVE_INFINITY}) {
            try (DeviceArray x = DeviceArray.of(host, stream);
                DeviceArray out = DeviceArray.allocate(stream, dtype, x.shape());
                NDArray expected = Normalizer.normalize(host, axis, order)) {
              Normalizer.normalizeInto(x, axis, order, out, stream);
              Normalizer.normalizeInto(x, axis - 3, order, x, stream);
              assertThere(expected, out);
              assertThere(expected, x);
            }
          }
        }
      }
    }
  }

  @Test
  void gathersAndNormalizesInOnePass() {
    long[] rows = {3, 0, 36, 36, 17};
    try (NDArray host = random(DType.FLOAT32, ROWS, COLUMNS);
        DeviceArray x = DeviceArray.of(host, stream);
        DeviceArray numbers = DeviceArray.of(NDArray.of(rows), stream);
        DeviceArray gathered = DeviceArray.allocate(stream, DType.FLOAT32, 5, COLUMNS);
        DeviceArray halves = DeviceArray.allocate(stream, DType.FLOAT16, 5, COLUMNS);
        DeviceArray all = DeviceArray.allocate(stream, DType.BFLOAT16, ROWS, COLUMNS)) {
      NDArray taken = host.take(rows);
      x.gather(numbers, gathered, stream);
      assertThere(taken, gathered);
      Normalizer.gatherAndNormalizeInto(x, numbers, 2, gathered, stream);
      try (NDArray unit = Normalizer.normalize(taken)) {
        assertThere(unit, gathered);
      }
      x.gatherAs(numbers, halves, stream);
      try (NDArray converted = taken.astype(DType.FLOAT16)) {
        assertThere(converted, halves);
      }
      x.convertInto(all, stream);
      try (NDArray converted = host.astype(DType.BFLOAT16)) {
        assertThere(converted, all);
      }
      taken.close();
    }
  }

  @Test
  void encodesLabelsAsTheHostDoes() {
    NDArray labels = NDArray.of(new long[] {2, 0, 9, 9, 1, 4}, 2, 3);
    OneHotEncoder middle =
        OneHotEncoder.builder().classes(10).axis(1).onValue(7).ignoreIndex(9).build();
    NDArray flat = NDArray.of(new int[] {2, 0, 9, 9, 1, 4});
    try (DeviceArray there = DeviceArray.of(labels, stream);
        DeviceArray flatThere = DeviceArray.of(flat, stream);
        DeviceArray rows = DeviceArray.of(NDArray.of(new long[] {5, 5, 0}), stream);
        DeviceArray last = DeviceArray.allocate(stream, DType.FLOAT32, 2, 3, 10);
        DeviceArray across = DeviceArray.allocate(stream, DType.INT16, 2, 10, 3);
        DeviceArray gathered = DeviceArray.allocate(stream, DType.FLOAT64, 3, 10)) {
      OneHot.encodeInto(there, 10, last, stream);
      assertThere(OneHot.encode(labels, 10), last);
      NDArray expected = NDArray.zeros(DType.INT16, 2, 10, 3);
      middle.encodeInto(labels, expected);
      middle.encodeInto(there, across, stream);
      assertThere(expected, across);
      OneHotEncoder.builder()
          .classes(10)
          .build()
          .gatherAndEncodeInto(flatThere, rows, gathered, stream);
      assertThere(OneHot.encode(NDArray.of(new int[] {4, 4, 2}), 10, DType.FLOAT64), gathered);
    }
  }

  @Test
  void fillsPermutationsAsTheHostDoes() {
    for (long size : new long[] {1000, 1_000_000}) {
      Permutation order = Permutation.of(size, 42);
      long[] expected = new long[600];
      order.fill(300, expected, 0, 600);
      try (DeviceArray out = DeviceArray.allocate(stream, DType.INT64, 20, 30)) {
        order.fill(300, out, stream);
        assertThere(NDArray.of(expected, 20, 30), out);
        assertThrows(IllegalArgumentException.class, () -> order.fill(size - 599, out, stream));
      }
    }
  }

  @Test
  void tooLittleMemoryNamesWhatWasAskedAndWhatIsFree() {
    long total = gpu.totalBytes();
    DeviceException e =
        assertThrows(
            DeviceException.class, () -> DeviceArray.allocate(stream, DType.INT8, 2 * total));
    assertEquals("cudaErrorMemoryAllocation", e.errorName());
    assertEquals(2, e.errorCode());
    assertEquals("allocate memory on cuda:0", e.operation());
    assertFalse(e.isFatal());
    assertTrue(
        e.getMessage()
            .endsWith(": bytes=%d free=%d total=%d".formatted(2 * total, gpu.freeBytes(), total)),
        e.getMessage());
  }

  @Test
  void refusesWhatDoesNotFit() {
    try (DeviceArray floats = DeviceArray.allocate(stream, DType.FLOAT32, 4, 3);
        DeviceArray halves = DeviceArray.allocate(stream, DType.FLOAT16, 4, 3);
        DeviceArray rows = DeviceArray.allocate(stream, DType.INT64, 2)) {
      assertFails(
          "arrays must have one type and shape to be copied: dtype=float32 shape=[4, 3] other dtype=float32 other shape=[12]",
          () -> floats.copyFrom(NDArray.zeros(DType.FLOAT32, 12), stream));
      assertFails(
          "output must be float32 of shape [4, 3]: dtype=float16 shape=[4, 3]",
          () -> Normalizer.normalizeInto(floats, 0, 2, halves, stream));
      assertFails(
          "a GPU normalizes float32 or float64, see DeviceArray.convertInto: dtype=float16",
          () -> Normalizer.normalizeInto(halves, 0, 2, halves, stream));
      assertFails(
          "a GPU converts to float32, float16 or bfloat16: dtype=int64",
          () -> floats.gatherAs(rows, rows, stream));
      assertFails(
          "rows must be int64 numbers along one axis: dtype=float32 shape=[4, 3]",
          () -> floats.gather(floats, floats, stream));
      assertFails(
          "arrays must have one type and shape to be gathered: dtype=float32 shape=[2, 3] other dtype=float32 other shape=[4, 3]",
          () -> floats.gather(rows, floats, stream));
      assertFails(
          "output must be float32 of shape [4, 3, 5]: dtype=float32 shape=[4, 3]",
          () -> OneHot.encodeInto(floats, 5, floats, stream));
      assertFails(
          "indices are int64: dtype=float32", () -> Permutation.of(12, 1).fill(0, floats, stream));
      assertFails(
          "shape must have as many elements as the array: shape=[5] array=[4, 3]",
          () -> floats.reshape(5));
    }
    int none = Device.cudaDevices().size() + 1;
    assertFails(
        "there is no such device: index=" + none + " devices=" + Device.cudaDevices().size(),
        () -> Device.cuda(none));
  }

  @Test
  void streamsOfOtherDevicesAreRefused() {
    if (Device.cudaDevices().size() < 2) {
      System.out.println("skipped: there is one GPU");
      return;
    }
    Device other = Device.cuda(1);
    try (CudaStream theirs = CudaStream.create(other);
        DeviceArray here = DeviceArray.allocate(stream, DType.INT32, 3);
        DeviceArray there = DeviceArray.allocate(theirs, DType.INT32, 3)) {
      assertFails(
          "stream and array must be of one device: stream=cuda:1 array=cuda:0",
          () -> here.clear(theirs));
      there.copyFrom(NDArray.of(new int[] {1, 2, 3}), theirs);
      here.copyFrom(there, stream);
      assertThere(NDArray.of(new int[] {1, 2, 3}), here);
    }
  }

  @Test
  void emptyArraysNeedNoMemory() {
    try (DeviceArray none = DeviceArray.allocate(stream, DType.FLOAT32, 0, 5);
        DeviceArray rows = DeviceArray.allocate(stream, DType.INT64, 0);
        DeviceArray some = DeviceArray.allocate(stream, DType.FLOAT32, 4, 5)) {
      Normalizer.normalizeInto(none, 1, 2, none, stream);
      some.gather(rows, none, stream);
      assertThere(NDArray.zeros(DType.FLOAT32, 0, 5), none);
    }
  }

  private static void assertFails(String message, org.junit.jupiter.api.function.Executable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
  }
}
