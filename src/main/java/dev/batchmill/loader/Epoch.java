package dev.batchmill.loader;

import dev.batchmill.array.DType;
import dev.batchmill.array.NDArray;
import dev.batchmill.dataset.Batch;
import dev.batchmill.dataset.BatchDataset;
import dev.batchmill.dataset.ClassWeights;
import dev.batchmill.dataset.Tree;
import dev.batchmill.error.LoaderException;
import dev.batchmill.internal.memory.PinnedPages;
import dev.batchmill.internal.queue.OrderedQueue;
import dev.batchmill.internal.queue.OrderedQueue.Activity;
import java.lang.ref.Reference;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One walk over the batches of a data set: turns the queue's positions into batch indices and its
 * failures into {@link LoaderException}s. Its beginning and its end are the {@link DataLoader}'s.
 */
final class Epoch implements Iterator<Batch> {
  private final DataLoader loader;
  private final long number;
  private final long first;
  private final EpochOrder order;
  private final OrderedQueue<Batch> queue;
  private final long startNanos = System.nanoTime();
  private final AtomicLong bytes = new AtomicLong();
  private @Nullable LoaderException failure;

  /**
   * Describes an epoch; {@link #start} starts its workers.
   *
   * @param first the position at which the walk goes on, 0 for its beginning
   */
  Epoch(DataLoader loader, long number, EpochOrder order, long first) {
    this.loader = loader;
    this.number = number;
    this.order = order;
    this.first = first;
    OptionalLong count = order.count();
    this.queue =
        new OrderedQueue<>(
            source(loader, number, order, first),
            count.isPresent() ? Math.max(0, count.getAsLong() - first) : Long.MAX_VALUE,
            loader.queueCapacity(),
            loader.workers(),
            loader.launcher(),
            this);
  }

  /** The queue's source; static, for the workers must not keep a forgotten epoch alive. */
  private static OrderedQueue.Source<Batch> source(
      DataLoader loader, long epoch, EpochOrder order, long first) {
    BatchDataset dataset = loader.dataset();
    ClassWeights classWeights = loader.classWeights();
    boolean pinned = loader.isForDevice();
    return taken -> {
      long position = first + taken;
      long index = order.indexAt(position);
      Object event = LoaderEvents.beginLoad();
      Batch batch =
          pinned ? PinnedPages.whileAllocating(() -> dataset.batch(index)) : dataset.batch(index);
      if (batch != null && (classWeights != null || order.isPadding(position))) {
        batch = weighed(batch, classWeights, order.isPadding(position));
      }
      LoaderEvents.endLoad(event, epoch, index);
      return batch;
    };
  }

  private static Batch weighed(Batch batch, @Nullable ClassWeights weights, boolean nothing) {
    try {
      Batch weighed = weights == null ? batch : weights.weigh(batch);
      return nothing ? weighNothing(weighed) : weighed;
    } catch (Throwable t) {
      batch.close();
      throw t;
    }
  }

  /** A batch over the same features and targets whose samples all weigh nothing. */
  private static Batch weighNothing(Batch batch) {
    Tree<NDArray> weight = batch.sampleWeights();
    if (weight == null) {
      return Batch.of(batch.xs(), batch.ys(), Tree.of(NDArray.zeros(DType.FLOAT32, batch.size())));
    }
    Tree<NDArray> zeros = weight.map(array -> NDArray.zeros(array.dtype(), array.shape()));
    weight.leaves().forEach(NDArray::close);
    return Batch.of(batch.xs(), batch.ys(), zeros);
  }

  void start() {
    try {
      queue.start();
    } catch (Throwable t) {
      throw new LoaderException(
          "worker threads could not be started: epoch="
              + number
              + " workers="
              + loader.workers()
              + " failure="
              + t,
          t);
    }
  }

  @Override
  public boolean hasNext() {
    if (!isWalked()) {
      return true;
    }
    loader.endOf(this);
    return false;
  }

  @Override
  public Batch next() {
    if (failure != null) {
      throw failure;
    }
    if (!hasNext()) {
      throw new NoSuchElementException("epoch has no more batches: " + describe());
    }
    try {
      Duration timeout = loader.timeout();
      Object event = LoaderEvents.beginWait();
      Batch batch = queue.take(timeout == null ? Long.MAX_VALUE : DataLoader.nanos(timeout));
      LoaderEvents.endWait(event, number, queue);
      bytes.addAndGet(batch.byteSize());
      return batch;
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw fail("batch could not be made: " + describe() + " failure=" + cause, cause);
    } catch (TimeoutException e) {
      loader.tellWhereabouts();
      throw fail(
          "batch was not ready in time, its worker's stack is the cause: "
              + describe()
              + " timeout="
              + loader.timeout(),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw fail("interrupted while waiting for a batch: " + describe(), e);
    } catch (CancellationException e) {
      throw new IllegalStateException(
          "epoch is over, the loader was closed or began another one: " + describe(), e);
    } finally {
      // The queue ends when this object is garbage, which it must not be while the caller waits.
      Reference.reachabilityFence(this);
    }
  }

  private LoaderException fail(String message, Throwable cause) {
    failure = new LoaderException(message, cause);
    queue.cancel();
    return failure;
  }

  private String describe() {
    return "epoch=" + number + (isWalked() ? "" : " batch=" + order.indexAt(position()));
  }

  // ------------------------------------------------------------------------------ for the loader

  long number() {
    return number;
  }

  /** The position after the last batch that the consumer got. */
  long position() {
    return first + queue.taken();
  }

  /** Whether the next batch is ready, so that {@code next} returns it at once. */
  boolean isNextReady() {
    return failure == null && queue.isNextReady();
  }

  boolean isInfinite() {
    return order.count().isEmpty();
  }

  /** Whether the consumer got all batches. */
  boolean isWalked() {
    return !isInfinite() && position() >= order.count().getAsLong();
  }

  LoaderStats stats() {
    return new LoaderStats(
        queue.taken(),
        bytes.get(),
        Duration.ofNanos(System.nanoTime() - startNanos),
        Duration.ofNanos(queue.consumerWaitNanos()),
        Duration.ofNanos(queue.workerWaitNanos()),
        queue.ready(),
        loader.workers());
  }

  /** What each worker does, a line for each. */
  String dump() {
    StringBuilder text = new StringBuilder();
    text.append("epoch=").append(number).append(" taken=").append(queue.taken());
    text.append(" ready=").append(queue.ready()).append('\n');
    long now = System.nanoTime();
    for (Activity worker : queue.activity()) {
      text.append(worker.thread()).append(" batch=");
      text.append(order.indexAt(first + worker.position())).append(" for ");
      text.append(Duration.ofNanos(now - worker.sinceNanos()).toMillis()).append(" ms\n");
      worker.stack().forEach(frame -> text.append("    at ").append(frame).append('\n'));
    }
    return text.toString();
  }

  void cancel() {
    queue.cancel();
  }

  /** Tells whether the calling thread is making a batch of this epoch. */
  boolean isMaking() {
    return queue.isMaking();
  }

  /**
   * Ends all work.
   *
   * @throws LoaderException if a worker still runs when the time is over
   */
  void stop(Duration limit) {
    queue.cancel();
    if (!queue.join(DataLoader.nanos(limit))) {
      throw stuck(limit, queue.activity());
    }
  }

  private LoaderException stuck(Duration limit, List<Activity> workers) {
    StringBuilder message =
        new StringBuilder("worker did not end in time, let batch() heed the interrupt: epoch=")
            .append(number)
            .append(" closeTimeout=")
            .append(limit);
    for (Activity worker : workers) {
      message.append(" worker=").append(worker.thread());
      message.append(" batch=").append(order.indexAt(first + worker.position()));
    }
    LoaderException stuck = new LoaderException(message.toString());
    for (Activity worker : workers) {
      stuck.addSuppressed(worker.whereabouts());
    }
    return stuck;
  }
}
