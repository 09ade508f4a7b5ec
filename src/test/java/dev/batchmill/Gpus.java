package dev.batchmill;

import dev.batchmill.array.Device;
import dev.batchmill.runtime.Backend;
import dev.batchmill.runtime.Backends;
import java.util.List;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/** The GPU of a test that is tagged {@code gpu}: a simulated one, or where there is one, real. */
public final class Gpus {
  private Gpus() {}

  /** The first one. Without any the test is skipped, or fails if the build requires one. */
  public static Device first() {
    require();
    return Device.cuda(0);
  }

  /** Returns when there is one. */
  public static void require() {
    List<Device> devices = Device.cudaDevices();
    String status = Backends.status(Backend.CUDA);
    if (devices.isEmpty() && Boolean.getBoolean("batchmill.test.requireGpu")) {
      Assertions.fail("a GPU is required (-Dbatchmill.test.requireGpu=true): cuda is " + status);
    }
    if (devices.isEmpty()) {
      System.out.println("skipped: cuda is " + status);
    }
    Assumptions.assumeFalse(devices.isEmpty(), status);
  }
}
