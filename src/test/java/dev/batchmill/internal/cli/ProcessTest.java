package dev.batchmill.internal.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.batchmill.array.NDArray;
import dev.batchmill.array.Npy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line as users have it: relative paths, exit statuses, three streams. */
class ProcessTest {
  @TempDir Path directory;

  @Test
  void aResult() throws Exception {
    Outcome outcome =
        Outcome.ofProcess(directory, "permutation", "10", "--seed", "1337", "--rng", "python");
    assertEquals("[0, 3, 7, 2, 1, 6, 4, 5, 8, 9]\n", outcome.succeeded().out());
  }

  @Test
  void aFile() throws Exception {
    Npy.write(directory.resolve("in.npy"), NDArray.of(new float[] {3, 4}));
    assertEquals(
        "", Outcome.ofProcess(directory, "normalize", "in.npy", "out.npy").succeeded().out());
    assertEquals(List.of("", "in.npy", "out.npy"), List.copyOf(Outcome.listing(directory)));
  }

  @Test
  void aFailure() throws Exception {
    Npy.write(directory.resolve("in.npy"), NDArray.of(new float[] {3, 4}));
    byte[] whole = Files.readAllBytes(directory.resolve("in.npy"));
    Files.write(directory.resolve("in.npy"), Arrays.copyOf(whole, whole.length - 1));
    Outcome.ofProcess(directory, "normalize", "in.npy", "out.npy")
        .failed(
            "batchmill normalize: .npy file is truncated: file=in.npy expectedBytes=8"
                + " actualBytes=7");
    assertEquals(List.of("", "in.npy"), List.copyOf(Outcome.listing(directory)));
  }

  @Test
  void wrongUsage() throws Exception {
    Outcome.ofProcess(directory, "shuffle", "in.npy")
        .refused(
            "batchmill shuffle", "Missing required options and parameters: '--seed=S', 'OUT.npy'");
  }
}
