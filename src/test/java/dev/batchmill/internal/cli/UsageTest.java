package dev.batchmill.internal.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.batchmill.PackagedJars;
import java.io.IOException;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class UsageTest {
  private static final List<String> COMMANDS =
      List.of(
          "normalize",
          "to-categorical",
          "permutation",
          "shuffle",
          "split",
          "fetch",
          "extract",
          "progress",
          "doctor",
          "bench",
          "demo");

  private static final String NAMES = String.join(", ", COMMANDS);

  static List<String> commands() {
    return COMMANDS;
  }

  @ParameterizedTest
  @MethodSource("commands")
  void eachCommandHelpsWithASynopsisAndAnExample(String command) {
    Outcome help = Outcome.of(command, "--help").succeeded();
    assertTrue(help.out().startsWith("Usage: batchmill " + command + " "), help.out());
    assertTrue(help.out().contains("\nExample"), help.out());
    String example = help.out().substring(help.out().indexOf("\nExample"));
    assertTrue(example.contains("batchmill " + command), help.out());
    help.out().lines().forEach(line -> assertTrue(line.length() <= 100, line));
    assertEquals(help, Outcome.of(command, "-h"));
  }

  @Test
  void helpNamesEveryCommand() {
    Outcome help = Outcome.of("--help").succeeded();
    for (String command : COMMANDS) {
      assertTrue(help.out().contains("\n  " + command + " "), command);
    }
  }

  @Test
  void theVersionIsThatOfTheJar() throws IOException {
    String expected;
    try (JarFile jar = new JarFile(PackagedJars.main().toFile())) {
      expected =
          jar.getManifest().getMainAttributes().getValue(Attributes.Name.IMPLEMENTATION_VERSION);
    }
    assertEquals("batchmill " + expected + "\n", Outcome.of("--version").succeeded().out());
  }

  @Test
  void noCommandIsWrongUsage() {
    Outcome.of().refused("batchmill", "a command is missing: one of " + NAMES);
  }

  @Test
  void anUnknownCommandIsWrongUsage() {
    Outcome.of("train").refused("batchmill", "there is no command 'train': one of " + NAMES);
  }

  @Test
  void anUnknownOptionIsWrongUsage() {
    Outcome.of("normalize", "a", "b", "--eps=1")
        .refused("batchmill normalize", "Unknown option: '--eps=1'");
  }

  @Test
  void missingArgumentsAreWrongUsage() {
    Outcome.of("permutation")
        .refused(
            "batchmill permutation", "Missing required options and parameters: '--seed=S', 'N'");
  }

  @Test
  void valuesThatMeanNothingAreWrongUsage() {
    for (String axis : List.of("all", "1,2,3", "1,", "1.5")) {
      Outcome.of("normalize", "a", "b", "--axis", axis)
          .refused(
              "batchmill normalize",
              "Invalid value for option '--axis': '"
                  + axis
                  + "' is not an axis N, two axes N,M or none");
    }
    Outcome.of("normalize", "a", "b", "--order", "nan")
        .refused(
            "batchmill normalize",
            "Invalid value for option '--order': 'nan' is not a number, inf, -inf, fro or nuc");
    Outcome.of("normalize", "a", "b", "--axis", "0,1", "--order", "3")
        .refused(
            "batchmill normalize",
            "norm of a matrix must be 1, -1, 2, -2, inf, -inf, fro or nuc: norm=3");
    Outcome.of("normalize", "a", "b", "--order", "fro")
        .refused("batchmill normalize", "vectors have no such norm: norm=fro");
    Outcome.of("normalize", "a", "b", "--axis", "1,1")
        .refused("batchmill normalize", "axes must be two different ones: axes=[1, 1]");
    Outcome.of("normalize", "a", "b", "--epsilon=-1")
        .refused("batchmill normalize", "epsilon must be finite and not negative: epsilon=-1.0");
    Outcome.of("normalize", "a", "b", "--dtype", "int8")
        .refused("batchmill normalize", "type of the result must be a float type: dtype=int8");
    Outcome.of("normalize", "a", "b", "--kernels", "gpu")
        .refused(
            "batchmill normalize",
            "Invalid value for option '--kernels': 'gpu' is not one of java, cpu, cuda");
    Outcome.of("permutation", "3", "--seed", "1", "--rng", "numpy-legacy")
        .refused(
            "batchmill permutation",
            "Invalid value for option '--rng': 'numpy-legacy' is not one of batchmill, python,"
                + " torch, numpy, numpy-generator, keras-epoch");
    Outcome.of("to-categorical", "a", "b", "--dtype", "complex64")
        .refused(
            "batchmill to-categorical",
            "Invalid value for option '--dtype': dtype must be one of float16, bfloat16, float32,"
                + " float64, int8, int16, int32, int64, uint8, bool: dtype=complex64");
    Outcome.of("demo", "--workers", "-1")
        .refused("batchmill demo", "workers must be at least 0: workers=-1");
  }

  @Test
  void optionsThatExcludeEachOtherAreWrongUsage() {
    Outcome.of("permutation", "3", "--seed", "1", "--rng", "python", "--epoch", "2")
        .refused("batchmill permutation", "--epoch goes only with --rng batchmill: --rng python");
    Outcome.of("permutation", "3", "--seed", "1", "--rng", "numpy", "--epoch", "2")
        .refused("batchmill permutation", "--epoch goes only with --rng batchmill: --rng numpy");
    Outcome.of("permutation", "3", "--seed", "1", "--at", "0", "--out", "x.npy")
        .refused(
            "batchmill permutation",
            "Error: --out=OUT.npy, --at=I,J,... are mutually exclusive (specify only one)");
    Outcome.of("to-categorical", "a", "b", "--multi-hot", "--counts")
        .refused(
            "batchmill to-categorical",
            "Error: --multi-hot, --counts are mutually exclusive (specify only one)");
    Outcome.of("to-categorical", "a", "b", "--label-smoothing", "0.1", "--on-value", "2")
        .refused(
            "batchmill to-categorical",
            "label smoothing goes without on and off values: labelSmoothing=0.1 onValue=2.0"
                + " offValue=null");
  }
}
