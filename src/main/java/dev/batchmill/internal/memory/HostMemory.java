package dev.batchmill.internal.memory;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Zeroed memory outside the heap, aligned to 64 bytes, with an owner.
 *
 * <p>Large memory is pages of its own, see {@link MappedPages}, small memory Java's direct memory;
 * memory that a GPU copies from or to is page-locked, see {@link PinnedPages}. Each is a direct
 * buffer: whoever holds the buffer keeps it alive, also after {@link #close}, so that a view can
 * never point at freed memory. Closing says that the owner is done; then pages that were never
 * {@linkplain #share shared} lose what they hold and go back to the system at once, others with
 * their last buffer. An owner that is collected without having been closed is reported as a leak.
 * Memory can also be on loan: then closing gives it back to whom it belongs. Thread-safe.
 */
public final class HostMemory implements AutoCloseable {
  /** The alignment of every allocation: a cache line, and what AVX-512 and TensorFlow want. */
  public static final int ALIGNMENT = 64;

  /** The property that makes leak reports name where the memory was allocated: {@code trace}. */
  public static final String LEAKS_PROPERTY = "batchmill.leaks";

  private static final long MAX_BYTES = Integer.MAX_VALUE - 2 * (ALIGNMENT - 1);

  private static final Logger LOGGER = System.getLogger(HostMemory.class.getName());
  private static final Cleaner CLEANER = Cleaner.create();
  private static final AtomicLong LIVE_BYTES = new AtomicLong();
  private static final AtomicLong LIVE_COUNT = new AtomicLong();

  private final long byteSize;
  private final Account account;
  private final Cleaner.Cleanable cleanable;
  private volatile @Nullable ByteBuffer buffer;

  private HostMemory(ByteBuffer buffer, @Nullable ByteBuffer pages, @Nullable Runnable giveBack) {
    this.byteSize = buffer.capacity();
    this.buffer = buffer.order(ByteOrder.nativeOrder());
    account = new Account(byteSize, pages, giveBack);
    cleanable = CLEANER.register(this, account);
  }

  /**
   * Allocates zeroed memory.
   *
   * @throws IllegalArgumentException if the size is negative or more than one buffer can hold
   * @throws OutOfMemoryError if there is neither a page of its own nor enough direct memory ({@code
   *     -XX:MaxDirectMemorySize})
   */
  public static HostMemory allocate(long byteSize) {
    requireSize(byteSize);
    int size = (int) byteSize;
    if (PinnedPages.areWanted()) {
      return new HostMemory(PinnedPages.allocate(size), null, null);
    }
    ByteBuffer pages = MappedPages.allocate(size);
    return new HostMemory(pages != null ? pages : aligned(size), pages, null);
  }

  /**
   * Zeroed memory without an owner.
   *
   * @throws IllegalArgumentException if the size is negative or more than one buffer can hold
   * @throws OutOfMemoryError as {@link #allocate}
   */
  public static ByteBuffer newBuffer(long byteSize) {
    requireSize(byteSize);
    int size = (int) byteSize;
    ByteBuffer pages =
        PinnedPages.areWanted() ? PinnedPages.allocate(size) : MappedPages.allocate(size);
    return (pages != null ? pages : aligned(size)).order(ByteOrder.nativeOrder());
  }

  private static void requireSize(long byteSize) {
    if (byteSize < 0 || byteSize > MAX_BYTES) {
      throw new IllegalArgumentException(
          "off-heap memory must have 0 to %d bytes: byteSize=%d".formatted(MAX_BYTES, byteSize));
    }
  }

  /**
   * Allocates zeroed page-locked memory.
   *
   * @throws IllegalArgumentException if the size is negative or more than one buffer can hold
   * @throws dev.batchmill.error.NativeUnavailableException if there is no GPU to use
   * @throws dev.batchmill.error.DeviceException if there is not so much memory
   */
  public static HostMemory allocatePinned(long byteSize) {
    requireSize(byteSize);
    return new HostMemory(PinnedPages.allocate((int) byteSize), null, null);
  }

  /**
   * Borrows memory.
   *
   * @param memory all of it, as it is
   * @param giveBack run once when the memory is closed; never when it is collected without that,
   *     for who knows whether a buffer over it is still in use
   */
  public static HostMemory onLoan(ByteBuffer memory, Runnable giveBack) {
    return new HostMemory(memory.slice(), null, giveBack);
  }

  private static ByteBuffer aligned(int size) {
    // The slice begins and ends at multiples of the alignment: less than one is lost at each end.
    return ByteBuffer.allocateDirect(size + 2 * (ALIGNMENT - 1))
        .alignedSlice(ALIGNMENT)
        .slice(0, size);
  }

  /** The size in bytes. */
  public long byteSize() {
    return byteSize;
  }

  /**
   * The memory, in native byte order, position 0 and limit {@link #byteSize}: one buffer for all
   * callers, none of which reads it after {@link #close} unless {@link #share} was called before.
   *
   * @throws IllegalStateException if the memory was closed
   */
  public ByteBuffer buffer() {
    ByteBuffer open = buffer;
    if (open == null) {
      throw new IllegalStateException("the memory was closed: byteSize=" + byteSize);
    }
    return open;
  }

  /** Says that somebody got a buffer whose contents must outlast {@link #close}. */
  public void share() {
    account.shared = true;
  }

  /** Whether {@link #close} was called. */
  public boolean isClosed() {
    return account.closed.get();
  }

  /** Gives the memory back, at once or when no buffer over it is left. Closing twice is allowed. */
  @Override
  public void close() {
    buffer = null;
    account.closed.set(true);
    cleanable.clean();
  }

  /** The bytes of all memory that was allocated and neither closed nor collected. */
  public static long liveBytes() {
    return LIVE_BYTES.get();
  }

  /** The number of allocations that were neither closed nor collected. */
  public static long liveCount() {
    return LIVE_COUNT.get();
  }

  /** What is left of an owner: run once, by close or by the collector. */
  private static final class Account implements Runnable {
    private final long byteSize;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final @Nullable Throwable allocated;
    private final @Nullable ByteBuffer pages;
    private final @Nullable Runnable giveBack;
    private volatile boolean shared;

    Account(long byteSize, @Nullable ByteBuffer pages, @Nullable Runnable giveBack) {
      this.byteSize = byteSize;
      this.pages = pages;
      this.giveBack = giveBack;
      boolean trace = "trace".equals(System.getProperty(LEAKS_PROPERTY));
      allocated = trace ? new Throwable("Allocated here") : null;
      LIVE_BYTES.addAndGet(byteSize);
      LIVE_COUNT.incrementAndGet();
    }

    @Override
    public void run() {
      LIVE_BYTES.addAndGet(-byteSize);
      LIVE_COUNT.decrementAndGet();
      if (closed.get()) {
        if (giveBack != null) {
          giveBack.run();
        } else if (pages != null && !shared) {
          MappedPages.discard(pages);
        }
        return;
      }
      String hint = allocated == null ? "; -D" + LEAKS_PROPERTY + "=trace says where" : "";
      LOGGER.log(
          Level.WARNING,
          "off-heap memory was not closed: byteSize=%d%s".formatted(byteSize, hint),
          allocated);
    }
  }
}
