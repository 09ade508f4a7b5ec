package dev.batchmill.internal.queue;

/** Waits that have a deadline and outlive an interrupt of the thread that waits. */
public final class Waits {
  private Waits() {}

  /** Something to wait for. */
  @FunctionalInterface
  public interface Wait {
    /** Waits at most that long; tells whether it was worth it. */
    boolean await(long nanos) throws InterruptedException;
  }

  /**
   * Waits at most {@code nanos} altogether. An interrupt does not end the wait; the thread's flag
   * is set afterwards.
   *
   * @return what the wait tells, false when the time is over
   */
  public static boolean uninterruptibly(long nanos, Wait wait) {
    long start = System.nanoTime();
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return wait.await(Math.max(0, nanos - (System.nanoTime() - start)));
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
