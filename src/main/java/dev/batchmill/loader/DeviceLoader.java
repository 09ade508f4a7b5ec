package dev.batchmill.loader;

import dev.batchmill.array.CudaStream;
import dev.batchmill.array.Device;
import dev.batchmill.dataset.Batch;
import dev.batchmill.error.DeviceException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * The batches of a {@link DataLoader} in the memory of a GPU, in the same order.
 *
 * <pre>{@code
 * Device gpu = Device.cuda(0);
 * try (CudaStream stream = CudaStream.create(gpu);
 *     DataLoader loader = DataLoader.builder(dataset).workers(4).build();
 *     DeviceLoader onGpu = loader.toDevice(gpu)) {
 *   for (DeviceBatch batch : onGpu) {
 *     try (batch) {
 *       batch.awaitOn(stream);
 *       train(batch.x(), batch.y(), stream);
 *     }
 *   }
 * }
 * }</pre>
 *
 * <p>Everything overlaps: workers write batches to page-locked memory, a stream of the loader's own
 * copies those that are ready, up to {@value #AHEAD} ahead of the consumer, and the consumer's
 * stream waits for the copy and not the consumer. The memory of a batch on either side is used
 * again for a later one.
 *
 * <p>Page-locked is what the data set takes from an {@link dev.batchmill.array.ArrayPool}, as
 * {@link dev.batchmill.dataset.ArrayDataset} and {@link dev.batchmill.dataset.SampleBatches} do, or
 * from {@link dev.batchmill.array.NDArray#allocate} while it makes a batch. Copies of other arrays,
 * and of what worker processes made, are slower, and those of arrays on the heap do not overlap.
 *
 * <p>Failures, hooks, closing and resuming are those of the loader. For one thread at a time.
 */
public final class DeviceLoader implements Iterable<DeviceBatch>, AutoCloseable {
  /** Batches that are on their way to the device while the consumer has another one. */
  static final int AHEAD = 2;

  private final DataLoader loader;
  private final Device device;
  private final CudaStream copies;
  private @Nullable Walk current;
  private @Nullable LoaderState state;
  private boolean closed;

  DeviceLoader(DataLoader loader, Device device) {
    this.loader = loader;
    this.device = device;
    copies = CudaStream.create(device);
  }

  /**
   * Returns the device.
   *
   * @return where the batches go
   */
  public Device device() {
    return device;
  }

  /**
   * Begins the next epoch; batches of the one before that the consumer did not get are closed.
   *
   * @return an iterator over its batches, for one thread at a time
   * @throws IllegalStateException if this, or the loader behind it, is closed
   * @throws dev.batchmill.error.LoaderException as for {@link DataLoader#iterator}
   */
  @Override
  public Iterator<DeviceBatch> iterator() {
    if (closed) {
      throw new IllegalStateException("device loader is closed: device=" + device);
    }
    endCurrent();
    state = null;
    Walk walk = new Walk(loader.iterator());
    current = walk;
    return walk;
  }

  /**
   * Returns where the consumer stands: after the last batch that it got here. Batches that are
   * ahead of it do not count.
   *
   * @return what {@link DataLoader#resume} takes
   */
  public LoaderState state() {
    LoaderState last = state;
    return last != null ? last : loader.state();
  }

  /** Waits for the copies, and closes the batches that the consumer did not get. */
  private void endCurrent() {
    Walk walk = current;
    current = null;
    if (walk != null) {
      walk.end();
    }
  }

  /**
   * Ends the walk: waits for the copies and closes the batches that the consumer did not get; those
   * that it got are closed before. The loader behind this one stays open.
   *
   * @throws DeviceException if a copy failed
   */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      try {
        endCurrent();
      } finally {
        copies.close();
      }
    }
  }

  /** One epoch. */
  private final class Walk implements Iterator<DeviceBatch> {
    private final Iterator<Batch> host;
    private final Deque<DeviceBatch> ahead = new ArrayDeque<>();

    /** Batches that the consumer has while their copies go on. */
    private final Deque<DeviceBatch> copying = new ArrayDeque<>();

    /** What went wrong with a batch ahead: told when the ones before it are gone. */
    private @Nullable RuntimeException failure;

    Walk(Iterator<Batch> host) {
      this.host = host;
    }

    @Override
    public boolean hasNext() {
      return !ahead.isEmpty() || failure != null || host.hasNext();
    }

    @Override
    public DeviceBatch next() {
      if (current != this) {
        throw new IllegalStateException(
            "epoch is over, the loader was closed or began another one");
      }
      if (ahead.isEmpty()) {
        if (failure != null) {
          throw failure;
        }
        if (!host.hasNext()) {
          throw new NoSuchElementException("epoch has no more batches: device=" + device);
        }
        start();
      }
      DeviceBatch batch = ahead.remove();
      startAhead();
      copying.add(batch);
      copying.removeIf(DeviceBatch::releaseIfCopied);
      state = batch.state();
      return batch;
    }

    private void startAhead() {
      while (failure == null && ahead.size() < AHEAD && loader.isNextReady()) {
        try {
          start();
        } catch (RuntimeException e) {
          failure = e;
        }
      }
    }

    private void start() {
      Batch batch = host.next();
      LoaderState after;
      try {
        after = loader.state();
      } catch (Throwable t) {
        batch.close();
        throw t;
      }
      ahead.add(new DeviceBatch(batch, copies, after));
    }

    void end() {
      for (DeviceBatch batch = ahead.poll(); batch != null; batch = ahead.poll()) {
        batch.close();
      }
      copies.synchronize();
      copying.removeIf(DeviceBatch::releaseIfCopied);
    }
  }
}
