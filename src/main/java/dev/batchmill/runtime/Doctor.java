package dev.batchmill.runtime;

import dev.batchmill.error.NativeUnavailableException;
import dev.batchmill.internal.bind.CLibrary;
import dev.batchmill.internal.bind.CudaLibrary;
import dev.batchmill.internal.bind.LibraryCache;
import dev.batchmill.internal.bind.NativeAccess;
import dev.batchmill.internal.bind.NativeKernels;
import dev.batchmill.internal.bind.NativeLibrary;
import dev.batchmill.internal.bind.Platform;
import dev.batchmill.internal.kernel.KernelRegistry;
import dev.batchmill.internal.kernel.Parallel;
import dev.batchmill.internal.kernel.SelfTest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Examines what Batchmill runs on: the machine, the natives found and chosen and why, and whether
 * each kernel gives what it should.
 */
public final class Doctor {
  private Doctor() {}

  /**
   * Everything the doctor found.
   *
   * @param version the version of Batchmill
   * @param machine the machine and the Java it runs
   * @param natives the native library
   * @param cache the directory that native libraries are extracted to
   * @param javaCpp the JavaCPP that is there
   * @param cuda the CUDA library and the GPUs
   * @param active the backend in use; null when the one that was asked for is not there
   * @param choice why this one is in use, or what is wrong with the choice
   * @param backends every backend, in the order of {@link Backend}
   * @param selfTests the kernels of every available backend, each compared with plain Java
   * @param warnings what is not wrong yet, each with what to do
   */
  public record Report(
      String version,
      Machine machine,
      Natives natives,
      Cache cache,
      JavaCpp javaCpp,
      Cuda cuda,
      @Nullable Backend active,
      String choice,
      List<BackendStatus> backends,
      List<KernelTest> selfTests,
      List<String> warnings) {
    /**
     * Tells whether a backend is in use and every kernel passed.
     *
     * @return true if nothing is wrong
     */
    public boolean healthy() {
      return active != null && selfTests.stream().allMatch(KernelTest::passed);
    }

    /**
     * Writes the report for people.
     *
     * @return lines of text, each ended by a line feed
     */
    public String toText() {
      return DoctorText.of(this);
    }
  }

  /**
   * The machine and the Java it runs.
   *
   * @param platform the platform as the natives' jars name it, such as {@code linux-x86_64}
   * @param platformOrigin what that name comes from
   * @param operatingSystem name and version
   * @param cLibrary the C library of this process, such as {@code glibc 2.36}; {@code unknown}
   *     where it is not Linux
   * @param java version, vendor and place of the Java in use
   * @param nativeAccess whether this Java lets Batchmill call native code, and the flag that does
   * @param processors the number of processors that Java sees
   * @param threads the number of threads that an operation may use
   */
  public record Machine(
      String platform,
      String platformOrigin,
      String operatingSystem,
      String cLibrary,
      String java,
      String nativeAccess,
      int processors,
      int threads) {}

  /**
   * The native library.
   *
   * @param loaded whether it is in use
   * @param status where it was loaded from, or why it was not and what to do
   * @param file the file that was loaded; null when not loaded
   * @param origin where that file came from: the entry of a jar or a directory; null when not
   *     loaded
   * @param classifier the classifier of the jar that is wanted
   * @param jars the names of Batchmill's jars on the class path and the module path
   * @param platformsFound the platforms whose natives are on the class path
   * @param instructionSet what the kernels run with, such as {@code avx2}; null when not loaded
   * @param instructionSets all that this machine could run, best first
   * @param instructionSetChoice why this one was chosen
   */
  public record Natives(
      boolean loaded,
      String status,
      @Nullable String file,
      @Nullable String origin,
      String classifier,
      List<String> jars,
      List<String> platformsFound,
      @Nullable String instructionSet,
      List<String> instructionSets,
      String instructionSetChoice) {}

  /**
   * The directory that native libraries are extracted to.
   *
   * @param directory its path; it need not exist yet
   * @param problem why nothing can be extracted there or run from there; null if it can
   */
  public record Cache(String directory, @Nullable String problem) {}

  /**
   * The JavaCPP that is there.
   *
   * @param classes the version of its classes; null without them
   * @param natives the version of its own native library, which Batchmill does not need; null
   *     without it
   * @param expected the version that Batchmill's natives are built with
   */
  public record JavaCpp(@Nullable String classes, @Nullable String natives, String expected) {}

  /**
   * The CUDA library and the GPUs.
   *
   * @param usable whether there is a GPU to use
   * @param status where the library was loaded from, or why no GPU can be used and what to do
   * @param driver the newest CUDA that the driver supports, such as {@code 13.0}; null without a
   *     driver, or where the library is not loaded
   * @param gpus the GPUs that were found
   */
  public record Cuda(boolean usable, String status, @Nullable String driver, List<Gpu> gpus) {}

  /**
   * A GPU.
   *
   * @param index the number that CUDA gives it
   * @param name its name
   * @param computeCapability its compute capability, such as {@code 9.0}
   * @param multiprocessors the number of its multiprocessors
   * @param problem why it cannot be used; null when it can
   */
  public record Gpu(
      int index,
      String name,
      String computeCapability,
      int multiprocessors,
      @Nullable String problem) {}

  /**
   * One backend.
   *
   * @param backend which one
   * @param available whether it can be used
   * @param status what it runs with, or why it is not there
   */
  public record BackendStatus(Backend backend, boolean available, String status) {}

  /**
   * One kernel of one backend.
   *
   * @param backend which backend
   * @param kernel the kernel's name
   * @param passed whether it gave what it should
   * @param detail what was compared, or what went wrong
   */
  public record KernelTest(Backend backend, String kernel, boolean passed, String detail) {}

  /**
   * Examines this machine. The first call loads the natives and makes the choice of {@link
   * Backends#active} if it was not made before. Takes some tens of milliseconds.
   *
   * @return what was found; nothing that is wrong is thrown
   */
  public static Report examine() {
    Backend active = null;
    String choice;
    try {
      active = Backends.active();
      choice = KernelRegistry.reason();
    } catch (NativeUnavailableException | IllegalArgumentException e) {
      choice = String.valueOf(e.getMessage());
    }
    List<BackendStatus> backends = new ArrayList<>();
    List<KernelTest> tests = new ArrayList<>();
    List<Backend> available = Backends.available();
    for (Backend backend : Backend.values()) {
      boolean there = available.contains(backend);
      backends.add(new BackendStatus(backend, there, Backends.status(backend)));
      if (there) {
        for (SelfTest.Result result : SelfTest.run(backend.lowerCaseName())) {
          tests.add(new KernelTest(backend, result.kernel(), result.passed(), result.detail()));
        }
      }
    }
    return new Report(
        NativeLibrary.version(),
        machine(),
        natives(),
        new Cache(LibraryCache.directory().toString(), LibraryCache.problem()),
        new JavaCpp(
            dev.batchmill.internal.bind.JavaCpp.classes(),
            dev.batchmill.internal.bind.JavaCpp.natives(),
            dev.batchmill.internal.bind.JavaCpp.BUILT_WITH),
        cuda(),
        active,
        choice,
        List.copyOf(backends),
        List.copyOf(tests),
        warnings());
  }

  private static Machine machine() {
    return new Machine(
        Platform.name(),
        Platform.origin(),
        System.getProperty("os.name") + " " + System.getProperty("os.version"),
        CLibrary.current().toString(),
        "%s (%s) at %s"
            .formatted(
                System.getProperty("java.version"),
                System.getProperty("java.vendor"),
                System.getProperty("java.home")),
        nativeAccess(),
        Runtime.getRuntime().availableProcessors(),
        Parallel.threads());
  }

  private static String nativeAccess() {
    Boolean enabled = NativeAccess.enabled();
    if (enabled == null) {
      return "needs no flag before JDK 24";
    }
    return enabled ? "enabled" : "not enabled: " + NativeAccess.flag() + " is missing";
  }

  private static List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    String versions = dev.batchmill.internal.bind.JavaCpp.mismatch();
    if (versions != null) {
      warnings.add(versions);
    }
    if (Boolean.FALSE.equals(NativeAccess.enabled())) {
      warnings.add(
          "native code is not enabled, later versions of Java will refuse it; start Java with "
              + NativeAccess.flag());
    }
    return List.copyOf(warnings);
  }

  private static Natives natives() {
    NativeLibrary.State state = NativeLibrary.state();
    String problem = state.problem();
    boolean loaded = problem == null;
    String isa = loaded ? NativeKernels.isa() : null;
    return new Natives(
        loaded,
        problem != null ? problem : "loaded from " + state.file(),
        state.file(),
        state.origin(),
        NativeLibrary.classifier(),
        NativeLibrary.jars(),
        NativeLibrary.platformsFound(),
        isa,
        loaded ? Arrays.asList(NativeKernels.supportedIsas().split(",", -1)) : List.of(),
        isa == null ? "the native library is not loaded" : NativeLibrary.isaChoice(isa));
  }

  private static Cuda cuda() {
    CudaLibrary.State state = CudaLibrary.state();
    String problem = state.problem();
    return new Cuda(
        problem == null,
        problem != null ? problem : "loaded from " + state.file(),
        state.driver(),
        state.gpus().stream()
            .map(
                gpu ->
                    new Gpu(
                        gpu.index(),
                        gpu.name(),
                        gpu.major() + "." + gpu.minor(),
                        gpu.multiprocessors(),
                        gpu.problem()))
            .toList());
  }
}
