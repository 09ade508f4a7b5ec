package dev.batchmill;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs the consumer projects of src/it, which the build compiled against the installed artifacts
 * from a clean repository, on every JDK of this machine: on the class path, on the module path,
 * without the natives and with broken ones.
 */
class ConsumerIT {
  private static final String RESULT = " [0.6, 0.8] [0.0, 1.0, 1.0, 0.0]";

  @TempDir Path temporary;

  private record Run(int exit, String out, String err) {}

  static List<Path> jdks() {
    return PackagedJars.jdks();
  }

  private static Path project(String name) {
    return PackagedJars.consumers().resolve(name).resolve("target");
  }

  private static List<Path> libraries(String name) throws IOException {
    try (Stream<Path> jars = Files.list(project(name).resolve("lib"))) {
      return jars.sorted().toList();
    }
  }

  private static boolean isNatives(Path jar) {
    return jar.getFileName().toString().endsWith("-linux-x86_64.jar");
  }

  private static String join(List<Path> paths) {
    return paths.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
  }

  private Run run(Path jdk, List<String> arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(jdk.resolve("bin/java").toString());
    // A cache of its own: nothing that an earlier run extracted can hide what this one does.
    command.add("-Dorg.bytedeco.javacpp.cachedir=" + temporary.resolve("javacpp-cache"));
    command.addAll(arguments);
    Path out = temporary.resolve("out");
    Path err = temporary.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().remove("BATCHMILL_KERNELS");
    Process process = builder.start();
    try {
      assertTrue(process.waitFor(60, TimeUnit.SECONDS), () -> "hangs: " + command);
    } finally {
      process.destroyForcibly();
    }
    return new Run(
        process.exitValue(),
        Files.readString(out, StandardCharsets.UTF_8),
        Files.readString(err, StandardCharsets.UTF_8));
  }

  private Run onClassPath(Path jdk, String project, List<Path> libraries)
      throws IOException, InterruptedException {
    return run(jdk, List.of("-cp", path(project, libraries), "consumer.Main"));
  }

  private Run onModulePath(Path jdk, List<Path> libraries, String... options)
      throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of(options));
    arguments.addAll(List.of("-p", path("consumer", libraries), "-m", "consumer/consumer.Main"));
    return run(jdk, arguments);
  }

  private static String path(String project, List<Path> libraries) {
    List<Path> path = new ArrayList<>(List.of(project(project).resolve("classes")));
    path.addAll(libraries);
    return join(path);
  }

  private static void assertRanOn(String backend, Run run) {
    assertEquals("CONSUMER " + backend + RESULT + "\n", run.out(), run.err());
    assertEquals(0, run.exit());
  }

  private static long warnings(Run run) {
    return run.err()
        .lines()
        .filter(line -> line.startsWith("WARNING: Batchmill runs on its Java kernels: "))
        .count();
  }

  @Test
  void theConsumersGotTheJarsTheyDependOnAndNoOther() throws IOException {
    List<String> expected =
        List.of(
            "batchmill-V-linux-x86_64.jar", "batchmill-V.jar", "javacpp-V.jar", "jspecify-V.jar");
    assertEquals(expected, names("consumer", expected.size()));
    List<String> platform = new ArrayList<>(expected);
    platform.add(0, "batchmill-platform-V.jar");
    assertEquals(platform.stream().sorted().toList(), names("platform-consumer", 5));
  }

  private static List<String> names(String project, int count) throws IOException {
    List<String> names =
        libraries(project).stream()
            .map(
                jar -> jar.getFileName().toString().replaceAll("-\\d+(\\.\\d+)*(-SNAPSHOT)?", "-V"))
            .sorted()
            .toList();
    assertEquals(count, names.size(), names.toString());
    return names;
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void onTheClassPathTheNativeKernelsRun(Path jdk) throws Exception {
    for (String project : List.of("consumer", "platform-consumer")) {
      Run run = onClassPath(jdk, project, libraries(project));
      assertRanOn("cpu", run);
      assertEquals(0, warnings(run), run.err());
    }
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void onTheModulePathTheNativeKernelsRun(Path jdk) throws Exception {
    Run run =
        onModulePath(
            jdk, libraries("consumer"), "--add-modules", "dev.batchmill.natives.linux.x86_64");
    assertRanOn("cpu", run);
    assertEquals(0, warnings(run), run.err());
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void workerProcessesGetTheClassPathAndTheModulePath(Path jdk) throws Exception {
    String path = path("consumer", libraries("consumer"));
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
    Run run = onModulePath(jdk, libraries("consumer"));
    assertRanOn("java", run);
    assertEquals(1, warnings(run), run.err());
    assertTrue(run.err().contains("--add-modules dev.batchmill.natives.linux.x86_64"), run.err());
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void withoutTheClassifierJarTheJavaKernelsRunAndOneWarningSaysWhy(Path jdk) throws Exception {
    List<Path> without = libraries("consumer").stream().filter(jar -> !isNatives(jar)).toList();
    assertFalse(without.size() == libraries("consumer").size());
    Run run = onClassPath(jdk, "consumer", without);
    assertRanOn("java", run);
    assertEquals(1, warnings(run), run.err());
    assertTrue(run.err().contains("linux-x86_64"), run.err());
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void aBrokenNativeLibraryIsAWarningNotACrash(Path jdk) throws Exception {
    List<Path> libraries = new ArrayList<>();
    for (Path jar : libraries("consumer")) {
      libraries.add(isNatives(jar) ? withBrokenLibrary(jar) : jar);
    }
    Run run = onClassPath(jdk, "consumer", libraries);
    assertRanOn("java", run);
    assertEquals(1, warnings(run), run.err());
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
        out.write(content, 0, library ? content.length / 2 : content.length);
        out.closeEntry();
      }
    }
    return broken;
  }
}
