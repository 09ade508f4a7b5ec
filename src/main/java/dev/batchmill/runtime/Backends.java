package dev.batchmill.runtime;

import dev.batchmill.error.NativeUnavailableException;
import dev.batchmill.internal.kernel.KernelRegistry;
import java.util.Arrays;
import java.util.List;

/**
 * Which kernels run.
 *
 * <p>The choice is made once, on the first operation: the backend given to {@link #use}, else the
 * one named by the system property {@code batchmill.kernels}, else by the environment variable
 * {@code BATCHMILL_KERNELS}, else {@link Backend#CPU} if it is there, else {@link Backend#JAVA}.
 * {@link Backend#CUDA} runs over arrays of the host only where it is named: each operation takes
 * them to the GPU and back. Arrays that live there ({@link dev.batchmill.array.DeviceArray}) are
 * computed there whatever is in use here. A backend that was named and is not there is an error;
 * when nothing was named and the natives are missing, one warning in the log (logger {@code
 * dev.batchmill.internal.kernel.KernelRegistry}) says why, and {@link Backend#JAVA} runs.
 *
 * <p>All methods may be called by any thread.
 */
public final class Backends {
  private Backends() {}

  /**
   * Returns the backend in use; the first call makes the choice.
   *
   * @return the backend
   * @throws IllegalArgumentException if the property or the variable names no backend
   * @throws NativeUnavailableException if they name one that is not there
   */
  public static Backend active() {
    return Backend.of(KernelRegistry.active().name());
  }

  /**
   * Makes a backend the one in use, from the next operation on.
   *
   * @param backend the backend
   * @throws NativeUnavailableException if it is not there, with the reason; the choice stays as it
   *     was
   */
  public static void use(Backend backend) {
    KernelRegistry.use(backend.lowerCaseName());
  }

  /**
   * Lists the backends that can be used here.
   *
   * @return an immutable list, in the order of {@link Backend}
   */
  public static List<Backend> available() {
    return Arrays.stream(Backend.values())
        .filter(backend -> KernelRegistry.unavailable(backend.lowerCaseName()) == null)
        .toList();
  }

  /**
   * Says in one line what a backend runs with or why it is not there and what to do.
   *
   * @param backend the backend
   * @return the line, without a full stop
   */
  public static String status(Backend backend) {
    return KernelRegistry.status(backend.lowerCaseName());
  }
}
