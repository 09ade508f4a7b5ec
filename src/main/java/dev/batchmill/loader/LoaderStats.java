package dev.batchmill.loader;

import java.time.Duration;

/**
 * What a loader has done, and who waited for whom.
 *
 * @param batches the batches that the consumer got
 * @param bytes the size of their arrays
 * @param elapsed the time of the epochs, from their begin to their end
 * @param consumerWait how long the consumer waited for batches that were not ready
 * @param workerWait how long the workers, all together, waited for room in the queue
 * @param ready the batches that are ready at the moment
 * @param workers the number of workers
 */
public record LoaderStats(
    long batches,
    long bytes,
    Duration elapsed,
    Duration consumerWait,
    Duration workerWait,
    int ready,
    int workers) {
  static final LoaderStats NONE =
      new LoaderStats(0, 0, Duration.ZERO, Duration.ZERO, Duration.ZERO, 0, 0);

  private static final double NOTABLE = 0.1;

  /** Which side the other one waits for. */
  public enum Verdict {
    /** The consumer waits more than a tenth of the time: more workers or less work would help. */
    PRODUCER_BOUND,
    /** The workers wait more than a tenth of the time: the consumer gets all it can take. */
    CONSUMER_BOUND,
    /** Neither waits much. */
    BALANCED
  }

  /**
   * Returns which side is the slower one.
   *
   * @return the side that waits less, unless neither waits much
   */
  public Verdict verdict() {
    double consumer = share(consumerWait, 1);
    double worker = share(workerWait, workers);
    if (consumer > NOTABLE && consumer >= worker) {
      return Verdict.PRODUCER_BOUND;
    }
    return worker > NOTABLE ? Verdict.CONSUMER_BOUND : Verdict.BALANCED;
  }

  private double share(Duration wait, int threads) {
    return elapsed.isZero() || threads == 0
        ? 0
        : (double) wait.toNanos() / elapsed.toNanos() / threads;
  }

  /**
   * Returns the rate at which the consumer got data.
   *
   * @return bytes in a second, 0 before any time has passed
   */
  public double bytesPerSecond() {
    return elapsed.isZero() ? 0 : bytes * 1e9 / elapsed.toNanos();
  }

  /** These figures and those of an epoch after them. */
  LoaderStats plus(LoaderStats next) {
    return new LoaderStats(
        batches + next.batches,
        bytes + next.bytes,
        elapsed.plus(next.elapsed),
        consumerWait.plus(next.consumerWait),
        workerWait.plus(next.workerWait),
        next.ready,
        next.workers);
  }
}
