package dev.batchmill.internal.lapack;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.batchmill.ChildJvm;
import dev.batchmill.PackagedJars;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.javacpp.Loader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SingularValuesTest {
  @Test
  void theValuesOfADiagonalMatrixAreItsMagnitudes() {
    double[] tall = {0, 3, -5, 0, 0, 0};
    assertArrayEquals(new double[] {5, 3}, SingularValues.of(tall, 3, 2), 1e-15);
    double[] wide = {0, -5, 0, 3, 0, 0};
    assertArrayEquals(new double[] {5, 3}, SingularValues.of(wide, 2, 3), 1e-15);
    assertArrayEquals(new double[] {7}, SingularValues.of(new double[] {-7}, 1, 1), 1e-15);
  }

  @Test
  void theVersionIsThatOfThePom() throws IOException {
    String pom = Files.readString(Path.of("pom.xml"));
    assertEquals(
        SingularValues.OPENBLAS_VERSION,
        property(pom, "openblas").replace("${javacpp.version}", property(pom, "javacpp")));
  }

  private static String property(String pom, String name) {
    Matcher version = Pattern.compile("<" + name + ".version>([^<]+)<").matcher(pom);
    assertTrue(version.find(), name);
    return version.group(1);
  }

  @Test
  void withoutOpenBlasTheErrorNamesTheDependencyAndNothingIsWritten(@TempDir Path temporary) {
    String path =
        ChildJvm.path(
            PackagedJars.main(),
            PackagedJars.natives(),
            ChildJvm.origin(Loader.class),
            ChildJvm.origin(LapackProbe.class));
    String message =
        "singular values need LAPACK, which cannot be loaded: add the dependency"
            + " org.bytedeco:openblas-platform:"
            + SingularValues.OPENBLAS_VERSION
            + " (java.lang.NoClassDefFoundError: org/bytedeco/openblas/global/openblas)";
    assertEquals(
        List.of("fro 0.8", "1 1.0", "2 9.0 " + message, "nuc 9.0 " + message),
        ChildJvm.run(temporary, Map.of(), List.of("-cp", path, LapackProbe.class.getName()))
            .good()
            .lines()
            .toList());
  }
}
