package dev.batchmill;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
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

  private static Path path(String property) {
    return Path.of(
        Objects.requireNonNull(
            System.getProperty(property), () -> "set by the build: property=" + property));
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

  private static int version(Path home) throws IOException {
    Path release = home.resolve("release");
    if (!Files.isReadable(release)) {
      return 0;
    }
    return Files.readAllLines(release).stream()
        .filter(line -> line.startsWith("JAVA_VERSION="))
        .map(line -> line.replaceAll("JAVA_VERSION=\"(\\d+).*", "$1"))
        .mapToInt(Integer::parseInt)
        .findFirst()
        .orElse(0);
  }
}
