package dev.batchmill.internal.bench;

import dev.batchmill.array.CudaStream;
import dev.batchmill.array.DType;
import dev.batchmill.array.Device;
import dev.batchmill.array.DeviceArray;
import dev.batchmill.array.NDArray;
import dev.batchmill.array.Shape;
import java.util.ArrayList;
import java.util.List;

/** The arrays of a group of operations and their roofs, on the first GPU that can be used. */
final class GpuMemory implements AutoCloseable {
  private final CudaStream stream = CudaStream.create(Device.cudaDevices().get(0));
  private final List<DeviceArray> arrays = new ArrayList<>();

  CudaStream stream() {
    return stream;
  }

  /** An array with the elements of one on the host. */
  DeviceArray input(NDArray host) {
    DeviceArray array = DeviceArray.of(host, stream);
    stream.synchronize();
    return kept(array);
  }

  /** An array to write to. */
  DeviceArray output(DType dtype, Shape shape) {
    return kept(DeviceArray.allocate(stream, dtype, shape));
  }

  private DeviceArray kept(DeviceArray array) {
    arrays.add(array);
    return array;
  }

  /** A call that ends when the work that it queues is done. */
  Runnable timed(Runnable queued) {
    return () -> {
      queued.run();
      stream.synchronize();
    };
  }

  @Override
  public void close() {
    arrays.forEach(DeviceArray::close);
    stream.close();
  }
}
