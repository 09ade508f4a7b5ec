package dev.batchmill.loader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.batchmill.array.NDArray;
import dev.batchmill.dataset.ArrayDataset;
import dev.batchmill.dataset.Batch;
import dev.batchmill.dataset.BatchDataset;
import dev.batchmill.random.Permutation;
import dev.batchmill.random.RandomSeed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a loader does when nothing goes wrong. */
@Isolated("counts threads, sets the seed of the process")
@Timeout(30)
class DataLoaderTest {
  @AfterEach
  void noThreadIsLeft() {
    LoaderThreads.assertNone();
  }

  private static List<String> walk(Iterable<Batch> epoch) {
    List<String> seen = new ArrayList<>();
    for (Batch batch : epoch) {
      seen.add(RecordingDataset.consume(batch));
    }
    return seen;
  }

  private static List<String> batches(long epoch, LongStream indices) {
    return indices.mapToObj(index -> epoch + ":" + index).toList();
  }

  @Test
  void orderHoldsWhenLaterBatchesAreReadyFirst() {
    int workers = 8;
    List<CountDownLatch> made =
        Stream.generate(() -> new CountDownLatch(1)).limit(10L * workers).toList();
    RecordingDataset dataset =
        RecordingDataset.of(
            made.size(),
            index -> {
              if ((index + 1) % workers != 0) {
                LoaderThreads.await(made.get((int) index + 1));
              }
              made.get((int) index).countDown();
            });
    try (DataLoader loader =
        DataLoader.builder(dataset).workers(workers).queueCapacity(workers).build()) {
      assertEquals(batches(0, LongStream.range(0, made.size())), walk(loader));
    }
    dataset.assertClean();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 10})
  void neverMoreBatchesAheadThanTheCapacityAndNeverFewerForLong(int capacity) throws Exception {
    AtomicInteger begun = new AtomicInteger();
    AtomicInteger asked = new AtomicInteger();
    AtomicInteger mostAhead = new AtomicInteger();
    RecordingDataset dataset =
        RecordingDataset.of(
            200,
            index -> mostAhead.accumulateAndGet(begun.incrementAndGet() - asked.get(), Math::max));
    try (DataLoader loader =
        DataLoader.builder(dataset).workers(4).queueCapacity(capacity).build()) {
      Iterator<Batch> batches = loader.iterator();
      int threads = Math.min(4, capacity);
      for (int taken = 0; taken < 20; taken++) {
        int full = taken + capacity;
        LoaderThreads.await(() -> begun.get() == full);
        LoaderThreads.awaitAllWaiting(threads);
        assertEquals(full, begun.get());
        asked.incrementAndGet();
        batches.next().close();
      }
      while (batches.hasNext()) {
        asked.incrementAndGet();
        batches.next().close();
      }
    }
    assertEquals(capacity, mostAhead.get());
    assertEquals(200, begun.get());
    dataset.assertClean();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 4, 64})
  void shuffledEpochsAreTheSameForAnyNumberOfWorkers(int workers) {
    int rows = 103;
    int batchSize = 5;
    BatchDataset dataset =
        ArrayDataset.builder(NDArray.of(LongStream.range(0, rows).toArray()))
            .batchSize(batchSize)
            .shuffle(5)
            .build();
    long count = dataset.batchCount().orElseThrow();
    try (DataLoader loader =
        DataLoader.builder(dataset).workers(workers).queueCapacity(64).shuffle(9).build()) {
      for (long epoch = 0; epoch < 3; epoch++) {
        Permutation rowOrder = Permutation.of(rows, 5, epoch);
        long[] expected =
            LongStream.of(Permutation.of(count, 9, epoch).toArray())
                .flatMap(b -> LongStream.range(b * batchSize, Math.min(rows, (b + 1) * batchSize)))
                .map(rowOrder::indexAt)
                .toArray();
        List<Long> seen = new ArrayList<>();
        for (Batch batch : loader) {
          LongStream.of(batch.x().toLongArray()).forEach(seen::add);
        }
        assertEquals(LongStream.of(expected).boxed().toList(), seen);
      }
    }
  }

  @Test
  void withoutSeedTheProcessSeedDecides() {
    try {
      RandomSeed.set(5);
      List<String> first = walkShuffled();
      assertEquals(first, walkShuffled());
      RandomSeed.set(6);
      assertNotEquals(first, walkShuffled());
    } finally {
      RandomSeed.clear();
    }
  }

  private static List<String> walkShuffled() {
    try (DataLoader loader = DataLoader.builder(RecordingDataset.of(50)).shuffle().build()) {
      return walk(loader);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4})
  void epochsAreNumberedAndHooksEncloseThem(int workers) {
    RecordingDataset dataset = RecordingDataset.of(20);
    try (DataLoader loader = DataLoader.builder(dataset).workers(workers).build()) {
      assertEquals(List.of(), dataset.events());
      assertEquals(batches(0, LongStream.range(0, 20)), walk(loader));
      assertEquals(List.of("begin 0", "end 0"), dataset.events());
      LoaderThreads.assertNone();
      assertEquals(batches(1, LongStream.range(0, 20)), walk(loader));
      Iterable<Batch> seventh = loader.epoch(7);
      assertEquals(batches(7, LongStream.range(0, 20)), walk(seventh));
      assertEquals(batches(8, LongStream.range(0, 20)), walk(loader));
      assertEquals(batches(7, LongStream.range(0, 20)), walk(seventh));
    }
    assertEquals(
        List.of(
            "begin 0", "end 0", "begin 1", "end 1", "begin 7", "end 7", "begin 8", "end 8",
            "begin 7", "end 7"),
        dataset.events());
    dataset.assertClean();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4})
  void anEpochLeftEarlyEndsBeforeTheNextBegins(int workers) {
    RecordingDataset dataset = RecordingDataset.of(20);
    try (DataLoader loader = DataLoader.builder(dataset).workers(workers).build()) {
      Iterator<Batch> left = loader.iterator();
      assertEquals("0:0", RecordingDataset.consume(left.next()));
      assertEquals(List.of("begin 0"), dataset.events());
      Iterator<Batch> other = loader.iterator();
      assertEquals(List.of("begin 0", "end 0", "begin 1"), dataset.events());
      assertEquals(
          "epoch is over, the loader was closed or began another one: epoch=0 batch=1",
          assertThrows(IllegalStateException.class, left::next).getMessage());
      assertEquals("1:0", RecordingDataset.consume(other.next()));
    }
    assertEquals(List.of("begin 0", "end 0", "begin 1", "end 1"), dataset.events());
    dataset.assertClean();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4})
  void infiniteDataSetsGoOnAfterTheLastBatchTheConsumerGot(int workers) {
    RecordingDataset dataset = RecordingDataset.infinite(index -> {});
    try (DataLoader loader = DataLoader.builder(dataset).workers(workers).build()) {
      List<String> seen = new ArrayList<>();
      for (int epoch = 0; epoch < 3; epoch++) {
        Iterator<Batch> batches = loader.iterator();
        for (int i = 0; i < 5; i++) {
          assertTrue(batches.hasNext());
          seen.add(RecordingDataset.consume(batches.next()));
        }
      }
      List<String> expected = new ArrayList<>(batches(0, LongStream.range(0, 5)));
      expected.addAll(batches(1, LongStream.range(5, 10)));
      expected.addAll(batches(2, LongStream.range(10, 15)));
      assertEquals(expected, seen);
    }
    dataset.assertClean();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4})
  void anEmptyEpochHasItsHooks(int workers) {
    RecordingDataset dataset = RecordingDataset.of(0);
    try (DataLoader loader = DataLoader.builder(dataset).workers(workers).build()) {
      Iterator<Batch> batches = loader.iterator();
      LoaderThreads.assertNone();
      assertEquals(
          "epoch has no more batches: epoch=0",
          assertThrows(NoSuchElementException.class, batches::next).getMessage());
      assertFalse(batches.hasNext());
    }
    assertEquals(List.of("begin 0", "end 0"), dataset.events());
  }

  @Test
  void afterTheLastBatchThereIsNone() {
    try (DataLoader loader = DataLoader.builder(RecordingDataset.of(2)).build()) {
      Iterator<Batch> batches = loader.iterator();
      assertEquals("0:0", RecordingDataset.consume(batches.next()));
      assertEquals("0:1", RecordingDataset.consume(batches.next()));
      assertThrows(NoSuchElementException.class, batches::next);
      assertFalse(batches.hasNext());
    }
  }

  @Test
  void threadsAreNamedDaemonsAndNoMoreThanCanWork() {
    try (DataLoader loader =
        DataLoader.builder(RecordingDataset.of(100)).workers(5).queueCapacity(3).build()) {
      Iterator<Batch> batches = loader.iterator();
      LoaderThreads.awaitAllWaiting(3);
      assertEquals(
          List.of("batchmill-loader-1", "batchmill-loader-2", "batchmill-loader-3"),
          LoaderThreads.alive().stream().map(Thread::getName).sorted().toList());
      assertTrue(LoaderThreads.alive().stream().allMatch(Thread::isDaemon));
      batches.next().close();
    }
  }

  @Test
  void withoutWorkersTheConsumerMakesTheBatches() {
    List<Thread> makers = new ArrayList<>();
    RecordingDataset dataset = RecordingDataset.of(3, index -> makers.add(Thread.currentThread()));
    try (DataLoader loader = DataLoader.builder(dataset).workers(0).build()) {
      Iterator<Batch> batches = loader.iterator();
      assertEquals(List.of(), makers);
      batches.next().close();
      assertEquals(List.of(Thread.currentThread()), makers);
    }
  }

  @Test
  void workersAreMadeByTheGivenFactory() {
    List<Thread> threads = new ArrayList<>();
    List<String> makers = new ArrayList<>();
    RecordingDataset dataset =
        RecordingDataset.of(3, index -> makers.add(Thread.currentThread().getName()));
    try (DataLoader loader =
        DataLoader.builder(dataset)
            .threadFactory(
                task -> {
                  threads.add(new Thread(task, "mine"));
                  return threads.get(threads.size() - 1);
                })
            .build()) {
      assertEquals(batches(0, LongStream.range(0, 3)), walk(loader));
    }
    assertEquals(List.of("mine", "mine", "mine"), makers);
    assertEquals(1, threads.size());
    assertFalse(threads.get(0).isAlive());
  }

  private static void assertRefused(String message, Runnable action) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, action::run).getMessage());
  }

  @Test
  void refusesWhatMakesNoSense() {
    DataLoader.Builder builder = DataLoader.builder(RecordingDataset.of(3));
    assertRefused("workers must not be negative: workers=-1", () -> builder.workers(-1));
    assertRefused(
        "queueCapacity must be at least 1: queueCapacity=0", () -> builder.queueCapacity(0));
    assertRefused(
        "timeout must be more than 0: timeout=PT0S", () -> builder.timeout(Duration.ZERO));
    assertRefused(
        "closeTimeout must be more than 0: closeTimeout=PT-1S",
        () -> builder.closeTimeout(Duration.ofSeconds(-1)));
    BatchDataset infinite = Endless.INSTANCE;
    assertRefused(
        "the batches of an infinite data set cannot be shuffled: dataset=endless",
        () -> DataLoader.builder(infinite).shuffle(1).build());
    try (DataLoader loader = builder.build()) {
      assertRefused("epoch must not be negative: epoch=-1", () -> loader.epoch(-1));
    }
  }

  private enum Endless implements BatchDataset {
    INSTANCE;

    @Override
    public Batch batch(long index) {
      throw new IndexOutOfBoundsException(index);
    }

    @Override
    public OptionalLong batchCount() {
      return OptionalLong.empty();
    }

    @Override
    public String toString() {
      return "endless";
    }
  }
}
