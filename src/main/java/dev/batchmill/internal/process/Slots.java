package dev.batchmill.internal.process;

import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The shared memory between this process and one worker process: slots for one batch each, as many
 * and as large as it turns out that the batches need.
 *
 * <p>A slot is free, with the worker (from the request to the answer) or with the consumer (from
 * the answer until the last array of the batch is closed); only a free one is given to the worker.
 * Its memory is unmapped when no buffer over it is left. Thread-safe.
 */
final class Slots implements AutoCloseable {
  private static final long PAGE = 4096;

  private final SharedMemory memory;
  private final Deque<Slot> free = new ArrayDeque<>();
  private int count;
  private long bytes;
  private boolean refused;
  private boolean closed;
  private @Nullable Path pending;

  Slots(SharedMemory memory) {
    this.memory = memory;
  }

  /** Memory for one batch. */
  final class Slot {
    private final int number;
    private final MappedByteBuffer buffer;
    private final AtomicInteger lent = new AtomicInteger();

    private Slot(int number, MappedByteBuffer buffer) {
      this.number = number;
      this.buffer = buffer;
    }

    int number() {
      return number;
    }

    MappedByteBuffer memory() {
      return buffer;
    }

    /** Lends the slot to so many arrays. */
    void lend(int arrays) {
      lent.set(arrays);
    }

    /** An array is closed. */
    void giveBackOne() {
      if (lent.decrementAndGet() == 0) {
        free(this);
      }
    }
  }

  /** Takes a free slot: the one used last, which caches still know. */
  synchronized @Nullable Slot take() {
    return free.pollFirst();
  }

  /** Frees a slot. */
  synchronized void free(Slot slot) {
    if (!closed) {
      free.addFirst(slot);
    }
  }

  /**
   * Gives up a slot that is too small.
   *
   * @param slot one that the worker has; null for none
   */
  synchronized void retire(@Nullable Slot slot) {
    if (slot != null && !closed) {
      bytes -= slot.buffer.capacity();
      memory.release(slot.buffer.capacity());
    }
  }

  /**
   * Finds room for another slot, which the worker makes.
   *
   * @return its size, or 0 when there is no room
   */
  synchronized long reserve(long batchBytes) {
    // A little more, so that batches which differ a little do not need a new slot each time.
    long size = (batchBytes + batchBytes / 8 + PAGE - 1) / PAGE * PAGE;
    if (closed || refused || size > Integer.MAX_VALUE || !memory.reserve(size)) {
      memory.full(size);
      return 0;
    }
    bytes += size;
    pending = memory.newName();
    return size;
  }

  /** The file for the slot that was reserved last. */
  synchronized Path file() {
    if (pending == null) {
      throw new IllegalStateException("no slot was reserved");
    }
    return pending;
  }

  /** Maps the slot that was reserved last; the worker has made it and mapped it as well. */
  synchronized Slot map(long size) throws IOException {
    try {
      return new Slot(count++, mapUninterruptibly(file(), size));
    } finally {
      forget();
    }
  }

  /** Maps a file. An interrupt closes a channel of files; here, it waits. */
  private static MappedByteBuffer mapUninterruptibly(Path path, long size) throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      while (true) {
        try (FileChannel file =
            FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
          return file.map(MapMode.READ_WRITE, 0, size);
        } catch (ClosedByInterruptException e) {
          interrupted |= Thread.interrupted();
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** The worker could not make the slot that was reserved last; it is not asked again. */
  synchronized void refuse(long size) {
    refused = true;
    bytes -= size;
    memory.release(size);
    memory.full(size);
    forget();
  }

  private void forget() {
    Path file = pending;
    pending = null;
    if (file != null) {
      SharedMemory.delete(file);
    }
  }

  /** Gives up all slots; batches over them stay as they are. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      free.clear();
      memory.release(bytes);
      forget();
    }
  }
}
