package dev.batchmill.loader;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.batchmill.Gpus;
import dev.batchmill.array.CudaStream;
import dev.batchmill.array.DType;
import dev.batchmill.array.Device;
import dev.batchmill.array.DeviceAllocator;
import dev.batchmill.array.DeviceArray;
import dev.batchmill.array.NDArray;
import dev.batchmill.dataset.ArrayDataset;
import dev.batchmill.dataset.Batch;
import dev.batchmill.error.DeviceException;
import dev.batchmill.error.LoaderException;
import dev.batchmill.internal.memory.DeviceMemory;
import dev.batchmill.internal.memory.PinnedPages;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The batches of a loader on a GPU. */
@Tag("gpu")
@Timeout(60)
class DeviceLoaderTest {
  private static final int ROWS = 1003;

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

  private static ArrayDataset dataset() {
    NDArray x = NDArray.of(IntStream.range(0, ROWS * 3).toArray(), ROWS, 3);
    NDArray y = NDArray.of(IntStream.range(0, ROWS).asLongStream().toArray(), ROWS);
    return ArrayDataset.builder(x).y(y).batchSize(10).shuffle(1).build();
  }

  private static DataLoader.Builder loader(int workers, int capacity) {
    return DataLoader.builder(dataset()).workers(workers).queueCapacity(capacity).shuffle(2);
  }

  private static List<String> onHost(DataLoader loader) {
    List<String> seen = new ArrayList<>();
    for (Batch batch : loader) {
      try (batch) {
        seen.add(text(batch.x(), batch.y()));
      }
    }
    return seen;
  }

  private static String text(NDArray x, NDArray y) {
    return x.shape() + Arrays.toString(x.toLongArray()) + Arrays.toString(y.toLongArray());
  }

  private String onGpu(DeviceBatch batch) {
    try (batch) {
      batch.awaitOn(stream);
      assertNull(batch.sampleWeight());
      try (NDArray x = batch.x().toHost(stream);
          NDArray y = batch.y().toHost(stream)) {
        return text(x, y);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "1, 1", "2, 4", "4, 10"})
  void bringsTheBatchesInTheirOrder(int workers, int capacity) {
    long locked = PinnedPages.allocations();
    try (DataLoader loader = loader(workers, capacity).build();
        DataLoader other = loader(workers, capacity).build();
        DeviceLoader there = loader.toDevice(gpu)) {
      for (int epoch = 0; epoch < 2; epoch++) {
        List<String> seen = new ArrayList<>();
        for (DeviceBatch batch : there) {
          seen.add(onGpu(batch));
        }
        assertEquals(onHost(other), seen);
      }
      // Page-locked memory of x and y: the batches that are alive at a time, not all of them.
      long made = PinnedPages.allocations() - locked;
      assertTrue(made >= 2 && made <= 2L * (workers + capacity + 8), "allocations=" + made);
    }
  }

  @Test
  void keepsBatchesWhileTheConsumerHoldsThem() {
    try (DataLoader loader = loader(2, 4).build();
        DataLoader other = loader(2, 4).build();
        DeviceLoader there = loader.toDevice(gpu)) {
      List<DeviceBatch> held = new ArrayList<>();
      there.forEach(held::add);
      List<String> seen = held.stream().map(this::onGpu).toList();
      assertEquals(onHost(other), seen);
    }
  }

  @Test
  void aBatchIsThereForCodeWithoutAStream() {
    try (DataLoader loader = loader(1, 2).build();
        DeviceLoader there = loader.toDevice(gpu);
        DeviceBatch batch = there.iterator().next();
        NDArray out = NDArray.allocatePinned(DType.INT32, 10, 3)) {
      batch.await();
      batch.x().copyTo(out, stream);
      stream.synchronize();
      assertEquals(10, batch.size());
      assertEquals(10, Arrays.stream(out.toLongArray()).filter(v -> v % 3 == 0).count());
    }
  }

  @Test
  void theStateIsTheConsumersAndNotThatOfTheCopies() {
    List<String> all;
    try (DataLoader loader = loader(2, 4).build()) {
      all = onHost(loader);
    }
    List<String> seen = new ArrayList<>();
    LoaderState state;
    try (DataLoader loader = loader(2, 4).build();
        DeviceLoader there = loader.toDevice(gpu)) {
      Iterator<DeviceBatch> batches = there.iterator();
      for (int i = 0; i < 40; i++) {
        seen.add(onGpu(batches.next()));
      }
      state = there.state();
    }
    try (DataLoader loader = loader(3, 2).build().resume(state);
        DeviceLoader there = loader.toDevice(gpu)) {
      for (DeviceBatch batch : there) {
        seen.add(onGpu(batch));
      }
      assertEquals(1, there.state().epoch());
    }
    assertEquals(all, seen);
  }

  @Test
  void aFailureComesAfterTheBatchesBeforeIt() {
    RecordingDataset dataset =
        RecordingDataset.of(
            20,
            index -> {
              if (index == 12) {
                throw new IllegalStateException("broken");
              }
            });
    try (DataLoader loader = DataLoader.builder(dataset).workers(2).build();
        DeviceLoader there = loader.toDevice(gpu)) {
      Iterator<DeviceBatch> batches = there.iterator();
      for (int i = 0; i < 12; i++) {
        try (DeviceBatch batch = batches.next();
            NDArray x = batch.x().toHost(on(batch))) {
          assertArrayEquals(new long[] {0, i}, x.toLongArray());
        }
      }
      LoaderException e = assertThrows(LoaderException.class, batches::next);
      assertEquals("broken", e.getCause().getMessage());
    }
  }

  @Test
  void aDeviceThatIsFullIsToldAfterTheBatchesBeforeIt() {
    DeviceAllocator pooled = DeviceAllocator.pooled();
    AtomicInteger left = new AtomicInteger(2 * 5);
    gpu.setAllocator(
        new DeviceAllocator() {
          @Override
          public long allocate(long bytes, CudaStream on) {
            if (left.getAndDecrement() <= 0) {
              throw new DeviceException("full");
            }
            return pooled.allocate(bytes, on);
          }

          @Override
          public void free(long pointer, long bytes, CudaStream on) {
            pooled.free(pointer, bytes, on);
          }
        });
    try (DataLoader loader = loader(2, 10).build();
        DeviceLoader there = loader.toDevice(gpu)) {
      Iterator<DeviceBatch> batches = there.iterator();
      for (int i = 0; i < 5; i++) {
        onGpu(batches.next());
      }
      assertTrue(batches.hasNext());
      assertEquals("full", assertThrows(DeviceException.class, batches::next).getMessage());
    } finally {
      gpu.setAllocator(pooled);
    }
  }

  private CudaStream on(DeviceBatch batch) {
    batch.awaitOn(stream);
    return stream;
  }

  @Test
  void anotherWalkAndAnEarlyEndCloseWhatNobodyGot() {
    try (DataLoader loader = loader(2, 4).build()) {
      DeviceLoader there = loader.toDevice(gpu);
      Iterator<DeviceBatch> first = there.iterator();
      onGpu(first.next());
      Iterator<DeviceBatch> second = there.iterator();
      onGpu(second.next());
      assertThrows(IllegalStateException.class, first::next);
      there.close();
      there.close();
      assertThrows(IllegalStateException.class, second::next);
      assertThrows(IllegalStateException.class, there::iterator);
      assertEquals(onHost(loader).size(), (ROWS + 9) / 10);
    }
  }

  @Test
  void closingABatchTwiceIsAllowed() {
    try (DataLoader loader = loader(0, 1).build();
        DeviceLoader there = loader.toDevice(gpu)) {
      DeviceBatch batch = there.iterator().next();
      DeviceArray x = batch.x();
      assertFalse(x.isClosed());
      batch.close();
      batch.close();
      assertTrue(x.isClosed());
    }
  }
}
