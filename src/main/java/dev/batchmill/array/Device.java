package dev.batchmill.array;

import dev.batchmill.error.DeviceException;
import dev.batchmill.error.NativeUnavailableException;
import dev.batchmill.internal.cuda.CudaRuntime;
import dev.batchmill.internal.cuda.CudaRuntime.Gpu;
import java.util.List;
import java.util.Objects;

/**
 * A GPU of this machine.
 *
 * <pre>{@code
 * Device gpu = Device.cuda(0);
 * try (CudaStream stream = CudaStream.create(gpu);
 *     DeviceArray x = DeviceArray.of(host, stream);
 *     DeviceArray unit = DeviceArray.allocate(stream, DType.FLOAT32, x.shape())) {
 *   Normalizer.normalizeInto(x, -1, 2, unit, stream);
 *   NDArray result = unit.toHost(stream);
 * }
 * }</pre>
 *
 * <p>There is one object for each GPU. Thread-safe.
 *
 * @see dev.batchmill.runtime.Backends#status why there is none
 */
public final class Device {
  private static final class Holder {
    static final List<Device> ALL = CudaRuntime.gpus().stream().map(Device::new).toList();
  }

  private final Gpu gpu;
  private volatile DeviceAllocator allocator = DeviceAllocator.pooled();

  private Device(Gpu gpu) {
    this.gpu = gpu;
  }

  /**
   * Returns a GPU by its number.
   *
   * @param index the number that CUDA gives it, from 0
   * @return the device
   * @throws NativeUnavailableException if no GPU can be used here, with the reason
   * @throws IllegalArgumentException if there is none of this number
   * @throws DeviceException if this one cannot be used
   */
  public static Device cuda(int index) {
    CudaRuntime.requireUsable();
    if (index < 0 || index >= Holder.ALL.size()) {
      throw new IllegalArgumentException(
          "there is no such device: index=" + index + " devices=" + Holder.ALL.size());
    }
    Device device = Holder.ALL.get(index);
    String problem = device.gpu.problem();
    if (problem != null) {
      throw new DeviceException(
          "the device cannot be used: device=" + device + " error=" + problem);
    }
    return device;
  }

  /**
   * Lists the GPUs that can be used.
   *
   * @return the devices in the order of their numbers; empty if there is none, or no driver, or not
   *     the jar with the CUDA kernels
   */
  public static List<Device> cudaDevices() {
    return Holder.ALL.stream().filter(device -> device.gpu.problem() == null).toList();
  }

  /**
   * Returns the number that CUDA gives the device.
   *
   * @return the number, from 0
   */
  public int index() {
    return gpu.index();
  }

  /**
   * Returns the name of the device.
   *
   * @return a name such as {@code NVIDIA H100 80GB HBM3}
   */
  public String name() {
    return gpu.name();
  }

  /**
   * Returns the compute capability of the device.
   *
   * @return its numbers, such as {@code 9.0}
   */
  public String computeCapability() {
    return gpu.computeCapability();
  }

  /**
   * Returns the free memory of the device.
   *
   * @return the number of bytes that no process has allocated; what a pool keeps counts as
   *     allocated
   */
  public long freeBytes() {
    return CudaRuntime.memory(index())[0];
  }

  /**
   * Returns the memory of the device.
   *
   * @return the number of bytes in all
   */
  public long totalBytes() {
    return CudaRuntime.memory(index())[1];
  }

  /** Gives memory that was freed, and that the pool of this library keeps, back to the device. */
  public void trim() {
    CudaRuntime.trim(index());
  }

  /**
   * Returns where the memory of arrays on this device comes from.
   *
   * @return the allocator
   */
  public DeviceAllocator allocator() {
    return allocator;
  }

  /**
   * Sets where the memory of further arrays on this device comes from. Those that there are give
   * theirs back to where it came from.
   *
   * @param allocator the allocator, such as that of the framework that trains
   */
  public void setAllocator(DeviceAllocator allocator) {
    this.allocator = Objects.requireNonNull(allocator);
  }

  /**
   * Returns how CUDA programs name the device.
   *
   * @return {@code cuda:} and its number
   */
  @Override
  public String toString() {
    return "cuda:" + index();
  }
}
