package dev.batchmill.loader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.batchmill.dataset.Batch;
import dev.batchmill.dataset.BatchDataset;
import dev.batchmill.error.LoaderException;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The fault matrix: whatever goes wrong is told, and leaves no thread and no batch behind. Every
 * test has a deadline; {@link WorkerProcessFaultTest} is the same for processes, files and memory
 * shared with them, {@link DataLoaderExecutorTest} for threads that are lent.
 *
 * <pre>
 *   throw at batch k              aFailureComesInPlaceOfItsBatch, ofSeveralFailuresTheFirstInOrderIsTold
 *   throw an Error                everyThrowableReachesTheConsumer
 *   stall past the timeout        aLateBatchIsAFailureThatShowsWhereItsWorkerIs
 *   interrupt the consumer        anInterruptOfTheWaitingConsumerCancelsAndKeepsTheFlag,
 *                                 aFlagThatIsSetAlreadyCancelsAndStays,
 *                                 withoutWorkersAnInterruptReachesTheBatchAndKeepsTheFlag
 *   interrupt a worker            aWorkerThatInterruptsItselfGoesOn
 *   a worker's thread dies        aWorkerThreadThatDiesIsNoticed
 *   close while blocked           closeInterruptsWorkersThatMakeBatches, closeWakesWorkersThatWaitForRoom,
 *                                 closeByAnotherThreadWakesTheConsumer,
 *                                 closeWaitsForABatchThatTheConsumerMakesItself
 *   close in vain                 aWorkerThatIgnoresTheInterruptIsNamedAndItsBatchIsClosedWhenItComes,
 *                                 closeNamesTheConsumerThatMakesABatchForTooLong
 *   close twice, walk after it    closeTwiceIsCloseAndAClosedLoaderBeginsNothing
 *   hook throws                   aBeginHookThatThrowsBeginsNothing, anEndHookThatThrowsIsToldOnce
 *   consumer slower, faster       noBatchIsLostWhicheverSideIsSlower
 *   data set shorter than it said aDataSetShorterThanItSaidIsAFailure
 *   worker process killed         WorkerProcessFaultTest.aKilledProcessIsReplacedAndItsBatchMadeAgain
 *   loader forgotten              aForgottenLoaderEndsItsWorkers
 * </pre>
 */
@Isolated("counts threads")
@Timeout(30)
class DataLoaderFaultTest {
  private static final int COUNT = 30;

  private final CountDownLatch blocked = new CountDownLatch(1);
  private final CountDownLatch interrupted = new CountDownLatch(1);
  private final CountDownLatch never = new CountDownLatch(1);

  @AfterEach
  void nothingIsLeft() {
    assertFalse(Thread.interrupted(), "the flag leaked out of a test");
    LoaderThreads.assertNone();
  }

  /** Waits until it is interrupted. */
  private void block() throws InterruptedException {
    blocked.countDown();
    try {
      never.await();
    } catch (InterruptedException e) {
      interrupted.countDown();
      throw e;
    }
  }

  /** A data set whose batch {@code index} blocks until it is interrupted. */
  private RecordingDataset blockingAt(long index) {
    return RecordingDataset.of(
        COUNT,
        i -> {
          if (i == index) {
            block();
          }
        });
  }

  private static void take(Iterator<Batch> batches, long from, long to) {
    for (long index = from; index < to; index++) {
      assertEquals(index, index(batches.next()));
    }
  }

  private static long index(Batch batch) {
    String name = RecordingDataset.consume(batch);
    return Long.parseLong(name.substring(name.indexOf(':') + 1));
  }

  // ------------------------------------------------------------------------------- worker failure

  static Stream<Arguments> workersAndFailingBatches() {
    return Stream.of(0, 1, 4)
        .flatMap(
            workers -> Stream.of(0, 1, COUNT / 2, COUNT - 1).map(at -> Arguments.of(workers, at)));
  }

  @ParameterizedTest
  @MethodSource("workersAndFailingBatches")
  void aFailureComesInPlaceOfItsBatch(int workers, int at) {
    IOException cause = new IOException("disk on fire");
    AtomicBoolean failing = new AtomicBoolean(true);
    RecordingDataset dataset =
        RecordingDataset.of(
            COUNT,
            index -> {
              if (index == at && failing.get()) {
                throw cause;
              }
            });
    try (DataLoader loader = DataLoader.builder(dataset).workers(workers).build()) {
      Iterator<Batch> batches = loader.iterator();
      take(batches, 0, at);
      LoaderException failure = assertThrows(LoaderException.class, batches::next);
      assertEquals(
          "batch could not be made: epoch=0 batch="
              + at
              + " failure=java.io.IOException: disk on fire",
          failure.getMessage());
      assertSame(cause, failure.getCause());
      assertTrue(batches.hasNext(), "no epoch ends early in silence");
      assertSame(failure, assertThrows(LoaderException.class, batches::next));
      failing.set(false);
      take(loader.iterator(), 0, COUNT);
    }
    assertEquals(List.of("begin 0", "end 0", "begin 1", "end 1"), dataset.events());
    dataset.assertClean();
  }

  static Stream<Throwable> throwables() {
    return Stream.of(
        new IllegalStateException("unchecked"),
        new AssertionError("error"),
        new OutOfMemoryError("Java heap space"),
        new StackOverflowError(),
        new InterruptedException("of the data set's own making"),
        new NoClassDefFoundError("com/example/Missing"));
  }

  @ParameterizedTest
  @MethodSource("throwables")
  void everyThrowableReachesTheConsumer(Throwable thrown) {
    RecordingDataset dataset =
        RecordingDataset.of(
            COUNT,
            index -> {
              if (index == 3) {
                DataLoaderFaultTest.<RuntimeException>sneak(thrown);
              }
            });
    try (DataLoader loader = DataLoader.builder(dataset).workers(2).build()) {
      Iterator<Batch> batches = loader.iterator();
      take(batches, 0, 3);
      assertSame(thrown, assertThrows(LoaderException.class, batches::next).getCause());
    }
    dataset.assertClean();
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> void sneak(Throwable thrown) throws T {
    throw (T) thrown;
  }

  @Test
  void ofSeveralFailuresTheFirstInOrderIsTold() {
    CountDownLatch laterFailed = new CountDownLatch(1);
    RecordingDataset dataset =
        RecordingDataset.of(
            COUNT,
            index -> {
              if (index == 0) {
                LoaderThreads.await(laterFailed);
              } else if (index == 1) {
                laterFailed.countDown();
              }
              throw new IllegalStateException("batch " + index);
            });
    try (DataLoader loader = DataLoader.builder(dataset).workers(2).build()) {
      LoaderException failure = assertThrows(LoaderException.class, loader.iterator()::next);
      assertEquals(
          "batch could not be made: epoch=0 batch=0"
              + " failure=java.lang.IllegalStateException: batch 0",
          failure.getMessage());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  void aDataSetShorterThanItSaidIsAFailure(int workers) {
    BatchDataset dataset =
        new BatchDataset() {
          @Override
          @SuppressWarnings("NullAway") // that is the point
          public Batch batch(long index) {
            return null;
          }

          @Override
          public OptionalLong batchCount() {
            return OptionalLong.of(5);
          }
        };
    try (DataLoader loader = DataLoader.builder(dataset).workers(workers).build()) {
      assertEquals(
          "batch could not be made: epoch=0 batch=0"
              + " failure=java.lang.NullPointerException: the value must not be null",
          assertThrows(LoaderException.class, loader.iterator()::next).getMessage());
    }
  }

  // -------------------------------------------------------------------------------------- waiting

  @Test
  void aLateBatchIsAFailureThatShowsWhereItsWorkerIs() throws Exception {
    RecordingDataset dataset = blockingAt(2);
    try (DataLoader loader =
        DataLoader.builder(dataset).workers(1).timeout(Duration.ofMillis(30)).build()) {
      Iterator<Batch> batches = loader.iterator();
      LoaderThreads.await(blocked); // the batches before are ready, however slow the machine
      take(batches, 0, 2);
      LoaderException failure = assertThrows(LoaderException.class, batches::next);
      assertEquals(
          "batch was not ready in time, its worker's stack is the cause: epoch=0 batch=2"
              + " timeout=PT0.03S",
          failure.getMessage());
      TimeoutException cause = assertInstanceOf(TimeoutException.class, failure.getCause());
      assertEquals("worker is here: thread=batchmill-loader-1", cause.getMessage());
      assertTrue(
          Arrays.stream(cause.getStackTrace())
              .anyMatch(frame -> frame.getMethodName().equals("block")));
      LoaderThreads.await(interrupted);
    }
    dataset.assertClean();
  }

  @Test
  void anInterruptOfTheWaitingConsumerCancelsAndKeepsTheFlag() throws Exception {
    RecordingDataset dataset = blockingAt(0);
    try (DataLoader loader = DataLoader.builder(dataset).workers(2).build()) {
      FutureTask<Boolean> flag =
          new FutureTask<>(
              () -> {
                Iterator<Batch> batches = loader.iterator();
                LoaderException failure = assertThrows(LoaderException.class, batches::next);
                assertEquals(
                    "interrupted while waiting for a batch: epoch=0 batch=0", failure.getMessage());
                return Thread.currentThread().isInterrupted();
              });
      Thread consumer = new Thread(flag);
      consumer.start();
      LoaderThreads.await(blocked);
      LoaderThreads.awaitWaiting(consumer);
      consumer.interrupt();
      assertTrue(flag.get());
      LoaderThreads.await(interrupted);
    }
    dataset.assertClean();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4})
  void aFlagThatIsSetAlreadyCancelsAndStays(int workers) {
    RecordingDataset dataset = RecordingDataset.of(COUNT);
    try (DataLoader loader = DataLoader.builder(dataset).workers(workers).build()) {
      Iterator<Batch> batches = loader.iterator();
      take(batches, 0, 1);
      Thread.currentThread().interrupt();
      LoaderException failure = assertThrows(LoaderException.class, batches::next);
      assertEquals("interrupted while waiting for a batch: epoch=0 batch=1", failure.getMessage());
      assertInstanceOf(InterruptedException.class, failure.getCause());
    }
    assertTrue(Thread.interrupted(), "the flag outlives close as well");
    assertEquals(List.of("begin 0", "end 0"), dataset.events());
    dataset.assertClean();
  }

  @Test
  void withoutWorkersAnInterruptReachesTheBatchAndKeepsTheFlag() throws Exception {
    RecordingDataset dataset = blockingAt(0);
    Thread consumer = Thread.currentThread();
    Thread interrupter =
        new Thread(
            () -> {
              LoaderThreads.awaitWaiting(consumer);
              consumer.interrupt();
            });
    try (DataLoader loader = DataLoader.builder(dataset).workers(0).build()) {
      Iterator<Batch> batches = loader.iterator();
      interrupter.start();
      LoaderException failure = assertThrows(LoaderException.class, batches::next);
      assertInstanceOf(InterruptedException.class, failure.getCause());
    }
    assertTrue(Thread.interrupted());
    interrupter.join();
    dataset.assertClean();
  }

  @Test
  void aWorkerThatInterruptsItselfGoesOn() {
    RecordingDataset dataset =
        RecordingDataset.of(
            COUNT,
            index -> {
              assertFalse(Thread.currentThread().isInterrupted());
              Thread.currentThread().interrupt();
            });
    try (DataLoader loader = DataLoader.builder(dataset).workers(2).queueCapacity(2).build()) {
      take(loader.iterator(), 0, COUNT);
    }
    dataset.assertClean();
  }

  @Test
  void aWorkerThreadThatDiesIsNoticed() {
    DataLoader.Builder builder =
        DataLoader.builder(RecordingDataset.of(COUNT)).threadFactory(task -> new Thread("dud"));
    try (DataLoader loader = builder.build()) {
      LoaderException failure = assertThrows(LoaderException.class, loader.iterator()::next);
      assertTrue(
          String.valueOf(failure.getMessage())
              .startsWith(
                  "batch could not be made: epoch=0 batch=0 failure="
                      + "java.lang.IllegalStateException: worker thread ended early: thread="),
          failure.getMessage());
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 0, 1", "1, 0, 1", "4, 0, 1", "0, 1, 0", "1, 1, 0", "4, 1, 0", "4, 1, 1"})
  void noBatchIsLostWhicheverSideIsSlower(int workers, long makeMillis, long useMillis)
      throws Exception {
    RecordingDataset dataset = RecordingDataset.of(COUNT, index -> Thread.sleep(makeMillis));
    try (DataLoader loader =
        DataLoader.builder(dataset).workers(workers).queueCapacity(3).build()) {
      Iterator<Batch> batches = loader.iterator();
      for (int index = 0; index < COUNT; index++) {
        take(batches, index, index + 1);
        Thread.sleep(useMillis);
      }
      assertFalse(batches.hasNext());
    }
    dataset.assertClean();
  }

  // -------------------------------------------------------------------------------------- closing

  @Test
  void closeInterruptsWorkersThatMakeBatches() throws Exception {
    RecordingDataset dataset =
        RecordingDataset.of(
            COUNT,
            index -> {
              if (index > 0) {
                block();
              }
            });
    DataLoader loader = DataLoader.builder(dataset).workers(4).build();
    take(loader.iterator(), 0, 1);
    LoaderThreads.await(blocked);
    loader.close();
    LoaderThreads.assertNone();
    LoaderThreads.await(interrupted);
    assertEquals(List.of("begin 0", "end 0"), dataset.events());
    dataset.assertClean();
  }

  @Test
  void closeWakesWorkersThatWaitForRoom() {
    RecordingDataset dataset = RecordingDataset.of(COUNT);
    DataLoader loader = DataLoader.builder(dataset).workers(4).queueCapacity(4).build();
    Iterator<Batch> batches = loader.iterator();
    LoaderThreads.awaitAllWaiting(4);
    loader.close();
    LoaderThreads.assertNone();
    assertThrows(IllegalStateException.class, batches::next);
    dataset.assertClean();
  }

  @Test
  void closeByAnotherThreadWakesTheConsumer() throws Exception {
    CountDownLatch tookFirst = new CountDownLatch(1);
    RecordingDataset dataset = blockingAt(1);
    DataLoader loader = DataLoader.builder(dataset).workers(2).build();
    FutureTask<IllegalStateException> consumed =
        new FutureTask<>(
            () -> {
              Iterator<Batch> batches = loader.iterator();
              take(batches, 0, 1);
              tookFirst.countDown();
              return assertThrows(IllegalStateException.class, batches::next);
            });
    Thread consumer = new Thread(consumed);
    consumer.start();
    LoaderThreads.await(blocked);
    LoaderThreads.await(tookFirst);
    LoaderThreads.awaitWaiting(consumer);
    loader.close();
    assertEquals(
        "epoch is over, the loader was closed or began another one: epoch=0 batch=1",
        consumed.get().getMessage());
    consumer.join();
    dataset.assertClean();
  }

  @Test
  void closeWaitsForABatchThatTheConsumerMakesItself() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    RecordingDataset dataset =
        RecordingDataset.of(
            COUNT,
            index -> {
              blocked.countDown();
              release.await();
            });
    DataLoader loader = DataLoader.builder(dataset).workers(0).build();
    FutureTask<IllegalStateException> consumed =
        new FutureTask<>(() -> assertThrows(IllegalStateException.class, loader.iterator()::next));
    new Thread(consumed).start();
    LoaderThreads.await(blocked);
    Thread closer = new Thread(loader::close);
    closer.start();
    LoaderThreads.awaitWaiting(closer);
    assertEquals(List.of("begin 0"), dataset.events());
    release.countDown();
    closer.join();
    assertEquals(List.of("begin 0", "end 0"), dataset.events());
    assertEquals(
        "epoch is over, the loader was closed or began another one: epoch=0 batch=0",
        consumed.get().getMessage());
    dataset.assertClean();
  }

  @Test
  void closeNamesTheConsumerThatMakesABatchForTooLong() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    RecordingDataset dataset =
        RecordingDataset.of(
            COUNT,
            index -> {
              blocked.countDown();
              release.await();
            });
    DataLoader loader =
        DataLoader.builder(dataset).workers(0).closeTimeout(Duration.ofMillis(30)).build();
    FutureTask<IllegalStateException> consumed =
        new FutureTask<>(() -> assertThrows(IllegalStateException.class, loader.iterator()::next));
    new Thread(consumed, "slow-consumer").start();
    LoaderThreads.await(blocked);
    assertEquals(
        "worker did not end in time, let batch() heed the interrupt: epoch=0 closeTimeout=PT0.03S"
            + " worker=slow-consumer batch=0",
        assertThrows(LoaderException.class, loader::close).getMessage());
    assertEquals(List.of("begin 0"), dataset.events());
    release.countDown();
    consumed.get();
    loader.close();
    assertEquals(List.of("begin 0", "end 0"), dataset.events());
    dataset.assertClean();
  }

  @Test
  void closeTwiceIsCloseAndAClosedLoaderBeginsNothing() {
    RecordingDataset dataset = RecordingDataset.of(COUNT);
    DataLoader loader = DataLoader.builder(dataset).build();
    take(loader.iterator(), 0, 1);
    loader.close();
    loader.close();
    String message = assertThrows(IllegalStateException.class, loader::iterator).getMessage();
    assertTrue(String.valueOf(message).startsWith("loader is closed: dataset="), message);
    assertThrows(IllegalStateException.class, loader.epoch(3)::iterator);
    assertEquals(List.of("begin 0", "end 0"), dataset.events());
    dataset.assertClean();
  }

  @Test
  void aLoaderClosedBeforeItsFirstEpochCallsNoHook() {
    RecordingDataset dataset = RecordingDataset.of(COUNT);
    DataLoader.builder(dataset).build().close();
    assertEquals(List.of(), dataset.events());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  void aWorkerCannotCloseItsLoader(int workers) {
    AtomicReference<DataLoader> self = new AtomicReference<>();
    RecordingDataset dataset = RecordingDataset.of(COUNT, index -> self.get().close());
    try (DataLoader loader = DataLoader.builder(dataset).workers(workers).build()) {
      self.set(loader);
      assertEquals(
          "batch could not be made: epoch=0 batch=0 failure=java.lang.IllegalStateException:"
              + " loader must not be used by the batch method of its own data set: epoch=0",
          assertThrows(LoaderException.class, loader.iterator()::next).getMessage());
    }
    assertEquals(List.of("begin 0", "end 0"), dataset.events());
  }

  @Test
  void aWorkerThatIgnoresTheInterruptIsNamedAndItsBatchIsClosedWhenItComes() {
    CountDownLatch release = new CountDownLatch(1);
    RecordingDataset dataset =
        RecordingDataset.of(
            COUNT,
            index -> {
              blocked.countDown();
              boolean released = false;
              while (!released) {
                try {
                  released = release.await(10, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                  // ignored, like many a data set does
                }
              }
            });
    DataLoader loader =
        DataLoader.builder(dataset).workers(1).closeTimeout(Duration.ofMillis(30)).build();
    Iterator<Batch> unused = loader.iterator();
    assertTrue(unused.hasNext());
    LoaderThreads.await(() -> blocked.getCount() == 0);
    String message =
        "worker did not end in time, let batch() heed the interrupt: epoch=0"
            + " closeTimeout=PT0.03S worker=batchmill-loader-1 batch=0";
    LoaderException next = assertThrows(LoaderException.class, loader::iterator);
    assertEquals(message, next.getMessage());
    assertEquals(1, next.getSuppressed().length);
    assertEquals(message, assertThrows(LoaderException.class, loader::close).getMessage());
    assertEquals(List.of("begin 0"), dataset.events(), "no end while a worker runs");
    Thread worker = LoaderThreads.alive().get(0);
    release.countDown();
    LoaderThreads.await(() -> !worker.isAlive());
    loader.close();
    assertEquals(List.of("begin 0", "end 0"), dataset.events());
    dataset.assertClean();
  }

  @Test
  void aForgottenLoaderEndsItsWorkers() {
    RecordingDataset dataset = RecordingDataset.of(COUNT);
    WeakReference<DataLoader> forgotten = forget(dataset);
    LoaderThreads.await(
        () -> {
          System.gc();
          return forgotten.get() == null && LoaderThreads.alive().isEmpty();
        });
    dataset.assertClean();
  }

  private static WeakReference<DataLoader> forget(BatchDataset dataset) {
    DataLoader loader = DataLoader.builder(dataset).workers(2).queueCapacity(2).build();
    take(loader.iterator(), 0, 1);
    assertEquals(2, LoaderThreads.alive().size());
    return new WeakReference<>(loader);
  }

  // ---------------------------------------------------------------------------- hooks and threads

  private static final class HookedDataset implements BatchDataset {
    private final List<String> events = new ArrayList<>();
    private boolean beginFails;
    private boolean endFails;
    private long count = 3;

    @Override
    public Batch batch(long index) throws Exception {
      return RecordingDataset.of(count).batch(index);
    }

    @Override
    public OptionalLong batchCount() {
      return OptionalLong.of(count);
    }

    @Override
    public void onEpochBegin(long epoch) {
      events.add("begin " + epoch);
      if (beginFails) {
        throw new IllegalStateException("no begin");
      }
    }

    @Override
    public void onEpochEnd(long epoch) {
      events.add("end " + epoch);
      if (endFails) {
        throw new AssertionError("no end");
      }
    }
  }

  @Test
  void aBeginHookThatThrowsBeginsNothing() {
    HookedDataset dataset = new HookedDataset();
    try (DataLoader loader = DataLoader.builder(dataset).build()) {
      dataset.beginFails = true;
      LoaderException failure = assertThrows(LoaderException.class, loader::iterator);
      assertEquals(
          "epoch hook failed: hook=onEpochBegin epoch=0"
              + " failure=java.lang.IllegalStateException: no begin",
          failure.getMessage());
      LoaderThreads.assertNone();
      dataset.beginFails = false;
      take(loader.iterator(), 0, 3);
    }
    assertEquals(List.of("begin 0", "begin 0", "end 0"), dataset.events);
  }

  @Test
  void anEndHookThatThrowsIsToldOnce() {
    HookedDataset dataset = new HookedDataset();
    dataset.endFails = true;
    String message =
        "epoch hook failed: hook=onEpochEnd epoch=%d failure=java.lang.AssertionError: no end";
    try (DataLoader loader = DataLoader.builder(dataset).build()) {
      Iterator<Batch> batches = loader.iterator();
      take(batches, 0, 3);
      assertEquals(
          String.format(message, 0),
          assertThrows(LoaderException.class, batches::hasNext).getMessage());
      assertFalse(batches.hasNext());
      take(loader.iterator(), 0, 1);
      assertEquals(
          String.format(message, 1),
          assertThrows(LoaderException.class, loader::close).getMessage());
      LoaderThreads.assertNone();
    }
    assertEquals(List.of("begin 0", "end 0", "begin 1", "end 1"), dataset.events);
  }

  @Test
  void aNegativeBatchCountIsRefused() {
    HookedDataset dataset = new HookedDataset();
    dataset.count = -1;
    try (DataLoader loader = DataLoader.builder(dataset).build()) {
      assertEquals(
          "batchCount must not be negative: batchCount=-1 epoch=0",
          assertThrows(LoaderException.class, loader::iterator).getMessage());
    }
    assertEquals(List.of("begin 0", "end 0"), dataset.events);
  }

  @Test
  void aThreadThatCannotBeStartedEndsTheEpoch() {
    RecordingDataset dataset = RecordingDataset.of(COUNT);
    List<Thread> started = new ArrayList<>();
    OutOfMemoryError cause = new OutOfMemoryError("unable to create native thread");
    DataLoader.Builder builder =
        DataLoader.builder(dataset)
            .workers(3)
            .threadFactory(
                task -> {
                  if (started.size() == 2) {
                    throw cause;
                  }
                  started.add(new Thread(task));
                  return started.get(started.size() - 1);
                });
    try (DataLoader loader = builder.build()) {
      LoaderException failure = assertThrows(LoaderException.class, loader::iterator);
      assertEquals(
          "worker threads could not be started: epoch=0 workers=3 failure=" + cause,
          failure.getMessage());
      assertSame(cause, failure.getCause());
      assertEquals(2, started.size());
      assertTrue(started.stream().noneMatch(Thread::isAlive));
      assertEquals(List.of("begin 0", "end 0"), dataset.events());
    }
    dataset.assertClean();
  }

  @Test
  void aFactoryWithoutAThreadIsAFailure() {
    @SuppressWarnings("NullAway") // that is the point
    DataLoader.Builder builder =
        DataLoader.builder(RecordingDataset.of(COUNT)).threadFactory(task -> null);
    try (DataLoader loader = builder.build()) {
      assertEquals(
          "worker threads could not be started: epoch=0 workers=1"
              + " failure=java.lang.NullPointerException: threadFactory must not return null",
          assertThrows(LoaderException.class, loader::iterator).getMessage());
    }
  }
}
