package dev.batchmill.internal.kernel;

import dev.batchmill.internal.cuda.CudaLaunch;
import dev.batchmill.internal.cuda.CudaRuntime;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * What one call brings to a device and back: a stream, and memory there that is given back when it
 * is closed. For one thread.
 */
final class CudaStage implements AutoCloseable {
  private static final int DEVICE = CudaRuntime.firstUsable().index();

  /** Streams that no call uses now; they are never destroyed. */
  private static final Queue<Long> STREAMS = new ConcurrentLinkedQueue<>();

  private final long stream;
  private final List<Long> memory = new ArrayList<>();

  /** What the device may still copy from. */
  private final List<Buffer> kept = new ArrayList<>();

  CudaStage() {
    Long idle = STREAMS.poll();
    stream = idle != null ? idle : CudaRuntime.createStream(DEVICE);
  }

  CudaLaunch.Place place() {
    return new CudaLaunch.Place(DEVICE, stream);
  }

  /** Memory of the device; 0 for none. */
  long allocate(long bytes) {
    if (bytes == 0) {
      return 0;
    }
    long address = CudaRuntime.malloc(bytes, DEVICE, stream);
    memory.add(address);
    return address;
  }

  /** Copies elements to the device. */
  long upload(Buffer from, long start, long count) {
    int size = Arguments.elementBytes(from);
    long there = allocate(count * size);
    if (there == 0) {
      return 0;
    }
    Buffer direct = from;
    long at = start;
    if (!from.isDirect()) {
      direct = likeDirect(from, count);
      put(direct, 0, from, start, count);
      at = 0;
    }
    kept.add(direct);
    CudaRuntime.copy(
        there, CudaRuntime.addressOf(direct) + at * size, count * size, DEVICE, stream);
    return there;
  }

  /** Copies elements from the device, and waits for them. */
  void download(long there, Buffer to, long start, long count) {
    if (count == 0) {
      return;
    }
    int size = Arguments.elementBytes(to);
    if (to.isDirect()) {
      CudaRuntime.copy(
          CudaRuntime.addressOf(to) + start * size, there, count * size, DEVICE, stream);
      CudaRuntime.synchronizeStream(stream, DEVICE);
    } else {
      put(to, start, fetch(there, to, count), 0, count);
    }
  }

  /** Copies elements from the device to a new buffer of the type of {@code like}. */
  Buffer fetch(long there, Buffer like, long count) {
    Buffer direct = likeDirect(like, count);
    CudaRuntime.copy(
        CudaRuntime.addressOf(direct), there, count * Arguments.elementBytes(like), DEVICE, stream);
    CudaRuntime.synchronizeStream(stream, DEVICE);
    return direct;
  }

  private static Buffer likeDirect(Buffer like, long count) {
    ByteBuffer bytes =
        ByteBuffer.allocateDirect(Math.toIntExact(count * Arguments.elementBytes(like)))
            .order(ByteOrder.nativeOrder());
    if (like instanceof FloatBuffer) {
      return bytes.asFloatBuffer();
    } else if (like instanceof DoubleBuffer) {
      return bytes.asDoubleBuffer();
    } else if (like instanceof IntBuffer) {
      return bytes.asIntBuffer();
    } else if (like instanceof LongBuffer) {
      return bytes.asLongBuffer();
    } else if (like instanceof ShortBuffer) {
      return bytes.asShortBuffer();
    }
    return bytes;
  }

  /** Copies elements between two buffers of one type. */
  static void put(Buffer to, long toStart, Buffer from, long fromStart, long count) {
    int at = (int) toStart;
    int start = (int) fromStart;
    int length = (int) count;
    if (to instanceof FloatBuffer floats) {
      floats.put(at, (FloatBuffer) from, start, length);
    } else if (to instanceof DoubleBuffer doubles) {
      doubles.put(at, (DoubleBuffer) from, start, length);
    } else if (to instanceof IntBuffer ints) {
      ints.put(at, (IntBuffer) from, start, length);
    } else if (to instanceof LongBuffer longs) {
      longs.put(at, (LongBuffer) from, start, length);
    } else if (to instanceof ShortBuffer shorts) {
      shorts.put(at, (ShortBuffer) from, start, length);
    } else {
      ((ByteBuffer) to).put(at, (ByteBuffer) from, start, length);
    }
  }

  @Override
  public void close() {
    RuntimeException failure = null;
    for (long address : memory) {
      failure = free(address, failure);
    }
    // Buffers must not go before the device is done with them, also when a call failed.
    try {
      CudaRuntime.synchronizeStream(stream, DEVICE);
    } catch (RuntimeException e) {
      failure = failure == null ? e : failure;
    }
    kept.clear();
    STREAMS.add(stream);
    if (failure != null) {
      throw failure;
    }
  }

  private @Nullable RuntimeException free(long address, @Nullable RuntimeException failure) {
    try {
      CudaRuntime.free(address, DEVICE, stream);
      return failure;
    } catch (RuntimeException e) {
      return failure == null ? e : failure;
    }
  }
}
