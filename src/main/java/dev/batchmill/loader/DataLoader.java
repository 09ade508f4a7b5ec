package dev.batchmill.loader;

import dev.batchmill.array.Device;
import dev.batchmill.dataset.Batch;
import dev.batchmill.dataset.BatchDataset;
import dev.batchmill.dataset.ClassWeights;
import dev.batchmill.error.LoaderException;
import dev.batchmill.internal.process.ProcessDataset;
import dev.batchmill.internal.queue.Launcher;
import dev.batchmill.internal.queue.Waits;
import dev.batchmill.random.Permutation;
import dev.batchmill.random.RandomSeed;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Walks over the batches of a data set while workers make the next ones.
 *
 * <pre>{@code
 * try (DataLoader loader = DataLoader.builder(dataset).workers(4).shuffle(1337).build()) {
 *   for (int epoch = 0; epoch < 10; epoch++) {
 *     for (Batch batch : loader) {
 *       try (batch) {
 *         train(batch.x(), batch.y());
 *       }
 *     }
 *   }
 * }
 * }</pre>
 *
 * <p><b>Order.</b> Batches come in the order of their indices, or of the indices shuffled by {@link
 * Permutation#of(long, long, long) Permutation.of(batchCount, seed, epoch)}, whatever the number
 * and the speed of the workers. At most {@code queueCapacity} batches are ready or being made ahead
 * of the consumer. The consumer owns the batches it gets and closes them.
 *
 * <p><b>Epochs.</b> Each {@link #iterator} walks the next epoch: number 0 first, then one more than
 * the last; {@link #epoch} chooses the number. One epoch is walked at a time: beginning another one
 * cancels the rest of the one before. The workers' threads live as long as their epoch. An infinite
 * data set goes on in each epoch with the batch after the last one that the consumer got.
 *
 * <p><b>Resuming.</b> {@link #state} tells in a few bytes how far the consumer has come; {@link
 * #resume} goes on there, in another process and with another number of workers as well.
 *
 * <p><b>Seeing it.</b> {@link #stats} tells who waits for whom, {@link #dump} what each worker
 * does. Java's flight recorder, where it is on, gets the events {@code batchmill.BatchLoad}, {@code
 * batchmill.ConsumerWait} and {@code batchmill.QueueDepth}; {@code jfr summary FILE} and {@code jfr
 * print --events 'batchmill.*' FILE} read them.
 *
 * <p><b>Hooks.</b> {@code onEpochBegin} returns before any work of the epoch is begun. {@code
 * onEpochEnd} is called when all of it has ended, once for each {@code onEpochBegin} that returned,
 * also after an early end or a failure: by the {@code hasNext} that returns false, or by the next
 * {@code iterator} or {@code close}, whichever comes first, on its thread.
 *
 * <p><b>Failure.</b> What a {@code batch} call threw, errors included, is the cause of a {@link
 * LoaderException} that names the batch and the epoch; the consumer gets it in place of that batch,
 * after all batches before it. A batch that is later than the timeout allows, a consumer that is
 * interrupted (its flag stays set) and a hook that throws end in a {@code LoaderException} as well.
 * The epoch is cancelled then, and {@code next} throws the same exception again: no epoch ends
 * early in silence. The loader can walk another one.
 *
 * <p><b>Closing.</b> {@link #close} may be called at any time from any thread but a worker's, more
 * than once. It cancels the epoch, interrupts the workers and waits for them, closes the batches
 * that nobody got, and calls {@code onEpochEnd}; an iterator that is not at its end throws {@link
 * IllegalStateException} from then on. The data set is not closed. A loader that is forgotten
 * without it ends its workers when it is garbage-collected.
 *
 * <p>An iterator is for one thread at a time.
 *
 * <h2>Worker processes</h2>
 *
 * <p>With {@link Builder#workerProcesses workerProcesses(n)} batches are made in n child processes,
 * by one thread in each: for code that is not safe for use by many threads, that leaks, or that
 * crashes. Order, failures, the timeout, interrupts and closing are as with threads.
 *
 * <ul>
 *   <li><b>The data set</b> is copied to each process by Java serialisation, as it is when the
 *       process is started: during the first epoch, or in place of one that died. It is {@link
 *       java.io.Serializable}, and what cannot be copied (locks, files, connections) is {@code
 *       transient} and made anew in the process. Arrays in it, those of an {@code ArrayDataset} as
 *       well, go through a stream to each process, one process after the other, some seconds per
 *       gigabyte, and are held once more in its memory; a data set that reads what it needs from
 *       files starts faster. It is also written once, to nowhere, by {@code build()}, which refuses
 *       it with the name of the class and the field if that fails.
 *   <li><b>Hooks and {@code batchCount}</b> are called in this process as with threads. In addition
 *       {@code onEpochBegin} is called on each copy before its first batch of an epoch, and {@code
 *       onEpochEnd} when all batches of the epoch are made. What they change in one copy no other
 *       copy sees, so it should depend on the number of the epoch alone. (Keras copies the data set
 *       for each epoch and calls its hooks in the parent only.)
 *   <li><b>Batches</b> lie in memory that is shared with the process, off the heap, without a copy.
 *       Closing a batch gives its memory back to the process, which writes the next one there: no
 *       array and no buffer of a closed batch is to be used. Batches that are held, and so many
 *       that the {@link Builder#sharedMemory sharedMemory} is used up, are no error: further ones
 *       come through a socket into memory of their own.
 *   <li><b>A failure</b> in a process is a {@link dev.batchmill.error.WorkerProcessException} with
 *       the words and the stack of what was thrown there. When a batch is late, the processes print
 *       where they are.
 *   <li><b>A process that dies</b> (an exit, a signal, no memory left) is replaced, and its batch
 *       made again. If that process dies as well, the failure tells its exit status and the end of
 *       what it printed. What processes print goes to this process' standard error.
 *   <li><b>The end.</b> Processes live as long as the loader. They exit when it is closed, or when
 *       this process ends in whatever way, and are killed if they do not within half of the {@link
 *       Builder#closeTimeout closeTimeout}; so is one that goes on with a batch that was cancelled.
 * </ul>
 *
 * <p>A process is a Java like this one, with the same class path and module path; see {@link
 * Builder#jvmArguments jvmArguments} for its options. It takes about 0.3 seconds to start.
 *
 * @see <a href="https://keras.io/api/utils/python_utils/#pydataset-class">keras.utils.PyDataset,
 *     keras.utils.OrderedEnqueuer</a>
 */
public final class DataLoader implements Iterable<Batch>, AutoCloseable {
  private static final String THREAD_NAME = "batchmill-loader-";
  private static final int DEFAULT_WORKERS = 1;
  private static final int DEFAULT_QUEUE_CAPACITY = 10;
  private static final Duration DEFAULT_CLOSE_TIMEOUT = Duration.ofSeconds(10);
  private static final long DEFAULT_SHARED_MEMORY = 1L << 30;

  private final BatchDataset dataset;
  private final int workers;
  private final int queueCapacity;
  private final OptionalLong shuffleSeed;
  private final Shard shard;
  private final @Nullable ClassWeights classWeights;
  private final @Nullable Duration timeout;
  private final Duration closeTimeout;
  private final Supplier<Launcher> launcher;

  /** The data set, with its copies in worker processes; null where threads make the batches. */
  private final @Nullable ProcessDataset processes;

  /** Held while an epoch begins or ends, hooks included. */
  private final ReentrantLock lifecycle = new ReentrantLock();

  private volatile boolean closed;

  /** Whether batches are copied to a GPU, so that they should be made in page-locked memory. */
  private volatile boolean forDevice;

  private volatile @Nullable Epoch current;
  private long nextEpoch;

  /** The epoch whose onEpochEnd has yet to be called. */
  private OptionalLong endDue = OptionalLong.empty();

  /** The position with which the next epoch, if it is this one, or an infinite data set goes on. */
  private long resumeAt;

  private long resumeEpoch;

  /** Held while the figures of an epoch pass from the one that is walked to those that ended. */
  private final Object counting = new Object();

  private LoaderStats ended = LoaderStats.NONE;

  private DataLoader(Builder builder) {
    this.processes = builder.processes();
    this.dataset = processes == null ? builder.dataset : processes;
    this.workers = builder.workerProcesses > 0 ? builder.workerProcesses : builder.workers;
    this.queueCapacity = builder.queueCapacity;
    this.shuffleSeed = builder.shuffleSeed;
    this.shard = builder.shard;
    this.classWeights = builder.classWeights;
    this.timeout = builder.timeout;
    this.closeTimeout = builder.closeTimeout;
    this.launcher = builder.launcher;
  }

  /**
   * Starts the description of a loader.
   *
   * @param dataset the data set; it is not closed by the loader
   * @return a builder
   */
  public static Builder builder(BatchDataset dataset) {
    return new Builder(dataset);
  }

  /** The description of a loader; not thread-safe. */
  public static final class Builder {
    private final BatchDataset dataset;
    private int workers = DEFAULT_WORKERS;
    private int workerProcesses;
    private List<String> jvmArguments = List.of();
    private long sharedMemory = DEFAULT_SHARED_MEMORY;
    private int queueCapacity = DEFAULT_QUEUE_CAPACITY;
    private OptionalLong shuffleSeed = OptionalLong.empty();
    private Shard shard = Shard.WHOLE;
    private @Nullable ClassWeights classWeights;
    private @Nullable Duration timeout;
    private Duration closeTimeout = DEFAULT_CLOSE_TIMEOUT;
    private Supplier<Launcher> launcher = () -> Launcher.daemonThreads(THREAD_NAME);

    private Builder(BatchDataset dataset) {
      this.dataset = dataset;
    }

    /**
     * Sets the number of threads that make batches; 1 unless set. No more than {@code
     * queueCapacity} can work at the same time.
     *
     * @param count the number of threads; 0 makes each batch on the consumer's thread when it is
     *     asked for
     * @return this builder
     * @throws IllegalArgumentException if the count is negative
     */
    public Builder workers(int count) {
      if (count < 0) {
        throw new IllegalArgumentException("workers must not be negative: workers=" + count);
      }
      this.workers = count;
      return this;
    }

    /**
     * Sets the number of child processes that make batches in place of the threads of {@link
     * #workers} ({@code use_multiprocessing}); 0 unless set. For data sets whose code is not safe
     * for use by many threads, leaks, or crashes: see "Worker processes" above.
     *
     * @param count the number of processes; 0 for threads
     * @return this builder
     * @throws IllegalArgumentException if the count is negative
     */
    public Builder workerProcesses(int count) {
      if (count < 0) {
        throw new IllegalArgumentException(
            "workerProcesses must not be negative: workerProcesses=" + count);
      }
      this.workerProcesses = count;
      return this;
    }

    /**
     * Sets options for the Java of worker processes, such as {@code -Xmx1g} or {@code
     * -Dname=value}; none unless set. They come after those that the loader gives and so win
     * against them: {@code -Dbatchmill.threads=1}, {@code -XX:+UseSerialGC} (left out where another
     * collector is named), {@code -XX:+ExitOnOutOfMemoryError}, and the class path and module path
     * of this process.
     *
     * @param arguments the options
     * @return this builder
     */
    public Builder jvmArguments(String... arguments) {
      this.jvmArguments = List.of(arguments);
      return this;
    }

    /**
     * Sets the most memory that batches of worker processes take while they are shared with this
     * one; 1 GiB unless set. Batches for which there is no room are copied through a socket, as all
     * are with 0.
     *
     * @param bytes the number of bytes, not negative
     * @return this builder
     * @throws IllegalArgumentException if the number is negative
     */
    public Builder sharedMemory(long bytes) {
      if (bytes < 0) {
        throw new IllegalArgumentException(
            "sharedMemory must not be negative: sharedMemory=" + bytes);
      }
      this.sharedMemory = bytes;
      return this;
    }

    /**
     * Sets how many batches are ready or being made ahead of the consumer; 10 unless set ({@code
     * max_queue_size}).
     *
     * @param batches the number of batches, at least 1
     * @return this builder
     * @throws IllegalArgumentException if the number is less than 1
     */
    public Builder queueCapacity(int batches) {
      if (batches < 1) {
        throw new IllegalArgumentException(
            "queueCapacity must be at least 1: queueCapacity=" + batches);
      }
      this.queueCapacity = batches;
      return this;
    }

    /**
     * Shuffles the order of the batches anew in each epoch, by a seed derived from {@link
     * RandomSeed} now.
     *
     * @return this builder
     */
    public Builder shuffle() {
      return shuffle(RandomSeed.derive("data-loader"));
    }

    /**
     * Shuffles the order of the batches anew in each epoch; they come in the order of their indices
     * unless set.
     *
     * @param seed any value
     * @return this builder
     */
    public Builder shuffle(long seed) {
      this.shuffleSeed = OptionalLong.of(seed);
      return this;
    }

    /**
     * Walks one shard of each epoch, for one of several processes that train together; all of it
     * unless set. Where the processes cannot have as many batches each, the first ranks have one
     * more.
     *
     * @param rank the number of this process, from 0 to the count − 1
     * @param count the number of processes, at least 1
     * @return this builder
     * @throws IllegalArgumentException if the count is less than 1 or the rank is out of range
     */
    public Builder shard(int rank, int count) {
      return shard(new Shard(rank, count, Shard.Uneven.EXACT));
    }

    /**
     * Walks one shard of each epoch, for one of several processes that train together; all of it
     * unless set.
     *
     * @param part which one, and what becomes of the last batches
     * @return this builder
     */
    public Builder shard(Shard part) {
      this.shard = part;
      return this;
    }

    /**
     * Gives each sample the weight of its class ({@code class_weight}); none unless set. A batch
     * that has weights of its own is an error.
     *
     * @param weights the weight of each class that does not weigh 1
     * @return this builder
     * @throws IllegalArgumentException if a weight is negative or not finite
     */
    public Builder classWeights(Map<Integer, ? extends Number> weights) {
      this.classWeights = ClassWeights.of(weights);
      return this;
    }

    /**
     * Sets the longest time that the consumer waits for a batch; as long as the workers live unless
     * set. Without workers nothing is waited for, and this has no effect.
     *
     * @param limit the longest time, more than 0
     * @return this builder
     * @throws IllegalArgumentException if the time is not more than 0
     */
    public Builder timeout(Duration limit) {
      this.timeout = requirePositive("timeout", limit);
      return this;
    }

    /**
     * Sets the longest time that the end of an epoch and {@code close} wait for workers that were
     * interrupted, or for a hook; 10 seconds unless set.
     *
     * @param limit the longest time, more than 0
     * @return this builder
     * @throws IllegalArgumentException if the time is not more than 0
     */
    public Builder closeTimeout(Duration limit) {
      this.closeTimeout = requirePositive("closeTimeout", limit);
      return this;
    }

    /**
     * Sets what makes the workers' threads; daemon threads with the names {@code
     * batchmill-loader-1}, {@code batchmill-loader-2}, … unless this, {@link #virtualThreads} or
     * {@link #executor} is set. The last one set counts.
     *
     * @param factory makes a new thread for each worker of each epoch
     * @return this builder
     */
    public Builder threadFactory(ThreadFactory factory) {
      this.launcher = () -> Launcher.threads(factory);
      return this;
    }

    /**
     * Makes the workers virtual threads, for batches that wait for files or servers; where this
     * Java has none (before 21), daemon threads.
     *
     * @return this builder
     */
    public Builder virtualThreads() {
      this.launcher = () -> Launcher.virtualThreads(THREAD_NAME);
      return this;
    }

    /**
     * Runs the workers on threads of an executor: one task for each worker, which takes as long as
     * the epoch. The executor is not closed by the loader. As long as it has begun none of them,
     * because all of its threads are busy, the consumer makes the batches itself, the first one
     * after a wait of a second: an executor without a free thread does not stop the loader.
     *
     * @param executor runs the workers; with as many threads as there are workers, or more, they
     *     all work
     * @return this builder
     */
    public Builder executor(Executor executor) {
      this.launcher = () -> Launcher.borrowing(executor);
      return this;
    }

    /**
     * Makes the loader; no thread is started before the first epoch.
     *
     * @return a loader
     * @throws IllegalArgumentException if the batches are to be shuffled and the data set is
     *     infinite, or it is for worker processes and cannot be serialised; the message names the
     *     class and the field that is in the way
     */
    public DataLoader build() {
      if (shuffleSeed.isPresent() && dataset.batchCount().isEmpty()) {
        throw new IllegalArgumentException(
            "the batches of an infinite data set cannot be shuffled: dataset=" + dataset);
      }
      return new DataLoader(this);
    }

    private @Nullable ProcessDataset processes() {
      // Half of the time in which an epoch ends: the other half is left to kill what is stuck.
      return workerProcesses == 0
          ? null
          : new ProcessDataset(dataset, jvmArguments, sharedMemory, nanos(closeTimeout) / 2);
    }

    private static Duration requirePositive(String name, Duration limit) {
      if (limit.isNegative() || limit.isZero()) {
        throw new IllegalArgumentException(name + " must be more than 0: " + name + "=" + limit);
      }
      return limit;
    }
  }

  // -------------------------------------------------------------------------------------- epochs

  /**
   * Begins the next epoch.
   *
   * @return an iterator over its batches, for one thread at a time
   * @throws IllegalStateException if the loader is closed
   * @throws LoaderException if a hook fails, a thread cannot be started, or a worker of the epoch
   *     before does not end in time
   */
  @Override
  public Iterator<Batch> iterator() {
    return locked(() -> begin(nextEpoch));
  }

  /**
   * Chooses the number of an epoch. Nothing happens before {@code iterator()} is called on the
   * result; that begins the epoch as {@link #iterator} does, and the one after it is number + 1.
   *
   * @param number the number, not negative
   * @return the epoch's batches
   * @throws IllegalArgumentException if the number is negative
   */
  public Iterable<Batch> epoch(long number) {
    if (number < 0) {
      throw new IllegalArgumentException("epoch must not be negative: epoch=" + number);
    }
    return () -> locked(() -> begin(number));
  }

  /**
   * Sends the batches of further epochs to a GPU, while the ones before are being worked on. From
   * now on workers make batches in page-locked memory.
   *
   * @param device the GPU
   * @return the batches there, to be walked in the place of this loader's and closed before it
   * @throws dev.batchmill.error.DeviceException if the device refuses
   */
  public DeviceLoader toDevice(Device device) {
    DeviceLoader made = new DeviceLoader(this, device);
    forDevice = true;
    return made;
  }

  /**
   * Returns where the consumer stands: after the last batch that it got. Call it from the thread
   * that walks the epoch, or when nobody does.
   *
   * @return what {@link #resume} takes, here or in another process
   */
  public LoaderState state() {
    return locked(
        () -> {
          Epoch epoch = current;
          if (epoch == null) {
            return stateAt(nextEpoch, resumeAt);
          }
          return epoch.isWalked()
              ? stateAt(epoch.number() + 1, 0)
              : stateAt(epoch.number(), epoch.position());
        });
  }

  private LoaderState stateAt(long epoch, long batch) {
    return new LoaderState(
        epoch, batch, shuffleSeed, shard.toString(), LoaderState.hashOf(dataset.fingerprint()));
  }

  /**
   * Goes on where another loader was: the next {@link #iterator} begins the epoch of the state with
   * the batch after the last one that its consumer got. The epoch that is being walked, if any,
   * ends. The number of workers and the capacity of the queue may differ; a data set that depends
   * on the epoch and the index alone then yields every sample once.
   *
   * @param state what {@link #state} returned
   * @return this loader
   * @throws IllegalArgumentException if the seed, the shard or the data set's {@link
   *     BatchDataset#fingerprint fingerprint} is another; nothing changes then
   * @throws IllegalStateException if the loader is closed
   * @throws LoaderException as for {@link #iterator}
   */
  public DataLoader resume(LoaderState state) {
    state.requireSame(shuffleSeed, shard, dataset.fingerprint());
    return locked(
        () -> {
          endCurrent();
          requireOpen();
          nextEpoch = state.epoch();
          resumeEpoch = state.epoch();
          resumeAt = state.batch();
          return this;
        });
  }

  /**
   * Returns what has been loaded so far, and who waited for whom. May be called by any thread.
   *
   * @return the figures of all epochs, of the one that is being walked as well
   */
  public LoaderStats stats() {
    synchronized (counting) {
      Epoch epoch = current;
      return epoch == null ? ended : ended.plus(epoch.stats());
    }
  }

  /**
   * Returns what each worker does at the moment: its batch, since when, and its stack. May be
   * called by any thread.
   *
   * @return a text for people
   */
  public String dump() {
    Epoch epoch = current;
    return epoch == null ? "no epoch is being walked\n" : epoch.dump();
  }

  private Epoch begin(long number) {
    endCurrent();
    requireOpen();
    runHook("onEpochBegin", number, dataset::onEpochBegin);
    endDue = OptionalLong.of(number);
    nextEpoch = number + 1;
    try {
      OptionalLong count = batchCountOf(number);
      long first = count.isEmpty() || number == resumeEpoch ? resumeAt : 0;
      Epoch epoch =
          new Epoch(this, number, new EpochOrder(count, shuffleSeed, number, shard), first);
      current = epoch;
      requireOpen(); // a close that gave up while the hook ran did not see this epoch
      epoch.start();
      return epoch;
    } catch (Throwable t) {
      try {
        endCurrent();
      } catch (Throwable second) {
        t.addSuppressed(second);
      }
      throw t;
    }
  }

  private OptionalLong batchCountOf(long number) {
    OptionalLong count = dataset.batchCount();
    if (count.isPresent() && count.getAsLong() < 0) {
      throw new LoaderException(
          "batchCount must not be negative: batchCount=" + count.getAsLong() + " epoch=" + number);
    }
    if (count.isEmpty() && shuffleSeed.isPresent()) {
      throw new LoaderException(
          "the batches of an infinite data set cannot be shuffled: epoch=" + number);
    }
    return count;
  }

  /** Ends the current epoch; it stays current if a worker does not end in time. */
  private void endCurrent() {
    Epoch epoch = current;
    if (epoch != null) {
      epoch.stop(closeTimeout);
      resumeAt = epoch.isInfinite() ? epoch.position() : 0;
      synchronized (counting) {
        ended = ended.plus(epoch.stats());
        current = null;
      }
    }
    if (endDue.isPresent()) {
      long number = endDue.getAsLong();
      endDue = OptionalLong.empty();
      runHook("onEpochEnd", number, dataset::onEpochEnd);
    }
  }

  /** Ends an epoch that was walked to its end, if that has not been done yet. */
  void endOf(Epoch epoch) {
    if (current == epoch) {
      locked(
          () -> {
            if (current == epoch) {
              endCurrent();
            }
            return epoch;
          });
    }
  }

  /**
   * Ends the current epoch and the loader: cancels it, interrupts its workers and waits for them,
   * closes the batches that nobody got. An interrupt does not end the wait; the flag survives.
   *
   * @throws LoaderException if a worker does not end within the {@code closeTimeout} (it is a
   *     daemon thread and is left alone; a further {@code close} waits for it again), or {@code
   *     onEpochEnd} fails
   * @throws IllegalStateException if it is called by the {@code batch} method of its own data set
   */
  @Override
  public void close() {
    Epoch epoch = current;
    requireNotMaking(epoch);
    closed = true;
    if (epoch != null) {
      epoch.cancel();
    }
    try {
      locked(
          () -> {
            endCurrent();
            return this;
          });
    } finally {
      if (processes != null) {
        processes.close();
      }
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("loader is closed: dataset=" + dataset);
    }
  }

  private static void requireNotMaking(@Nullable Epoch epoch) {
    if (epoch != null && epoch.isMaking()) {
      throw new IllegalStateException(
          "loader must not be used by the batch method of its own data set: epoch="
              + epoch.number());
    }
  }

  private static void runHook(String name, long epoch, LongConsumer hook) {
    try {
      hook.accept(epoch);
    } catch (Throwable t) {
      throw new LoaderException(
          "epoch hook failed: hook=" + name + " epoch=" + epoch + " failure=" + t, t);
    }
  }

  private <T> T locked(Supplier<T> action) {
    requireNotMaking(current);
    long limit = nanos(closeTimeout);
    if (!Waits.uninterruptibly(limit, left -> lifecycle.tryLock(left, TimeUnit.NANOSECONDS))) {
      throw new LoaderException(
          "another thread did not finish beginning or ending an epoch in time, see its hooks:"
              + " closeTimeout="
              + closeTimeout);
    }
    try {
      return action.get();
    } finally {
      lifecycle.unlock();
    }
  }

  // ------------------------------------------------------------------------------ for the epochs

  BatchDataset dataset() {
    return dataset;
  }

  boolean isForDevice() {
    return forDevice;
  }

  /** Whether the next batch of the epoch that is being walked is ready. */
  boolean isNextReady() {
    Epoch epoch = current;
    return epoch != null && epoch.isNextReady();
  }

  int workers() {
    return workers;
  }

  int queueCapacity() {
    return queueCapacity;
  }

  @Nullable ClassWeights classWeights() {
    return classWeights;
  }

  /** Shows where worker processes are, if there are any: stacks of threads here do not tell. */
  void tellWhereabouts() {
    if (processes != null) {
      processes.tellWhereabouts();
    }
  }

  @Nullable Duration timeout() {
    return timeout;
  }

  /** A new one for each epoch: the numbers in the threads' names begin anew. */
  Launcher launcher() {
    return launcher.get();
  }

  /** Converts a duration; one of more than 292 years becomes the longest there is. */
  static long nanos(Duration duration) {
    return duration.compareTo(Duration.ofNanos(Long.MAX_VALUE)) < 0
        ? duration.toNanos()
        : Long.MAX_VALUE;
  }
}
