package dev.batchmill.internal.memory;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.ref.Cleaner;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Memory of a GPU with an owner. One that is collected without having been closed is reported as a
 * leak and stays allocated: work that is still queued may use it. Thread-safe.
 */
public final class DeviceMemory {
  private static final Logger LOGGER = System.getLogger(DeviceMemory.class.getName());
  private static final Cleaner CLEANER = Cleaner.create();
  private static final AtomicLong LIVE_COUNT = new AtomicLong();

  private final Account account;
  private final Cleaner.Cleanable cleanable;

  /**
   * Takes memory over.
   *
   * @param byteSize how many bytes it has
   * @param where its device, for the report of a leak
   */
  public DeviceMemory(long byteSize, String where) {
    account = new Account(byteSize, where);
    cleanable = CLEANER.register(this, account);
  }

  /** Whether {@link #release} was called. */
  public boolean isClosed() {
    return account.closed.get();
  }

  /** Marks it as closed; whether this call did, which then has to free it. */
  public boolean release() {
    boolean first = !account.closed.getAndSet(true);
    cleanable.clean();
    return first;
  }

  /** The number of those that were neither closed nor collected. */
  public static long liveCount() {
    return LIVE_COUNT.get();
  }

  /** What is left of an owner: run once, by release or by the collector. */
  private static final class Account implements Runnable {
    private final long byteSize;
    private final String where;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final @Nullable Throwable allocated;

    Account(long byteSize, String where) {
      this.byteSize = byteSize;
      this.where = where;
      boolean trace = "trace".equals(System.getProperty(HostMemory.LEAKS_PROPERTY));
      allocated = trace ? new Throwable("Allocated here") : null;
      LIVE_COUNT.incrementAndGet();
    }

    @Override
    public void run() {
      LIVE_COUNT.decrementAndGet();
      if (!closed.get()) {
        String hint =
            allocated == null ? "; -D" + HostMemory.LEAKS_PROPERTY + "=trace says where" : "";
        LOGGER.log(
            Level.WARNING,
            "memory of %s was not closed and stays allocated: byteSize=%d%s"
                .formatted(where, byteSize, hint),
            allocated);
      }
    }
  }
}
