package dev.batchmill.runtime;

import dev.batchmill.error.NativeUnavailableException;
import dev.batchmill.internal.bind.CudaLibrary;
import dev.batchmill.internal.bind.NativeKernels;
import dev.batchmill.internal.bind.NativeLibrary;
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
   * @param cuda the CUDA library and the GPUs
   * @param active the backend in use; null when the one that was asked for is not there
   * @param choice why this one is in use, or what is wrong with the choice
   * @param backends every backend, in the order of {@link Backend}
   * @param selfTests the kernels of every available backend, each compared with plain Java
   */
  public record Report(
      String version,
      Machine machine,
      Natives natives,
      Cuda cuda,
      @Nullable Backend active,
      String choice,
      List<BackendStatus> backends,
      List<KernelTest> selfTests) {
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
      return Doctor.text(this);
    }
  }

  /**
   * The machine and the Java it runs.
   *
   * @param platform the platform as the natives' jars name it, such as {@code linux-x86_64}
   * @param operatingSystem name and version
   * @param java version, vendor and place of the Java in use
   * @param processors the number of processors that Java sees
   * @param threads the number of threads that an operation may use
   */
  public record Machine(
      String platform, String operatingSystem, String java, int processors, int threads) {}

  /**
   * The native library.
   *
   * @param loaded whether it is in use
   * @param status where it was loaded from, or why it was not and what to do
   * @param platformsFound the platforms whose natives are on the class path
   * @param instructionSet what the kernels run with, such as {@code avx2}; null when not loaded
   * @param instructionSets all that this machine could run, best first
   * @param instructionSetChoice why this one was chosen
   * @param javaCpp the version of the JavaCPP classes
   * @param javaCppExpected the version that the natives are built with
   */
  public record Natives(
      boolean loaded,
      String status,
      List<String> platformsFound,
      @Nullable String instructionSet,
      List<String> instructionSets,
      String instructionSetChoice,
      String javaCpp,
      String javaCppExpected) {}

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
        cuda(),
        active,
        choice,
        List.copyOf(backends),
        List.copyOf(tests));
  }

  private static Machine machine() {
    return new Machine(
        NativeLibrary.platform(),
        System.getProperty("os.name") + " " + System.getProperty("os.version"),
        "%s (%s) at %s"
            .formatted(
                System.getProperty("java.version"),
                System.getProperty("java.vendor"),
                System.getProperty("java.home")),
        Runtime.getRuntime().availableProcessors(),
        Parallel.threads());
  }

  private static Natives natives() {
    NativeLibrary.State state = NativeLibrary.state();
    String problem = state.problem();
    boolean loaded = problem == null;
    String isa = loaded ? NativeKernels.isa() : null;
    return new Natives(
        loaded,
        problem != null ? problem : "loaded from " + state.file(),
        NativeLibrary.platformsFound(),
        isa,
        loaded ? Arrays.asList(NativeKernels.supportedIsas().split(",", -1)) : List.of(),
        isa == null ? "the native library is not loaded" : NativeLibrary.isaChoice(isa),
        NativeLibrary.javaCppVersion(),
        NativeLibrary.JAVACPP_VERSION);
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

  private static String text(Report report) {
    Machine machine = report.machine();
    Natives natives = report.natives();
    StringBuilder text = new StringBuilder();
    line(text, "Batchmill", report.version());
    line(text, "platform", machine.platform() + ", " + machine.operatingSystem());
    line(text, "java", machine.java());
    line(
        text,
        "processors",
        "%d, threads per operation %d".formatted(machine.processors(), machine.threads()));
    line(text, "natives", natives.status());
    line(
        text,
        "natives found",
        natives.platformsFound().isEmpty() ? "none" : String.join(", ", natives.platformsFound()));
    String isa = natives.instructionSet();
    if (isa != null) {
      line(
          text,
          "instruction set",
          "%s of %s, %s"
              .formatted(
                  isa,
                  String.join(", ", natives.instructionSets()),
                  natives.instructionSetChoice()));
    }
    line(
        text,
        "JavaCPP",
        natives.javaCpp().equals(natives.javaCppExpected())
            ? natives.javaCpp()
            : "%s, but the natives are built with %s"
                .formatted(natives.javaCpp(), natives.javaCppExpected()));
    Cuda cuda = report.cuda();
    line(text, "CUDA", cuda.status());
    if (cuda.driver() != null) {
      line(text, "CUDA driver", "supports CUDA " + cuda.driver());
    }
    for (Gpu gpu : cuda.gpus()) {
      line(
          text,
          "cuda:" + gpu.index(),
          "%s, compute capability %s, %d multiprocessors%s"
              .formatted(
                  gpu.name(),
                  gpu.computeCapability(),
                  gpu.multiprocessors(),
                  gpu.problem() == null ? "" : ", not usable: " + gpu.problem()));
    }
    for (BackendStatus backend : report.backends()) {
      line(text, "backend " + backend.backend().lowerCaseName(), backend.status());
    }
    Backend active = report.active();
    line(
        text,
        "in use",
        (active == null ? "none" : active.lowerCaseName()) + ", " + report.choice());
    for (KernelTest test : report.selfTests()) {
      line(
          text,
          "test " + test.backend().lowerCaseName(),
          "%s: %s, %s"
              .formatted(test.kernel(), test.passed() ? "passed" : "FAILED", test.detail()));
    }
    return text.toString();
  }

  private static void line(StringBuilder text, String name, String value) {
    text.append("%-16s %s\n".formatted(name, value));
  }
}
