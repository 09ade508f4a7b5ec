package dev.batchmill;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The consumer projects that the build made of src/it, and how they are run. */
final class Consumers {
  private static final String RESULT = " [0.6, 0.8] [0.0, 1.0, 1.0, 0.0]\n";

  private Consumers() {}

  record Run(int exit, String out, String err) {
    /** The consumer's main class got its results from this backend. */
    void assertRanOn(String backend) {
      assertEquals("CONSUMER " + backend + RESULT, out, err);
      assertEquals(0, exit);
    }

    /** How often it was said that there are no native kernels. */
    long warnings() {
      return err.lines()
          .filter(line -> line.startsWith("WARNING: Batchmill runs on its Java kernels: "))
          .count();
    }
  }

  static Path target(String project) {
    return PackagedJars.consumers().resolve(project).resolve("target");
  }

  static Path classes(String project) {
    return target(project).resolve("classes");
  }

  /** The jars that Maven found for a project. */
  static List<Path> libraries(String project) throws IOException {
    return list(target(project).resolve("lib"));
  }

  static List<Path> list(Path directory) throws IOException {
    try (Stream<Path> jars = Files.list(directory)) {
      return jars.sorted().toList();
    }
  }

  /** The names of jars with V in place of each version, sorted. */
  static List<String> names(List<Path> jars) {
    return jars.stream()
        .map(jar -> jar.getFileName().toString().replaceAll("-\\d+(\\.\\d+)*(-SNAPSHOT)?", "-V"))
        .sorted()
        .toList();
  }

  static String join(List<Path> paths) {
    return paths.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
  }

  /** A class path or module path. */
  static String path(Path classes, List<Path> libraries) {
    List<Path> path = new ArrayList<>(List.of(classes));
    path.addAll(libraries);
    return join(path);
  }

  /** Runs java with a cache of its own: nothing that was extracted before hides what this does. */
  static Run java(Path jdk, Path scratch, List<String> arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(ChildJvm.java(jdk));
    command.add("-Dorg.bytedeco.javacpp.cachedir=" + scratch.resolve("javacpp-cache"));
    command.addAll(arguments);
    return run(scratch, Map.of(), command);
  }

  /** Runs a command in a directory, with additions to the environment. */
  static Run run(Path directory, Map<String, String> environment, List<String> command)
      throws IOException, InterruptedException {
    Path out = Files.createTempFile(directory, "out", null);
    Path err = Files.createTempFile(directory, "err", null);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().remove("BATCHMILL_KERNELS");
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      assertTrue(process.waitFor(120, TimeUnit.SECONDS), () -> "hangs: " + command);
    } finally {
      process.destroyForcibly();
    }
    return new Run(
        process.exitValue(),
        Files.readString(out, StandardCharsets.UTF_8),
        Files.readString(err, StandardCharsets.UTF_8));
  }
}
