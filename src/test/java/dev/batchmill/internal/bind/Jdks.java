package dev.batchmill.internal.bind;

import static org.junit.jupiter.api.Assumptions.abort;

import dev.batchmill.PackagedJars;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A Java that asks for a flag before native code runs. */
final class Jdks {
  private Jdks() {}

  /** The newest JDK here, if it is 24 or newer; else the test is skipped. */
  static Path withNativeAccessChecks() throws IOException {
    Path newest = PackagedJars.jdks().get(PackagedJars.jdks().size() - 1);
    String release = Files.readString(newest.resolve("release"));
    String version = release.replaceAll("(?s).*JAVA_VERSION=\"(\\d+).*", "$1");
    return Integer.parseInt(version) >= 24
        ? newest
        : abort("needs a JDK 24 or newer; the newest here is " + version);
  }
}
