package dev.batchmill.internal.queue;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLLL_Result;
import org.openjdk.jcstress.infra.results.LLL_Result;
import org.openjdk.jcstress.infra.results.LL_Result;

/**
 * The numbered invariants of {@link OrderedQueue} as races. The actors are the queue's threads: the
 * launcher keeps the workers, and actors run them. {@link StressMain} runs the races.
 */
public final class OrderedQueueStress {
  /** What comes later than this never comes. */
  private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(10);

  private OrderedQueueStress() {}

  /** A value that tells what became of it. */
  private static final class Value implements AutoCloseable {
    private final long position;
    private final AtomicInteger closed = new AtomicInteger();
    private boolean taken;
    private long content;

    private Value(long position) {
      this.position = position;
    }

    @Override
    public void close() {
      closed.incrementAndGet();
    }

    private String fate() {
      return switch (closed.get()) {
        case 0 -> taken ? "taken" : "lost";
        case 1 -> taken ? "taken and closed" : "closed";
        default -> "closed twice";
      };
    }
  }

  /** A queue, the workers it gave to its launcher, and all that they made. */
  private abstract static class Race {
    private final int capacity;
    private final List<Runnable> workers = new ArrayList<>();
    private final Queue<Value> made = new ConcurrentLinkedQueue<>();
    private volatile boolean crowded;
    private volatile boolean flagged;
    final OrderedQueue<Value> queue;

    private Race(long count, int capacity, int workers) {
      this.capacity = capacity;
      queue = new OrderedQueue<>(this::make, count, capacity, workers, this::launch, this);
    }

    Thread launch(Runnable worker) {
      workers.add(worker);
      return null;
    }

    Value make(long position) {
      if (position - queue.taken() >= capacity) {
        crowded = true;
      }
      Value value = new Value(position);
      made.add(value);
      return value;
    }

    /** Runs a worker, as a thread that was lent. */
    final void work(int worker) {
      workers.get(worker).run();
      if (Thread.interrupted()) {
        flagged = true;
      }
    }

    /** Takes values until there are no more; returns their positions, and why there are no more. */
    final String takeAll() {
      StringBuilder seen = new StringBuilder();
      while (true) {
        try {
          Value value = queue.take(LIMIT_NANOS);
          value.taken = true;
          seen.append(value.position).append(' ');
        } catch (NoSuchElementException e) {
          return seen.append("end").toString();
        } catch (CancellationException e) {
          return seen.append("cancelled").toString();
        } catch (ExecutionException e) {
          return seen.append(e.getCause().getMessage()).toString();
        } catch (TimeoutException | InterruptedException e) {
          queue.cancel(); // or the workers wait for ever
          return seen.append(e).toString();
        }
      }
    }

    /** Tells for each value that was made what became of it. */
    final String fates() {
      if (crowded) {
        return "more values than the capacity";
      }
      if (flagged) {
        return "a thread was given back with the flag";
      }
      return made.stream()
          .sorted(Comparator.comparingLong(value -> value.position))
          .map(value -> value.position + ":" + value.fate())
          .collect(Collectors.joining(" "));
    }

    final String cancelAndJoin() {
      queue.cancel();
      return queue.join(LIMIT_NANOS) ? "joined" : "not joined";
    }
  }

  @JCStressTest
  @Description("Two workers and the consumer (1, 2, 4): every position once and in order")
  @Outcome(id = "0 1 2 3 end, 0:taken 1:taken 2:taken 3:taken", expect = ACCEPTABLE)
  @Outcome(expect = FORBIDDEN, desc = "out of order, lost, made twice, too many at a time")
  @State
  public static class Order extends Race {
    public Order() {
      super(4, 2, 2);
      queue.start();
    }

    @Actor
    public void worker1() {
      work(0);
    }

    @Actor
    public void worker2() {
      work(1);
    }

    @Actor
    public void consumer(LL_Result result) {
      result.r1 = takeAll();
    }

    @Arbiter
    public void end(LL_Result result) {
      result.r2 = fates();
    }
  }

  @JCStressTest
  @Description("Take and cancel of ready values (3, 6): each is handed over or closed, once")
  @Outcome(id = "cancelled, 0:closed 1:closed, cancelled", expect = ACCEPTABLE)
  @Outcome(id = "0 cancelled, 0:taken 1:closed, cancelled", expect = ACCEPTABLE)
  @Outcome(id = "0 1 end, 0:taken 1:taken, end", expect = ACCEPTABLE)
  @Outcome(expect = FORBIDDEN, desc = "lost, both taken and closed, or taken after a cancel")
  @State
  public static class TakeCancel extends Race {
    public TakeCancel() {
      super(2, 2, 1);
      queue.start();
      work(0);
    }

    @Actor
    public void consumer(LLL_Result result) {
      result.r1 = takeAll();
    }

    @Actor
    public void canceller() {
      queue.cancel();
    }

    @Arbiter
    public void end(LLL_Result result) {
      result.r2 = fates();
      result.r3 = takeAll();
    }
  }

  @JCStressTest
  @Description("Settle and cancel (3, 6, 9): each value is closed once, by its worker or by cancel")
  @Outcome(id = "joined, (0:closed)?( 1:closed)?", expect = ACCEPTABLE)
  @Outcome(expect = FORBIDDEN, desc = "lost, closed twice, or the flag of cancel is left")
  @State
  public static class SettleCancel extends Race {
    public SettleCancel() {
      super(4, 2, 1);
      queue.start();
    }

    @Actor
    public void worker() {
      work(0);
    }

    @Actor
    public void canceller(LL_Result result) {
      result.r1 = cancelAndJoin();
    }

    @Arbiter
    public void end(LL_Result result) {
      result.r2 = fates();
    }
  }

  @JCStressTest
  @Description("A worker, the consumer and cancel (3, 4, 6, 8, 9): a loader closed in mid-epoch")
  @Outcome(id = "cancelled, (0:closed)?( 1:closed)?, cancelled", expect = ACCEPTABLE)
  @Outcome(id = "0 cancelled, 0:taken( [12]:closed)*, cancelled", expect = ACCEPTABLE)
  @Outcome(id = "0 1 cancelled, 0:taken 1:taken( [23]:closed)*, cancelled", expect = ACCEPTABLE)
  @Outcome(
      id = "0 1 2 cancelled, 0:taken 1:taken 2:taken( 3:closed)?, cancelled",
      expect = ACCEPTABLE)
  @Outcome(id = "0 1 2 3 end, 0:taken 1:taken 2:taken 3:taken, end", expect = ACCEPTABLE)
  @Outcome(expect = FORBIDDEN, desc = "lost, closed twice, out of order, or a wait without end")
  @State
  public static class Shutdown extends Race {
    public Shutdown() {
      super(4, 2, 1);
      queue.start();
    }

    @Actor
    public void worker() {
      work(0);
    }

    @Actor
    public void consumer(LLL_Result result) {
      result.r1 = takeAll();
    }

    @Actor
    public void canceller() {
      queue.cancel();
    }

    @Arbiter
    public void end(LLL_Result result) {
      result.r2 = fates();
      result.r3 = takeAll();
    }
  }

  @JCStressTest
  @Description("Failures of positions 1 and 3 (5): all before the first, then that one, again")
  @Outcome(id = "0 no 1, 0:taken( 2:closed)?, no 1", expect = ACCEPTABLE)
  @Outcome(expect = FORBIDDEN, desc = "lost, another failure, or more claimed after the failure")
  @State
  public static class Failure extends Race {
    public Failure() {
      super(8, 3, 2);
      queue.start();
    }

    @Override
    Value make(long position) {
      if (position % 2 == 1) {
        throw new IllegalStateException("no " + position);
      }
      return super.make(position);
    }

    @Actor
    public void worker1() {
      work(0);
    }

    @Actor
    public void worker2() {
      work(1);
    }

    @Actor
    public void consumer(LLL_Result result) {
      result.r1 = takeAll();
    }

    @Arbiter
    public void end(LLL_Result result) {
      result.r3 = takeAll();
      queue.cancel();
      result.r2 = fates();
    }
  }

  /** Counts hundredths of a second, but not those in which the whole machine stands still. */
  private static final class Clock {
    private static volatile int ticks;

    static {
      Thread thread = new Thread(Clock::run, "clock");
      thread.setDaemon(true);
      thread.start();
    }

    private static void run() {
      try {
        for (int tick = 1; ; tick++) {
          Thread.sleep(10);
          ticks = tick;
        }
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** Pauses of random length on both sides, so that each waits for the other again and again. */
  private abstract static class Walk extends Race {
    /** A lost wake-up costs a liveness period, which has a hundred ticks. */
    private static final int LATE_TICKS = 30;

    private final int count;
    private volatile int lastMade = Clock.ticks;

    private Walk(int count, int capacity, int workers) {
      super(count, capacity, workers);
      this.count = count;
      queue.start();
    }

    private static void pause() {
      for (int i = ThreadLocalRandom.current().nextInt(60); i > 0; i--) {
        Thread.onSpinWait();
      }
    }

    private static boolean late(int since) {
      return Clock.ticks - since >= LATE_TICKS;
    }

    @Override
    Value make(long position) {
      pause();
      Value value = super.make(position);
      lastMade = Clock.ticks;
      return value;
    }

    /** Takes all values; tells whether it was kept waiting. */
    final String consume() {
      String outcome = "in time";
      for (int expected = 0; expected < count; expected++) {
        pause();
        int begin = Clock.ticks;
        try {
          Value value = queue.take(LIMIT_NANOS);
          value.taken = true;
          if (value.position != expected) {
            return "out of order";
          }
        } catch (ExecutionException | TimeoutException | InterruptedException e) {
          queue.cancel(); // or the workers wait for ever
          return e.toString();
        }
        if (late(begin)) {
          outcome = "late";
        }
      }
      return outcome;
    }

    /** Runs a worker; tells whether it ended when there was nothing more to make. */
    final String worked(int worker) {
      int begin = Clock.ticks;
      work(worker);
      return late(Math.max(begin, lastMade)) ? "late" : "in time";
    }
  }

  @JCStressTest
  @Description("A worker that waits for room for one value, and the consumer (7, 8)")
  @Outcome(id = "in time, in time", expect = ACCEPTABLE)
  @Outcome(expect = FORBIDDEN, desc = "a wake-up was lost")
  @State
  public static class WakeUpsOfOne extends Walk {
    public WakeUpsOfOne() {
      super(24, 1, 1);
    }

    @Actor
    public void worker(LL_Result result) {
      result.r1 = worked(0);
    }

    @Actor
    public void consumer(LL_Result result) {
      result.r2 = consume();
    }
  }

  @JCStressTest
  @Description("Two workers that wait for room for two values, and the consumer (7, 8)")
  @Outcome(id = "in time, in time, in time", expect = ACCEPTABLE)
  @Outcome(expect = FORBIDDEN, desc = "a wake-up was lost")
  @State
  public static class WakeUpsOfTwo extends Walk {
    public WakeUpsOfTwo() {
      super(24, 2, 2);
    }

    @Actor
    public void worker1(LLL_Result result) {
      result.r1 = worked(0);
    }

    @Actor
    public void worker2(LLL_Result result) {
      result.r2 = worked(1);
    }

    @Actor
    public void consumer(LLL_Result result) {
      result.r3 = consume();
    }
  }

  @JCStressTest
  @Description("Three workers that wait for room for four values, and the consumer (7, 8)")
  @Outcome(id = "in time, in time, in time, in time", expect = ACCEPTABLE)
  @Outcome(expect = FORBIDDEN, desc = "a wake-up was lost")
  @State
  public static class WakeUpsOfThree extends Walk {
    public WakeUpsOfThree() {
      super(48, 4, 3);
    }

    @Actor
    public void worker1(LLLL_Result result) {
      result.r1 = worked(0);
    }

    @Actor
    public void worker2(LLLL_Result result) {
      result.r2 = worked(1);
    }

    @Actor
    public void worker3(LLLL_Result result) {
      result.r3 = worked(2);
    }

    @Actor
    public void consumer(LLLL_Result result) {
      result.r4 = consume();
    }
  }

  @JCStressTest
  @Description("A failure while the other worker may wait for room, and nobody takes (5, 7, 8)")
  @Outcome(id = "in time, in time", expect = ACCEPTABLE)
  @Outcome(expect = FORBIDDEN, desc = "a wake-up was lost")
  @State
  public static class WakeUpsOfFailure extends Walk {
    public WakeUpsOfFailure() {
      super(4, 2, 2);
    }

    @Override
    Value make(long position) {
      Value value = super.make(position);
      if (position == 1) {
        throw new IllegalStateException("no 1");
      }
      return value;
    }

    @Actor
    public void worker1(LL_Result result) {
      result.r1 = worked(0);
    }

    @Actor
    public void worker2(LL_Result result) {
      result.r2 = worked(1);
    }
  }

  /** Counts what is made without any synchronization: only join makes the count visible. */
  private abstract static class Counted extends Race {
    private int makes;

    private Counted(long count, int capacity, int workers) {
      super(count, capacity, workers);
    }

    @Override
    Value make(long position) {
      makes++;
      return super.make(position);
    }

    /** Returns the number of values made until join returned, -1 if it gave up. */
    final int cancelAndCount() {
      return cancelAndJoin().equals("joined") ? makes : -1;
    }

    /** Called when all is over: tells what became of the values. */
    final String fatesAfter(int count) {
      return makes == count ? fates() : "made after join";
    }
  }

  @JCStressTest
  @Description("Two cancels while a lent worker begins, and another comes later (9, 10, 11)")
  @Outcome(id = "2, 2, 0:closed 1:closed", expect = ACCEPTABLE)
  @Outcome(id = "1, 1, 0:closed", expect = ACCEPTABLE)
  @Outcome(id = "0, 0, ", expect = ACCEPTABLE)
  @Outcome(expect = FORBIDDEN, desc = "made after join, waited for in vain, lost or closed twice")
  @State
  public static class CancelBegin extends Counted {
    public CancelBegin() {
      super(4, 2, 2);
      queue.start();
    }

    @Actor
    public void worker() {
      work(0);
    }

    @Actor
    public void canceller1(LLL_Result result) {
      result.r1 = cancelAndCount();
    }

    @Actor
    public void canceller2(LLL_Result result) {
      result.r2 = cancelAndCount();
    }

    @Arbiter
    public void end(LLL_Result result) {
      work(1);
      result.r3 = fatesAfter((int) result.r1);
    }
  }

  @JCStressTest
  @Description("A consumer that makes the values itself, and cancel (3, 6, 11)")
  @Outcome(id = "cancelled, 0, ", expect = ACCEPTABLE)
  @Outcome(id = "cancelled, 1, 0:closed", expect = ACCEPTABLE)
  @Outcome(id = "0 cancelled, 1, 0:taken", expect = ACCEPTABLE)
  @Outcome(id = "0 cancelled, 2, 0:taken 1:closed", expect = ACCEPTABLE)
  @Outcome(id = "0 1 cancelled, 2, 0:taken 1:taken", expect = ACCEPTABLE)
  @Outcome(id = "0 1 cancelled, 3, 0:taken 1:taken 2:closed", expect = ACCEPTABLE)
  @Outcome(id = "0 1 2 end, 3, 0:taken 1:taken 2:taken", expect = ACCEPTABLE)
  @Outcome(expect = FORBIDDEN, desc = "lost, closed twice, or made after join")
  @State
  public static class NoWorkers extends Counted {
    public NoWorkers() {
      super(3, 2, 0);
      queue.start();
    }

    @Actor
    public void consumer(LLL_Result result) {
      result.r1 = takeAll();
    }

    @Actor
    public void canceller(LLL_Result result) {
      result.r2 = cancelAndCount();
    }

    @Arbiter
    public void end(LLL_Result result) {
      result.r3 = fatesAfter((int) result.r2);
    }
  }

  @JCStressTest
  @Description("Plain writes before start, in values and before join are seen behind them (11)")
  @Outcome(id = "100 101, [234], 0:taken 1:taken( 2:closed)?( 3:closed)?", expect = ACCEPTABLE)
  @Outcome(expect = FORBIDDEN, desc = "a write was not seen")
  @State
  public static class Visibility extends Counted {
    private long base;
    private volatile boolean launched;

    public Visibility() {
      super(4, 2, 1);
    }

    @Override
    Thread launch(Runnable worker) {
      Thread none = super.launch(worker);
      launched = true; // as executors do, which happens-before what the worker does
      return none;
    }

    @Override
    Value make(long position) {
      Value value = super.make(position);
      value.content = base + position;
      return value;
    }

    @Actor
    public void worker() {
      while (!launched) {
        Thread.onSpinWait();
      }
      work(0);
    }

    @Actor
    public void consumer(LLL_Result result) {
      base = 100;
      queue.start();
      result.r1 = takeContent() + " " + takeContent();
      result.r2 = cancelAndCount();
    }

    private Object takeContent() {
      try {
        Value value = queue.take(LIMIT_NANOS);
        value.taken = true;
        return value.content;
      } catch (ExecutionException | TimeoutException | InterruptedException e) {
        return e;
      }
    }

    @Arbiter
    public void end(LLL_Result result) {
      result.r3 = fatesAfter((int) result.r2);
    }
  }
}
