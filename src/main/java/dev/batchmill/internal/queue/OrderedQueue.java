package dev.batchmill.internal.queue;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Values for the positions 0, 1, 2, …, made by several workers at the same time, taken by one
 * consumer in order, with a bounded number ahead of it.
 *
 * <h2>NOTE: how the queue works, and how it ends</h2>
 *
 * <pre>
 *              taken                        claimed          taken + capacity
 *                │                             │                    │
 *   positions ───┼──[value]──[ … ]──[value]────┼────────────────────┼──────▶ count
 *    handed over │   ready   being    ready    │  free to be claimed │  wait for room
 *                │           made              │                     │
 *             consumer                      workers
 *
 *   slot of a position = position mod capacity:
 *
 *     empty ──make──▶ value ───take──▶ empty      the value belongs to the consumer
 *       │               └────cancel──▶ CANCELLED  the value is closed by the canceller
 *       ├─────make──▶ Failure ─cancel─▶ CANCELLED
 *       └───cancel──▶ CANCELLED                   a value that comes later is closed by its worker
 * </pre>
 *
 * <ol>
 *   <li>0 ≤ taken ≤ claimed ≤ min(count, taken + capacity): values ready or being made never exceed
 *       the capacity.
 *   <li>Positions are claimed in order, each once, and made by the worker that claimed it, outside
 *       of any lock.
 *   <li>A slot serves the position that claimed it until that position is taken. Each arrow above
 *       is one compare-and-set, so every value is either handed to the consumer or closed, once.
 *   <li>The consumer takes only the slot of {@code taken}: order does not depend on the workers.
 *   <li>After a failure nothing more is claimed. What lies before the failed position was claimed
 *       before it, so the consumer gets all of that and then the failure, again with each further
 *       take.
 *   <li>After {@link #cancel} every slot is CANCELLED for good, and a worker that sees it claims
 *       nothing more.
 *   <li>No wake-up is lost. Who waits first says so (a volatile write), then looks again; who
 *       changes something first changes it (a volatile write), then looks whether someone waits.
 *       That holds for those who spin as well: nobody is woken for room that the spinning worker
 *       will see, and it says that it has stopped before it looks for the last time.
 *   <li>Every wait ends. The consumer's: by a value, a failure, a cancel, an interrupt, its
 *       deadline; and once in a liveness period it looks whether a worker died without a word, or
 *       an executor has begun none, and makes the value itself then. A worker's: by room, a
 *       failure, a cancel, or another worker that found the last position claimed; and once in a
 *       liveness period it looks whether the owner of the queue was forgotten (garbage-collected
 *       without a cancel), and cancels then. The lock is held for a few instructions only, never
 *       while foreign code runs.
 *   <li>An interrupt by {@code cancel} reaches the value that is being made and nothing else: a
 *       worker clears its flag before it looks whether the queue is cancelled, and {@code cancel}
 *       cancels before it interrupts. A worker whose own code was interrupted goes on with the next
 *       position. A thread that was lent is interrupted only while it works here, and leaves
 *       without the flag.
 *   <li>A worker goes from new to running to ended, or from new to ended when the queue is
 *       cancelled before its thread comes; a thread that comes to an ended worker leaves at once.
 *   <li>When {@link #join} returns true, no worker runs or will run, and all they did
 *       happens-before the return. All that came before {@link #start} happens-before all they do.
 * </ol>
 *
 * <p>Without workers the consumer makes the values itself, in {@link #take}, by the same rules,
 * except that it never waits for room: it is the one that makes room.
 *
 * <h2>NOTE: waiting briefly before waiting long</h2>
 *
 * <p>To sleep and be woken costs some microseconds on either side, more than a small batch. So the
 * consumer, and one worker at a time, spin before they sleep: for as long as spinning has paid of
 * late, some tens of microseconds at most, and give way to other threads meanwhile. And while
 * values are made faster than a sleeping worker wakes, one is woken only when half of the capacity
 * is free, and not often if another one is awake.
 *
 * <p>{@code take} is for one thread at a time; {@code cancel} and {@code join} are for any.
 *
 * @param <T> the values
 */
public final class OrderedQueue<T extends AutoCloseable> {
  private static final Logger LOG = System.getLogger(OrderedQueue.class.getName());
  private static final long LIVENESS_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long NONE = -1;
  private static final Object CANCELLED = new Object();

  /** The longest that a value takes which is made sooner than a sleeping worker wakes. */
  private static final long QUICK_NANOS = 50_000;

  /** How often a worker is woken to help one that makes quick values. */
  private static final long WAKE_NANOS = 200_000;

  private final Source<? extends T> source;
  private final long count;
  private final int capacity;
  private final WeakReference<Object> owner;
  private final Launcher launcher;

  private final AtomicReferenceArray<@Nullable Object> slots;
  private final AtomicLong claimed = new AtomicLong();
  private volatile long taken;
  private volatile boolean failed;
  private volatile boolean cancelled;

  private final List<Worker> workers = new ArrayList<>();
  private final Worker caller = new Worker();
  private final ReentrantLock callerMakes = new ReentrantLock();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition ready = lock.newCondition();
  private final Condition room = lock.newCondition();
  private final Spin consumerSpin = new Spin();
  private final AtomicBoolean workerSpins = new AtomicBoolean();
  private volatile boolean quick;
  private volatile long lastWake = System.nanoTime();
  private volatile boolean consumerWaits;
  private final AtomicInteger workersRunning = new AtomicInteger();
  private final AtomicInteger workersWaiting = new AtomicInteger();
  private final AtomicLong workerWaitNanos = new AtomicLong();
  private final AtomicLong consumerWaitNanos = new AtomicLong();

  /** The consumer's: whether it makes values as long as no worker has begun. */
  private boolean helps;

  /**
   * Where the values come from.
   *
   * @param <T> the values
   */
  @FunctionalInterface
  public interface Source<T> {
    /** Makes the value for a position; called by many threads at the same time. */
    T make(long position) throws Exception;
  }

  /**
   * What a worker does at the moment: the position it makes, since when ({@link System#nanoTime}),
   * and where in the code it is.
   */
  public record Activity(
      String thread, long position, long sinceNanos, List<StackTraceElement> stack) {
    /** Returns a throwable that shows the worker's stack. */
    public TimeoutException whereabouts() {
      TimeoutException whereabouts = new TimeoutException("worker is here: thread=" + thread);
      whereabouts.setStackTrace(stack.toArray(StackTraceElement[]::new));
      return whereabouts;
    }
  }

  /** A throwable in a slot. Made in advance, because after an OutOfMemoryError it cannot be. */
  private static final class Failure {
    private Throwable cause = new IllegalStateException("no failure");
  }

  /**
   * Creates a queue; {@link #start} starts its workers.
   *
   * @param source makes the values
   * @param count the number of positions, {@code Long.MAX_VALUE} if there is no end
   * @param capacity the number of values ready or being made, at least 1
   * @param workers the number of workers, 0 to let the consumer make the values
   * @param launcher gives the workers their threads
   * @param owner when it is garbage, the queue is cancelled; the queue does not keep it alive
   */
  public OrderedQueue(
      Source<? extends T> source,
      long count,
      int capacity,
      int workers,
      Launcher launcher,
      Object owner) {
    this.source = source;
    this.count = count;
    this.capacity = (int) Math.max(1, Math.min(capacity, count));
    this.launcher = launcher;
    this.owner = new WeakReference<>(owner);
    this.slots = new AtomicReferenceArray<>(this.capacity);
    long useful = Math.min(count, Math.min(workers, this.capacity));
    for (int i = 0; i < useful; i++) {
      this.workers.add(new Worker());
    }
  }

  /** Starts the workers. If one cannot be started, the queue is cancelled and the cause thrown. */
  public void start() {
    try {
      for (Worker worker : workers) {
        worker.own = launcher.launch(worker);
      }
    } catch (Throwable t) {
      cancel();
      throw t;
    }
  }

  /** Returns how many values were taken. */
  public long taken() {
    return taken;
  }

  /** Returns how long the consumer has waited for values that were not ready. */
  public long consumerWaitNanos() {
    return consumerWaitNanos.get();
  }

  /** Returns how long the workers, all together, have waited for room. */
  public long workerWaitNanos() {
    return workerWaitNanos.get();
  }

  /** Returns how many values are ready. */
  public int ready() {
    int ready = 0;
    for (int slot = 0; slot < capacity; slot++) {
      Object result = slots.get(slot);
      ready += result == null || result == CANCELLED || result instanceof Failure ? 0 : 1;
    }
    return ready;
  }

  /** Returns whether {@link #take} would return a value at once; for the consumer. */
  public boolean isNextReady() {
    if (taken >= count) {
      return false;
    }
    Object result = slots.get(slotOf(taken));
    return result != null && result != CANCELLED && !(result instanceof Failure);
  }

  // ---------------------------------------------------------------------------------- the workers

  private final class Worker implements Runnable {
    private final Failure failure = new Failure();
    private final Spin spin = new Spin();
    private final CountDownLatch ended = new CountDownLatch(1);
    private boolean begun;

    /** The thread that was made for this worker, null if its thread is lent. */
    private volatile @Nullable Thread own;

    /** The thread that runs this worker at the moment. */
    private volatile @Nullable Thread thread;

    private volatile long position = NONE;
    private volatile long since;
    private long usualNanos = QUICK_NANOS;

    @Override
    public void run() {
      if (!begin()) {
        return;
      }
      try {
        do {
          Thread.interrupted(); // a flag left by foreign code, or by a cancel that claim() sees
        } while (makeNext());
      } finally {
        end();
      }
    }

    private synchronized boolean begin() {
      if (begun) {
        return false;
      }
      begun = true;
      thread = Thread.currentThread();
      workersRunning.incrementAndGet();
      return true;
    }

    private synchronized void end() {
      thread = null;
      workersRunning.decrementAndGet();
      Thread.interrupted(); // the flag of a cancel that came after the last value
      ended.countDown();
    }

    /** Interrupts the worker if it has begun, else ends it. */
    synchronized void cancel() {
      Thread running = thread;
      if (running != null) {
        running.interrupt();
      } else if (!begun) {
        begun = true;
        ended.countDown();
      }
    }

    synchronized boolean hasBegun() {
      return begun;
    }

    /** Claims and makes one position; false when there is none left. */
    boolean makeNext() {
      long next = claim(spin);
      if (next == NONE) {
        return false;
      }
      makeClaimed(next);
      return true;
    }

    /** Makes the value of a position that was claimed for it. */
    void makeClaimed(long next) {
      long start = System.nanoTime();
      since = start;
      position = next;
      settle(next, make(next));
      position = NONE;
      usualNanos += (System.nanoTime() - start - usualNanos) / 8;
      if (quick != usualNanos < QUICK_NANOS) {
        quick = usualNanos < QUICK_NANOS;
      }
    }

    private Object make(long next) {
      try {
        T value = source.make(next);
        if (value != null) {
          return value;
        }
        failure.cause = new NullPointerException("the value must not be null");
      } catch (Throwable t) {
        failure.cause = t;
        if (t instanceof InterruptedException) {
          Thread.currentThread().interrupt();
        }
      }
      failed = true;
      return failure;
    }

    /** Whether the thread is gone, but did not say so or left a position behind. */
    boolean diedSilently() {
      Thread made = own;
      boolean gone = made != null && !made.isAlive();
      return ended.getCount() == 0 ? position != NONE : gone;
    }

    boolean awaitEnd(long nanos) throws InterruptedException {
      Thread made = own;
      if (made != null) {
        TimeUnit.NANOSECONDS.timedJoin(made, nanos);
        return !made.isAlive();
      }
      return ended.await(nanos, TimeUnit.NANOSECONDS);
    }
  }

  private long claim(Spin spin) {
    while (!failed && !cancelled) {
      long next = claimed.get();
      if (next >= count) {
        if (workersWaiting.get() > 0) {
          signalEnd();
        }
        return NONE;
      }
      if (next - taken >= capacity) {
        long start = System.nanoTime();
        if (!spinForRoom(spin)) {
          awaitRoom();
        }
        long waited = System.nanoTime() - start;
        spin.learn(waited);
        workerWaitNanos.addAndGet(waited);
      } else if (claimed.compareAndSet(next, next + 1)) {
        wakeForRoom();
        return next;
      }
    }
    return NONE;
  }

  /** Spins unless another worker does; false if there is no room yet. */
  private boolean spinForRoom(Spin spin) {
    if (!workerSpins.compareAndSet(false, true)) {
      return false;
    }
    try {
      return spin.until(this::hasRoom);
    } finally {
      workerSpins.set(false);
    }
  }

  /** Wakes a worker if one sleeps and there is room that no other one will soon fill. */
  private void wakeForRoom() {
    if (workersWaiting.get() == 0 || workerSpins.get()) {
      return;
    }
    long room = capacity - (claimed.get() - taken);
    if (room > 0 && !(quick && wokenSuffice(room))) {
      signalRoom();
    }
  }

  private boolean wokenSuffice(long room) {
    if (2 * room < capacity) {
      return true;
    }
    long now = System.nanoTime();
    if (workersWaiting.get() < workersRunning.get() && now - lastWake < WAKE_NANOS) {
      return true;
    }
    lastWake = now;
    return false;
  }

  private boolean hasRoom() {
    long next = claimed.get();
    return failed || cancelled || next >= count || next - taken < capacity;
  }

  private void awaitRoom() {
    boolean ownerIsGone = false;
    lock.lock();
    try {
      workersWaiting.incrementAndGet();
      while (!hasRoom() && !ownerIsGone) {
        room.awaitNanos(LIVENESS_NANOS);
        ownerIsGone = owner.get() == null;
      }
    } catch (InterruptedException e) {
      // By cancel, which the caller sees, or by foreign code, which has no say here.
      return;
    } finally {
      workersWaiting.decrementAndGet();
      lock.unlock();
    }
    if (ownerIsGone) {
      cancel();
    }
  }

  private void settle(long position, Object result) {
    if (!slots.compareAndSet(slotOf(position), null, result)) {
      close(result);
    } else if (consumerWaits && position == taken) {
      signalReady();
    }
    if (failed && workersWaiting.get() > 0) {
      signalEnd();
    }
  }

  private int slotOf(long position) {
    return (int) (position % capacity);
  }

  private void signalReady() {
    lock.lock();
    try {
      ready.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Wakes one worker: one position became free. */
  private void signalRoom() {
    lock.lock();
    try {
      room.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Wakes all who wait: nothing more will come. */
  private void signalEnd() {
    lock.lock();
    try {
      ready.signalAll();
      room.signalAll();
    } finally {
      lock.unlock();
    }
  }

  // --------------------------------------------------------------------------------- the consumer

  /**
   * Takes the value of the next position and waits for it if need be. The caller owns it.
   *
   * @param timeoutNanos the longest time to wait; {@code Long.MAX_VALUE} for as long as the workers
   *     live
   * @throws NoSuchElementException if all positions were taken
   * @throws ExecutionException if making the value failed, with the worker's throwable as cause
   * @throws TimeoutException if the time is over, with the stack of the worker
   * @throws InterruptedException if the calling thread is interrupted; nothing is taken then
   * @throws CancellationException if the queue is cancelled
   */
  public T take(long timeoutNanos)
      throws ExecutionException, TimeoutException, InterruptedException {
    long position = taken;
    if (position >= count) {
      throw new NoSuchElementException("all positions were taken: count=" + count);
    }
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    if (workers.isEmpty() || (helps && noneHasBegun())) {
      makeHere(position);
    }
    int slot = slotOf(position);
    Object result = slots.get(slot);
    if (result == null) {
      result = awaitResult(slot, timeoutNanos);
    }
    if (result instanceof Failure failure) {
      throw new ExecutionException(failure.cause);
    }
    if (result == CANCELLED || !slots.compareAndSet(slot, result, null)) {
      throw new CancellationException();
    }
    taken = position + 1;
    wakeForRoom();
    @SuppressWarnings("unchecked") // only values, Failures and CANCELLED are put into slots
    T value = (T) result;
    return value;
  }

  /** Makes the value of the next position unless a worker has claimed it by now. */
  private void makeHere(long position) {
    callerMakes.lock();
    try {
      caller.thread = Thread.currentThread();
      if (!failed && !cancelled && claimed.compareAndSet(position, position + 1)) {
        caller.makeClaimed(position);
      }
    } finally {
      callerMakes.unlock();
    }
  }

  private Object awaitResult(int slot, long timeoutNanos)
      throws ExecutionException, TimeoutException, InterruptedException {
    long start = System.nanoTime();
    try {
      consumerSpin.until(() -> slots.get(slot) != null);
      while (true) {
        Object result = slots.get(slot);
        if (result != null) {
          return result;
        }
        long left = timeoutNanos - (System.nanoTime() - start);
        if (left <= 0) {
          throw timeout();
        }
        if (!awaitReady(slot, Math.min(left, LIVENESS_NANOS))) {
          requireLiveWorkers(slot);
          help(slot);
        }
      }
    } finally {
      long waited = System.nanoTime() - start;
      consumerSpin.learn(waited);
      consumerWaitNanos.addAndGet(waited);
    }
  }

  /** Sleeps until a result is there; false when the time is over. */
  private boolean awaitReady(int slot, long nanos) throws InterruptedException {
    long left = nanos;
    lock.lock();
    try {
      consumerWaits = true;
      if (workersWaiting.get() > 0 && hasRoom()) {
        room.signal();
      }
      while (slots.get(slot) == null && left > 0) {
        left = ready.awaitNanos(left);
      }
      return left > 0;
    } finally {
      consumerWaits = false;
      lock.unlock();
    }
  }

  private void requireLiveWorkers(int slot) throws ExecutionException {
    for (Worker worker : workers) {
      if (worker.diedSilently() && slots.get(slot) == null) {
        throw new ExecutionException(
            new IllegalStateException("worker thread ended early: thread=" + worker.own));
      }
    }
  }

  /** Makes the value here if an executor, whose threads may all be busy, has begun no worker. */
  private void help(int slot) {
    helps = workers.stream().allMatch(worker -> worker.own == null);
    if (helps && noneHasBegun() && slots.get(slot) == null) {
      makeHere(taken);
    }
  }

  private boolean noneHasBegun() {
    return workers.stream().noneMatch(Worker::hasBegun);
  }

  private TimeoutException timeout() {
    for (Activity activity : activity()) {
      if (activity.position == taken) {
        return activity.whereabouts();
      }
    }
    return new TimeoutException("no worker has begun");
  }

  /** Returns what the workers are making at the moment; idle workers are left out. */
  public List<Activity> activity() {
    List<Activity> activities = new ArrayList<>();
    for (Worker worker : workers.isEmpty() ? List.of(caller) : workers) {
      Thread thread = worker.thread;
      long position = worker.position;
      if (thread != null && position != NONE) {
        activities.add(
            new Activity(
                thread.getName(), position, worker.since, List.of(thread.getStackTrace())));
      }
    }
    return activities;
  }

  // -------------------------------------------------------------------------------------- the end

  /**
   * Ends the making of values, interrupts the workers, closes what was not taken and wakes all who
   * wait. Returns at once; does nothing the second time.
   */
  public void cancel() {
    cancelled = true;
    for (int slot = 0; slot < capacity; slot++) {
      close(slots.getAndSet(slot, CANCELLED));
    }
    workers.forEach(Worker::cancel);
    signalEnd();
  }

  private static void close(@Nullable Object result) {
    if (result instanceof AutoCloseable value) {
      try {
        value.close();
      } catch (Throwable t) {
        LOG.log(Level.WARNING, "A value that nobody took could not be closed", t);
      }
    }
  }

  /**
   * Waits until no worker runs. An interrupt does not end the wait; the flag survives.
   *
   * @param nanos the longest time to wait
   * @return false if a worker still runs
   */
  public boolean join(long nanos) {
    long start = System.nanoTime();
    for (Worker worker : workers) {
      long left = nanos - (System.nanoTime() - start);
      if (!Waits.uninterruptibly(left, worker::awaitEnd)) {
        return false;
      }
    }
    long left = nanos - (System.nanoTime() - start);
    if (!Waits.uninterruptibly(left, wait -> callerMakes.tryLock(wait, TimeUnit.NANOSECONDS))) {
      return false;
    }
    callerMakes.unlock();
    return true;
  }

  /** Tells whether the calling thread is making a value of this queue: it must not join then. */
  public boolean isMaking() {
    for (Worker worker : workers) {
      if (worker.thread == Thread.currentThread()) {
        return true;
      }
    }
    return callerMakes.isHeldByCurrentThread();
  }
}
