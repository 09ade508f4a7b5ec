package dev.batchmill.internal.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.batchmill.array.DType;
import dev.batchmill.array.NDArray;
import dev.batchmill.array.Npy;
import dev.batchmill.random.Permutation;
import dev.batchmill.random.SeedDialect;
import dev.batchmill.runtime.Backend;
import dev.batchmill.runtime.Backends;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands that work on arrays; the golden files are src/test/python/cli_golden.py's. */
class ArrayCommandsTest {
  @TempDir Path directory;

  private static InputStream golden(String name) {
    return Objects.requireNonNull(ArrayCommandsTest.class.getResourceAsStream(name), name);
  }

  private Path file(String name) throws IOException {
    Path file = directory.resolve(name);
    try (InputStream in = golden(name)) {
      Files.copy(in, file);
    }
    return file;
  }

  private Path file(String name, NDArray array) throws IOException {
    Path file = directory.resolve(name);
    Npy.write(file, array);
    return file;
  }

  private static void assertClose(NDArray expected, NDArray actual, double tolerance) {
    assertEquals(expected.dtype(), actual.dtype());
    assertEquals(expected.shape(), actual.shape());
    double[] wanted = expected.toDoubleArray();
    double[] seen = actual.toDoubleArray();
    for (int i = 0; i < wanted.length; i++) {
      assertEquals(wanted[i], seen[i], Math.abs(wanted[i]) * tolerance, "element " + i);
    }
  }

  @ParameterizedTest
  @CsvSource({"float32, 1e-6", "float64, 1e-13"})
  void normalizeGivesWhatKerasGives(String dtype, double tolerance) throws IOException {
    Path in = file("x-" + dtype + ".npy");
    Path out = directory.resolve("out.npy");
    assertEquals("", Outcome.of("normalize", in, out).succeeded().out());
    assertClose(Npy.read(file("rows-" + dtype + ".npy")), Npy.read(out), tolerance);
    Outcome.of("normalize", in, out, "--axis", "0", "--order", "1").succeeded();
    assertClose(Npy.read(file("columns-" + dtype + ".npy")), Npy.read(out), tolerance);
    Outcome.of("normalize", in, out, "--epsilon", "20").succeeded();
    assertClose(Npy.read(file("epsilon-" + dtype + ".npy")), Npy.read(out), tolerance);
    Outcome.of("normalize", in, out, "--axis", "none", "--order", "nuc").succeeded();
    assertClose(Npy.read(file("nuclear-" + dtype + ".npy")), Npy.read(out), tolerance);
  }

  @ParameterizedTest
  @ValueSource(strings = {"fro", "2", "inf"})
  void normalizeTakesMatricesOfIntegersAndGivesTheTypeAskedFor(String order) throws IOException {
    Path in = file("images-uint8.npy");
    Path out = directory.resolve("out.npy");
    NDArray expected = Npy.read(file("images-" + order + ".npy"));
    Outcome.of("normalize", in, out, "--axis", "1,2", "--order", order).succeeded();
    assertClose(expected, Npy.read(out), 1e-13);
    Outcome.of("normalize", in, out, "--axis=-2,-1", "--order", order, "--dtype", "float32")
        .succeeded();
    assertClose(expected.astype(DType.FLOAT32), Npy.read(out), 1e-6);
  }

  @Test
  void normalizeTakesNegativeAxesAndInfiniteOrders() throws IOException {
    Path in = file("in.npy", NDArray.of(new float[] {2, -4, 8, 1}, 2, 2));
    Path out = directory.resolve("out.npy");
    Outcome.of("normalize", in, out, "--axis", "-2", "--order", "inf").succeeded();
    assertArrayEquals(new float[] {.25f, -1, 1, .25f}, Npy.read(out).toFloatArray());
    Outcome.of("normalize", in, out, "--axis=-1", "--order=-inf").succeeded();
    assertArrayEquals(new float[] {1, -2, 8, 1}, Npy.read(out).toFloatArray());
  }

  @Test
  void normalizeMayReplaceItsInput() throws IOException {
    Path file = file("in.npy", NDArray.of(new float[] {3, 4}));
    Outcome.of("normalize", file, file).succeeded();
    assertArrayEquals(new float[] {.6f, .8f}, Npy.read(file).toFloatArray());
  }

  @ParameterizedTest
  @ValueSource(strings = {"java", "cpu"})
  void theKernelsMayBeForcedBeforeAndAfterTheCommand(String kernels) throws IOException {
    Backend before = Backends.active();
    try {
      Path in = file("x-float32.npy");
      Path out = directory.resolve("out.npy");
      Outcome.of("normalize", in, out, "--kernels", kernels).succeeded();
      assertEquals(Backend.of(kernels), Backends.active());
      Backends.use(Backend.JAVA);
      Outcome.of("--kernels", kernels, "normalize", in, out).succeeded();
      assertEquals(Backend.of(kernels), Backends.active());
    } finally {
      Backends.use(before);
    }
  }

  @Test
  void toCategoricalEncodes() throws IOException {
    Path in = file("labels.npy", NDArray.of(new long[] {2, 0}));
    Path out = directory.resolve("out.npy");
    Outcome.of("to-categorical", in, out).succeeded();
    assertTrue(Npy.read(out).contentEquals(NDArray.of(new float[] {0, 0, 1, 1, 0, 0}, 2, 3)));
    Outcome.of("to-categorical", in, out, "--num-classes", "4", "--dtype", "int8").succeeded();
    NDArray expected = NDArray.of(new byte[] {0, 0, 1, 0, 1, 0, 0, 0}, 2, 4);
    assertTrue(Npy.read(out).contentEquals(expected));
    Outcome.of("to-categorical", in, out, "--dtype", "bool").succeeded();
    assertEquals(DType.BOOL, Npy.read(out).dtype());
  }

  @Test
  void toCategoricalTakesTheSettingsOfAnEncoder() throws IOException {
    Path in = file("labels.npy", NDArray.of(new long[] {2, 0, -1, 0}, 2, 2));
    Path out = directory.resolve("out.npy");
    Outcome.of(
            "to-categorical",
            in,
            out,
            "--axis",
            "0",
            "--ignore-index",
            "-1",
            "--on-value",
            "5",
            "--off-value=-1",
            "--dtype",
            "int8")
        .succeeded();
    byte[] across = {-1, 5, -1, 5, -1, -1, -1, -1, 5, -1, -1, -1};
    assertTrue(Npy.read(out).contentEquals(NDArray.of(across, 3, 2, 2)));
    Outcome.of("to-categorical", in, out, "--multi-hot", "--ignore-index", "-1").succeeded();
    NDArray rows = NDArray.of(new float[] {1, 0, 1, 1, 0, 0}, 2, 3);
    assertTrue(Npy.read(out).contentEquals(rows));
    Outcome.of("to-categorical", in, out, "--counts", "--ignore-index", "-1").succeeded();
    assertTrue(Npy.read(out).contentEquals(rows));
    Path one = file("one.npy", NDArray.of(new int[] {1}));
    Outcome.of("to-categorical", one, out, "--label-smoothing", "0.5").succeeded();
    assertArrayEquals(new float[] {.25f, .75f}, Npy.read(out).toFloatArray());
  }

  @Test
  void permutationPrintsWhatTheLibrariesPrint() throws IOException {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(golden("permutations.txt"), StandardCharsets.US_ASCII))) {
      List<String> all = lines.lines().toList();
      assertEquals(17, all.size());
      for (String line : all) {
        String[] words = line.split(" ", 4);
        Outcome outcome =
            Outcome.of("permutation", words[1], "--seed", words[2], "--rng", words[0]);
        assertEquals(words[3] + "\n", outcome.succeeded().out());
      }
    }
  }

  @Test
  void permutationPrintsOurOwnOrder() {
    Permutation order = Permutation.of(200_000, 7, 3);
    Outcome whole = Outcome.of("permutation", "200000", "--seed", "7", "--epoch", "3").succeeded();
    assertEquals(Arrays.toString(order.toArray()) + "\n", whole.out());
    Outcome at =
        Outcome.of("permutation", "200000", "--seed", "7", "--epoch", "3", "--at", "0,199999");
    assertEquals(
        "[" + order.indexAt(0) + ", " + order.indexAt(199_999) + "]\n", at.succeeded().out());
    assertEquals("[]\n", Outcome.of("permutation", "0", "--seed", "7").succeeded().out());
  }

  @Test
  void permutationFindsPlacesInOrdersTooLargeToBeWrittenDown() {
    Permutation order = Permutation.of(1L << 62, -1);
    assertEquals(
        "[" + order.indexAt((1L << 62) - 1) + "]\n",
        Outcome.of("permutation", 1L << 62, "--seed", "-1", "--at", (1L << 62) - 1)
            .succeeded()
            .out());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"batchmill", "python", "torch", "numpy", "numpy-generator", "keras-epoch"})
  void permutationWritesInt64(String rng) throws IOException {
    Path out = directory.resolve("out.npy");
    assertEquals(
        "", Outcome.of("permutation", "9", "--seed", "5", "--rng", rng, "--out", out).out());
    NDArray written = Npy.read(out);
    assertEquals(DType.INT64, written.dtype());
    assertEquals(
        Outcome.of("permutation", "9", "--seed", "5", "--rng", rng).out(),
        Arrays.toString(written.toLongArray()) + "\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"python", "torch", "numpy", "numpy-generator", "keras-epoch"})
  void shuffleGivesWhatTheLibrariesGive(String rng) throws IOException {
    Path in = file("x-float32.npy");
    Path out = directory.resolve("out.npy");
    assertEquals("", Outcome.of("shuffle", in, out, "--seed", "5", "--rng", rng).out());
    assertTrue(Npy.read(out).contentEquals(Npy.read(file("shuffled-" + rng + ".npy"))));
  }

  @Test
  void shuffleTakesTheRowsOfThePermutation() throws IOException {
    NDArray array = NDArray.of(new int[] {0, 1, 10, 11, 20, 21, 30, 31}, 4, 2);
    Path in = file("in.npy", array);
    Path out = directory.resolve("out.npy");
    Outcome.of("shuffle", in, out, "--seed", "1337", "--rng", "python").succeeded();
    NDArray expected = array.take(SeedDialect.PYTHON.permutation(4, 1337));
    assertTrue(Npy.read(out).contentEquals(expected));
    Outcome.of("shuffle", in, out, "--seed", "1337").succeeded();
    assertTrue(Npy.read(out).contentEquals(array.take(Permutation.of(4, 1337).toArray())));
  }

  @Test
  void splitPrintsTheRowsOfBothSides() {
    assertEquals(
        "{\"left\":[0, 1, 2, 3, 4, 5, 6],\"right\":[7, 8, 9]}\n",
        Outcome.of("split", "10", "--left", "0.7").succeeded().out());
    assertEquals(
        "{\"left\":[0, 1],\"right\":[9]}\n",
        Outcome.of("split", "10", "--left", "2", "--right", "1").succeeded().out());
    long[] order = SeedDialect.PYTHON.permutation(3, 4);
    assertEquals(
        "{\"left\":[%d, %d],\"right\":[%d]}%n".formatted(order[0], order[1], order[2]),
        Outcome.of("split", "3", "--right", "1", "--shuffle", "--seed", "4", "--rng", "python")
            .succeeded()
            .out());
  }

  @Test
  void splitWritesAllArraysAtTheSameRows() throws IOException {
    Path x = file("x.npy", NDArray.of(new float[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, 5, 2));
    Path y = file("y.npy", NDArray.of(new long[] {0, 1, 2, 3, 4}));
    Path out = directory.resolve("parts");
    Outcome outcome =
        Outcome.of(
            "split", x, y, "--out", out, "--left", "3", "--right", "1", "--shuffle", "--seed", "6");
    assertEquals("", outcome.succeeded().out());
    long[] order = Permutation.of(5, 6).toArray();
    assertArrayEquals(Arrays.copyOf(order, 3), Npy.read(out.resolve("left/y.npy")).toLongArray());
    assertArrayEquals(
        new float[] {2 * order[4], 2 * order[4] + 1},
        Npy.read(out.resolve("right/x.npy")).toFloatArray());
    assertEquals(
        List.of("", "left", "left/x.npy", "left/y.npy", "right", "right/x.npy", "right/y.npy"),
        List.copyOf(Outcome.listing(out)));
  }

  @Test
  void splitFillsAnEmptyDirectory() throws IOException {
    Path x = file("x.npy", NDArray.of(new float[] {0, 1}));
    Path out = Files.createDirectory(directory.resolve("parts"));
    Outcome.of("split", x, "--out", out, "--left", "1").succeeded();
    assertArrayEquals(new float[] {1}, Npy.read(out.resolve("right/x.npy")).toFloatArray());
  }
}
