package dev.batchmill.internal.kernel;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
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

  /** What a thread's share is cut into, where it is that large. */
  private static final int UNITS_PER_THREAD = 256;

  /**
   * A piece is one of so many parts of what is left of a share: large ones at first, and at the end
   * so small ones that a late thread does not hold up the others for long.
   */
  private static final int PARTS = 4;

  /**
   * How long a thread that has nothing left to do looks out for more before it sleeps. To wake one
   * takes as long, or much longer where the processor is a virtual one.
   */
  private static final long LINGER_NANOS = 50_000;

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
    long units = Math.min(n / grain, (long) threads * UNITS_PER_THREAD);
    if (threads == 1 || units <= 1) {
      if (n > 0) {
        body.accept(0, n);
      }
      return;
    }
    int shares = (int) Math.min(threads, units);
    Shares work = new Shares(n, (int) units, shares, body);
    for (int i = 1; i < shares; i++) {
      Helper.start(work);
    }
    work.run();
    work.await();
  }

  /**
   * As {@link #forRange(long, long, RangeBody)}, but each call of body gets so much of a piece at
   * most.
   *
   * @param most what one call gets at most, such as {@link CallLimit} says; at least 1
   */
  public static void forRange(long n, long grain, long most, RangeBody body) {
    if (most < 1) {
      throw new IllegalArgumentException("A call needs at least 1 of a range: most=" + most);
    }
    forRange(
        n,
        grain,
        (first, last) -> {
          for (long at = first; at < last; ) {
            long end = last - at > most ? at + most : last;
            body.accept(at, end);
            at = end;
          }
        });
  }

  /**
   * A thread of the pool that runs pieces of one range after another, while they follow closely.
   */
  private static final class Helper implements Runnable {
    private static final Queue<Helper> WAITING = new ConcurrentLinkedQueue<>();

    /** The next range; null while this helper waits for one, {@link #NONE} when it has left. */
    private final AtomicReference<@Nullable Shares> next;

    private static final Shares NONE = new Shares(0, 0, 0, (from, to) -> {});

    private Helper(Shares first) {
      next = new AtomicReference<>(first);
    }

    /** Has a range's pieces run by a helper that waits, or by a new one. */
    static void start(Shares work) {
      for (Helper waiting; (waiting = WAITING.poll()) != null; ) {
        if (waiting.next.compareAndSet(null, work)) {
          return;
        }
      }
      ForkJoinPool.commonPool().execute(new Helper(work));
    }

    @Override
    public void run() {
      for (Shares work = next.get(); work != null && work != NONE; work = await()) {
        work.run();
      }
    }

    private @Nullable Shares await() {
      next.set(null);
      WAITING.add(this);
      linger(() -> next.get() != null || ForkJoinPool.commonPool().hasQueuedSubmissions());
      if (next.compareAndSet(null, NONE)) {
        WAITING.remove(this);
      }
      return next.get();
    }
  }

  /** Waits until something has come about, for a moment at most. */
  @SuppressWarnings("ThreadPriorityCheck") // To yield is a courtesy: nothing depends on it.
  private static void linger(BooleanSupplier event) {
    long start = System.nanoTime();
    while (!event.getAsBoolean() && System.nanoTime() - start < LINGER_NANOS) {
      Thread.yield();
    }
  }

  /**
   * A range in as many shares as threads. A thread takes pieces of its own share one after another,
   * so that what kernels ask for ahead of time is theirs to read; then it takes from the ends of
   * the others' shares. The caller waits only for pieces that are being run: a thread of the pool
   * that comes late finds none.
   */
  private static final class Shares {
    private final long n;
    private final int units;
    private final RangeBody body;

    /** The units [first, end) that are left of each share, as {@code end << 32 | first}. */
    private final AtomicLongArray left;

    private final AtomicInteger nextShare = new AtomicInteger();
    private final AtomicInteger unfinished;
    private final CountDownLatch end = new CountDownLatch(1);
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    Shares(long n, int units, int shares, RangeBody body) {
      this.n = n;
      this.units = units;
      this.body = body;
      left = new AtomicLongArray(shares);
      for (int share = 0; share < shares; share++) {
        left.set(share, packed(start(units, shares, share), start(units, shares, share + 1)));
      }
      unfinished = new AtomicInteger(units);
    }

    /** Runs pieces until none is left. */
    void run() {
      int own = nextShare.getAndIncrement();
      int done = runFrom(own, true);
      for (int i = 1; i < left.length(); i++) {
        done += runFrom((own + i) % left.length(), false);
      }
      if (done > 0 && unfinished.addAndGet(-done) == 0) {
        end.countDown();
      }
    }

    /** Runs pieces of a share, from its start or its end, and returns how many units they were. */
    private int runFrom(int share, boolean start) {
      int done = 0;
      for (; ; ) {
        long now = left.get(share);
        int first = (int) now;
        int last = (int) (now >>> 32);
        if (first == last) {
          return done;
        }
        int taken = Math.max(1, (last - first) / PARTS);
        int from = start ? first : last - taken;
        long then = start ? packed(first + taken, last) : packed(first, last - taken);
        if (left.compareAndSet(share, now, then)) {
          run(from, from + taken);
          done += taken;
        }
      }
    }

    private void run(int first, int last) {
      try {
        if (failure.get() == null) {
          body.accept(start(n, units, first), start(n, units, last));
        }
      } catch (Throwable e) {
        failure.compareAndSet(null, e);
      }
    }

    private static long packed(long first, long end) {
      return end << 32 | first;
    }

    /** Where part i begins when n is cut into so many parts. */
    private static long start(long n, int parts, int i) {
      return n / parts * i + n % parts * i / parts;
    }

    void await() {
      linger(() -> end.getCount() == 0);
      boolean interrupted = false;
      while (end.getCount() > 0) {
        try {
          end.await();
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
