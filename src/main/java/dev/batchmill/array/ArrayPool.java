package dev.batchmill.array;

import dev.batchmill.internal.memory.HostMemory;
import dev.batchmill.internal.memory.PinnedPages;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Arrays off the Java heap whose memory is used again: closing one gives its memory to the next
 * array of the same size. A loop that closes what it is done with allocates nothing after its first
 * rounds, and touches no new page.
 *
 * <pre>{@code
 * ArrayPool pool = new ArrayPool();
 * NDArray x = pool.allocate(DType.FLOAT32, 256, 128);   // as NDArray.allocate, but not zeroed
 * x.close();                                            // the next one of this size gets it
 * }</pre>
 *
 * <p>An array owns its memory until it is closed. Its views and its {@link NDArray#buffer buffers}
 * must not be used after that: the memory may be another array's by then. An array that is
 * forgotten instead is reported as a leak and freed, and the pool makes new memory.
 *
 * <p>A pool keeps at most so many bytes of closed arrays; what is more is freed. Thread-safe. Java
 * serialisation makes an empty pool.
 */
public final class ArrayPool implements AutoCloseable, Serializable {
  private static final long serialVersionUID = 1L;
  private static final long DEFAULT_MAX_IDLE_BYTES = 256L << 20;

  private final long maxIdleBytes;
  private final transient Map<Long, Queue<ByteBuffer>> idle = new ConcurrentHashMap<>();
  private final transient AtomicLong idleBytes = new AtomicLong();
  private transient volatile boolean closed;

  /** Makes a pool that keeps at most 256 MiB of closed arrays. */
  public ArrayPool() {
    this(DEFAULT_MAX_IDLE_BYTES);
  }

  /**
   * Makes a pool.
   *
   * @param maxIdleBytes the most bytes of closed arrays that it keeps, not negative
   * @throws IllegalArgumentException if the number is negative
   */
  public ArrayPool(long maxIdleBytes) {
    if (maxIdleBytes < 0) {
      throw new IllegalArgumentException(
          "maxIdleBytes must not be negative: maxIdleBytes=" + maxIdleBytes);
    }
    this.maxIdleBytes = maxIdleBytes;
  }

  /**
   * Makes an array of arbitrary elements, aligned to 64 bytes. The caller owns it and closes it.
   *
   * @param dtype the type of the elements
   * @param shape the size along each axis; none for a scalar
   * @return an array
   * @throws IllegalArgumentException if it needs more than 2^31 − 127 bytes
   */
  public NDArray allocate(DType dtype, long... shape) {
    return allocate(dtype, Shape.of(shape));
  }

  /**
   * Makes an array of arbitrary elements, aligned to 64 bytes. The caller owns it and closes it.
   *
   * @param dtype the type of the elements
   * @param shape the shape
   * @return an array
   * @throws IllegalArgumentException if it needs more than 2^31 − 127 bytes
   */
  public NDArray allocate(DType dtype, Shape shape) {
    long size = NDArray.byteSize(dtype, shape);
    Queue<ByteBuffer> queue = idle.get(size);
    ByteBuffer memory = queue == null ? null : queue.poll();
    if (memory == null) {
      memory = HostMemory.newBuffer(size);
    } else {
      idleBytes.addAndGet(-size);
    }
    ByteBuffer kept = memory;
    return NDArray.owning(HostMemory.onLoan(kept, () -> keep(kept)), dtype, shape);
  }

  /**
   * Makes an array of arbitrary elements where another one lives: on the heap, then it is not the
   * pool's, or off it; in a batch that goes to a GPU always off it. The caller closes it.
   *
   * @param source the other one
   * @param dtype the type of the elements
   * @param shape the shape
   * @return an array
   * @throws IllegalArgumentException if it is too large
   */
  public NDArray allocateLike(NDArray source, DType dtype, Shape shape) {
    return source.isDirect() || PinnedPages.areWanted()
        ? allocate(dtype, shape)
        : NDArray.zeros(dtype, shape);
  }

  private void keep(ByteBuffer memory) {
    long size = memory.capacity();
    if (idleBytes.addAndGet(size) > maxIdleBytes || closed) {
      idleBytes.addAndGet(-size);
      return;
    }
    idle.computeIfAbsent(size, key -> new ConcurrentLinkedQueue<>()).add(memory);
    if (closed) {
      close();
    }
  }

  /**
   * The memory of closed arrays that waits to be used again.
   *
   * @return the number of bytes
   */
  public long idleBytes() {
    return idleBytes.get();
  }

  /** Frees the memory that waits; the memory of open arrays is freed when they are closed. */
  @Override
  public void close() {
    closed = true;
    for (Queue<ByteBuffer> queue : idle.values()) {
      for (ByteBuffer memory = queue.poll(); memory != null; memory = queue.poll()) {
        idleBytes.addAndGet(-memory.capacity());
      }
    }
  }

  private Object readResolve() {
    return new ArrayPool(maxIdleBytes);
  }
}
