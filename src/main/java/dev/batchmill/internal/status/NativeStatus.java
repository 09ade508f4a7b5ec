package dev.batchmill.internal.status;

import dev.batchmill.error.DeviceException;
import java.util.Arrays;
import java.util.Optional;

/** The status codes of the C ABI ({@code bm_status}) and the exception each stands for. */
public enum NativeStatus {
  OK(0),
  INVALID_ARGUMENT(1),
  OUT_OF_MEMORY(2),
  DEVICE_FAILURE(3);

  private final int code;

  NativeStatus(int code) {
    this.code = code;
  }

  /** The number in the header. */
  public int code() {
    return code;
  }

  /** The status with this number, if there is one. */
  public static Optional<NativeStatus> of(int code) {
    return Arrays.stream(values()).filter(status -> status.code == code).findFirst();
  }

  /** Throws what the code stands for; {@link #OK} throws nothing. */
  public static void check(int code) {
    if (code == OK.code) {
      return;
    }
    NativeStatus status =
        of(code)
            .orElseThrow(
                () -> new IllegalStateException("native code returned no known status: " + code));
    switch (status) {
      case OK -> throw new AssertionError(status);
      case INVALID_ARGUMENT ->
          throw new IllegalArgumentException(
              "native code refused an argument: status=BM_" + status.name());
      case OUT_OF_MEMORY ->
          throw new OutOfMemoryError("native code ran out of memory: status=BM_" + status.name());
      case DEVICE_FAILURE ->
          throw new DeviceException("the device failed: status=BM_" + status.name());
    }
  }
}
