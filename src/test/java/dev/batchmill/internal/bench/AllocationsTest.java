package dev.batchmill.internal.bench;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class AllocationsTest {
  private static final int LARGE = 1 << 24;

  /** More than the rest of these tests allocates. */
  private static final int SMALL = 1 << 20;

  private final Allocations allocations = new Allocations();
  private final Queue<byte[]> kept = new ConcurrentLinkedQueue<>();

  private void allocate() {
    kept.add(new byte[LARGE]);
  }

  private void check(long before, int wanted) {
    long seen = allocations.bytes() - before;
    assertTrue(seen >= wanted && seen < wanted + SMALL, "bytes=" + seen + " wanted=" + wanted);
  }

  @Test
  void thisThreadCounts() {
    long before = allocations.bytes();
    allocate();
    check(before, LARGE);
  }

  @Test
  void threadsMadeHereCountWhileTheyRunAndAfterwards() throws InterruptedException {
    CountDownLatch allocated = new CountDownLatch(1);
    CountDownLatch seen = new CountDownLatch(1);
    long before = allocations.bytes();
    Thread thread =
        allocations.newThread(
            () -> {
              allocate();
              allocated.countDown();
              try {
                seen.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              allocate();
            });
    thread.start();
    allocated.await();
    check(before, LARGE);
    seen.countDown();
    thread.join();
    check(before, 2 * LARGE);
  }

  @Test
  void aThreadThatFailsCountsToo() throws InterruptedException {
    long before = allocations.bytes();
    Thread thread =
        allocations.newThread(
            () -> {
              allocate();
              throw new IllegalStateException("on purpose");
            });
    thread.setUncaughtExceptionHandler((failed, failure) -> {});
    thread.start();
    thread.join();
    check(before, LARGE);
  }

  @Test
  void otherThreadsDoNot() throws InterruptedException {
    long before = allocations.bytes();
    Thread thread = new Thread(this::allocate);
    thread.start();
    thread.join();
    check(before, 0);
  }
}
