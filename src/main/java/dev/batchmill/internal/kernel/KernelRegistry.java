package dev.batchmill.internal.kernel;

import dev.batchmill.error.NativeUnavailableException;
import dev.batchmill.internal.bind.CudaLibrary;
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
 * the processor's if they are there, else Java's. A GPU's run only where named: they would bring
 * arrays of the host there and back. Naming one that is not there is an error; falling back is a
 * warning in the log, once. Thread-safe.
 */
public final class KernelRegistry {
  /** The property that names a backend. */
  public static final String PROPERTY = "batchmill.kernels";

  /** The environment variable that names a backend. */
  public static final String VARIABLE = "BATCHMILL_KERNELS";

  /** The names of all backends. */
  public static final List<String> NAMES = List.of("java", "cpu", "cuda");

  private static final Logger LOGGER = System.getLogger(KernelRegistry.class.getName());

  private static volatile @Nullable Choice active;

  private record Choice(Kernels kernels, String reason) {}

  private KernelRegistry() {}

  /**
   * The kernels in use.
   *
   * @throws IllegalArgumentException if the property or the variable names no backend
   * @throws NativeUnavailableException if they name one that is not there
   */
  public static Kernels active() {
    return choice().kernels();
  }

  /**
   * Why these kernels are in use, in a few words.
   *
   * @throws IllegalArgumentException if the property or the variable names no backend
   * @throws NativeUnavailableException if they name one that is not there
   */
  public static String reason() {
    return choice().reason();
  }

  private static Choice choice() {
    Choice made = active;
    return made != null ? made : choose();
  }

  private static synchronized Choice choose() {
    Choice made = active;
    if (made == null) {
      String property = System.getProperty(PROPERTY, "").strip();
      String variable = System.getenv().getOrDefault(VARIABLE, "").strip();
      if (!property.isEmpty()) {
        made = new Choice(named(property, PROPERTY), "named by the property " + PROPERTY);
      } else if (!variable.isEmpty()) {
        made = new Choice(named(variable, VARIABLE), "named by the variable " + VARIABLE);
      } else {
        made = best();
      }
      active = made;
    }
    return made;
  }

  /**
   * Makes the backend with this name the one in use.
   *
   * @throws IllegalArgumentException if there is no such name
   * @throws NativeUnavailableException if it is not there; the choice stays as it was
   */
  public static synchronized void use(String name) {
    active = new Choice(named(name, "kernels"), "named by the program");
  }

  /** The kernels of a backend. */
  static Kernels named(String name, String setting) {
    if (!NAMES.contains(name)) {
      throw new IllegalArgumentException(
          "unknown kernels: %s=%s; choose one of %s"
              .formatted(setting, name, String.join(", ", NAMES)));
    }
    String problem = unavailable(name);
    if (problem != null) {
      throw new NativeUnavailableException(
          "the kernels asked for are not there: %s=%s: %s".formatted(setting, name, problem),
          name.equals("cuda") ? CudaLibrary.state().cause() : NativeLibrary.state().cause());
    }
    return switch (name) {
      case "cpu" -> new CpuKernels();
      case "cuda" -> new CudaKernels(new CpuKernels());
      default -> JavaKernels.INSTANCE;
    };
  }

  /** Why a backend is not there; null when it is. */
  public static @Nullable String unavailable(String name) {
    return switch (name) {
      case "cpu" -> NativeLibrary.state().problem();
      case "cuda" -> CudaLibrary.state().problem();
      default -> null;
    };
  }

  /** What a backend runs with, or why it is not there. */
  public static String status(String name) {
    String problem = unavailable(name);
    return problem != null
        ? "not available: " + problem
        : "available: " + named(name, PROPERTY).description();
  }

  private static Choice best() {
    String problem = unavailable("cpu");
    if (problem != null) {
      LOGGER.log(Level.WARNING, "Batchmill runs on its Java kernels: " + problem);
      return new Choice(JavaKernels.INSTANCE, "because the native kernels are not there");
    }
    CpuKernels kernels = new CpuKernels();
    String asked = NativeLibrary.isaNotSupported(kernels.isa());
    if (asked != null) {
      LOGGER.log(Level.WARNING, "Batchmill runs on %s: %s".formatted(kernels.isa(), asked));
    }
    return new Choice(kernels, "the fastest that is there");
  }
}
