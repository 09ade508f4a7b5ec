package dev.batchmill.loader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.batchmill.dataset.Batch;
import dev.batchmill.error.LoaderException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;

/** Workers on threads that are somebody else's, and on virtual ones. */
@Isolated("counts threads")
@Timeout(30)
class DataLoaderExecutorTest {
  private static final int FIRST_JAVA_WITH_VIRTUAL_THREADS = 21;

  private final ExecutorService pool = Executors.newFixedThreadPool(2);

  @AfterEach
  void nothingIsLeft() throws Exception {
    pool.shutdown();
    assertTrue(pool.awaitTermination(10, TimeUnit.SECONDS), "a task of the pool goes on");
    LoaderThreads.assertNone();
  }

  private static void assertAll(long count, Iterable<Batch> epoch) {
    List<String> seen = new ArrayList<>();
    epoch.forEach(batch -> seen.add(RecordingDataset.consume(batch)));
    assertEquals(LongStream.range(0, count).mapToObj(index -> "0:" + index).toList(), seen);
  }

  @Test
  void workersAreTasksOfTheExecutorWhichStaysOpen() throws Exception {
    Set<Thread> makers = ConcurrentHashMap.newKeySet();
    CountDownLatch both = new CountDownLatch(2);
    RecordingDataset dataset =
        RecordingDataset.of(
            100,
            index -> {
              if (makers.add(Thread.currentThread())) {
                both.countDown();
                LoaderThreads.await(both);
              }
            });
    try (DataLoader loader = DataLoader.builder(dataset).workers(2).executor(pool).build()) {
      assertAll(100, loader);
    }
    assertEquals(2, makers.size());
    assertFalse(makers.contains(Thread.currentThread()));
    assertEquals("alive", pool.submit(() -> "alive").get(10, TimeUnit.SECONDS));
    dataset.assertClean();
  }

  @Test
  void closingInterruptsWhatIsMadeAndLeavesTheThreadsWithoutTheFlag() throws Exception {
    CountDownLatch blocked = new CountDownLatch(2);
    RecordingDataset dataset =
        RecordingDataset.of(
            100,
            index -> {
              blocked.countDown();
              new CountDownLatch(1).await();
            });
    try (DataLoader loader = DataLoader.builder(dataset).workers(2).executor(pool).build()) {
      Iterator<Batch> batches = loader.iterator();
      assertTrue(batches.hasNext());
      LoaderThreads.await(blocked);
    }
    List<Future<Boolean>> flags = new ArrayList<>();
    CountDownLatch both = new CountDownLatch(2);
    for (int i = 0; i < 2; i++) {
      flags.add(
          pool.submit(
              () -> {
                boolean flag = Thread.interrupted();
                both.countDown();
                LoaderThreads.await(both);
                return flag;
              }));
    }
    for (Future<Boolean> flag : flags) {
      assertFalse(flag.get(10, TimeUnit.SECONDS));
    }
    dataset.assertClean();
  }

  @Test
  void anExecutorWithoutAFreeThreadDoesNotStopTheLoader() throws Exception {
    Queue<Thread> makers = new ConcurrentLinkedQueue<>();
    RecordingDataset dataset = RecordingDataset.of(20, index -> makers.add(Thread.currentThread()));
    CountDownLatch consumed = new CountDownLatch(1);
    Future<?> other =
        pool.submit(
            () -> {
              LoaderThreads.await(consumed);
              return null;
            });
    Future<Thread> consumer =
        pool.submit(
            () -> {
              try (DataLoader loader =
                  DataLoader.builder(dataset).workers(2).executor(pool).build()) {
                assertAll(20, loader);
              }
              return Thread.currentThread();
            });
    Thread thread = consumer.get(20, TimeUnit.SECONDS);
    consumed.countDown();
    other.get(10, TimeUnit.SECONDS);
    assertEquals(20, makers.size());
    assertTrue(makers.stream().allMatch(maker -> maker == thread), makers::toString);
    dataset.assertClean();
  }

  @Test
  void anExecutorThatRefusesEndsTheEpoch() {
    RecordingDataset dataset = RecordingDataset.of(20);
    pool.shutdown();
    try (DataLoader loader = DataLoader.builder(dataset).workers(2).executor(pool).build()) {
      LoaderException failure = assertThrows(LoaderException.class, loader::iterator);
      assertSame(
          RejectedExecutionException.class,
          failure.getCause() == null ? null : failure.getCause().getClass());
    }
    assertEquals(List.of("begin 0", "end 0"), dataset.events());
  }

  @Test
  void virtualThreadsMakeBatchesWhereJavaHasThem() throws Exception {
    Set<Thread> makers = ConcurrentHashMap.newKeySet();
    RecordingDataset dataset = RecordingDataset.of(50, index -> makers.add(Thread.currentThread()));
    try (DataLoader loader = DataLoader.builder(dataset).workers(3).virtualThreads().build()) {
      assertAll(50, loader);
    }
    boolean expected = Runtime.version().feature() >= FIRST_JAVA_WITH_VIRTUAL_THREADS;
    for (Thread maker : makers) {
      assertTrue(maker.getName().startsWith("batchmill-loader-"), maker.getName());
      assertTrue(maker.isDaemon());
      assertEquals(expected, isVirtual(maker));
    }
    dataset.assertClean();
  }

  private static boolean isVirtual(Thread thread) throws ReflectiveOperationException {
    return Runtime.version().feature() >= FIRST_JAVA_WITH_VIRTUAL_THREADS
        && (boolean) Thread.class.getMethod("isVirtual").invoke(thread);
  }
}
