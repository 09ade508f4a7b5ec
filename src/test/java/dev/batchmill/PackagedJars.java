package dev.batchmill;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/** The jars under test and the JDKs of this machine. */
public final class PackagedJars {
  private PackagedJars() {}

  /** The jar with the classes. */
  public static Path main() {
    return path("batchmill.test.mainJar");
  }

  /** The jar with the natives of this platform. */
  public static Path natives() {
    return path("batchmill.test.nativeJar");
  }

  /** The jar with the CUDA kernels of this platform; not there where the build had no nvcc. */
  public static Path gpuNatives() {
    return path("batchmill.test.gpuJar");
  }

  /** The class path directory with the CUDA kernels on the simulator. */
  public static Path simulatedGpu() {
    return path("batchmill.test.simulatedGpu");
  }

  /** The directory with the consumer projects, built. */
  public static Path consumers() {
    return path("batchmill.test.consumers");
  }

  /** The repository that the build installed everything into. */
  public static Path repository() {
    return path("batchmill.test.repository");
  }

  /** The repository with what Maven Central has of the dependencies. */
  public static Path central() {
    return path("batchmill.test.central");
  }

  /** The directory with the jars of Gradle and Ivy. */
  public static Path buildTools() {
    return path("batchmill.test.buildTools");
  }

  /** The version of the artifacts. */
  public static String version() {
    return property("batchmill.test.version");
  }

  /**
   * Writes into a jar, a few kilobytes at a time: -Xcheck:jni copies the whole array that is given
   * for each half kilobyte that comes out.
   */
  public static void write(byte[] content, JarOutputStream jar) throws IOException {
    int piece = 4096;
    for (int at = 0; at < content.length; at += piece) {
      jar.write(Arrays.copyOfRange(content, at, Math.min(at + piece, content.length)));
    }
  }

  private static Path path(String property) {
    return Path.of(property(property));
  }

  private static String property(String property) {
    return Objects.requireNonNull(
        System.getProperty(property), () -> "set by the build: property=" + property);
  }

  /** The homes of the JDKs 17 and newer that are installed here, one of each version. */
  public static List<Path> jdks() {
    TreeMap<Integer, Path> jdks = new TreeMap<>();
    Path running = Path.of(System.getProperty("java.home"));
    jdks.put(Runtime.version().feature(), running);
    Path debian = Path.of("/usr/lib/jvm");
    if (Files.isDirectory(debian)) {
      try (Stream<Path> homes = Files.list(debian)) {
        for (Path home : homes.filter(h -> Files.isExecutable(h.resolve("bin/java"))).toList()) {
          int version = version(home);
          if (version >= 17) {
            jdks.putIfAbsent(version, home);
          }
        }
      } catch (IOException e) {
        throw new IllegalStateException("cannot list " + debian, e);
      }
    }
    return List.copyOf(jdks.values());
  }

  /** The version of Java in a JDK's home; 0 where it is none. */
  static int version(Path home) {
    Path release = home.resolve("release");
    if (!Files.isReadable(release)) {
      return 0;
    }
    List<String> lines;
    try {
      lines = Files.readAllLines(release);
    } catch (IOException e) {
      throw new IllegalStateException("cannot read " + release, e);
    }
    return lines.stream()
        .filter(line -> line.startsWith("JAVA_VERSION="))
        .map(line -> line.replaceAll("JAVA_VERSION=\"(\\d+).*", "$1"))
        .mapToInt(Integer::parseInt)
        .findFirst()
        .orElse(0);
  }
}
