package dev.batchmill.internal.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The numbered invariants of the queue, under races that a loader rarely runs into. */
@Timeout(30)
class OrderedQueueTest {
  private static final long LIMIT = TimeUnit.SECONDS.toNanos(10);

  /** Knows how often it was closed and whether the consumer got it. */
  private static final class Value implements AutoCloseable {
    private final long position;
    private final AtomicInteger closed = new AtomicInteger();
    private volatile boolean taken;

    private Value(long position) {
      this.position = position;
    }

    @Override
    public void close() {
      closed.incrementAndGet();
    }
  }

  private final Queue<Value> made = new ConcurrentLinkedQueue<>();

  private Value make(long position) {
    Value value = new Value(position);
    made.add(value);
    return value;
  }

  private OrderedQueue<Value> queue(
      OrderedQueue.Source<Value> source, long count, int capacity, int workers) {
    OrderedQueue<Value> queue =
        new OrderedQueue<>(source, count, capacity, workers, Launcher.threads(Thread::new), this);
    queue.start();
    return queue;
  }

  private static void spin(int turns) {
    for (int i = 0; i < turns; i++) {
      Thread.onSpinWait();
    }
  }

  private void assertEachIsTakenOrClosedOnce() {
    for (Value value : made) {
      assertEquals(value.taken ? 0 : 1, value.closed.get(), "position=" + value.position);
    }
  }

  @Test
  void whenTakeAndCancelRaceEachValueIsTakenOrClosedOnce() throws Exception {
    SplittableRandom random = new SplittableRandom(1);
    ExecutorService canceller = Executors.newSingleThreadExecutor();
    try {
      for (int round = 0; round < 800; round++) {
        made.clear();
        int workers = random.nextInt(0, 4);
        OrderedQueue<Value> queue = queue(this::make, 1000, random.nextInt(1, 4), workers);
        int turns = random.nextInt(2000);
        Future<?> cancel =
            canceller.submit(
                () -> {
                  spin(turns);
                  queue.cancel();
                });
        long expected = 0;
        try {
          while (expected < 1000) {
            Value value = queue.take(LIMIT);
            value.taken = true;
            assertEquals(expected++, value.position);
          }
        } catch (CancellationException e) {
          assertEquals(expected, queue.taken());
        }
        cancel.get();
        assertTrue(queue.join(LIMIT));
        assertEachIsTakenOrClosedOnce();
      }
    } finally {
      canceller.shutdownNow();
    }
  }

  @Test
  void whenFailuresAndCancelRaceEachValueIsTakenOrClosedOnce() throws Exception {
    SplittableRandom random = new SplittableRandom(2);
    for (int round = 0; round < 800; round++) {
      made.clear();
      long failing = random.nextInt(20);
      int turns = random.nextInt(50);
      OrderedQueue<Value> queue =
          queue(
              position -> {
                spin(turns);
                if (position >= failing) {
                  throw new IllegalStateException("position " + position);
                }
                return make(position);
              },
              Long.MAX_VALUE,
              random.nextInt(1, 6),
              random.nextInt(0, 5));
      for (long position = 0; position < failing; position++) {
        Value value = queue.take(LIMIT);
        value.taken = true;
        assertEquals(position, value.position);
      }
      for (int again = 0; again < 2; again++) {
        Throwable cause =
            assertThrows(ExecutionException.class, () -> queue.take(LIMIT)).getCause();
        assertEquals("position " + failing, cause.getMessage());
      }
      queue.cancel();
      assertTrue(queue.join(LIMIT));
      assertEachIsTakenOrClosedOnce();
    }
  }

  @Test
  void noWakeUpIsLostWhenBothSidesWaitAgainAndAgain() throws Exception {
    for (int capacity = 1; capacity <= 3; capacity++) {
      made.clear();
      SplittableRandom random = new SplittableRandom(capacity);
      OrderedQueue<Value> queue =
          queue(
              position -> {
                spin((int) (position * 37 % 200));
                return new Value(position);
              },
              15_000,
              capacity,
              3);
      for (long position = 0; position < 15_000; position++) {
        spin(random.nextInt(200));
        // Shorter than a liveness period: a lost wake-up would not be made good in time.
        assertEquals(position, queue.take(TimeUnit.MILLISECONDS.toNanos(900)).position);
      }
      assertThrows(NoSuchElementException.class, () -> queue.take(LIMIT));
      assertTrue(queue.join(LIMIT));
    }
  }

  @Test
  void noWorkerSleepsOnWhenAllPositionsAreClaimed() throws Exception {
    for (int round = 0; round < 200; round++) {
      made.clear();
      OrderedQueue<Value> queue = queue(this::make, 40, 4, 3);
      for (long position = 0; position < 40; position++) {
        assertEquals(position, queue.take(LIMIT).position);
      }
      // Shorter than a liveness period, after which each would have looked by itself.
      assertTrue(queue.join(TimeUnit.MILLISECONDS.toNanos(900)), "round=" + round);
    }
  }

  @Test
  void aConsumerThatHelpsDoesNotWaitForRoomWhenAWorkerBeginsAfterAll() throws Exception {
    List<Runnable> lent = new ArrayList<>();
    OrderedQueue<Value> queue =
        new OrderedQueue<>(
            this::make,
            100,
            2,
            2,
            worker -> {
              lent.add(worker);
              return null;
            },
            this);
    queue.start();
    assertEquals(0, queue.take(LIMIT).position, "made here, as no worker has begun in time");

    FutureTask<Value> take = new FutureTask<>(() -> queue.take(LIMIT));
    Thread consumer = new Thread(take);
    synchronized (lent.get(1)) { // what the consumer needs to see whether this one has begun
      consumer.start();
      while (consumer.getState() != Thread.State.BLOCKED) {
        Thread.onSpinWait();
      }
      new Thread(lent.get(0)).start(); // of which it has seen that it has not begun
      while (queue.ready() < 2) {
        Thread.onSpinWait();
      }
    }
    assertEquals(1, take.get(10, TimeUnit.SECONDS).position);
    queue.cancel();
  }

  @Test
  void aValueThatCannotBeClosedDoesNotStopTheOthers() throws Exception {
    AtomicInteger closed = new AtomicInteger();
    CountDownLatch full = new CountDownLatch(2);
    AutoCloseable bad =
        () -> {
          closed.incrementAndGet();
          throw new IllegalStateException("as the test wants it");
        };
    OrderedQueue<AutoCloseable> queue =
        new OrderedQueue<>(
            position -> {
              full.countDown();
              return bad;
            },
            100,
            2,
            1,
            Launcher.threads(Thread::new),
            this);
    queue.start();
    assertTrue(full.await(10, TimeUnit.SECONDS));
    queue.cancel();
    assertTrue(queue.join(LIMIT));
    assertEquals(2, closed.get());
    assertThrows(CancellationException.class, () -> queue.take(LIMIT));
  }

  @Test
  void theFailureIsTheThrowableItself() throws Exception {
    OutOfMemoryError thrown = new OutOfMemoryError("as the test wants it");
    OrderedQueue<Value> queue =
        queue(
            position -> {
              throw thrown;
            },
            3,
            3,
            1);
    assertSame(thrown, assertThrows(ExecutionException.class, () -> queue.take(LIMIT)).getCause());
    queue.cancel();
    assertTrue(queue.join(LIMIT));
  }
}
