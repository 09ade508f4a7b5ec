package dev.batchmill.array;

import dev.batchmill.error.DeviceException;
import dev.batchmill.internal.cuda.CudaRuntime;

/**
 * Where memory of a GPU comes from, in the order of a stream: what is allocated may be used by work
 * that is queued on the stream later, and what is freed is not used by work queued later.
 *
 * <p>{@link Device#setAllocator} puts another one, such as a framework's, in the place of {@link
 * #pooled}. Implementations are called from any thread.
 */
public interface DeviceAllocator {
  /**
   * Allocates memory.
   *
   * @param bytes how many bytes, at least 1
   * @param stream the stream whose work will use it, and names the device
   * @return the address on the device, a multiple of 256
   * @throws DeviceException if there is not enough
   */
  long allocate(long bytes, CudaStream stream);

  /**
   * Frees memory. An address that was not allocated here, or is freed twice, is an error of the
   * caller.
   *
   * @param pointer what {@link #allocate} returned
   * @param bytes the number of bytes that it was asked for
   * @param stream the stream whose work used it last
   */
  void free(long pointer, long bytes, CudaStream stream);

  /**
   * Returns the allocator that is used unless another one is set: a pool of CUDA for each device
   * ({@code cudaMallocFromPoolAsync}), which keeps what is freed until {@link Device#trim}.
   *
   * @return the allocator
   */
  static DeviceAllocator pooled() {
    return Pooled.INSTANCE;
  }

  /** CUDA's own, one pool for each device. */
  final class Pooled implements DeviceAllocator {
    private static final Pooled INSTANCE = new Pooled();

    private Pooled() {}

    @Override
    public long allocate(long bytes, CudaStream stream) {
      return CudaRuntime.malloc(bytes, stream.device().index(), stream.handle());
    }

    @Override
    public void free(long pointer, long bytes, CudaStream stream) {
      CudaRuntime.free(pointer, stream.device().index(), stream.handle());
    }
  }
}
