package dev.batchmill.internal.bind;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** JavaCPP's jars of other versions, which the build fetches. */
final class JavaCppJars {
  private JavaCppJars() {}

  /** The jar with the classes. */
  static Path classes(String version) {
    return jar("javacpp-" + version + ".jar");
  }

  /** The jar with the natives of this platform. */
  static Path natives(String version) {
    return jar("javacpp-" + version + "-" + Platform.name() + ".jar");
  }

  private static Path jar(String name) {
    Path jar = Path.of("target", "javacpp", name).toAbsolutePath();
    assertTrue(Files.exists(jar), () -> "the build fetches it: jar=" + jar);
    return jar;
  }
}
