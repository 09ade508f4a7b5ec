package dev.batchmill.loader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** The loaders' threads as a test sees them, and waits with a deadline. */
final class LoaderThreads {
  private static final Set<Thread.State> BLOCKED =
      EnumSet.of(Thread.State.WAITING, Thread.State.TIMED_WAITING);

  private static final long POLL_NANOS = TimeUnit.MICROSECONDS.toNanos(100);

  private LoaderThreads() {}

  static List<Thread> alive() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("batchmill-loader-"))
        .filter(Thread::isAlive)
        .toList();
  }

  static void assertNone() {
    assertEquals(List.of(), alive());
  }

  /** Waits until {@code count} loader threads live and all of them wait for something. */
  static void awaitAllWaiting(int count) {
    await(
        () -> {
          List<Thread> threads = alive();
          return threads.size() == count
              && threads.stream().allMatch(thread -> BLOCKED.contains(thread.getState()));
        });
  }

  static void awaitWaiting(Thread thread) {
    await(() -> BLOCKED.contains(thread.getState()));
  }

  static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, "not within 10 s");
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  static void await(CountDownLatch latch) throws InterruptedException {
    assertTrue(latch.await(10, TimeUnit.SECONDS), "not within 10 s");
  }
}
