package dev.batchmill.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.batchmill.ChildJvm;
import dev.batchmill.PackagedJars;
import dev.batchmill.error.NativeUnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackendsTest {
  @TempDir Path temporary;

  private static final String NO_CUDA =
      "the CUDA kernels are not on the class path: add the dependency dev.batchmill:batchmill:%s:%s-gpu"
          .formatted(Doctor.examine().version(), Doctor.examine().machine().platform());

  /** The simulated machine in a state: why no GPU can be used. */
  private static final Map<String, String> UNUSABLE =
      Map.of(
          "no-driver",
          "there is no NVIDIA driver: install one, version 580 or newer for CUDA 13.0",
          "old-driver",
          "the NVIDIA driver is too old: it supports CUDA 12.8, the library needs CUDA 13.0; install driver 580 or newer",
          "no-device",
          "the NVIDIA driver finds no GPU: is one built in, and does CUDA_VISIBLE_DEVICES hide it?",
          "old-device",
          "the library has no code for the GPU, or it cannot be used: device=0 name=simulator 0 compute capability=6.0 error=cudaErrorNoKernelImageForDevice (209); it needs 7.5 or newer");

  @Test
  void theDoctorNamesWhatStandsInTheWayOfAGpu() {
    UNUSABLE.forEach(
        (state, problem) -> {
          Map<String, String> environment = Map.of("BATCHMILL_SIMULATED_CUDA", state);
          String text = probeWithGpu(environment, List.of(), "doctor").good();
          assertTrue(text.contains("\nCUDA             " + problem + "\n"), text);
          assertTrue(text.contains("\nbackend cuda     not available: " + problem + "\n"), text);
          assertTrue(text.contains("\nin use           cpu, "), text);
          assertEquals(
              "dev.batchmill.error.NativeUnavailableException: the kernels asked for are not there: batchmill.kernels=cuda: "
                  + problem
                  + "\n",
              probeWithGpu(environment, List.of("-Dbatchmill.kernels=cuda")).good());
        });
  }

  @Test
  void aGpuRunsWhereItIsNamed() {
    assertEquals("CPU\n", probeWithGpu(Map.of(), List.of()).good());
    assertEquals("CUDA\n", probeWithGpu(Map.of(), List.of("-Dbatchmill.kernels=cuda")).good());
    String text = probeWithGpu(Map.of(), List.of(), "doctor").good();
    assertTrue(text.contains("\nCUDA driver      supports CUDA 13.0\n"), text);
    assertTrue(
        text.contains(
            "\ncuda:1           simulator 1, compute capability 9.0, 2 multiprocessors\n"),
        text);
    assertTrue(text.contains("\ntest cuda        gather: passed, the expected bits\n"), text);
    assertFalse(text.contains("FAILED"), text);
  }

  @Test
  void theNativesOfAGpuAreLoadedFromADirectory() throws IOException {
    Path directory = Files.createDirectory(temporary.resolve("natives"));
    copyNatives(directory);
    try (Stream<Path> simulated = Files.walk(PackagedJars.simulatedGpu())) {
      for (Path file : simulated.filter(Files::isRegularFile).toList()) {
        Files.copy(file, directory.resolve(file.getFileName()));
      }
    }
    List<String> options =
        List.of("-Ddev.batchmill.natives=" + directory, "-Dbatchmill.kernels=cuda");
    String text = probe(List.of(), Map.of(), options, "doctor").good();
    assertTrue(
        text.contains("\nCUDA             loaded from " + directory + "/libjnibatchmillcuda.so\n"),
        text);
    assertTrue(text.contains("\nin use           cuda, "), text);
    Files.delete(directory.resolve("libjnibatchmillcuda.so"));
    assertTrue(
        probe(List.of(), Map.of(), options)
            .good()
            .contains(
                ": the directory named for natives has no such library: dev.batchmill.natives=%s, library=libjnibatchmillcuda.so, platform="
                    .formatted(directory)));
  }

  /** From a directory, where the library's name has no platform in it. */
  @Test
  void aPlatformWithoutCudaKernelsIsTold() throws IOException {
    Path directory = Files.createDirectory(temporary.resolve("natives"));
    copyNatives(directory);
    List<String> options =
        List.of(
            "-Ddev.batchmill.natives=" + directory,
            "-Dorg.bytedeco.javacpp.platform=linux-arm64",
            "-Dbatchmill.kernels=cuda");
    String problem =
        "there are no CUDA kernels for this platform: published=[linux-x86_64], platform=linux-arm64; the other kernels run here";
    String forced = probe(List.of(), Map.of(), options).good();
    assertTrue(forced.contains(": " + problem), forced);
    String text = probe(List.of(), Map.of(), options.subList(0, 2), "doctor").good();
    assertTrue(text.contains("\nCUDA             " + problem + "\n"), text);
    assertTrue(text.contains("\nin use           cpu, "), text);
  }

  @Test
  void theDoctorTellsOfACacheThatCannotBeWritten() throws IOException {
    Path cache = Files.writeString(temporary.resolve("cache"), "no directory");
    String text = probe(true, Map.of(), List.of(), "doctor").good();
    assertTrue(text.contains("\ncache directory  " + cache + ", not writable\n"), text);
    assertTrue(text.contains("\nnatives          the native library cannot be extracted: "), text);
  }

  @Test
  void theDoctorWarnsOfAnotherJavaCpp() {
    Path other = Path.of("target", "javacpp", "javacpp-1.5.11-" + Loader.getPlatform() + ".jar");
    List<Path> natives = List.of(PackagedJars.natives(), other.toAbsolutePath());
    String text = probe(natives, Map.of(), List.of(), "doctor").good();
    assertTrue(text.contains("\nin use           cpu, "), text);
    assertTrue(
        text.contains(
            "\nJavaCPP          1.5.13, its own natives 1.5.11, ours are built with 1.5.13\n"),
        text);
    assertTrue(
        text.contains(
            "\nwarning          JavaCPP is of another version than the natives were built with: classes=1.5.13, natives=1.5.11, built with=1.5.13; import dev.batchmill:batchmill-bom, which pins it\n"),
        text);
  }

  @Test
  void theFirstGpuThatCanBeUsedIsTaken() {
    Map<String, String> environment = Map.of("BATCHMILL_SIMULATED_CUDA", "old-first");
    String text = probeWithGpu(environment, List.of(), "doctor").good();
    assertTrue(
        text.contains("2 multiprocessors, not usable: cudaErrorNoKernelImageForDevice (209)\n"),
        text);
    assertTrue(text.contains("\nbackend cuda     available: cuda (simulator 1, "), text);
    assertTrue(text.contains("\ntest cuda        gather: passed, the expected bits\n"), text);
  }

  @Test
  void aKernelThatFailsOnTheGpuIsToldWithItsError() {
    String text =
        probeWithGpu(Map.of("BATCHMILL_SIMULATED_CUDA", "lost-device"), List.of(), "doctor").good();
    String start =
        "\ntest cuda        gather: FAILED, dev.batchmill.error.DeviceException: cannot finish the work of a stream of cuda:0: error=cudaErrorLaunchFailure (719): ";
    assertTrue(text.contains(start), text);
    assertTrue(text.contains("; the device is lost to this process, start another one\n"), text);
    assertTrue(text.contains("\ntest cpu         gather: passed, the expected bits\n"), text);
  }

  private static void copyNatives(Path directory) throws IOException {
    String library = "dev/batchmill/internal/bind/" + Loader.getPlatform() + "/libjnibatchmill.so";
    try (JarFile jar = new JarFile(PackagedJars.natives().toFile())) {
      Files.copy(
          jar.getInputStream(jar.getEntry(library)), directory.resolve("libjnibatchmill.so"));
    }
  }

  private ChildJvm.Run probeWithGpu(
      Map<String, String> environment, List<String> options, String... arguments) {
    return probe(
        List.of(PackagedJars.natives(), PackagedJars.simulatedGpu()),
        environment,
        options,
        arguments);
  }

  private ChildJvm.Run probe(
      boolean natives, Map<String, String> environment, List<String> options, String... arguments) {
    return probe(
        natives ? List.of(PackagedJars.natives()) : List.of(), environment, options, arguments);
  }

  private ChildJvm.Run probe(
      List<Path> natives,
      Map<String, String> environment,
      List<String> options,
      String... arguments) {
    List<Path> path =
        new ArrayList<>(
            List.of(
                ChildJvm.origin(BackendsProbe.class),
                ChildJvm.origin(Backends.class),
                ChildJvm.origin(Loader.class)));
    path.addAll(natives);
    List<String> command = new ArrayList<>(ChildJvm.SHORT_LIVED);
    command.addAll(options);
    command.add("-Dorg.bytedeco.javacpp.cachedir=" + temporary.resolve("cache"));
    command.addAll(
        List.of("-cp", ChildJvm.path(path.toArray(Path[]::new)), BackendsProbe.class.getName()));
    command.addAll(List.of(arguments));
    return ChildJvm.run(temporary, environment, command);
  }

  private static List<String> warnings(ChildJvm.Run run) {
    return run.err().lines().filter(line -> line.startsWith("WARNING: Batchmill")).toList();
  }

  @Test
  void theFastestIsChosenSilently() {
    ChildJvm.Run run = probe(true, Map.of(), List.of());
    assertEquals("CPU\n", run.good());
    assertEquals(List.of(), warnings(run));
  }

  @Test
  void withoutNativesJavaRunsAndOneWarningSaysWhy() {
    ChildJvm.Run run = probe(false, Map.of(), List.of());
    assertEquals("JAVA\n", run.good());
    List<String> warnings = warnings(run);
    assertEquals(1, warnings.size(), run.err());
    assertTrue(
        warnings
            .get(0)
            .startsWith(
                "WARNING: Batchmill runs on its Java kernels: there are no natives for this platform: found=[], platform="),
        run.err());
  }

  @Test
  void theVariableNamesABackendAndThePropertyGoesFirst() {
    Map<String, String> java = Map.of("BATCHMILL_KERNELS", "java");
    assertEquals("JAVA\n", probe(true, java, List.of()).good());
    assertEquals("CPU\n", probe(true, java, List.of("-Dbatchmill.kernels=cpu")).good());
    assertEquals("CPU\n", probe(true, java, List.of("-Dbatchmill.kernels=cpu")).good());
  }

  @Test
  void aBackendThatWasNamedAndIsNotThereIsAnError() {
    String out = probe(false, Map.of("BATCHMILL_KERNELS", "cpu"), List.of()).good();
    assertTrue(
        out.startsWith(
            "dev.batchmill.error.NativeUnavailableException: the kernels asked for are not there: BATCHMILL_KERNELS=cpu: there are no natives for this platform: found=[], platform="),
        out);
    assertEquals(
        "dev.batchmill.error.NativeUnavailableException: the kernels asked for are not there: batchmill.kernels=cuda: "
            + NO_CUDA
            + "\n",
        probe(true, Map.of(), List.of("-Dbatchmill.kernels=cuda")).good());
  }

  @Test
  void aNameThatIsNoneIsAnError() {
    assertEquals(
        "java.lang.IllegalArgumentException: unknown kernels: batchmill.kernels=CPU; choose one of java, cpu, cuda\n",
        probe(true, Map.of(), List.of("-Dbatchmill.kernels=CPU")).good());
  }

  @Test
  void anInstructionSetThatIsNotThereIsToldAndPassedOver() {
    ChildJvm.Run run = probe(true, Map.of("BATCHMILL_ISA", "altivec"), List.of());
    assertEquals("CPU\n", run.good());
    assertEquals(1, warnings(run).size(), run.err());
    assertTrue(
        warnings(run)
            .get(0)
            .endsWith(
                ": the instruction set asked for is not supported here: BATCHMILL_ISA=altivec"),
        run.err());
  }

  @Test
  void theDoctorExplainsMissingNatives() {
    String text = probe(false, Map.of(), List.of(), "doctor").good();
    assertTrue(text.contains("\nnatives          there are no natives for this platform:"), text);
    assertTrue(text.contains("\nnatives found    none\n"), text);
    assertTrue(
        text.contains("\nin use           java, because the native kernels are not there\n"), text);
    assertTrue(text.contains("\ntest java        gather: passed, the expected bits\n"), text);
  }

  @Test
  void theDoctorReportsWhyNothingRuns() {
    String text = probe(true, Map.of(), List.of("-Dbatchmill.kernels=cuda"), "doctor").good();
    assertTrue(
        text.contains(
            "\nin use           none, the kernels asked for are not there: batchmill.kernels=cuda: "
                + NO_CUDA
                + "\n"),
        text);
  }

  @Test
  void aProgramChangesTheBackendButNotToOneThatIsNotThere() {
    Backend before = Backends.active();
    try {
      Backends.use(Backend.JAVA);
      assertEquals(Backend.JAVA, Backends.active());
      Backends.use(Backend.CPU);
      assertEquals(Backend.CPU, Backends.active());
      assertEquals(
          "the kernels asked for are not there: kernels=cuda: " + NO_CUDA,
          assertThrows(NativeUnavailableException.class, () -> Backends.use(Backend.CUDA))
              .getMessage());
      assertEquals(Backend.CPU, Backends.active());
    } finally {
      Backends.use(before);
    }
    assertEquals(List.of(Backend.JAVA, Backend.CPU), Backends.available());
  }

  @Test
  void backendsHaveNames() {
    for (Backend backend : Backend.values()) {
      assertEquals(backend, Backend.of(backend.lowerCaseName()));
    }
    assertEquals(
        "unknown backend: name=gpu; choose one of java, cpu, cuda",
        assertThrows(IllegalArgumentException.class, () -> Backend.of("gpu")).getMessage());
  }
}
