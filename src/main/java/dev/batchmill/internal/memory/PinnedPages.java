package dev.batchmill.internal.memory;

import dev.batchmill.internal.cuda.CudaRuntime;
import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Page-locked memory of the host: a GPU reads and writes it by itself, at the speed of the bus and
 * while the processor goes on. It is freed once no buffer over it is left. Thread-safe.
 */
public final class PinnedPages {
  private static final Cleaner CLEANER = Cleaner.create();
  private static final AtomicLong ALLOCATIONS = new AtomicLong();
  private static final ThreadLocal<Boolean> WANTED = ThreadLocal.withInitial(() -> false);

  private PinnedPages() {}

  /**
   * Makes a call; the memory that {@link HostMemory} gets from the system meanwhile, for this
   * thread, is page-locked.
   */
  public static <T> T whileAllocating(Callable<T> call) throws Exception {
    boolean before = WANTED.get();
    WANTED.set(true);
    try {
      return call.call();
    } finally {
      WANTED.set(before);
    }
  }

  /** Whether this thread is inside {@link #whileAllocating}. */
  public static boolean areWanted() {
    return WANTED.get() && CudaRuntime.isUsable();
  }

  /**
   * A zeroed direct buffer in Java's default byte order that begins at a page.
   *
   * @throws dev.batchmill.error.NativeUnavailableException if there is no GPU to use
   * @throws dev.batchmill.error.DeviceException if there is not so much memory
   */
  public static ByteBuffer allocate(int size) {
    CudaRuntime.Pinned pinned = CudaRuntime.pinned(size);
    // Slices and views of the buffer hold on to it.
    CLEANER.register(pinned.buffer(), pinned.free());
    ALLOCATIONS.incrementAndGet();
    return pinned.buffer();
  }

  /** How often memory was page-locked so far. */
  public static long allocations() {
    return ALLOCATIONS.get();
  }
}
