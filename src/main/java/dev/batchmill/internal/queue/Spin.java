package dev.batchmill.internal.queue;

import java.util.function.BooleanSupplier;

/**
 * A wait by looking again and again, before one by sleeping: of full length where the waits of late
 * were short, and of next to none where they were long. For one thread at a time.
 */
final class Spin {
  /** The full length: about what sleeping and being woken costs. Nothing on a single core. */
  private static final long MAX_NANOS = Runtime.getRuntime().availableProcessors() > 1 ? 50_000 : 0;

  private static final long MIN_NANOS = Math.min(MAX_NANOS, 500);

  /** So many looks until the thread gives way to others between two of them. */
  private static final int BUSY_TURNS = 50;

  private long nanos = MAX_NANOS;

  /** Waits until the condition holds; false if the time was over before. */
  @SuppressWarnings("ThreadPriorityCheck") // it only gives way
  boolean until(BooleanSupplier condition) {
    long start = System.nanoTime();
    int turns = 0;
    do {
      if (condition.getAsBoolean()) {
        return true;
      }
      if (++turns < BUSY_TURNS) {
        Thread.onSpinWait();
      } else {
        Thread.yield();
      }
    } while (System.nanoTime() - start < nanos);
    return false;
  }

  /** Adapts to a wait that took so long in all, the sleep after the spinning included. */
  void learn(long waitedNanos) {
    nanos =
        waitedNanos <= 2 * MAX_NANOS
            ? Math.min(2 * nanos, MAX_NANOS)
            : Math.max(nanos / 2, MIN_NANOS);
  }
}
