package dev.batchmill.internal.bind;

import dev.batchmill.error.NativeUnavailableException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The CUDA library: whether it is loaded and there is a GPU that it can use, and if not, why not.
 *
 * <p>It lies in a jar of its own, whose classifier ends in {@code -gpu}, which adds to the one of
 * the platform: {@link NativeLibrary} is loaded first. It brings the CUDA runtime, but not the
 * driver; it loads on a machine without either a driver or a GPU, and says so. A failure is a
 * state, not an exception; it stays for the life of the virtual machine. Thread-safe.
 */
public final class CudaLibrary {
  /** The library's name, without prefix and suffix. */
  static final String NAME = "jnibatchmillcuda";

  /** The number of the C ABI: BM_CUDA_ABI_VERSION in batchmill_cuda_runtime.h. */
  static final int ABI_VERSION = 1;

  static final LibraryFile FILE = new LibraryFile(NAME, "-gpu", List.of("linux-x86_64"));
  private static final int NAME_BYTES = 256;

  /** {@code cudaErrorNoDevice}. */
  private static final int NO_DEVICE = 100;

  private CudaLibrary() {}

  /**
   * A GPU.
   *
   * @param index its number, from 0
   * @param name its name, such as {@code NVIDIA H100 80GB HBM3}
   * @param major the major number of its compute capability
   * @param minor the minor number
   * @param multiprocessors the number of its multiprocessors
   * @param problem why the library cannot use it; null when it can
   */
  public record Gpu(
      int index,
      String name,
      int major,
      int minor,
      int multiprocessors,
      @Nullable String problem) {}

  /**
   * The outcome of loading.
   *
   * @param file the file that was loaded, or null
   * @param driver the newest CUDA that the driver supports, such as {@code 13.0}; null without a
   *     driver or a library
   * @param gpus the GPUs that were found
   * @param problem why none of them can be used and what to do, in one line; null when one can
   * @param cause what was thrown, if anything was
   */
  public record State(
      @Nullable String file,
      @Nullable String driver,
      List<Gpu> gpus,
      @Nullable String problem,
      @Nullable Throwable cause) {}

  /** Loads the library on first use. */
  private static final class Holder {
    static final State STATE = load();
  }

  /** Whether there is a GPU to use; the first call loads the library. */
  public static State state() {
    return Holder.STATE;
  }

  /**
   * Returns when there is a GPU to use.
   *
   * @throws NativeUnavailableException if there is not, with the reason
   */
  public static void requireLoaded() {
    String problem = state().problem();
    if (problem != null) {
      throw new NativeUnavailableException(problem, state().cause());
    }
  }

  private static State load() {
    try {
      String without = NativeLibrary.state().problem();
      if (without != null) {
        return failed(without, NativeLibrary.state().cause());
      }
      if (!FILE.isThere()) {
        return failed(notFound(), null);
      }
      LoadedFile loaded = FILE.load();
      FILE.checkAbi(loaded, ABI_VERSION, NativeCuda::abiVersion);
      return examine(loaded.file());
    } catch (LoadFailure e) {
      return failed(e.getMessage(), e.getCause());
    }
  }

  private static String notFound() {
    return FILE.isPublished()
        ? "the CUDA kernels are not on the class path: add the dependency " + FILE.artifact()
        : "there are no CUDA kernels for this platform: published=[%s], platform=%s; the other kernels run here"
            .formatted(String.join(", ", FILE.published()), Platform.name());
  }

  private static State failed(@Nullable String problem, @Nullable Throwable cause) {
    return new State(null, null, List.of(), problem, cause);
  }

  private static State examine(String file) {
    int[] versions = new int[2];
    NativeCuda.versions(versions);
    int[] count = new int[1];
    int error = NativeCuda.deviceCount(count);
    String driver = versions[0] == 0 ? null : version(versions[0]);
    if (error != 0) {
      return new State(file, driver, List.of(), noDevices(error, versions), null);
    }
    List<Gpu> gpus = new ArrayList<>();
    for (int device = 0; device < count[0]; device++) {
      gpus.add(gpu(device));
    }
    return new State(file, driver, List.copyOf(gpus), noneUsable(gpus), null);
  }

  private static String noDevices(int error, int[] versions) {
    if (versions[0] == 0) {
      return "there is no NVIDIA driver: install one, version 580 or newer for CUDA "
          + version(versions[1]);
    }
    if (versions[0] < versions[1]) {
      return "the NVIDIA driver is too old: it supports CUDA %s, the library needs CUDA %s; install driver 580 or newer"
          .formatted(version(versions[0]), version(versions[1]));
    }
    if (error == NO_DEVICE) {
      return "the NVIDIA driver finds no GPU: is one built in, and does CUDA_VISIBLE_DEVICES hide it?";
    }
    return "the GPUs could not be listed: error=%s (%d): %s"
        .formatted(NativeCuda.errorName(error), error, NativeCuda.errorText(error));
  }

  private static Gpu gpu(int device) {
    byte[] bytes = new byte[NAME_BYTES];
    int[] properties = new int[5];
    int error = NativeCuda.deviceName(device, bytes, NAME_BYTES);
    if (error == 0) {
      error = NativeCuda.deviceProperties(device, properties);
    }
    if (error == 0) {
      error = NativeCuda.checkCode(device);
    }
    String problem = error == 0 ? null : "%s (%d)".formatted(NativeCuda.errorName(error), error);
    return new Gpu(device, text(bytes), properties[0], properties[1], properties[2], problem);
  }

  private static String text(byte[] bytes) {
    int length = 0;
    while (bytes[length] != 0) {
      length++;
    }
    return new String(bytes, 0, length, StandardCharsets.UTF_8);
  }

  private static @Nullable String noneUsable(List<Gpu> gpus) {
    if (gpus.stream().anyMatch(gpu -> gpu.problem() == null)) {
      return null;
    }
    Gpu first = gpus.get(0);
    return "the library has no code for the GPU, or it cannot be used: device=%d name=%s compute capability=%d.%d error=%s; it needs 7.5 or newer"
        .formatted(first.index(), first.name(), first.major(), first.minor(), first.problem());
  }

  /** CUDA's number of a version in words. */
  private static String version(int number) {
    return number / 1000 + "." + number % 1000 / 10;
  }
}
