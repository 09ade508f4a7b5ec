package dev.batchmill.internal.kernel;

import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * A piece of memory off the heap in which a thread keeps what it has converted, small enough for a
 * second-level cache.
 *
 * <p>It is taken from a pool and given back, so that calls do not allocate. The pool keeps no more
 * pieces than there can be threads at work; more than that are left to the garbage collector.
 */
public final class Scratch {
  /** The size in bytes. */
  public static final int BYTES = 1 << 20;

  private static final int ALIGNMENT = 64;

  private static final AtomicReferenceArray<@Nullable Scratch> POOL =
      new AtomicReferenceArray<>(2 * Runtime.getRuntime().availableProcessors());

  private final FloatBuffer floats;
  private final DoubleBuffer doubles;

  private Scratch() {
    ByteBuffer bytes =
        ByteBuffer.allocateDirect(BYTES + ALIGNMENT - 1)
            .alignedSlice(ALIGNMENT)
            .slice(0, BYTES)
            .order(ByteOrder.nativeOrder());
    floats = bytes.asFloatBuffer();
    doubles = bytes.asDoubleBuffer();
  }

  /** Takes a piece of memory that holds anything. */
  public static Scratch take() {
    for (int i = 0; i < POOL.length(); i++) {
      Scratch scratch = POOL.getAndSet(i, null);
      if (scratch != null) {
        return scratch;
      }
    }
    return new Scratch();
  }

  /** Gives it back; the caller does not use it any more. */
  public void giveBack() {
    for (int i = 0; i < POOL.length(); i++) {
      if (POOL.compareAndSet(i, null, this)) {
        return;
      }
    }
  }

  /** The memory as floats or doubles. */
  public Buffer as(ElementType type) {
    return type == ElementType.FLOAT32 ? floats : doubles;
  }
}
