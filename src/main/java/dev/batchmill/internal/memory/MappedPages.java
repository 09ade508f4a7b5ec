package dev.batchmill.internal.memory;

import dev.batchmill.internal.bind.NativeKernels;
import dev.batchmill.internal.bind.NativeLibrary;
import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Large buffers over pages straight from the operating system, in huge ones where it has them.
 *
 * <p>Java's own direct buffers are zeroed by the thread that allocates them, in pages of 4 KiB;
 * these pages come into being, zeroed, under the threads that first write to them. They are freed
 * once no buffer over them is left, or discarded before. The collector does not see them, so they
 * are counted: together they take no more than the heap may. Thread-safe.
 */
final class MappedPages {
  /** Below two huge pages there is little to win. */
  static final long MIN_BYTES = 4L << 20;

  private static final Cleaner CLEANER = Cleaner.create();
  private static final long MAX_BYTES = Runtime.getRuntime().maxMemory();
  private static final int MAX_WAIT_MILLIS = 64;
  private static final AtomicLong BYTES = new AtomicLong();

  private MappedPages() {}

  /**
   * A zeroed direct buffer in Java's default byte order that begins at a page; null when it is too
   * small for pages, when they are not to be had, or when too many are in use.
   */
  static @Nullable ByteBuffer allocate(int size) {
    if (size < MIN_BYTES || !NativeLibrary.state().loaded() || !reserve(size)) {
      return null;
    }
    ByteBuffer buffer = (ByteBuffer) NativeKernels.mapPages(size);
    if (buffer == null) {
      BYTES.addAndGet(-size);
      return null;
    }
    // Slices and views of the buffer hold on to it.
    long address = NativeKernels.addressOf(buffer);
    CLEANER.register(buffer, () -> free(address, size));
    return buffer;
  }

  /**
   * Gives the memory of pages back before the collector has found that no buffer over them is left:
   * what comes next gets memory that the processor, and a virtual machine's host, still have at
   * hand. Buffers over the pages read zeros or what was there.
   */
  static void discard(ByteBuffer pages) {
    NativeKernels.discardPages(NativeKernels.addressOf(pages), pages.capacity());
  }

  /** The bytes in use, and those that no buffer is over but the collector has not found yet. */
  static long bytes() {
    return BYTES.get();
  }

  private static void free(long address, long size) {
    NativeKernels.unmapPages(address, size);
    BYTES.addAndGet(-size);
  }

  private static boolean reserve(long size) {
    if (reserved(size)) {
      return true;
    }
    if (size > MAX_BYTES) {
      return false;
    }
    // The collector finds what is no longer used; the cleaner's thread then frees it.
    System.gc();
    boolean interrupted = false;
    boolean reserved = reserved(size);
    for (int wait = 1; !reserved && wait <= MAX_WAIT_MILLIS; wait *= 2) {
      try {
        Thread.sleep(wait);
      } catch (InterruptedException e) {
        interrupted = true;
      }
      reserved = reserved(size);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return reserved;
  }

  private static boolean reserved(long size) {
    long bytes = BYTES.get();
    while (bytes + size <= MAX_BYTES) {
      if (BYTES.compareAndSet(bytes, bytes + size)) {
        return true;
      }
      bytes = BYTES.get();
    }
    return false;
  }
}
