package dev.batchmill.internal.bind;

import dev.batchmill.error.NativeUnavailableException;
import org.bytedeco.javacpp.Loader;
import org.jspecify.annotations.Nullable;

/**
 * The native library: whether it is loaded, from where, and if not, why not.
 *
 * <p>It is loaded once, when first asked for, through JavaCPP's {@link Loader}. A failure is a
 * state, not an exception; it stays for the life of the virtual machine. Thread-safe.
 */
public final class NativeLibrary {
  /** The library's name, without prefix and suffix. */
  static final String NAME = "jnibatchmill";

  /** The number of the C ABI that this Java code calls: BM_ABI_VERSION in batchmill.h. */
  static final int ABI_VERSION = 1;

  private NativeLibrary() {}

  /**
   * The outcome of loading.
   *
   * @param file the file that was loaded, or null
   * @param problem why it was not loaded and what to do, in one line; null when it was
   * @param cause what was thrown, if anything was
   */
  public record State(@Nullable String file, @Nullable String problem, @Nullable Throwable cause) {
    /** Whether native code can be called. */
    public boolean loaded() {
      return problem == null;
    }
  }

  /** Loads the library on first use. */
  private static final class Holder {
    static final State STATE = load();
  }

  /** Whether the library is loaded; the first call loads it. */
  public static State state() {
    return Holder.STATE;
  }

  /**
   * Returns when the library is loaded.
   *
   * @throws NativeUnavailableException if it is not, with the reason
   */
  public static void requireLoaded() {
    State state = state();
    String problem = state.problem();
    if (problem != null) {
      NativeUnavailableException unavailable = new NativeUnavailableException(problem);
      if (state.cause() != null) {
        unavailable.initCause(state.cause());
      }
      throw unavailable;
    }
  }

  private static State load() {
    try {
      String file = Loader.load(NativeKernels.class);
      int abi = NativeKernels.abiVersion();
      if (abi != ABI_VERSION) {
        return failed("The native library is of another version", null);
      }
      return new State(file, null, null);
    } catch (LinkageError | RuntimeException e) {
      return failed("The native library could not be loaded", e);
    }
  }

  private static State failed(String problem, @Nullable Throwable cause) {
    return new State(null, problem, cause);
  }
}
