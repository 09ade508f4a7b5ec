package dev.batchmill;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Runs a test's main class in a Java of its own: for what can be observed once in a process. */
public final class ChildJvm {
  /** For a Java that lives for a moment: half the time. */
  public static final List<String> SHORT_LIVED =
      List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

  private static final List<String> SETTINGS =
      List.of(
          "BATCHMILL_KERNELS",
          "BATCHMILL_ISA",
          "BATCHMILL_NATIVES",
          "JDK_JAVA_OPTIONS",
          "JAVA_TOOL_OPTIONS");

  private ChildJvm() {}

  /** What a run left behind; both streams with their line feeds. */
  public record Run(int exit, String out, String err) {
    /** Standard output of a run that ended well. */
    public String good() {
      assertTrue(exit == 0, () -> "exit=" + exit + "\n" + out + err);
      return out;
    }
  }

  /** Runs java with these arguments and additions to the environment, output kept in scratch. */
  public static Run run(Path scratch, Map<String, String> environment, List<String> arguments) {
    Path running = Path.of(System.getProperty("java.home"));
    return run(running, List.of(), scratch, environment, arguments);
  }

  /** Runs the java of a JDK under a command that ends with what it is to run. */
  public static Run run(
      Path jdk,
      List<String> wrapper,
      Path scratch,
      Map<String, String> environment,
      List<String> arguments) {
    List<String> command = new ArrayList<>(wrapper);
    command.addAll(java(jdk));
    command.addAll(arguments);
    Path out = scratch.resolve("out.txt");
    Path err = scratch.resolve("err.txt");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    SETTINGS.forEach(builder.environment()::remove);
    builder.environment().putAll(environment);
    try {
      Process process = builder.start();
      try {
        if (!process.waitFor(120, TimeUnit.SECONDS)) {
          fail("hangs: " + command + "\n" + Files.readString(out) + Files.readString(err));
        }
      } finally {
        process.destroyForcibly();
      }
      return new Run(
          process.exitValue(),
          Files.readString(out, StandardCharsets.UTF_8),
          Files.readString(err, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new IllegalStateException("cannot run " + command, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Starts a command: the java of the JDK that runs. */
  public static List<String> java() {
    return java(Path.of(System.getProperty("java.home")));
  }

  /**
   * Starts a command: the java of a JDK, without the files of performance data. A Java that finds
   * another one at the making of its file warns, and does so on standard output.
   */
  public static List<String> java(Path jdk) {
    return List.of(jdk.resolve("bin").resolve("java").toString(), "-XX:-UsePerfData");
  }

  /** A class path. */
  public static String path(Path... entries) {
    return List.of(entries).stream()
        .map(Path::toString)
        .collect(Collectors.joining(File.pathSeparator));
  }

  /** The jar or directory that a class came from. */
  public static Path origin(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
