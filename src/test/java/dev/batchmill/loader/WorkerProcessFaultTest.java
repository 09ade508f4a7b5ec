package dev.batchmill.loader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.batchmill.array.DType;
import dev.batchmill.array.NDArray;
import dev.batchmill.dataset.Batch;
import dev.batchmill.dataset.BatchDataset;
import dev.batchmill.error.LoaderException;
import dev.batchmill.error.WorkerProcessException;
import dev.batchmill.internal.memory.HostMemory;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.PrintStream;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The fault matrix of worker processes: nothing that goes wrong leaves anything behind. */
@Isolated("counts processes and threads, listens to the standard error")
@Timeout(60)
class WorkerProcessFaultTest {
  private static final int COUNT = 12;

  @TempDir Path scratch;
  private long liveArrays;

  @BeforeEach
  void count() {
    ScriptedDataset.EVENTS.clear();
    liveArrays = HostMemory.liveCount();
  }

  @AfterEach
  void nothingIsLeft() {
    assertFalse(Thread.interrupted(), "the flag leaked out of a test");
    WorkerProcesses.assertNone();
    // Fewer when the collector has found what other tests left.
    assertTrue(HostMemory.liveCount() <= liveArrays, "arrays are open");
  }

  private ScriptedDataset at(long index, ScriptedDataset.Step step) {
    return new ScriptedDataset(COUNT, index, scratch, step);
  }

  private static DataLoader.Builder processes(int count, BatchDataset dataset) {
    return DataLoader.builder(dataset).workerProcesses(count);
  }

  /** Takes batches and checks which they are; the processes that made them. */
  private static List<Long> take(Iterator<Batch> batches, long from, long to) {
    List<Long> pids = new ArrayList<>();
    for (long index = from; index < to; index++) {
      try (Batch batch = batches.next()) {
        assertEquals(index, batch.x().getLong(0, 1));
        pids.add(batch.x().getLong(0, 2));
      }
    }
    return pids;
  }

  private void await(String mark) {
    LoaderThreads.await(() -> ScriptedDataset.marked(scratch, mark));
  }

  private static LoaderException fails(Iterator<Batch> batches) {
    return assertThrows(LoaderException.class, batches::next);
  }

  private static void assertContains(String part, Throwable thrown) {
    String message = String.valueOf(thrown.getMessage());
    assertTrue(message.contains(part), message);
  }

  // ------------------------------------------------------------------------------ what is thrown

  @ParameterizedTest
  @ValueSource(ints = {0, 5, COUNT - 1})
  void aFailureComesInPlaceOfItsBatchWithItsStack(int at) {
    ScriptedDataset dataset =
        at(
            at,
            self -> {
              if (self.mark("thrown")) {
                throw new IOException("disk on fire", new AssertionError("because"));
              }
            });
    try (DataLoader loader = processes(2, dataset).build()) {
      Iterator<Batch> batches = loader.iterator();
      take(batches, 0, at);
      LoaderException failure = fails(batches);
      assertEquals(
          "batch could not be made: epoch=0 batch="
              + at
              + " failure=dev.batchmill.error.WorkerProcessException:"
              + " java.io.IOException: disk on fire",
          failure.getMessage());
      Throwable cause = assertInstanceOf(WorkerProcessException.class, failure.getCause());
      assertTrue(
          Arrays.stream(cause.getStackTrace())
              .anyMatch(frame -> frame.getClassName().equals(ScriptedDataset.class.getName())));
      assertEquals("java.lang.AssertionError: because", cause.getCause().getMessage());
      assertSame(failure, fails(batches));
      take(loader.iterator(), 0, COUNT);
    }
    assertEquals(List.of("begin 0", "end 0", "begin 1", "end 1"), ScriptedDataset.EVENTS);
  }

  @Test
  void anErrorIsToldAndTheProcessGoesOn() {
    ScriptedDataset dataset =
        at(
            3,
            self -> {
              if (self.mark("thrown")) {
                throw new StackOverflowError();
              }
            });
    try (DataLoader loader = processes(1, dataset).build()) {
      Iterator<Batch> batches = loader.iterator();
      Set<Long> pids = new HashSet<>(take(batches, 0, 3));
      assertContains("WorkerProcessException: java.lang.StackOverflowError", fails(batches));
      pids.addAll(take(loader.iterator(), 0, COUNT));
      assertEquals(1, pids.size());
    }
  }

  @Test
  void aBatchThatIsNullOrClosedIsAFailure() {
    try (DataLoader loader = processes(1, new BadBatches()).build()) {
      assertContains("NullPointerException: the batch must not be null", fails(loader.iterator()));
      assertContains("batch must be open: batch=Batch[x=", fails(loader.iterator()));
    }
  }

  private static final class BadBatches implements BatchDataset, Serializable {
    private static final long serialVersionUID = 1L;
    private long epoch;

    @Override
    @SuppressWarnings("NullAway") // that is the point
    public Batch batch(long index) {
      if (epoch == 0) {
        return null;
      }
      Batch batch = Batch.of(NDArray.allocate(DType.INT8, 2));
      batch.close();
      return batch;
    }

    @Override
    public OptionalLong batchCount() {
      return OptionalLong.of(1);
    }

    @Override
    public void onEpochBegin(long number) {
      epoch = number;
    }
  }

  // ---------------------------------------------------------------------------- death of processes

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void aKilledProcessIsReplacedAndItsBatchMadeAgain(int processes) {
    ScriptedDataset dataset =
        at(
            5,
            self -> {
              if (self.mark("killed")) {
                ScriptedDataset.kill9();
              }
            });
    try (DataLoader loader = processes(processes, dataset).build()) {
      Iterator<Batch> batches = loader.iterator();
      List<Long> pids = take(batches, 0, COUNT);
      assertFalse(batches.hasNext());
      int makers = new HashSet<>(pids).size();
      assertTrue(processes == 1 ? makers == 2 : makers <= 3, pids.toString());
      take(loader.iterator(), 0, COUNT);
    }
    assertTrue(ScriptedDataset.marked(scratch, "killed"));
    assertEquals(List.of("begin 0", "end 0", "begin 1", "end 1"), ScriptedDataset.EVENTS);
  }

  @Test
  void aProcessKilledEachTimeIsAFailure() {
    try (DataLoader loader =
        processes(
                2,
                at(
                    5,
                    self -> {
                      System.out.println("famous last words");
                      ScriptedDataset.kill9();
                    }))
            .build()) {
      Iterator<Batch> batches = loader.iterator();
      take(batches, 0, 5);
      LoaderException failure = fails(batches);
      assertContains("batch could not be made: epoch=0 batch=5 failure=", failure);
      assertContains("worker process died each time it made the batch: attempts=2", failure);
      assertContains(" exit=137 signal=9 output:\nfamous last words", failure);
      assertContains(" exit=137 signal=9", failure.getCause().getSuppressed()[0]);
      take(loader.iterator(), 0, 5);
    }
  }

  @Test
  void anExitIsADeathThatTellsItsStatus() {
    try (DataLoader loader = processes(1, at(1, self -> System.exit(7))).build()) {
      Iterator<Batch> batches = loader.iterator();
      take(batches, 0, 1);
      assertContains(" exit=7 output=none", fails(batches));
    }
  }

  @Test
  void memoryThatIsUsedUpIsADeath() {
    ScriptedDataset dataset =
        at(
            1,
            self -> {
              List<byte[]> all = new ArrayList<>();
              while (all.size() < 1_000_000) {
                all.add(new byte[1 << 20]);
              }
            });
    try (DataLoader loader = processes(1, dataset).jvmArguments("-Xmx32m").build()) {
      Iterator<Batch> batches = loader.iterator();
      take(batches, 0, 1);
      assertContains("Terminating due to java.lang.OutOfMemoryError", fails(batches));
    }
  }

  @Test
  void processesKilledBetweenEpochsAreReplaced() {
    try (DataLoader loader = processes(2, at(-1, self -> {})).build()) {
      Set<Long> before = new HashSet<>(take(loader.iterator(), 0, COUNT));
      for (int epoch = 0; epoch < 2; epoch++) {
        WorkerProcesses.alive()
            .forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
        LoaderThreads.await(() -> WorkerProcesses.alive().isEmpty());
        Set<Long> after = new HashSet<>(take(loader.iterator(), 0, COUNT));
        after.retainAll(before);
        assertEquals(Set.of(), after);
      }
    }
  }

  @Test
  void aJavaThatDoesNotStartIsToldWithItsWords() {
    try (DataLoader loader =
        processes(1, at(-1, self -> {})).jvmArguments("-XX:NoSuchOption=1").build()) {
      LoaderException failure = fails(loader.iterator());
      assertContains("worker process died each time it made the batch: attempts=2", failure);
      assertContains("NoSuchOption", failure);
    }
  }

  // -------------------------------------------------------------------------------------- waiting

  @Test
  void aLateBatchIsAFailureAndTheProcessIsUsedAgain() {
    ScriptedDataset dataset =
        at(
            2,
            self -> {
              if (self.mark("once")) {
                self.block();
              }
            });
    try (DataLoader loader = processes(1, dataset).timeout(Duration.ofSeconds(5)).build()) {
      Iterator<Batch> batches = loader.iterator();
      Set<Long> pids = new HashSet<>(take(batches, 0, 2));
      ByteArrayOutputStream printed = new ByteArrayOutputStream();
      PrintStream err = System.err;
      try {
        System.setErr(new PrintStream(printed, true, StandardCharsets.UTF_8));
        LoaderException failure = fails(batches);
        assertContains("batch was not ready in time", failure);
        assertContains("epoch=0 batch=2 timeout=PT5S", failure);
        LoaderThreads.await(
            () ->
                printed
                    .toString(StandardCharsets.UTF_8)
                    .contains(ScriptedDataset.class.getName() + ".block("));
      } finally {
        System.setErr(err);
      }
      pids.addAll(take(loader.iterator(), 0, COUNT));
      assertEquals(1, pids.size());
    }
    assertTrue(ScriptedDataset.marked(scratch, "interrupted"));
  }

  @Test
  void aProcessThatIgnoresTheInterruptIsKilled() {
    ScriptedDataset dataset =
        at(
            2,
            self -> {
              while (true) {
                try {
                  self.block();
                } catch (InterruptedException e) {
                  // ignored, like many a data set does
                }
              }
            });
    try (DataLoader loader = processes(1, dataset).closeTimeout(Duration.ofSeconds(2)).build()) {
      Iterator<Batch> batches = loader.iterator();
      long first = take(batches, 0, 2).get(0);
      await("blocked");
      long second = take(loader.iterator(), 0, 2).get(0);
      assertTrue(first != second, "the process was killed");
      assertFalse(ProcessHandle.of(first).map(ProcessHandle::isAlive).orElse(false));
    }
  }

  @Test
  void anInterruptOfTheConsumerCancelsAndKeepsTheFlag() throws Exception {
    try (DataLoader loader = processes(2, at(0, ScriptedDataset::block)).build()) {
      FutureTask<Boolean> flag =
          new FutureTask<>(
              () -> {
                assertEquals(
                    "interrupted while waiting for a batch: epoch=0 batch=0",
                    fails(loader.iterator()).getMessage());
                return Thread.currentThread().isInterrupted();
              });
      Thread consumer = new Thread(flag);
      consumer.start();
      await("blocked");
      LoaderThreads.awaitWaiting(consumer);
      consumer.interrupt();
      assertTrue(flag.get(20, TimeUnit.SECONDS));
      await("interrupted");
    }
  }

  // -------------------------------------------------------------------------------------- closing

  @Test
  void closeInterruptsWhatIsBeingMade() {
    DataLoader loader = processes(2, at(1, ScriptedDataset::block)).build();
    Iterator<Batch> batches = loader.iterator();
    take(batches, 0, 1);
    await("blocked");
    loader.close();
    WorkerProcesses.assertNone();
    assertTrue(ScriptedDataset.marked(scratch, "interrupted"));
    loader.close();
    assertThrows(IllegalStateException.class, batches::next);
    assertThrows(IllegalStateException.class, loader::iterator);
    assertEquals(List.of("begin 0", "end 0"), ScriptedDataset.EVENTS);
  }

  @Test
  void closeWhileProcessesStartAndWhileTheyWaitForRoom() {
    DataLoader starting = processes(2, at(-1, self -> {})).build();
    assertTrue(starting.iterator().hasNext());
    starting.close();
    WorkerProcesses.assertNone();
    DataLoader full = processes(2, at(-1, self -> {})).queueCapacity(2).build();
    take(full.iterator(), 0, 1);
    LoaderThreads.awaitAllWaiting(2);
    full.close();
    WorkerProcesses.assertNone();
  }

  @Test
  void closeByAnotherThreadWakesTheConsumer() throws Exception {
    CountDownLatch first = new CountDownLatch(1);
    DataLoader loader = processes(1, at(1, ScriptedDataset::block)).build();
    FutureTask<IllegalStateException> consumed =
        new FutureTask<>(
            () -> {
              Iterator<Batch> batches = loader.iterator();
              take(batches, 0, 1);
              first.countDown();
              return assertThrows(IllegalStateException.class, batches::next);
            });
    Thread consumer = new Thread(consumed);
    consumer.start();
    await("blocked");
    first.await();
    LoaderThreads.awaitWaiting(consumer);
    loader.close();
    assertEquals(
        "epoch is over, the loader was closed or began another one: epoch=0 batch=1",
        consumed.get(20, TimeUnit.SECONDS).getMessage());
    consumer.join();
  }

  @Test
  void aDataSetsThreadDoesNotKeepTheProcess() {
    ScriptedDataset dataset = at(0, self -> new Thread(new Sleeper()).start());
    DataLoader loader = processes(1, dataset).build();
    take(loader.iterator(), 0, 1);
    loader.close();
  }

  private static final class Sleeper implements Runnable {
    @Override
    public void run() {
      try {
        Thread.sleep(60_000);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @Test
  void aDataSetThatHoldsUpTheExitDoesNotKeepTheProcess() {
    ScriptedDataset dataset =
        at(0, self -> Runtime.getRuntime().addShutdownHook(new Thread(new Sleeper())));
    DataLoader loader = processes(1, dataset).closeTimeout(Duration.ofSeconds(2)).build();
    take(loader.iterator(), 0, 1);
    loader.close();
  }

  // ------------------------------------------------------------------------ hooks, serialisation

  /** Fails in worker processes only, and there until the file is gone. */
  private static final class Failing implements BatchDataset, Serializable {
    private static final long serialVersionUID = 1L;
    private final File file;
    private transient boolean here = true;

    Failing(Path file) {
      this.file = file.toFile();
    }

    private void fail(String where) {
      if (!here && new File(file, where).exists()) {
        throw new IllegalStateException("no " + where);
      }
    }

    private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
      in.defaultReadObject();
      fail("read");
    }

    @Override
    public Batch batch(long index) {
      return Batch.of(NDArray.of(new long[3], 1, 3));
    }

    @Override
    public OptionalLong batchCount() {
      return OptionalLong.of(1);
    }

    @Override
    public void onEpochBegin(long epoch) {
      fail("begin");
    }

    @Override
    public void onEpochEnd(long epoch) {
      fail("end");
    }
  }

  @Test
  void whatFailsBesidesTheBatchesIsTold() throws Exception {
    try (DataLoader loader = processes(1, new Failing(scratch)).build()) {
      Path read = Files.createFile(scratch.resolve("read"));
      assertContains(
          "data set could not be read by the worker process:"
              + " failure=java.lang.IllegalStateException: no read",
          fails(loader.iterator()));
      Files.delete(read);
      Path begin = Files.createFile(scratch.resolve("begin"));
      assertContains(
          "onEpochBegin failed in the worker process:"
              + " failure=java.lang.IllegalStateException: no begin",
          fails(loader.iterator()));
      Files.delete(begin);
      Path end = Files.createFile(scratch.resolve("end"));
      Iterator<Batch> batches = loader.iterator();
      batches.next().close();
      assertEquals(
          "epoch hook failed: hook=onEpochEnd epoch=2 failure="
              + "dev.batchmill.error.WorkerProcessException: onEpochEnd failed in the worker"
              + " process: failure=java.lang.IllegalStateException: no end",
          assertThrows(LoaderException.class, batches::hasNext).getMessage());
      assertFalse(batches.hasNext());
      Files.delete(end);
      loader.iterator().next().close();
    }
  }
}
