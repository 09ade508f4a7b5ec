package dev.batchmill.array;

import dev.batchmill.error.DeviceException;
import dev.batchmill.internal.cuda.CudaRuntime;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A queue of work of a GPU: copies and kernels, done one after the other, while the caller goes on.
 *
 * <p>Methods that take a stream queue their work on it and return. What the work reads must be left
 * as it is, and what it writes must not be used, until it is done: {@link #synchronize} waits for
 * all of it, {@link #record} marks a point of it that another stream or the caller can wait for.
 *
 * <p>Thread-safe; the order of work that several threads queue is up to them.
 */
public final class CudaStream implements AutoCloseable {
  private final Device device;
  private final long handle;
  private final boolean owned;
  private final AtomicBoolean closed = new AtomicBoolean();

  private CudaStream(Device device, long handle, boolean owned) {
    this.device = device;
    this.handle = handle;
    this.owned = owned;
  }

  /**
   * Makes a stream, which does not wait for the device's default one ({@code
   * cudaStreamNonBlocking}). The caller closes it.
   *
   * @param device the device
   * @return a new stream
   * @throws DeviceException if the device refuses
   */
  public static CudaStream create(Device device) {
    return new CudaStream(device, CudaRuntime.createStream(device.index()), true);
  }

  /**
   * Takes a stream that belongs to somebody else, such as the framework that trains. Closing does
   * not destroy it.
   *
   * @param handle its {@code cudaStream_t}; 0 for the default stream
   * @param device its device
   * @return the stream
   */
  public static CudaStream wrap(long handle, Device device) {
    return new CudaStream(device, handle, false);
  }

  /**
   * Returns the device.
   *
   * @return the device whose work this is
   */
  public Device device() {
    return device;
  }

  /**
   * Returns the stream for use by other code.
   *
   * @return its {@code cudaStream_t}
   * @throws IllegalStateException if the stream is closed
   */
  public long handle() {
    if (closed.get()) {
      throw new IllegalStateException("the stream was closed: device=" + device);
    }
    return handle;
  }

  /**
   * Waits for all work that was queued so far.
   *
   * @throws DeviceException if some of the work since the last wait failed
   */
  public void synchronize() {
    CudaRuntime.synchronizeStream(handle(), device.index());
  }

  /**
   * Tells whether all work that was queued so far is done, without waiting.
   *
   * @return true if it is
   * @throws DeviceException if some of it failed
   */
  public boolean isDone() {
    return CudaRuntime.isStreamDone(handle(), device.index());
  }

  /**
   * Marks this point of the stream.
   *
   * @return a new event; the caller closes it
   */
  public CudaEvent record() {
    CudaEvent event = CudaEvent.create(device);
    record(event);
    return event;
  }

  /**
   * Marks this point of the stream with an event that there is; what it marked before is forgotten.
   *
   * @param event an event of the same device
   */
  public void record(CudaEvent event) {
    CudaRuntime.record(event.handle(), handle(), device.index());
  }

  /**
   * Lets the work that is queued from now on wait for what an event has marked; the caller does not
   * wait.
   *
   * @param event an event of any stream and device
   */
  public void waitFor(CudaEvent event) {
    CudaRuntime.waitFor(event.handle(), handle(), device.index());
  }

  /**
   * Destroys the stream when its work is done, if {@link #create} made it. Nothing waits; whatever
   * is left of its work is done. Closing twice is allowed.
   */
  @Override
  public void close() {
    if (!closed.getAndSet(true) && owned) {
      CudaRuntime.destroyStream(handle, device.index());
    }
  }

  @Override
  public String toString() {
    return "stream 0x" + Long.toHexString(handle) + " of " + device;
  }
}
