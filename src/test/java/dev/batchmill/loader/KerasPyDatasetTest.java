package dev.batchmill.loader;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.batchmill.array.DType;
import dev.batchmill.array.NDArray;
import dev.batchmill.dataset.Batch;
import dev.batchmill.dataset.BatchDataset;
import dev.batchmill.error.LoaderException;
import dev.batchmill.random.PhiloxRandom;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The behaviours that Keras 3.15.1 tests of its {@code PyDataset} ({@code
 * py_dataset_adapter_test.py}), each under the name it has there. What its tests of the TensorFlow,
 * JAX and torch iterators repeat is here once; sharding, which Keras leaves to a distribution, and
 * sample weights, which its file lists as not tested yet, are added at the end.
 *
 * <p>One behaviour is another: Keras ignores {@code shuffle} of an infinite data set, the loader
 * refuses it.
 */
@Isolated("counts threads")
@Timeout(60)
class KerasPyDatasetTest {
  @AfterEach
  void noThreadIsLeft() {
    LoaderThreads.assertNone();
  }

  /** Slices of arrays in memory; an infinite one begins again at the front. */
  private record ExampleDataset(
      NDArray x, NDArray y, NDArray sampleWeight, boolean weighted, int batchSize, boolean infinite)
      implements BatchDataset, Serializable {
    private static final long serialVersionUID = 1L;

    static ExampleDataset of(NDArray x, NDArray y, int batchSize) {
      return new ExampleDataset(x, y, y, false, batchSize, false);
    }

    private long batches() {
      return (x.shape().dim(0) + batchSize - 1) / batchSize;
    }

    @Override
    public Batch batch(long index) {
      long low = index % batches() * batchSize;
      long high = Math.min(low + batchSize, x.shape().dim(0));
      return Batch.of(
          x.slice(0, low, high),
          y.slice(0, low, high),
          weighted ? sampleWeight.slice(0, low, high) : null);
    }

    @Override
    public OptionalLong batchCount() {
      return infinite ? OptionalLong.empty() : OptionalLong.of(batches());
    }
  }

  private static DataLoader.Builder loader(BatchDataset dataset, int workers, int processes) {
    return DataLoader.builder(dataset).workers(workers).workerProcesses(processes);
  }

  private static NDArray random(int rows, int columns) {
    float[] values = new float[rows * columns];
    PhiloxRandom.of(1337).fill(values);
    return NDArray.of(values, rows, columns);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0, false, false",
    "0, 0, false, true",
    "0, 0, true, false",
    "2, 0, false, false",
    "2, 0, false, true",
    "2, 0, true, false",
    "0, 2, false, false",
    "0, 2, true, false"
  })
  void basicFlow(int workers, int processes, boolean infinite, boolean shuffle) {
    NDArray x = random(64, 4);
    float[] numbers = new float[128];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = i >> 1;
    }
    NDArray y = NDArray.of(numbers, 64, 2);
    DataLoader.Builder builder =
        loader(new ExampleDataset(x, y, y, false, 16, infinite), workers, processes);
    List<Integer> order = new ArrayList<>();
    try (DataLoader loader = shuffle ? builder.shuffle(2).build() : builder.build()) {
      while (order.size() < (infinite ? 128 : 64)) {
        for (Batch batch : loader) {
          try (batch) {
            NDArray targets = Objects.requireNonNull(batch.y());
            assertNull(batch.sampleWeight());
            assertEquals("Batch[x=float32[16, 4], y=float32[16, 2]]", batch.toString());
            for (int i = 0; i < 16; i++) {
              int row = (int) targets.getFloat(i, 0);
              assertEquals(x.getFloat(row, 3), batch.x().getFloat(i, 3));
              order.add(row);
            }
          }
          if (infinite && order.size() % 64 == 0) {
            break;
          }
        }
      }
    }
    List<Integer> once = IntStream.range(0, 64).boxed().toList();
    if (infinite) {
      assertEquals(once, order.subList(0, 64));
      assertEquals(once, order.subList(64, 128));
    } else if (shuffle) {
      assertNotEquals(once, order);
      assertEquals(once, order.stream().sorted().toList());
    } else {
      assertEquals(once, order);
    }
  }

  @Test
  void basicFlowOfAnInfiniteDataSetThatIsToBeShuffled() {
    NDArray x = random(4, 1);
    assertThrows(
        IllegalArgumentException.class,
        () -> loader(new ExampleDataset(x, x, x, false, 2, true), 0, 0).shuffle(1).build());
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "2, 0", "0, 1"})
  void classWeight(int workers, int processes) {
    NDArray x = random(4, 5);
    int[] y = {0, 1, 2, 1};
    float[] weights = {2, 1, 3, 1};
    ExampleDataset dataset = ExampleDataset.of(x, NDArray.of(y), 2);
    int row = 0;
    try (DataLoader loader =
        loader(dataset, workers, processes).classWeights(Map.of(0, 2, 1, 1, 2, 3)).build()) {
      for (Batch batch : loader) {
        try (batch) {
          for (int i = 0; i < 2; i++, row++) {
            assertTrue(batch.x().get(i).contentEquals(x.get(row)));
            assertEquals(y[row], Objects.requireNonNull(batch.y()).getLong(i));
            assertEquals(weights[row], Objects.requireNonNull(batch.sampleWeight()).getFloat(i));
          }
        }
      }
    }
    assertEquals(4, row);
  }

  /** Keras compares times; here each batch waits until four are being made at once. */
  @Test
  void speedup() {
    CountDownLatch four = new CountDownLatch(4);
    RecordingDataset dataset =
        RecordingDataset.of(
            10,
            index -> {
              four.countDown();
              LoaderThreads.await(four);
            });
    try (DataLoader loader = DataLoader.builder(dataset).workers(4).queueCapacity(8).build()) {
      int batches = 0;
      for (Batch batch : loader) {
        batch.close();
        batches++;
      }
      assertEquals(10, batches);
    }
    dataset.assertClean();
  }

  /** A map with the keys x and y is no pair of features and targets: it is the features. */
  private record DictDataset(NDArray x, NDArray y) implements BatchDataset, Serializable {
    private static final long serialVersionUID = 1L;

    @Override
    public Batch batch(long index) {
      long low = 4 * index;
      return Batch.unpack(Map.of("x", x.slice(0, low, low + 4), "y", y.slice(0, low, low + 4)));
    }

    @Override
    public OptionalLong batchCount() {
      return OptionalLong.of(10);
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "2, 0", "0, 1"})
  void dictInputs(int workers, int processes) {
    long batches = 0;
    DictDataset dataset = new DictDataset(random(40, 4), random(40, 2));
    try (DataLoader loader = loader(dataset, workers, processes).build()) {
      for (Batch batch : loader) {
        try (batch) {
          assertEquals(2, batch.xs().map().size());
          assertEquals("float32[4, 4]", batch.xs().get("x").leaf().toString());
          assertEquals("float32[4, 2]", batch.xs().get("y").leaf().toString());
          assertNull(batch.ys());
          assertTrue(
              batch
                  .xs()
                  .get("x")
                  .leaf()
                  .contentEquals(dataset.x.slice(0, 4 * batches, 4 * batches + 4)));
          batches++;
        }
      }
    }
    assertEquals(10, batches);
  }

  private record DifferentShapes() implements BatchDataset, Serializable {
    private static final long serialVersionUID = 1L;

    @Override
    public Batch batch(long index) {
      int rows = index < 2 ? 16 : 2;
      return Batch.of(
          NDArray.zeros(DType.FLOAT32, rows, 4 + index), NDArray.zeros(DType.FLOAT32, rows, 2));
    }

    @Override
    public OptionalLong batchCount() {
      return OptionalLong.of(3);
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "2, 0", "0, 1"})
  void withDifferentShapes(int workers, int processes) {
    List<String> seen = new ArrayList<>();
    try (DataLoader loader = loader(new DifferentShapes(), workers, processes).build()) {
      for (Batch batch : loader) {
        try (batch) {
          seen.add(batch.toString());
        }
      }
    }
    assertEquals(
        List.of(
            "Batch[x=float32[16, 4], y=float32[16, 2]]",
            "Batch[x=float32[16, 5], y=float32[16, 2]]",
            "Batch[x=float32[2, 6], y=float32[2, 2]]"),
        seen);
  }

  private record FailingDataset() implements BatchDataset, Serializable {
    private static final long serialVersionUID = 1L;

    @Override
    public Batch batch(long index) {
      if (index < 2) {
        return Batch.of(random(8, 4), random(8, 2));
      }
      throw new IllegalArgumentException("Expected exception");
    }

    @Override
    public OptionalLong batchCount() {
      return OptionalLong.of(4);
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "2, 0", "0, 2"})
  void exceptionReported(int workers, int processes) {
    try (DataLoader loader = loader(new FailingDataset(), workers, processes).build()) {
      Iterator<Batch> batches = loader.iterator();
      batches.next().close();
      batches.next().close();
      LoaderException failure = assertThrows(LoaderException.class, batches::next);
      assertTrue(
          String.valueOf(failure.getMessage()).contains("epoch=0 batch=2"), failure.getMessage());
      assertTrue(
          Objects.requireNonNull(failure.getCause()).toString().contains("Expected exception"),
          failure.getMessage());
    }
  }

  private static NDArray whole(int value) {
    int[] values = new int[66];
    Arrays.fill(values, value);
    return NDArray.of(values, 6, 11);
  }

  @Test
  void iterateFinite() {
    int batches = 0;
    for (Batch batch : ExampleDataset.of(whole(1), whole(0), 2)) {
      assertEquals("Batch[x=int32[2, 11], y=int32[2, 11]]", batch.toString());
      batches++;
    }
    assertEquals(3, batches);
  }

  @Test
  void iterateInfiniteWithNoneNumBatches() {
    Iterator<Batch> batches =
        new ExampleDataset(whole(1), whole(0), whole(0), false, 2, true).iterator();
    for (int i = 0; i <= 10; i++) {
      assertTrue(batches.hasNext());
      assertEquals("Batch[x=int32[2, 11], y=int32[2, 11]]", batches.next().toString());
    }
  }

  /** What Keras calls a data set without a length says here that it has none. */
  private record NoLength() implements BatchDataset {
    @Override
    public Batch batch(long index) {
      return Batch.of(NDArray.of(new long[] {index, index}));
    }

    @Override
    public OptionalLong batchCount() {
      return OptionalLong.empty();
    }
  }

  @Test
  void iterateInfiniteWithNoLen() {
    Iterator<Batch> batches = new NoLength().iterator();
    for (int i = 0; i <= 10; i++) {
      assertArrayEquals(new long[] {i, i}, batches.next().x().toLongArray());
    }
  }

  @Test
  void iteratingTellsWhatCouldNotBeMade() {
    Iterator<Batch> batches = new FailingDataset().iterator();
    batches.next().close();
    batches.next().close();
    for (int attempt = 0; attempt < 2; attempt++) {
      LoaderException failure = assertThrows(LoaderException.class, batches::next);
      assertEquals(
          "batch could not be made: batch=2"
              + " failure=java.lang.IllegalArgumentException: Expected exception",
          failure.getMessage());
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "2, 0", "0, 1"})
  void sampleWeights(int workers, int processes) {
    NDArray x = random(5, 2);
    NDArray y = NDArray.of(new int[] {0, 1, 2, 3, 4});
    NDArray weight = NDArray.of(new float[] {0, 10, 20, 30, 40});
    ExampleDataset dataset = new ExampleDataset(x, y, weight, true, 2, false);
    List<Float> seen = new ArrayList<>();
    try (DataLoader loader = loader(dataset, workers, processes).build()) {
      for (Batch batch : loader) {
        try (batch) {
          for (float each : Objects.requireNonNull(batch.sampleWeight()).toFloatArray()) {
            seen.add(each);
          }
        }
      }
    }
    assertEquals(List.of(0f, 10f, 20f, 30f, 40f), seen);
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "2, 0", "0, 1"})
  void sharding(int workers, int processes) {
    NDArray x = NDArray.of(IntStream.range(0, 64).toArray());
    List<Long> seen = new ArrayList<>();
    for (int rank = 0; rank < 3; rank++) {
      try (DataLoader loader =
          loader(ExampleDataset.of(x, x, 8), workers, processes)
              .shuffle(7)
              .shard(rank, 3)
              .build()) {
        for (Batch batch : loader) {
          try (batch) {
            for (long row : batch.x().toLongArray()) {
              seen.add(row);
            }
          }
        }
      }
    }
    assertEquals(64, seen.size());
    assertEquals(
        IntStream.range(0, 64).mapToObj(Long::valueOf).toList(), seen.stream().sorted().toList());
  }
}
