package dev.batchmill.internal.kernel;

import java.nio.Buffer;

/**
 * How much one call of a kernel takes.
 *
 * <p>Arrays on the heap are held still during a call, and the garbage collector may have to wait
 * for its end. Memory outside the heap is not held, and a long call reads ahead across all of it.
 */
public final class CallLimit {
  /** Bytes that a call over heap arrays reads, or writes: some 50 microseconds. */
  private static final long HELD_BYTES = 1 << 20;

  private CallLimit() {}

  /**
   * The items that one call takes at most where nothing else is on the heap than these two may be.
   *
   * @param itemBytes the bytes of an item that are read, or written, whichever is more
   */
  public static long of(long itemBytes, Buffer x, Buffer out) {
    return x.isDirect() && out.isDirect() ? Long.MAX_VALUE : held(itemBytes);
  }

  /** The items that one call takes at most where an array on the heap is among its arguments. */
  public static long held(long itemBytes) {
    return Math.max(1, HELD_BYTES / itemBytes);
  }
}
