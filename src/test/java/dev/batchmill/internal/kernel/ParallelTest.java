package dev.batchmill.internal.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ParallelTest {
  @AfterEach
  void forgetTheProperty() {
    System.clearProperty(Parallel.THREADS_PROPERTY);
  }

  @Test
  void everyNumberIsHandledOnce() {
    for (String threads : new String[] {"1", "2", "5"}) {
      System.setProperty(Parallel.THREADS_PROPERTY, threads);
      for (int n : new int[] {0, 1, 2, 7, 8, 9, 63, 64, 65, 1000}) {
        for (int grain : new int[] {1, 2, 7, 1000}) {
          AtomicIntegerArray seen = new AtomicIntegerArray(n);
          AtomicInteger smallest = new AtomicInteger(Integer.MAX_VALUE);
          Parallel.forRange(
              n,
              grain,
              (from, to) -> {
                smallest.accumulateAndGet((int) (to - from), Math::min);
                for (long i = from; i < to; i++) {
                  seen.incrementAndGet((int) i);
                }
              });
          for (int i = 0; i < n; i++) {
            assertEquals(1, seen.get(i));
          }
          assertTrue(smallest.get() >= Math.min(n, grain));
        }
      }
    }
  }

  @Test
  void aCallGetsNoMoreThanItMay() {
    System.setProperty(Parallel.THREADS_PROPERTY, "2");
    for (long most : new long[] {1, 7, 1000, Long.MAX_VALUE}) {
      AtomicIntegerArray seen = new AtomicIntegerArray(1000);
      AtomicInteger largest = new AtomicInteger();
      Parallel.forRange(
          seen.length(),
          10,
          most,
          (from, to) -> {
            largest.accumulateAndGet((int) (to - from), Math::max);
            for (long i = from; i < to; i++) {
              seen.incrementAndGet((int) i);
            }
          });
      for (int i = 0; i < seen.length(); i++) {
        assertEquals(1, seen.get(i));
      }
      assertTrue(largest.get() <= most && largest.get() > Math.min(most, 10) - 1);
    }
    assertThrows(
        IllegalArgumentException.class, () -> Parallel.forRange(1, 1, 0, (from, to) -> {}));
  }

  @Test
  void callsAreCutWhereAnArrayOfTheHeapIsHeld() {
    FloatBuffer heap = FloatBuffer.allocate(1);
    FloatBuffer direct = ByteBuffer.allocateDirect(Float.BYTES).asFloatBuffer();
    assertEquals(Long.MAX_VALUE, CallLimit.of(Float.BYTES, direct, direct));
    for (FloatBuffer other : List.of(heap, direct)) {
      assertEquals(1 << 18, CallLimit.of(Float.BYTES, heap, other));
      assertEquals(1 << 18, CallLimit.of(Float.BYTES, other, heap));
    }
    assertEquals(1, CallLimit.held(1L << 40));
  }

  @Test
  void hugeRangesAreCutWithoutOverflow() {
    System.setProperty(Parallel.THREADS_PROPERTY, "3");
    LongAdder sum = new LongAdder();
    Parallel.forRange(1L << 62, 1L << 50, (from, to) -> sum.add(to - from));
    assertEquals(1L << 62, sum.sum());
  }

  @Test
  void oneThreadRunsEverythingInOnePiece() {
    System.setProperty(Parallel.THREADS_PROPERTY, "1");
    Thread caller = Thread.currentThread();
    AtomicInteger pieces = new AtomicInteger();
    Parallel.forRange(
        1000,
        1,
        (from, to) -> {
          assertSame(caller, Thread.currentThread());
          pieces.incrementAndGet();
        });
    assertEquals(1, pieces.get());
  }

  @Test
  void twoThreadsWorkAtOnce() {
    System.setProperty(Parallel.THREADS_PROPERTY, "2");
    CountDownLatch both = new CountDownLatch(2);
    Parallel.forRange(
        2,
        1,
        (from, to) -> {
          both.countDown();
          try {
            assertTrue(both.await(60, TimeUnit.SECONDS));
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
    assertEquals(0, both.getCount());
  }

  @Test
  void whatAThreadDoesNotGetToIsTakenFromItsEnd() {
    System.setProperty(Parallel.THREADS_PROPERTY, "2");
    int n = 1000;
    AtomicInteger done = new AtomicInteger();
    List<long[]> pieces = new ArrayList<>();
    Parallel.forRange(
        n,
        1,
        (from, to) -> {
          if (from == 0) {
            // Holds the rest of the first half up until all else is done.
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (done.get() < n - to) {
              assertTrue(System.nanoTime() < end, "the rest is not done");
              Thread.onSpinWait();
            }
          } else {
            pieces.add(new long[] {from, to});
          }
          done.addAndGet((int) (to - from));
        });
    assertEquals(n, done.get());
    // The second half from its start, ever smaller; then the first one from its end.
    long next = n / 2;
    long longest = n;
    int i = 0;
    for (; next < n; i++) {
      assertEquals(next, pieces.get(i)[0]);
      next = pieces.get(i)[1];
      assertTrue(next - pieces.get(i)[0] <= longest + 1);
      longest = next - pieces.get(i)[0];
    }
    next = n / 2;
    for (; i < pieces.size(); i++) {
      assertEquals(next, pieces.get(i)[1]);
      next = pieces.get(i)[0];
    }
    assertTrue(next > 0 && next < n / 2, "the first piece is less than its half");
  }

  @Test
  void theExceptionOfAPieceReachesTheCallerWhenAllHaveEnded() {
    System.setProperty(Parallel.THREADS_PROPERTY, "4");
    AtomicInteger running = new AtomicInteger();
    for (int round = 0; round < 50; round++) {
      int bad = round;
      IllegalStateException thrown =
          assertThrows(
              IllegalStateException.class,
              () ->
                  Parallel.forRange(
                      100,
                      1,
                      (from, to) -> {
                        running.incrementAndGet();
                        try {
                          if (from <= bad && bad < to) {
                            throw new IllegalStateException("piece with " + bad);
                          }
                        } finally {
                          running.decrementAndGet();
                        }
                      }));
      assertEquals("piece with " + bad, thrown.getMessage());
      assertEquals(0, running.get());
    }
  }

  @Test
  void errorsPassUnchanged() {
    System.setProperty(Parallel.THREADS_PROPERTY, "2");
    AssertionError error = new AssertionError("mine");
    assertSame(
        error,
        assertThrows(
            AssertionError.class,
            () ->
                Parallel.forRange(
                    10,
                    1,
                    (from, to) -> {
                      throw error;
                    })));
  }

  @Test
  void theInterruptFlagSurvives() {
    System.setProperty(Parallel.THREADS_PROPERTY, "4");
    AtomicInteger done = new AtomicInteger();
    Thread.currentThread().interrupt();
    try {
      Parallel.forRange(100, 1, (from, to) -> done.addAndGet((int) (to - from)));
    } finally {
      assertTrue(Thread.interrupted());
    }
    assertEquals(100, done.get());
    Parallel.forRange(100, 1, (from, to) -> done.addAndGet((int) (to - from)));
    assertFalse(Thread.interrupted());
  }

  @Test
  void aBusyPoolHoldsNobodyUp() throws InterruptedException {
    System.setProperty(Parallel.THREADS_PROPERTY, "4");
    CountDownLatch release = new CountDownLatch(1);
    int workers = Math.max(1, ForkJoinPool.getCommonPoolParallelism());
    CountDownLatch busy = new CountDownLatch(workers);
    for (int i = 0; i < workers; i++) {
      ForkJoinPool.commonPool()
          .execute(
              () -> {
                busy.countDown();
                try {
                  release.await();
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              });
    }
    try {
      assertTrue(busy.await(60, TimeUnit.SECONDS));
      AtomicInteger done = new AtomicInteger();
      Parallel.forRange(100, 1, (from, to) -> done.addAndGet((int) (to - from)));
      assertEquals(100, done.get());
    } finally {
      release.countDown();
    }
  }

  @Test
  void helpersGoFromRangeToRangeAndThenLeaveThePool() throws InterruptedException {
    System.setProperty(Parallel.THREADS_PROPERTY, "4");
    int ranges = 5000;
    AtomicIntegerArray wrong = new AtomicIntegerArray(3);
    List<Thread> callers = new ArrayList<>();
    for (int caller = 0; caller < wrong.length(); caller++) {
      int number = caller;
      callers.add(
          new Thread(
              () -> {
                for (int range = 0; range < ranges; range++) {
                  int units = 1 + range % 70;
                  AtomicInteger done = new AtomicInteger();
                  Parallel.forRange(units, 1, (from, to) -> done.addAndGet((int) (to - from)));
                  if (done.get() != units) {
                    wrong.incrementAndGet(number);
                  }
                }
              }));
    }
    for (Thread caller : callers) {
      caller.start();
    }
    for (Thread caller : callers) {
      caller.join(TimeUnit.SECONDS.toMillis(120));
      assertFalse(caller.isAlive());
    }
    for (int caller = 0; caller < wrong.length(); caller++) {
      assertEquals(0, wrong.get(caller));
    }
    assertTrue(ForkJoinPool.commonPool().awaitQuiescence(60, TimeUnit.SECONDS));
  }

  @Test
  void rangesWithinRangesEnd() {
    System.setProperty(Parallel.THREADS_PROPERTY, "4");
    AtomicInteger done = new AtomicInteger();
    Parallel.forRange(
        20,
        1,
        (from, to) -> {
          for (long i = from; i < to; i++) {
            Parallel.forRange(30, 1, (a, b) -> done.addAndGet((int) (b - a)));
          }
        });
    assertEquals(600, done.get());
  }

  @Test
  void badArgumentsAreNamed() {
    assertEquals(
        "A range needs 0 <= n and 1 <= grain: n=-1, grain=1",
        assertThrows(IllegalArgumentException.class, () -> Parallel.forRange(-1, 1, (a, b) -> {}))
            .getMessage());
    for (String threads : new String[] {"0", "-2", "many"}) {
      System.setProperty(Parallel.THREADS_PROPERTY, threads);
      assertEquals(
          "the number of threads must be a whole number from 1: batchmill.threads=" + threads,
          assertThrows(IllegalArgumentException.class, Parallel::threads).getMessage());
    }
  }
}
