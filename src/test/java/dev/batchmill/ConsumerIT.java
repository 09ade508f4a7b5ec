package dev.batchmill;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.batchmill.Consumers.Run;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Runs the consumer projects of src/it, which the build compiled against the installed artifacts
 * from a clean repository, on every JDK of this machine: on the class path, on the module path,
 * without the natives and with broken ones.
 */
class ConsumerIT {
  private static final Path CLASSES = Consumers.classes("consumer");
  private static final List<String> JARS =
      List.of("batchmill-V-linux-x86_64.jar", "batchmill-V.jar", "javacpp-V.jar", "jspecify-V.jar");

  @TempDir Path temporary;

  static List<Path> jdks() {
    return PackagedJars.jdks();
  }

  private static boolean isNatives(Path jar) {
    return jar.getFileName().toString().endsWith("-linux-x86_64.jar");
  }

  private Run run(Path jdk, List<String> arguments) throws IOException, InterruptedException {
    return Consumers.java(jdk, temporary, arguments);
  }

  private Run onClassPath(Path jdk, List<Path> libraries) throws IOException, InterruptedException {
    return run(jdk, List.of("-cp", Consumers.path(CLASSES, libraries), "consumer.Main"));
  }

  private Run onModulePath(Path jdk, List<Path> libraries, String... options)
      throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of(options));
    String path = Consumers.path(CLASSES, libraries);
    arguments.addAll(List.of("-p", path, "-m", "consumer/consumer.Main"));
    return run(jdk, arguments);
  }

  @Test
  void theConsumersGotTheJarsTheyDependOnAndNoOther() throws IOException {
    assertEquals(JARS, Consumers.names(Consumers.libraries("consumer")));
    assertEquals(
        with("batchmill-platform-V.jar"),
        Consumers.names(Consumers.libraries("platform-consumer")));
    assertEquals(
        with("batchmill-linux-x86_64-V.jar"),
        Consumers.names(Consumers.libraries("aggregator-consumer")));
  }

  private static List<String> with(String... more) {
    return Stream.concat(JARS.stream(), Stream.of(more)).sorted().toList();
  }

  @ParameterizedTest
  @ValueSource(ints = {17, 25})
  void onTheClassPathTheNativeKernelsRun(int version) throws Exception {
    Optional<Path> found =
        jdks().stream().filter(home -> PackagedJars.version(home) == version).findFirst();
    Assumptions.assumeTrue(found.isPresent(), "no JDK " + version + " on this machine");
    Path jdk = found.get();
    for (String project : List.of("consumer", "platform-consumer", "aggregator-consumer")) {
      Run run = onClassPath(jdk, Consumers.libraries(project));
      run.assertRanOn("cpu");
      assertEquals(0, run.warnings(), run.err());
    }
    Path compiledAgainstThePlatform = Consumers.classes("platform-consumer");
    String path =
        Consumers.path(compiledAgainstThePlatform, Consumers.libraries("platform-consumer"));
    run(jdk, List.of("-cp", path, "consumer.Main")).assertRanOn("cpu");
  }

  @Test
  void theGpuPlatformAddsTheCudaKernels() throws Exception {
    Assumptions.assumeTrue(
        Files.exists(PackagedJars.gpuNatives()),
        "this build had no nvcc: jar=" + PackagedJars.gpuNatives());
    List<Path> libraries = Consumers.libraries("gpu-consumer");
    assertEquals(
        with(
            "batchmill-V-linux-x86_64-gpu.jar",
            "batchmill-platform-V.jar",
            "batchmill-platform-gpu-V.jar"),
        Consumers.names(libraries));
    onClassPath(jdks().get(0), libraries).assertRanOn("cpu");
  }

  /** ND4J and TensorFlow-Java bring older versions of JavaCPP, with its natives. */
  @ParameterizedTest
  @ValueSource(strings = {"nd4j", "tensorflow"})
  void besideALibraryWithAnotherJavaCppTheNativeKernelsRun(String other) throws Exception {
    Set<String> theirs = javaCpp(other);
    Set<String> ours = javaCpp("consumer");
    assertEquals(1, theirs.size());
    assertNotEquals(ours, theirs);
    assertEquals(theirs, javaCpp(other + "-consumer"), "the nearest wins");
    assertEquals(ours, javaCpp(other + "-bom-consumer"), "the BOM wins");
    for (Path jdk : jdks()) {
      for (String project : List.of(other + "-consumer", other + "-bom-consumer")) {
        List<Path> libraries = Consumers.libraries(project);
        assertEquals(
            with("batchmill-linux-x86_64-V.jar", "javacpp-V-linux-x86_64.jar"),
            Consumers.names(libraries));
        Run run = onClassPath(jdk, libraries);
        run.assertRanOn("cpu");
        assertEquals(0, run.warnings(), run.err());
      }
    }
  }

  /** The versions of JavaCPP's jars, classes and natives, that a project got. */
  private static Set<String> javaCpp(String project) throws IOException {
    return Consumers.libraries(project).stream()
        .map(jar -> Pattern.compile("javacpp-([0-9.]+[0-9])").matcher(jar.getFileName().toString()))
        .filter(Matcher::lookingAt)
        .map(matcher -> matcher.group(1))
        .collect(Collectors.toSet());
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void twoClassLoadersOfOneJvmBothRunNativeKernels(Path jdk) throws Exception {
    String path = Consumers.path(CLASSES, Consumers.libraries("consumer"));
    Run run = run(jdk, List.of("-cp", path, "consumer.TwoLoaders"));
    String line = "CONSUMER cpu [0.6, 0.8] [0.0, 1.0, 1.0, 0.0]\n";
    assertEquals(line + line, run.out(), run.err());
    assertEquals(0, run.exit(), run.err());
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void onTheModulePathTheNativeKernelsRun(Path jdk) throws Exception {
    for (Map.Entry<String, String> module :
        Map.of(
                "consumer", "dev.batchmill.natives.linux.x86_64",
                "aggregator-consumer", "dev.batchmill.linux.x86_64",
                "platform-consumer", "dev.batchmill.platform")
            .entrySet()) {
      Run run =
          onModulePath(
              jdk, Consumers.libraries(module.getKey()), "--add-modules", module.getValue());
      run.assertRanOn("cpu");
      assertEquals(0, run.warnings(), run.err());
    }
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void workerProcessesGetTheClassPathAndTheModulePath(Path jdk) throws Exception {
    String path = Consumers.path(CLASSES, Consumers.libraries("consumer"));
    String main = "consumer.Processes";
    for (List<String> arguments :
        List.of(
            List.of("-cp", path, main),
            List.of("-p", path, "-m", "consumer/" + main),
            List.of("-p", path, "--add-modules", "ALL-MODULE-PATH", "-m", "consumer/" + main))) {
      Run run = run(jdk, arguments);
      assertEquals("PROCESSES [0, 1, 4, 9, 16, 25]\n", run.out(), run.err());
      assertEquals(0, run.exit());
      assertEquals("noise\n".repeat(6), run.err());
    }
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void anUnresolvedNativesModuleIsExplained(Path jdk) throws Exception {
    Run run = onModulePath(jdk, Consumers.libraries("consumer"));
    run.assertRanOn("java");
    assertEquals(1, run.warnings(), run.err());
    assertTrue(run.err().contains("--add-modules dev.batchmill.natives.linux.x86_64"), run.err());
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void withoutTheClassifierJarTheJavaKernelsRunAndOneWarningSaysWhy(Path jdk) throws Exception {
    List<Path> without =
        Consumers.libraries("consumer").stream().filter(jar -> !isNatives(jar)).toList();
    assertFalse(without.size() == Consumers.libraries("consumer").size());
    Run run = onClassPath(jdk, without);
    run.assertRanOn("java");
    assertEquals(1, run.warnings(), run.err());
    assertTrue(run.err().contains("linux-x86_64"), run.err());
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void aBrokenNativeLibraryIsAWarningNotACrash(Path jdk) throws Exception {
    List<Path> libraries = new ArrayList<>();
    for (Path jar : Consumers.libraries("consumer")) {
      libraries.add(isNatives(jar) ? withBrokenLibrary(jar) : jar);
    }
    Run run = onClassPath(jdk, libraries);
    run.assertRanOn("java");
    assertEquals(1, run.warnings(), run.err());
    assertTrue(run.err().contains("libjnibatchmill.so"), run.err());
  }

  /** A copy of the classifier jar whose library is cut in half. */
  private Path withBrokenLibrary(Path jar) throws IOException {
    Path broken = temporary.resolve(jar.getFileName());
    try (JarFile file = new JarFile(jar.toFile());
        OutputStream bytes = Files.newOutputStream(broken);
        JarOutputStream out = new JarOutputStream(bytes)) {
      for (JarEntry entry : file.stream().toList()) {
        byte[] content = file.getInputStream(entry).readAllBytes();
        out.putNextEntry(new JarEntry(entry.getName()));
        boolean library = entry.getName().endsWith(".so");
        PackagedJars.write(library ? Arrays.copyOf(content, content.length / 2) : content, out);
        out.closeEntry();
      }
    }
    return broken;
  }
}
