package dev.batchmill.internal.kernel;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Runs a range in pieces on the caller's thread and the common {@link ForkJoinPool}.
 *
 * <p>The property {@code batchmill.threads} limits the number of threads, the caller's included; 1
 * runs everything on the caller's thread. By default it is the number of processors.
 */
public final class Parallel {
  /** The property that limits the number of threads. */
  public static final String THREADS_PROPERTY = "batchmill.threads";

  /**
   * Counted once, as the common pool does: in a container the answer is read from files, which
   * takes a tenth of a millisecond.
   */
  private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

  /** Pieces per thread: enough that a late thread does not hold up the others for long. */
  private static final int PIECES_PER_THREAD = 4;

  private Parallel() {}

  /** What is done with a piece of a range. */
  @FunctionalInterface
  public interface RangeBody {
    /** Handles [from, to). */
    void accept(long from, long to);
  }

  /** The number of threads that a range may be run by. */
  public static int threads() {
    String value = System.getProperty(THREADS_PROPERTY);
    if (value == null || value.isBlank()) {
      return PROCESSORS;
    }
    try {
      int threads = Integer.parseInt(value.strip());
      if (threads >= 1) {
        return threads;
      }
    } catch (NumberFormatException e) {
      // Refused below, like a number out of range.
    }
    throw new IllegalArgumentException(
        "the number of threads must be a whole number from 1: %s=%s"
            .formatted(THREADS_PROPERTY, value));
  }

  /**
   * Runs body over [0, n), cut into pieces of at least grain, and returns when all are done.
   *
   * <p>When a piece throws, its exception is thrown here, after all pieces have ended; pieces that
   * had not begun may be left out. The interrupt flag of the caller is left as it is.
   *
   * @throws IllegalArgumentException if n is negative or grain is not positive
   */
  public static void forRange(long n, long grain, RangeBody body) {
    if (n < 0 || grain < 1) {
      throw new IllegalArgumentException(
          "A range needs 0 <= n and 1 <= grain: n=%d, grain=%d".formatted(n, grain));
    }
    int threads = threads();
    long pieces = Math.min(n / grain, (long) threads * PIECES_PER_THREAD);
    if (threads == 1 || pieces <= 1) {
      if (n > 0) {
        body.accept(0, n);
      }
      return;
    }
    Pieces work = new Pieces(n, (int) pieces, body);
    for (int i = 1; i < Math.min(threads, pieces); i++) {
      ForkJoinPool.commonPool().execute(work::runAll);
    }
    work.runAll();
    work.await();
  }

  /**
   * The pieces of one range. Every thread takes the next piece until none is left, so the caller
   * waits only for pieces that are being run: a thread of the pool that comes late finds none.
   */
  private static final class Pieces {
    private final long n;
    private final int count;
    private final RangeBody body;
    private final AtomicInteger next = new AtomicInteger();
    private final CountDownLatch unfinished;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    Pieces(long n, int count, RangeBody body) {
      this.n = n;
      this.count = count;
      this.body = body;
      unfinished = new CountDownLatch(count);
    }

    void runAll() {
      for (int piece = next.getAndIncrement(); piece < count; piece = next.getAndIncrement()) {
        try {
          if (failure.get() == null) {
            body.accept(start(piece), start(piece + 1));
          }
        } catch (Throwable e) {
          failure.compareAndSet(null, e);
        } finally {
          unfinished.countDown();
        }
      }
    }

    private long start(int piece) {
      return n / count * piece + Math.min(piece, n % count);
    }

    void await() {
      boolean interrupted = false;
      while (unfinished.getCount() > 0) {
        try {
          unfinished.await();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      Throwable thrown = failure.get();
      if (thrown instanceof RuntimeException exception) {
        throw exception;
      } else if (thrown instanceof Error error) {
        throw error;
      } else if (thrown != null) {
        throw new IllegalStateException("a piece of a parallel range failed", thrown);
      }
    }
  }
}
