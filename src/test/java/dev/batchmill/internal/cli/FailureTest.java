package dev.batchmill.internal.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.batchmill.array.NDArray;
import dev.batchmill.array.Npy;
import dev.batchmill.internal.file.FileTree;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bad input: status 1, one line that names the value, and nothing left behind. */
class FailureTest {
  private static final String SHA256_OF_ABC =
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

  @TempDir Path directory;
  private Path good;
  private Path out;
  private TreeSet<String> before;

  @BeforeEach
  void writeAnArray() throws IOException {
    good = directory.resolve("good.npy");
    out = directory.resolve("out.npy");
    Npy.write(good, NDArray.of(new float[] {3, 4, 0, 0, 5, 12}, 3, 2));
    before = Outcome.listing(directory);
  }

  @AfterEach
  void nothingIsLeftBehind() throws IOException {
    assertEquals(before, Outcome.listing(directory));
  }

  private Path file(String name, byte[] content) throws IOException {
    Path file = Files.write(directory.resolve(name), content);
    before.add(name);
    return file;
  }

  @ParameterizedTest
  @ValueSource(strings = {"normalize", "to-categorical"})
  void aMissingFile(String command) {
    Path missing = directory.resolve("missing.npy");
    Outcome.of(command, missing, out)
        .failed("batchmill " + command + ": file does not exist: file=" + missing);
  }

  @Test
  void aTruncatedFile() throws IOException {
    byte[] whole = Files.readAllBytes(good);
    Path truncated = file("truncated.npy", Arrays.copyOf(whole, whole.length - 5));
    Outcome.of("normalize", truncated, out)
        .failed(
            "batchmill normalize: .npy file is truncated: file="
                + truncated
                + " expectedBytes=24 actualBytes=19");
  }

  @Test
  void aFileOfAnotherKind() throws IOException {
    Path text = file("text.npy", "1,2,3".getBytes(StandardCharsets.US_ASCII));
    Outcome.of("normalize", text, out)
        .failed(
            "batchmill normalize: file is not a .npy file, it does not begin with \\x93NUMPY: file="
                + text);
  }

  @Test
  void aWrongDtype() throws IOException {
    String header = "{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }";
    byte[] text =
        (header + " ".repeat(117 - header.length()) + "\n").getBytes(StandardCharsets.US_ASCII);
    byte[] content = new byte[10 + text.length + 8];
    byte[] start = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (byte) text.length, 0};
    System.arraycopy(start, 0, content, 0, start.length);
    System.arraycopy(text, 0, content, start.length, text.length);
    Path complex = file("complex.npy", content);
    Outcome outcome = Outcome.of("normalize", complex, out);
    assertEquals(1, outcome.status());
    assertEquals(1, outcome.err().lines().count(), outcome.err());
    assertTrue(outcome.err().contains("<c8"), outcome.err());
    assertTrue(outcome.err().contains("file=" + complex), outcome.err());
  }

  @Test
  void anAxisOutOfRange() {
    Outcome.of("normalize", good, out, "--axis", "2")
        .failed(
            "batchmill normalize: axis is out of range for an array of rank 2: axis=2"
                + " shape=[3, 2]");
  }

  @Test
  void axesThatTheArrayHasNot() throws IOException {
    Outcome.of("normalize", good, out, "--axis", "0,2", "--order", "fro")
        .failed(
            "batchmill normalize: axis is out of range for an array of rank 2: axis=2"
                + " shape=[3, 2]");
    Outcome.of("normalize", good, out, "--axis", "1,-1")
        .failed("batchmill normalize: axes must be two different ones: axes=[1, -1] shape=[3, 2]");
    Outcome.of("normalize", good, out, "--axis", "none", "--order", "0")
        .failed(
            "batchmill normalize: norm of a matrix must be 1, -1, 2, -2, inf, -inf, fro or nuc:"
                + " norm=0");
    Path solid = directory.resolve("solid.npy");
    before.add("solid.npy");
    Npy.write(solid, NDArray.of(new float[8], 2, 2, 2));
    Outcome.of("normalize", solid, out, "--axis", "none")
        .failed(
            "batchmill normalize: array must have one or two axes when no axis is named:"
                + " shape=[2, 2, 2]");
  }

  @Test
  void aDirectoryInAFilesPlace() {
    Outcome.of("normalize", directory, out)
        .failed("batchmill normalize: file is a directory: file=" + directory);
    Outcome.of("normalize", good, directory)
        .failed("batchmill normalize: file is a directory: file=" + directory);
  }

  @Test
  void anOutputDirectoryThatIsNotThere() {
    Path elsewhere = directory.resolve("no").resolve("out.npy");
    Outcome.of("normalize", good, elsewhere)
        .failed("batchmill normalize: directory does not exist: file=" + elsewhere);
    Outcome.of("demo", "--report", elsewhere)
        .failed("batchmill demo: directory does not exist: file=" + elsewhere);
  }

  @Test
  void aTypeThatNumPyHasNot() {
    Path labels = directory.resolve("good.npy");
    Outcome outcome =
        Outcome.of("to-categorical", labels, out, "--dtype", "bfloat16", "--num-classes", "13");
    assertEquals(1, outcome.status());
    assertEquals(1, outcome.err().lines().count(), outcome.err());
    assertTrue(outcome.err().contains("bfloat16"), outcome.err());
  }

  @Test
  void aLabelOutsideTheClasses() {
    Outcome.of("to-categorical", good, out, "--num-classes", "5")
        .failed(
            "batchmill to-categorical: label is outside the classes: labels[4]=5.0 range=[0, 5)");
  }

  @Test
  void rowsThatCannotBeSplit() {
    Outcome.of("split", "10", "--left", "20")
        .failed("batchmill split: left must be smaller than the number of rows: left=20 n=10");
    Path parts = directory.resolve("parts");
    Path missing = directory.resolve("missing.npy");
    Outcome.of("split", good, missing, "--out", parts, "--left", "1")
        .failed("batchmill split: file does not exist: file=" + missing);
    Outcome.of("split", good, good, "--out", parts, "--left", "1")
        .failed("batchmill split: two inputs have the same file name: name=good.npy");
    Outcome.of("split", good, "--out", directory, "--left", "1")
        .failed("batchmill split: directory is not empty: file=" + directory);
    Outcome.of("split", good, "--out", good, "--left", "1")
        .failed("batchmill split: file exists already: file=" + good);
  }

  @Test
  void placesOutsideAPermutation() {
    Outcome.of("permutation", "3", "--seed", "1", "--at", "3")
        .failed("batchmill permutation: position must be in [0, size): position=3, size=3");
    Outcome.of("permutation", "3", "--seed", "1", "--rng", "python", "--at", "-1")
        .failed("batchmill permutation: position must be in [0, size): position=-1, size=3");
    Outcome.of("permutation", "-3", "--seed", "1")
        .failed("batchmill permutation: size must be in [0, 2^62]: size=-3");
    Outcome.of("permutation", "3", "--seed", "1", "--at", "1,x")
        .failed(
            "batchmill permutation: position must be a whole number in [-2^63, 2^63):"
                + " position=x");
  }

  @Test
  void sizesAndSeedsThatAreNone() throws IOException {
    TreeSet<String> before = Outcome.listing(directory);
    for (String size :
        List.of("", "1.5", "ten", "4611686018427387905", "-1", "1" + "0".repeat(30))) {
      Outcome outcome = Outcome.of("permutation", size, "--seed", "1", "--out", out);
      assertEquals(1, outcome.status());
      assertEquals(1, outcome.err().lines().count(), outcome.err());
      assertTrue(outcome.err().endsWith(": size=" + size + "\n"), outcome.err());
    }
    Outcome.of("permutation", "3000000000", "--seed", "1", "--out", out)
        .failed(
            "batchmill permutation: size must be in [0, 2147483639] to fit an array:"
                + " size=3000000000");
    for (String seed : List.of("", "0x7", "9223372036854775808", "1e3")) {
      String line = ": seed must be a whole number in [-2^63, 2^63): seed=" + seed;
      Outcome.of("permutation", "3", "--seed", seed, "--out", out)
          .failed("batchmill permutation" + line);
      Outcome.of("shuffle", good, out, "--seed", seed).failed("batchmill shuffle" + line);
    }
    for (String seed : List.of("-1", "4294967296")) {
      String line = ": seed of NUMPY_LEGACY must be in [0, 4294967295]: seed=" + seed;
      Outcome.of("permutation", "3", "--seed", seed, "--rng", "numpy", "--out", out)
          .failed("batchmill permutation" + line);
      Outcome.of("shuffle", good, out, "--seed", seed, "--rng", "numpy")
          .failed("batchmill shuffle" + line);
    }
    Outcome.of("permutation", "3", "--seed", "1", "--epoch", "one", "--out", out)
        .failed("batchmill permutation: epoch must be a whole number in [-2^63, 2^63): epoch=one");
    assertEquals(before, Outcome.listing(directory));
  }

  @Test
  void kernelsThatAreNotThere() {
    Outcome outcome = Outcome.of("normalize", good, out, "--kernels", "cuda");
    assertEquals(1, outcome.status());
    assertEquals(1, outcome.err().lines().count(), outcome.err());
    assertTrue(outcome.err().contains("kernels=cuda"), outcome.err());
  }

  @Test
  void aHashThatDiffers() throws IOException {
    Path origin = file("origin.bin", "abd".getBytes(StandardCharsets.US_ASCII));
    Path cache = Files.createDirectory(directory.resolve("cache"));
    Outcome outcome =
        Outcome.of("fetch", origin.toUri(), "--hash", SHA256_OF_ABC, "--cache-dir", cache);
    assertEquals(1, outcome.status());
    assertEquals("", outcome.out());
    Path file = cache.resolve("datasets").resolve("origin.bin");
    outcome.failed(
        "batchmill fetch: file does not have the expected hash: file="
            + file
            + " algorithm=sha256 expected="
            + SHA256_OF_ABC
            + " actual=a52d159f262b2c6ddb724a61840befc36eb30c88877a4030b65cbe86298449c9");
    assertFalse(Files.exists(file));
    FileTree.delete(cache);
  }

  @Test
  void aConnectionThatIsRefused() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    String url = "http://127.0.0.1:" + port + "/flowers.tar.gz";
    Path cache = Files.createDirectory(directory.resolve("cache"));
    Outcome outcome = Outcome.of("fetch", url, "--cache-dir", cache, "--extract", "--retries", "0");
    outcome.failed("batchmill fetch: cannot download: url=" + url + " reason=connection refused");
    FileTree.delete(cache);
  }

  @Test
  void anArchiveThatIsNone() throws IOException {
    Path archive = file("bad.tar.gz", new byte[] {0x1f, (byte) 0x8b, 8, 0, 1, 2, 3});
    Outcome outcome = Outcome.of("extract", archive, directory.resolve("extracted"));
    assertEquals(1, outcome.status());
    assertEquals(1, outcome.err().lines().count(), outcome.err());
    assertTrue(outcome.err().contains("archive=" + archive), outcome.err());
  }

  @Test
  void aLineThatIsNoStep() {
    InputStream stdin = System.in;
    System.setIn(new ByteArrayInputStream("1\n2 loss\n".getBytes(StandardCharsets.US_ASCII)));
    try {
      Outcome outcome = Outcome.of("progress", "--verbose", "0");
      outcome.failed(
          "batchmill progress: input must be lines 'step [name=value ...]': line 2=2 loss");
    } finally {
      System.setIn(stdin);
    }
  }

  @Test
  void verboseShowsTheStackTrace() {
    Path missing = directory.resolve("missing.npy");
    Outcome outcome = Outcome.of("normalize", missing, out, "--verbose");
    assertEquals(1, outcome.status());
    assertTrue(outcome.err().contains("\tat dev.batchmill.array.Npy.read"), outcome.err());
    Outcome before = Outcome.of("--verbose", "normalize", missing, out);
    assertTrue(before.err().contains("\tat dev.batchmill.array.Npy.read"), before.err());
  }

  @Test
  void anOutputThatCannotBeWritten() {
    PrintStream full =
        new PrintStream(
            new OutputStream() {
              @Override
              public void write(int b) throws IOException {
                throw new IOException("No space left on device");
              }
            });
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    String[] args = {"permutation", "3", "--seed", "1"};
    assertEquals(1, Main.run(args, full, new PrintStream(err, true, StandardCharsets.UTF_8)));
    assertEquals(
        "batchmill permutation: standard output cannot be written\n",
        err.toString(StandardCharsets.UTF_8));
  }
}
