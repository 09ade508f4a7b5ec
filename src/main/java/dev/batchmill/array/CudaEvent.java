package dev.batchmill.array;

import dev.batchmill.error.DeviceException;
import dev.batchmill.internal.cuda.CudaRuntime;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A point of a stream's work, marked by {@link CudaStream#record(CudaEvent)}. One that marks
 * nothing yet counts as reached. Thread-safe.
 */
public final class CudaEvent implements AutoCloseable {
  private final Device device;
  private final long handle;
  private final boolean timed;
  private final AtomicBoolean closed = new AtomicBoolean();

  private CudaEvent(Device device, boolean timed) {
    this.device = device;
    this.handle = CudaRuntime.createEvent(timed, device.index());
    this.timed = timed;
  }

  /**
   * Makes an event for waiting. The caller closes it.
   *
   * @param device the device of the streams that will record it
   * @return a new event
   * @throws DeviceException if the device refuses
   */
  public static CudaEvent create(Device device) {
    return new CudaEvent(device, false);
  }

  /**
   * Makes an event that notes when it is reached, for {@link #millisecondsSince}. The caller closes
   * it.
   *
   * @param device the device of the streams that will record it
   * @return a new event
   * @throws DeviceException if the device refuses
   */
  public static CudaEvent createTimed(Device device) {
    return new CudaEvent(device, true);
  }

  /**
   * Returns the device.
   *
   * @return the device of the streams that record it
   */
  public Device device() {
    return device;
  }

  /**
   * Returns the event for use by other code.
   *
   * @return its {@code cudaEvent_t}
   * @throws IllegalStateException if the event is closed
   */
  public long handle() {
    if (closed.get()) {
      throw new IllegalStateException("the event was closed: device=" + device);
    }
    return handle;
  }

  /**
   * Waits until the point is reached.
   *
   * @throws DeviceException if work before it failed
   */
  public void synchronize() {
    CudaRuntime.synchronizeEvent(handle(), device.index());
  }

  /**
   * Tells whether the point is reached, without waiting.
   *
   * @return true if it is
   * @throws DeviceException if work before it failed
   */
  public boolean isDone() {
    return CudaRuntime.isEventDone(handle(), device.index());
  }

  /**
   * Returns the time between two points that are reached.
   *
   * @param start the earlier one
   * @return milliseconds, to about half a microsecond
   * @throws IllegalArgumentException if one of them is not {@link #createTimed timed}
   * @throws DeviceException if one of them is not reached yet
   */
  public double millisecondsSince(CudaEvent start) {
    if (!timed || !start.timed) {
      throw new IllegalArgumentException("both events must be made by CudaEvent.createTimed");
    }
    return CudaRuntime.millisecondsBetween(start.handle(), handle(), device.index());
  }

  /** Destroys the event; whoever waits for it goes on waiting. Closing twice is allowed. */
  @Override
  public void close() {
    if (!closed.getAndSet(true)) {
      CudaRuntime.destroyEvent(handle, device.index());
    }
  }
}
