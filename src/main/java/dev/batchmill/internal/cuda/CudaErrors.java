package dev.batchmill.internal.cuda;

import dev.batchmill.error.DeviceException;
import dev.batchmill.internal.bind.NativeCuda;
import dev.batchmill.internal.status.NativeStatus;
import java.util.Set;

/** What the answers of the CUDA library mean. */
final class CudaErrors {
  /** {@code cudaErrorMemoryAllocation}. */
  private static final int OUT_OF_MEMORY = 2;

  /** {@code cudaErrorNotReady}. */
  private static final int NOT_READY = 600;

  /**
   * Those after which a process cannot use the device any more: wrong addresses and instructions,
   * traps, time-outs and failures of a kernel, and of the memory.
   */
  private static final Set<Integer> FATAL =
      Set.of(214, 220, 226, 700, 702, 710, 714, 715, 716, 717, 718, 719, 721, 999);

  private CudaErrors() {}

  /** Returns when a call of the runtime went well; the operation is named in a few words. */
  static void check(int error, String operation) {
    if (error != 0) {
      throw failure(error, operation, "");
    }
  }

  /** As {@link #check}, for memory: names what is free when there is too little. */
  static void checkMalloc(int error, long bytes, int device) {
    if (error == 0) {
      return;
    }
    String detail = "";
    long[] memory = new long[2];
    if (error == OUT_OF_MEMORY && NativeCuda.deviceMemory(device, memory) == 0) {
      detail = ": bytes=%d free=%d total=%d".formatted(bytes, memory[0], memory[1]);
    }
    throw failure(error, "allocate memory on cuda:" + device, detail);
  }

  /** Whether what was asked about is done. */
  static boolean isDone(int error, String operation) {
    if (error == NOT_READY) {
      return false;
    }
    check(error, operation);
    return true;
  }

  /** Returns when a kernel was launched. */
  static void checkLaunch(int status, String operation) {
    if (status == NativeStatus.DEVICE_FAILURE.code()) {
      check(NativeCuda.lastFailure(), operation);
    }
    NativeStatus.check(status);
  }

  private static DeviceException failure(int error, String operation, String detail) {
    String name = NativeCuda.errorName(error);
    boolean fatal = FATAL.contains(error);
    return new DeviceException(
        "cannot %s: error=%s (%d): %s%s%s"
            .formatted(
                operation,
                name,
                error,
                NativeCuda.errorText(error),
                detail,
                fatal ? "; the device is lost to this process, start another one" : ""),
        operation,
        name,
        error,
        fatal);
  }
}
