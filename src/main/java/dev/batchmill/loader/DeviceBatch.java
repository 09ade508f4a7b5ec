package dev.batchmill.loader;

import dev.batchmill.array.CudaEvent;
import dev.batchmill.array.CudaStream;
import dev.batchmill.array.DeviceArray;
import dev.batchmill.array.NDArray;
import dev.batchmill.dataset.Batch;
import dev.batchmill.dataset.Tree;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A batch in the memory of a GPU, or on its way there.
 *
 * <pre>{@code
 * batch.awaitOn(stream);        // what is queued on the stream from here on sees the batch
 * train(batch.x().pointer());   // queues work on the stream
 * batch.close();                // the memory is used again after that work
 * }</pre>
 *
 * <p>The batch owns its arrays and is closed by whoever got it. For one thread at a time.
 */
public final class DeviceBatch implements AutoCloseable {
  private final Tree<DeviceArray> x;
  private final @Nullable Tree<DeviceArray> y;
  private final @Nullable Tree<DeviceArray> sampleWeight;
  private final List<DeviceArray> arrays;
  private final long size;
  private final CudaEvent copied;
  private final LoaderState state;

  /** What is copied; null once it is there. */
  private @Nullable Batch host;

  /** The stream that uses the batch last. */
  private CudaStream last;

  private boolean closed;

  /** Queues the copy of a batch on a stream; takes the batch over. */
  DeviceBatch(Batch host, CudaStream stream, LoaderState state) {
    this.host = host;
    this.last = stream;
    this.state = state;
    size = host.size();
    List<DeviceArray> made = new ArrayList<>();
    try {
      x = copies(host.xs(), stream, made);
      y = host.ys() == null ? null : copies(host.ys(), stream, made);
      sampleWeight =
          host.sampleWeights() == null ? null : copies(host.sampleWeights(), stream, made);
      copied = stream.record();
    } catch (Throwable t) {
      end(made, host, stream, t);
      throw t;
    }
    arrays = List.copyOf(made);
  }

  private static Tree<DeviceArray> copies(
      Tree<NDArray> tree, CudaStream stream, List<DeviceArray> made) {
    return tree.map(
        array -> {
          DeviceArray copy = DeviceArray.allocate(stream, array.dtype(), array.shape());
          made.add(copy);
          copy.copyFrom(array, stream);
          return copy;
        });
  }

  /** Gives all back when the copies that were queued are done. */
  private static void end(
      List<DeviceArray> made, Batch host, CudaStream stream, Throwable failure) {
    try {
      stream.synchronize();
      made.forEach(DeviceArray::close);
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    } finally {
      host.close();
    }
  }

  /**
   * Returns the features.
   *
   * @return the array
   * @throws IllegalStateException if they are a list or a map, see {@link #xs}
   */
  public DeviceArray x() {
    return x.leaf();
  }

  /**
   * Returns the targets.
   *
   * @return the array, or null if there are none
   * @throws IllegalStateException if they are a list or a map, see {@link #ys}
   */
  public @Nullable DeviceArray y() {
    return y == null ? null : y.leaf();
  }

  /**
   * Returns the weights of the samples.
   *
   * @return the array, or null if there are none
   * @throws IllegalStateException if they are a list or a map, see {@link #sampleWeights}
   */
  public @Nullable DeviceArray sampleWeight() {
    return sampleWeight == null ? null : sampleWeight.leaf();
  }

  /**
   * Returns the features, whatever their structure.
   *
   * @return the tree of arrays
   */
  public Tree<DeviceArray> xs() {
    return x;
  }

  /**
   * Returns the targets, whatever their structure.
   *
   * @return the tree of arrays, or null if there are none
   */
  public @Nullable Tree<DeviceArray> ys() {
    return y;
  }

  /**
   * Returns the weights of the samples, whatever their structure.
   *
   * @return the tree of arrays, or null if there are none
   */
  public @Nullable Tree<DeviceArray> sampleWeights() {
    return sampleWeight;
  }

  /**
   * Returns the number of samples.
   *
   * @return the length of the arrays' first axis
   */
  public long size() {
    return size;
  }

  /**
   * Lets what is queued on a stream from now on wait until the batch is there; the caller does not
   * wait. The batch is given back after what the last such stream has when it is closed.
   *
   * @param stream a stream of the batch's device
   */
  public void awaitOn(CudaStream stream) {
    arrays.forEach(array -> array.requireStream(stream));
    stream.waitFor(copied);
    last = stream;
  }

  /** Waits until the batch is there: for use by code without a stream. */
  public void await() {
    copied.synchronize();
    releaseHost();
  }

  /** The loader's state when this batch was the last one. */
  LoaderState state() {
    return state;
  }

  /** Gives the memory of the host back if the copy is done; whether it is. */
  boolean releaseIfCopied() {
    if (host != null && copied.isDone()) {
      releaseHost();
    }
    return host == null;
  }

  private void releaseHost() {
    Batch copy = host;
    if (copy != null) {
      host = null;
      copy.close();
    }
  }

  /**
   * Gives the memory back. Waits for the copy if it is still going on. Closing twice is allowed.
   */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      if (!releaseIfCopied()) {
        await();
      }
    } finally {
      releaseHost();
      arrays.forEach(array -> array.close(last));
      copied.close();
    }
  }

  @Override
  public String toString() {
    return "DeviceBatch" + arrays;
  }
}
