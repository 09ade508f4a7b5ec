package dev.batchmill.loader;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.batchmill.array.DType;
import dev.batchmill.array.NDArray;
import dev.batchmill.dataset.ArrayDataset;
import dev.batchmill.dataset.Batch;
import dev.batchmill.dataset.BatchDataset;
import dev.batchmill.error.LoaderException;
import dev.batchmill.internal.memory.HostMemory;
import dev.batchmill.random.RandomSeed;
import java.io.Serializable;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a loader with worker processes does when nothing goes wrong. */
@Isolated("counts processes and threads, sets the seed of the process")
@Timeout(60)
class WorkerProcessTest {
  @TempDir Path scratch;
  private long liveArrays;

  @BeforeEach
  void count() {
    ScriptedDataset.EVENTS.clear();
    liveArrays = HostMemory.liveCount();
  }

  @AfterEach
  void nothingIsLeft() {
    WorkerProcesses.assertNone();
    // Fewer when the collector has found what other tests left.
    assertTrue(HostMemory.liveCount() <= liveArrays, "arrays are open");
  }

  private static List<String> walk(DataLoader.Builder builder, int epochs) {
    List<String> seen = new ArrayList<>();
    try (DataLoader loader = builder.build()) {
      for (int epoch = 0; epoch < epochs; epoch++) {
        for (Batch batch : loader) {
          try (batch) {
            StringBuilder line = new StringBuilder(batch.toString());
            for (NDArray array : batch.arrays()) {
              line.append(' ').append(LongStream.of(array.toLongArray()).boxed().toList());
            }
            seen.add(line.toString());
          }
        }
      }
    }
    return seen;
  }

  private static ArrayDataset shuffledRows() {
    int rows = 103;
    float[] x = new float[rows * 3];
    long[] y = new long[rows];
    double[] weights = new double[rows];
    for (int i = 0; i < rows; i++) {
      x[3 * i] = i;
      y[i] = -i;
      weights[i] = 2 * i;
    }
    return ArrayDataset.builder(NDArray.of(x, rows, 3))
        .y(NDArray.of(y))
        .sampleWeight(NDArray.of(weights))
        .batchSize(10)
        .shuffle(5)
        .build();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void batchesAreThoseOfThreads(int processes) {
    List<String> expected = walk(DataLoader.builder(shuffledRows()).workers(0).shuffle(9), 3);
    assertEquals(33, expected.size());
    assertEquals(
        expected,
        walk(DataLoader.builder(shuffledRows()).workerProcesses(processes).shuffle(9), 3));
  }

  /** Batch i has 1000 i rows: each is larger than those before. */
  private record Growing(int count) implements BatchDataset, Serializable {
    private static final long serialVersionUID = 1L;

    @Override
    public Batch batch(long index) {
      int rows = 1000 * (int) index;
      int[] x = new int[rows];
      for (int i = 0; i < rows; i++) {
        x[i] = i + (int) index;
      }
      NDArray y = NDArray.zeros(DType.BOOL, rows, 2, 1);
      return Batch.of(NDArray.of(x, rows, 1).transpose(0, 1), y.transpose(0, 2, 1));
    }

    @Override
    public OptionalLong batchCount() {
      return OptionalLong.of(count);
    }
  }

  @ParameterizedTest
  @CsvSource({"1073741824, 1", "1073741824, 2", "50000, 2", "0, 1"})
  void batchesOfAnySizeComeAsTheyAre(long sharedMemory, int processes) {
    List<String> expected = walk(DataLoader.builder(new Growing(12)).workers(0), 1);
    assertEquals(
        expected,
        walk(
            DataLoader.builder(new Growing(12))
                .workerProcesses(processes)
                .queueCapacity(2)
                .sharedMemory(sharedMemory),
            1));
  }

  /** Batches of lists and maps, with an empty list, and arrays without elements in between. */
  private record Nested() implements BatchDataset, Serializable {
    private static final long serialVersionUID = 1L;

    @Override
    public Batch batch(long index) {
      NDArray image = NDArray.of(new float[] {index, 1, 2, 3}, 2, 2);
      NDArray none = NDArray.zeros(DType.INT8, 2, 0);
      Map<String, Object> x = new LinkedHashMap<>();
      x.put("z", image);
      x.put("none", List.of());
      x.put("a", List.of(none, NDArray.of(new long[] {index, 7}), none));
      return Batch.unpack(
          List.of(x, List.of(NDArray.of(new int[] {1, 2})), Map.of("w", image.reshape(2, 2))));
    }

    @Override
    public OptionalLong batchCount() {
      return OptionalLong.of(3);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1 << 20})
  void listsAndMapsOfArraysComeAsTheyAre(long sharedMemory) {
    List<String> expected = walk(DataLoader.builder(new Nested()).workers(0), 1);
    assertTrue(
        expected
            .get(1)
            .startsWith(
                "Batch[x={z=float32[2, 2], none=[], a=[int8[2, 0], int64[2], int8[2, 0]]},"
                    + " y=[int32[2]], sampleWeight={w=float32[2, 2]}] [1, 1, 2, 3] [] [1, 7]"),
        expected.get(1));
    assertEquals(
        expected,
        walk(DataLoader.builder(new Nested()).workerProcesses(1).sharedMemory(sharedMemory), 1));
  }

  @Test
  void whatIsNotContiguousComesInOrder() {
    BatchDataset dataset = new Turned();
    assertEquals(
        walk(DataLoader.builder(dataset).workers(0), 1),
        walk(DataLoader.builder(dataset).workerProcesses(1).sharedMemory(0), 1));
    assertEquals(
        walk(DataLoader.builder(dataset).workers(0), 1),
        walk(DataLoader.builder(dataset).workerProcesses(1), 1));
  }

  private record Turned() implements BatchDataset, Serializable {
    private static final long serialVersionUID = 1L;

    @Override
    public Batch batch(long index) {
      return Batch.of(NDArray.of(new short[] {1, 2, 3, 4, 5, 6}, 2, 3).transpose());
    }

    @Override
    public OptionalLong batchCount() {
      return OptionalLong.of(2);
    }
  }

  @Test
  void aBatchIsTheConsumersUntilItIsClosed() {
    List<Batch> held = new ArrayList<>();
    try (DataLoader loader =
        DataLoader.builder(new Growing(40)).workerProcesses(2).queueCapacity(3).build()) {
      loader.forEach(held::add);
    }
    for (int index = 0; index < held.size(); index++) {
      try (Batch batch = held.get(index)) {
        assertEquals(1000L * index, batch.size());
        for (int i = 0; i < batch.size(); i += 999) {
          assertEquals(i + index, batch.x().getLong(i, 0));
        }
        assertTrue(batch.x().isDirect());
        if (index > 0) {
          batch.x().setLong(-1, 0, 0);
        }
      }
      NDArray closed = held.get(index).x();
      assertThrows(IllegalStateException.class, closed::buffer);
    }
    assertEquals(40, held.size());
  }

  @Test
  void processesMakeBatchesOneAtATimeAndLiveAsLongAsTheLoader() {
    Set<Long> pids = new HashSet<>();
    try (DataLoader loader =
        DataLoader.builder(new ScriptedDataset(40, -1, scratch, dataset -> {}))
            .workerProcesses(2)
            .build()) {
      assertEquals(List.of(), WorkerProcesses.alive());
      for (int epoch = 0; epoch < 3; epoch++) {
        int index = 0;
        for (Batch batch : loader) {
          try (batch) {
            assertEquals(epoch, batch.x().getLong(0, 0));
            assertEquals(index++, batch.x().getLong(0, 1));
            pids.add(batch.x().getLong(0, 2));
          }
        }
        assertEquals(40, index);
        LoaderThreads.assertNone();
      }
      assertEquals(new HashSet<>(WorkerProcesses.alive()), pids);
      assertTrue(pids.size() <= 2, pids.toString());
    }
    assertEquals(
        List.of("begin 0", "end 0", "begin 1", "end 1", "begin 2", "end 2"),
        ScriptedDataset.EVENTS);
  }

  @Test
  void infiniteDataSetsGoOnAfterTheLastBatchTheConsumerGot() {
    try (DataLoader loader =
        DataLoader.builder(new ScriptedDataset(-1, -1, scratch, dataset -> {}))
            .workerProcesses(2)
            .build()) {
      for (int epoch = 0; epoch < 3; epoch++) {
        Iterator<Batch> batches = loader.iterator();
        for (int i = 0; i < 5; i++) {
          try (Batch batch = batches.next()) {
            assertEquals(epoch, batch.x().getLong(0, 0));
            assertEquals(5 * epoch + i, batch.x().getLong(0, 1));
          }
        }
      }
    }
  }

  /** Tells in each batch how often its own hooks were called, and the seed of the process. */
  private static final class Hooked implements BatchDataset, Serializable {
    private static final long serialVersionUID = 1L;
    private transient long begun;
    private transient long ended;

    @Override
    public Batch batch(long index) {
      System.out.println("printed by a batch " + "x".repeat(100));
      System.err.println("and by its errors");
      return Batch.of(NDArray.of(new long[] {begun, ended, RandomSeed.get().orElse(-1)}, 1, 3));
    }

    @Override
    public OptionalLong batchCount() {
      return OptionalLong.of(3);
    }

    @Override
    public void onEpochBegin(long epoch) {
      begun++;
    }

    @Override
    public void onEpochEnd(long epoch) {
      ended++;
    }
  }

  @Test
  void hooksAreCalledOnEachCopyAndPrintingHarmsNothing() {
    Hooked dataset = new Hooked();
    try {
      RandomSeed.set(77);
      try (DataLoader loader = DataLoader.builder(dataset).workerProcesses(1).build()) {
        for (int epoch = 0; epoch < 3; epoch++) {
          for (Batch batch : loader) {
            try (batch) {
              assertArrayEquals(new long[] {epoch + 1, epoch, 77}, batch.x().toLongArray());
            }
          }
        }
      }
    } finally {
      RandomSeed.clear();
    }
    assertEquals(3, dataset.begun);
    assertEquals(3, dataset.ended);
  }

  @Test
  void optionsReachTheJavaOfTheProcess() {
    BatchDataset dataset = new Properties();
    try (DataLoader loader =
        DataLoader.builder(dataset)
            .workerProcesses(1)
            .jvmArguments("-Xmx64m", "-Dbatchmill.threads=3", "-XX:+UseParallelGC")
            .build()) {
      try (Batch batch = loader.iterator().next()) {
        assertTrue(batch.x().getLong(0) <= 64 << 20, "-Xmx");
        assertEquals(3, batch.x().getLong(1));
      }
    }
  }

  private record Properties() implements BatchDataset, Serializable {
    private static final long serialVersionUID = 1L;

    @Override
    public Batch batch(long index) {
      long threads = Long.getLong("batchmill.threads", -1);
      return Batch.of(NDArray.of(new long[] {Runtime.getRuntime().maxMemory(), threads}));
    }

    @Override
    public OptionalLong batchCount() {
      return OptionalLong.of(1);
    }
  }

  @Test
  void aForgottenLoaderEndsItsProcesses() {
    WeakReference<DataLoader> forgotten = forget();
    LoaderThreads.await(
        () -> {
          System.gc();
          return forgotten.get() == null
              && WorkerProcesses.alive().isEmpty()
              && WorkerProcesses.threads().isEmpty();
        });
  }

  private WeakReference<DataLoader> forget() {
    DataLoader loader =
        DataLoader.builder(new ScriptedDataset(30, -1, scratch, dataset -> {}))
            .workerProcesses(2)
            .build();
    loader.iterator().next().close();
    assertFalse(WorkerProcesses.alive().isEmpty());
    return new WeakReference<>(loader);
  }

  @Test
  void sharedMemoryIsGivenBackWhenNoBufferIsLeft() {
    walk(DataLoader.builder(new Growing(10)).workerProcesses(1), 1);
    LoaderThreads.await(
        () -> {
          System.gc();
          return mapped() == 0;
        });
  }

  private static long mapped() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("mapped"))
        .mapToLong(BufferPoolMXBean::getCount)
        .sum();
  }

  private static void assertRefused(String message, Runnable action) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, action::run).getMessage());
  }

  private static class Plain implements BatchDataset {
    @Override
    public Batch batch(long index) {
      throw new IndexOutOfBoundsException(index);
    }

    @Override
    public OptionalLong batchCount() {
      return OptionalLong.of(1);
    }
  }

  private static final class Locked extends Plain implements Serializable {
    private static final long serialVersionUID = 1L;

    @SuppressWarnings("serial") // that is the point
    private final List<Object> things = List.of("a", new Holder());
  }

  private static final class Holder implements Serializable {
    private static final long serialVersionUID = 1L;

    @SuppressWarnings({"serial", "UnusedVariable"}) // that is the point
    private final Object lock = new Object();
  }

  @Test
  void refusesWhatMakesNoSense() {
    DataLoader.Builder builder = DataLoader.builder(new Growing(1));
    assertRefused(
        "workerProcesses must not be negative: workerProcesses=-1",
        () -> builder.workerProcesses(-1));
    assertRefused(
        "sharedMemory must not be negative: sharedMemory=-1", () -> builder.sharedMemory(-1));
    assertRefused(
        "data set for worker processes must be Serializable: class=" + Plain.class.getName(),
        () -> DataLoader.builder(new Plain()).workerProcesses(1).build());
    Locked locked = new Locked();
    assertEquals(2, locked.things.size());
    assertRefused(
        "data set for worker processes must hold only what is Serializable, or transient fields:"
            + " dataset="
            + Locked.class.getName()
            + " class=java.lang.Object field="
            + Holder.class.getName()
            + ".lock",
        () -> DataLoader.builder(locked).workerProcesses(1).build());
  }

  @Test
  void withoutProcessesNothingIsSerialised() {
    try (DataLoader loader = DataLoader.builder(new Plain()).workerProcesses(0).build()) {
      Iterator<Batch> batches = loader.iterator();
      assertThrows(LoaderException.class, batches::next);
    }
  }
}
