package dev.batchmill.internal.process;

import dev.batchmill.dataset.Batch;
import dev.batchmill.dataset.BatchDataset;
import dev.batchmill.error.WorkerProcessException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.ref.Cleaner;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A data set whose batches are made by copies of it in other processes, one batch at a time in
 * each.
 *
 * <p>A process is started when a batch is asked for and no other process is idle, so there are as
 * many as there were threads in {@link #batch} at the same time. They live until {@link #close}, or
 * until this object is garbage. A process that dies is replaced, and its batch made once more.
 *
 * <p>Each process has its own copy of the data set, as it was when the process was started. {@code
 * onEpochBegin} is called on the copy before its first batch of an epoch, {@code onEpochEnd} after
 * its last; on the data set itself before and after those of all copies.
 */
public final class ProcessDataset implements BatchDataset, AutoCloseable {
  private static final Logger LOG = System.getLogger(ProcessDataset.class.getName());
  private static final Cleaner CLEANER = Cleaner.create();

  /** How often a batch is tried. */
  private static final int ATTEMPTS = 2;

  private final BatchDataset dataset;
  private final List<String> command;
  private final SharedMemory memory;
  private final long patienceNanos;
  private final ReentrantLock shipping = new ReentrantLock();
  private final Pool pool;
  private final Cleaner.Cleanable cleanable;
  private volatile long epoch;

  /**
   * Prepares processes; none is started.
   *
   * @param dataset the data set
   * @param jvmArguments for their Java
   * @param maxSharedBytes the most memory to share with them
   * @param patienceNanos how long a batch may take after it was cancelled, and a process after it
   *     was asked to exit, before the process is killed
   * @throws IllegalArgumentException if the data set cannot be serialised
   */
  public ProcessDataset(
      BatchDataset dataset, List<String> jvmArguments, long maxSharedBytes, long patienceNanos) {
    Shipment.check(dataset);
    this.dataset = dataset;
    this.command = ProcessCommand.of(dataset.getClass(), jvmArguments);
    this.memory = new SharedMemory(maxSharedBytes);
    this.patienceNanos = patienceNanos;
    this.pool = new Pool(patienceNanos);
    this.cleanable = CLEANER.register(this, pool);
  }

  /** All processes; does not know the data set, so that it can outlive it. */
  private static final class Pool implements Runnable {
    private final long patienceNanos;
    private final Deque<WorkerProcess> idle = new ArrayDeque<>();
    private final List<WorkerProcess> all = new ArrayList<>();
    private boolean closed;

    Pool(long patienceNanos) {
      this.patienceNanos = patienceNanos;
    }

    synchronized @Nullable WorkerProcess take() {
      if (closed) {
        throw new IllegalStateException("the worker processes have ended");
      }
      return idle.pollFirst();
    }

    synchronized void add(WorkerProcess worker) {
      all.add(worker);
      if (closed) {
        worker.kill();
      }
    }

    /** Takes back a worker, which is ended instead if it, or all, are of no more use. */
    void giveBack(WorkerProcess worker) {
      synchronized (this) {
        if (!closed && worker.usable()) {
          idle.addFirst(worker);
          return;
        }
      }
      remove(worker);
    }

    void remove(WorkerProcess worker) {
      synchronized (this) {
        all.remove(worker);
        idle.remove(worker);
      }
      worker.kill();
      worker.awaitExit(patienceNanos);
      worker.close();
    }

    synchronized List<WorkerProcess> idle() {
      return List.copyOf(idle);
    }

    synchronized List<WorkerProcess> working() {
      List<WorkerProcess> working = new ArrayList<>(all);
      working.removeAll(idle);
      return working;
    }

    /** Ends all processes; one that still works is given up by the thread that it works for. */
    @Override
    public void run() {
      List<WorkerProcess> working;
      List<WorkerProcess> ending;
      synchronized (this) {
        closed = true;
        working = working();
        ending = List.copyOf(idle);
        idle.clear();
      }
      working.forEach(WorkerProcess::kill);
      ending.forEach(WorkerProcess::requestExit);
      long start = System.nanoTime();
      for (WorkerProcess worker : working) {
        worker.awaitExit(Math.max(0, patienceNanos - (System.nanoTime() - start)));
      }
      for (WorkerProcess worker : ending) {
        worker.awaitExit(Math.max(0, patienceNanos - (System.nanoTime() - start)));
        worker.close();
      }
    }
  }

  @Override
  public Batch batch(long index) throws InterruptedException {
    WorkerProcess.DeadException first = null;
    for (int attempt = 1; ; attempt++) {
      try {
        return attempt(index);
      } catch (WorkerProcess.DeadException e) {
        if (attempt == ATTEMPTS) {
          WorkerProcessException failure =
              new WorkerProcessException(
                  "worker process died each time it made the batch: attempts="
                      + attempt
                      + " last="
                      + e.getMessage(),
                  e);
          if (first != null) {
            failure.addSuppressed(first);
          }
          throw failure;
        }
        first = e;
        LOG.log(
            Level.WARNING,
            "worker process is replaced, its batch made again: batch="
                + index
                + " epoch="
                + epoch
                + " failure="
                + e.getMessage());
      }
    }
  }

  private Batch attempt(long index) throws WorkerProcess.DeadException, InterruptedException {
    WorkerProcess worker = pool.take();
    while (worker != null && !worker.isAlive()) {
      pool.remove(worker);
      worker = pool.take();
    }
    if (worker == null) {
      worker = newWorker();
    }
    try {
      return worker.make(epoch, index);
    } finally {
      pool.giveBack(worker);
    }
  }

  private WorkerProcess newWorker() throws WorkerProcess.DeadException, InterruptedException {
    WorkerProcess worker;
    try {
      worker = WorkerProcess.start(command, memory, patienceNanos);
    } catch (IOException e) {
      throw new WorkerProcessException(
          "worker process could not be started: command=" + command + " failure=" + e, e);
    }
    pool.add(worker);
    try {
      worker.connect(dataset, shipping);
      return worker;
    } finally {
      if (!worker.usable()) {
        pool.remove(worker);
      }
    }
  }

  @Override
  public String fingerprint() {
    return dataset.fingerprint();
  }

  @Override
  public OptionalLong batchCount() {
    return dataset.batchCount();
  }

  @Override
  public void onEpochBegin(long number) {
    dataset.onEpochBegin(number);
    epoch = number;
  }

  /** Ends the epoch in all processes, then here; the first failure is thrown at the end. */
  @Override
  public void onEpochEnd(long number) {
    List<RuntimeException> failures = new ArrayList<>();
    List<WorkerProcess> ending = new ArrayList<>();
    for (WorkerProcess worker : pool.idle()) {
      tell(
          failures,
          worker,
          () -> {
            if (worker.requestEnd(number)) {
              ending.add(worker);
            }
          });
    }
    for (WorkerProcess worker : ending) {
      tell(failures, worker, () -> worker.awaitEnd(patienceNanos));
    }
    try {
      dataset.onEpochEnd(number);
    } catch (Throwable t) {
      failures.forEach(t::addSuppressed);
      throw t;
    }
    if (!failures.isEmpty()) {
      RuntimeException first = failures.get(0);
      failures.stream().skip(1).forEach(first::addSuppressed);
      throw first;
    }
  }

  /** Has the processes that make a batch print their stacks, which come to the standard error. */
  public void tellWhereabouts() {
    pool.working().forEach(WorkerProcess::tellWhereabouts);
  }

  private interface Action {
    void run() throws WorkerProcess.DeadException;
  }

  private void tell(List<RuntimeException> failures, WorkerProcess worker, Action action) {
    try {
      action.run();
    } catch (WorkerProcessException e) {
      failures.add(e);
    } catch (WorkerProcess.DeadException e) {
      pool.remove(worker);
      LOG.log(Level.WARNING, "worker process did not live to end its epoch: " + e.getMessage());
    }
  }

  /** The memory that is shared with the processes. */
  long sharedBytes() {
    return memory.bytes();
  }

  /** Ends all processes. Closing twice is allowed. */
  @Override
  public void close() {
    cleanable.clean();
  }

  @Override
  public String toString() {
    return dataset.toString();
  }
}
