package dev.batchmill.internal.lapack;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.batchmill.ChildJvm;
import dev.batchmill.PackagedJars;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SingularValuesTest {
  private static final String MESSAGE =
      "singular values need LAPACK, which cannot be loaded: add the dependency"
          + " org.bytedeco:openblas-platform:"
          + SingularValues.OPENBLAS_VERSION;

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
    List<String> said = probe(temporary);
    String problem = " (java.lang.NoClassDefFoundError: org/bytedeco/openblas/global/openblas)";
    assertEquals(
        List.of("fro 0.8", "1 1.0", "2 9.0 " + MESSAGE + problem, "nuc 9.0 " + MESSAGE + problem),
        said);
  }

  @Test
  void withoutTheNativesOfOpenBlasItDoesTheSame(@TempDir Path temporary) {
    List<String> said = probe(temporary, ChildJvm.origin(openblas.class));
    assertEquals(4, said.size());
    assertEquals(List.of("fro 0.8", "1 1.0"), said.subList(0, 2));
    String problem = MESSAGE + " (java.lang.UnsatisfiedLinkError: no jniopenblas";
    assertTrue(said.get(2).startsWith("2 9.0 " + problem), said.get(2));
    assertTrue(said.get(3).startsWith("nuc 9.0 " + problem), said.get(3));
  }

  private static List<String> probe(Path temporary, Path... more) {
    List<Path> path =
        new ArrayList<>(
            List.of(
                PackagedJars.main(),
                PackagedJars.natives(),
                ChildJvm.origin(Loader.class),
                ChildJvm.origin(LapackProbe.class)));
    path.addAll(List.of(more));
    List<String> arguments =
        List.of(
            // Neither an extracted library nor one of the system.
            "-Dorg.bytedeco.javacpp.cachedir=" + temporary,
            "-Djava.library.path=" + temporary,
            "-cp",
            ChildJvm.path(path.toArray(Path[]::new)),
            LapackProbe.class.getName());
    return ChildJvm.run(temporary, Map.of(), arguments).good().lines().toList();
  }
}
