package dev.batchmill.loader;

import dev.batchmill.dataset.Batch;
import dev.batchmill.dataset.BatchDataset;
import dev.batchmill.error.LoaderException;
import dev.batchmill.internal.queue.OrderedQueue;
import dev.batchmill.internal.queue.OrderedQueue.Activity;
import dev.batchmill.random.Permutation;
import java.lang.ref.Reference;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One walk over the batches of a data set: turns the queue's positions into batch indices and its
 * failures into {@link LoaderException}s. Its beginning and its end are the {@link DataLoader}'s.
 */
final class Epoch implements Iterator<Batch> {
  private final DataLoader loader;
  private final long number;
  private final long first;
  private final OptionalLong batchCount;
  private final LongUnaryOperator indexAt;
  private final OrderedQueue<Batch> queue;
  private @Nullable LoaderException failure;

  /**
   * Describes an epoch; {@link #start} starts its workers.
   *
   * @param first the batch index at which an infinite data set goes on
   */
  Epoch(DataLoader loader, long number, OptionalLong batchCount, long first) {
    this.loader = loader;
    this.number = number;
    this.batchCount = batchCount;
    this.first = batchCount.isPresent() ? 0 : first;
    this.indexAt = order(loader.shuffleSeed(), batchCount, number, this.first);
    this.queue =
        new OrderedQueue<>(
            source(loader.dataset(), indexAt),
            batchCount.orElse(Long.MAX_VALUE),
            loader.queueCapacity(),
            loader.workers(),
            loader.threadFactory(),
            this);
  }

  private static LongUnaryOperator order(
      OptionalLong seed, OptionalLong batchCount, long number, long first) {
    if (seed.isPresent() && batchCount.isPresent()) {
      return Permutation.of(batchCount.getAsLong(), seed.getAsLong(), number)::indexAt;
    }
    return position -> first + position;
  }

  /** The queue's source; static, for the workers must not keep a forgotten epoch alive. */
  private static OrderedQueue.Source<Batch> source(
      BatchDataset dataset, LongUnaryOperator indexAt) {
    return position -> dataset.batch(indexAt.applyAsLong(position));
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
    if (batchCount.isEmpty() || queue.taken() < batchCount.getAsLong()) {
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
      return queue.take(timeout == null ? Long.MAX_VALUE : DataLoader.nanos(timeout));
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
    long position = queue.taken();
    boolean known = batchCount.isEmpty() || position < batchCount.getAsLong();
    return "epoch=" + number + (known ? " batch=" + indexAt.applyAsLong(position) : "");
  }

  // ------------------------------------------------------------------------------ for the loader

  long number() {
    return number;
  }

  /** Where an infinite data set goes on: after the last batch that the consumer got. */
  long resumeAt() {
    return first + queue.taken();
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
      message.append(" batch=").append(indexAt.applyAsLong(worker.position()));
    }
    LoaderException stuck = new LoaderException(message.toString());
    for (Activity worker : workers) {
      stuck.addSuppressed(worker.whereabouts());
    }
    return stuck;
  }
}
