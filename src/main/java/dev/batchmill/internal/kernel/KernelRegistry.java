package dev.batchmill.internal.kernel;

import dev.batchmill.error.NativeUnavailableException;
import dev.batchmill.internal.bind.NativeLibrary;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The choice of the kernels that run.
 *
 * <p>It is made once, on first use: the backend named by {@link #use}, by the property {@code
 * batchmill.kernels} or by the environment variable {@code BATCHMILL_KERNELS}, in this order; else
 * the fastest one that is there. Naming one that is not there is an error; falling back is a
 * warning in the log, once. Thread-safe.
 */
public final class KernelRegistry {
  /** The property that names a backend. */
  public static final String PROPERTY = "batchmill.kernels";

  /** The environment variable that names a backend. */
  public static final String VARIABLE = "BATCHMILL_KERNELS";

  /** The names of all backends, fastest last. */
  public static final List<String> NAMES = List.of("java", "cpu", "cuda");

  private static final Logger LOGGER = System.getLogger(KernelRegistry.class.getName());

  private static volatile @Nullable Kernels active;

  private KernelRegistry() {}

  /**
   * The kernels in use.
   *
   * @throws IllegalArgumentException if the property or the variable names no backend
   * @throws NativeUnavailableException if they name one that is not there
   */
  public static Kernels active() {
    Kernels chosen = active;
    return chosen != null ? chosen : choose();
  }

  private static synchronized Kernels choose() {
    Kernels chosen = active;
    if (chosen == null) {
      String property = System.getProperty(PROPERTY, "").strip();
      String variable = System.getenv().getOrDefault(VARIABLE, "").strip();
      if (!property.isEmpty()) {
        chosen = named(property, PROPERTY);
      } else if (!variable.isEmpty()) {
        chosen = named(variable, VARIABLE);
      } else {
        chosen = best();
      }
      active = chosen;
    }
    return chosen;
  }

  /**
   * Makes the backend with this name the one in use.
   *
   * @throws IllegalArgumentException if there is no such name
   * @throws NativeUnavailableException if it is not there; the choice stays as it was
   */
  public static synchronized void use(String name) {
    active = named(name, "kernels");
  }

  /** The kernels of a backend. */
  static Kernels named(String name, String setting) {
    return switch (name) {
      case "java" -> JavaKernels.INSTANCE;
      case "cpu" -> cpu();
      case "cuda" ->
          throw new NativeUnavailableException(
              "%s=cuda is not available: %s".formatted(setting, unavailable("cuda")));
      default ->
          throw new IllegalArgumentException(
              "Unknown kernels: %s=%s; choose one of %s"
                  .formatted(setting, name, String.join(", ", NAMES)));
    };
  }

  private static Kernels cpu() {
    return new CpuKernels();
  }

  /** Why a backend is not there; null when it is. */
  public static @Nullable String unavailable(String name) {
    return switch (name) {
      case "cpu" -> NativeLibrary.state().problem();
      case "cuda" -> "this version of Batchmill has no CUDA kernels";
      default -> null;
    };
  }

  private static Kernels best() {
    String problem = unavailable("cpu");
    if (problem == null) {
      return cpu();
    }
    LOGGER.log(Level.WARNING, "Batchmill runs on its Java kernels: " + problem);
    return JavaKernels.INSTANCE;
  }
}
