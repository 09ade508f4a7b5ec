package dev.batchmill.internal.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.batchmill.runtime.Backend;
import dev.batchmill.runtime.Backends;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo from end to end. */
class DemoCommandTest {
  private static final Pattern ACCURACY =
      Pattern.compile("test accuracy +(0\\.\\d{4}) \\((\\d+) of 359\\)");

  @TempDir Path directory;
  private Backend backend;

  @BeforeEach
  void noteTheBackend() {
    backend = Backends.active();
  }

  @AfterEach
  void restoreTheBackend() {
    Backends.use(backend);
  }

  /** The lines that must be the same whenever the seed is. */
  private static List<String> numbers(Outcome outcome) {
    assertEquals(0, outcome.status(), outcome.err());
    List<String> lines =
        outcome
            .out()
            .lines()
            .filter(line -> line.matches("(training|test) (loss|accuracy) .*|[ 0-9.]+"))
            .toList();
    assertEquals(14, lines.size(), outcome.out());
    return lines;
  }

  @Test
  void theDemoEndsWithAnAccuracyOfAtLeast95Percent() {
    Outcome outcome = Outcome.of("demo");
    assertEquals(0, outcome.status(), outcome.err());
    List<String> lines = outcome.out().lines().toList();
    Matcher accuracy = ACCURACY.matcher(lines.get(lines.size() - 1));
    assertTrue(accuracy.matches(), outcome.out());
    assertTrue(Double.parseDouble(accuracy.group(1)) >= 0.95, outcome.out());
    assertTrue(
        lines
            .get(0)
            .matches("archive +http://127\\.0\\.0\\.1:\\d+/digits\\.tar\\.gz \\(fetched, .*"),
        outcome.out());
    for (String stage : List.of("fetch, verify, extract", "split", "normalise", "train", "test")) {
      assertTrue(outcome.out().contains("\n  " + stage + " "), stage);
    }
    assertTrue(outcome.err().contains("1350/1350"), outcome.err());
    assertTrue(outcome.err().contains("accuracy: "), outcome.err());
  }

  @Test
  void theSeedAloneDecidesTheNumbers() {
    List<String> expected = numbers(Outcome.of("demo", "--seed", 3, "--epochs", 4));
    for (int workers : new int[] {0, 1, 4}) {
      for (String kernels : List.of("java", "cpu")) {
        Outcome outcome =
            Outcome.of(
                "demo", "--seed", 3, "--epochs", 4, "--workers", workers, "--kernels", kernels);
        assertEquals(expected, numbers(outcome), kernels + " " + workers);
        assertTrue(outcome.out().contains("\nkernels           " + kernels), outcome.out());
      }
    }
    assertFalse(expected.equals(numbers(Outcome.of("demo", "--seed", 4, "--epochs", 4))));
  }

  @Test
  void whereTheLoaderIsGivenUpMakesNoDifference() {
    // 45 batches an epoch: in the middle of one, at its end, at the last batch of all.
    Outcome whole = Outcome.of("demo", "--epochs", 3, "--stop-after", 0);
    assertFalse(whole.out().contains("\nresumed"), whole.out());
    for (int stopAfter : new int[] {1, 67, 90, 134}) {
      Outcome outcome = Outcome.of("demo", "--epochs", 3, "--stop-after", stopAfter);
      assertEquals(numbers(whole), numbers(outcome), "stop after " + stopAfter);
      assertTrue(
          outcome
              .out()
              .contains(
                  "\nresumed           after %d batches by another loader with 3 workers, from"
                          .formatted(stopAfter)
                      + " {\"batchmill\":\"loader-state\",\"version\":1,\"epoch\":%d,\"batch\":%d,"
                          .formatted(stopAfter / 45, stopAfter % 45)),
          outcome.out());
    }
  }

  @Test
  void theCacheIsUsed() {
    Object[] command = {"demo", "--epochs", 1, "--cache-dir", directory};
    assertTrue(Outcome.of(command).out().contains("(fetched, SHA-256 verified)"));
    assertTrue(Outcome.of(command).out().contains("(found in the cache)"));
    assertTrue(Files.exists(directory.resolve("datasets").resolve("digits").resolve("digits.csv")));
  }

  @Test
  void nothingTemporaryIsLeft() throws Exception {
    Outcome outcome = Outcome.ofProcess(directory, "demo", "--epochs", 1);
    assertEquals(0, outcome.status(), outcome.err());
    assertEquals(List.of(""), List.copyOf(Outcome.listing(directory)));
  }

  @Test
  void theReportStandsAlone() throws IOException {
    Path report = directory.resolve("demo.html");
    Outcome outcome = Outcome.of("demo", "--epochs", 2, "--report", report);
    assertEquals(0, outcome.status(), outcome.err());
    assertEquals(List.of("", "demo.html"), List.copyOf(Outcome.listing(directory)));
    String page = Files.readString(report);
    assertFalse(page.contains("{{"), "every place is filled");
    assertFalse(Pattern.compile("(src|href)=|url\\(|@import|<script").matcher(page).find());
    assertEquals(2, page.split("<svg class=\"chart\"", -1).length - 1);
    assertEquals(11, page.split("<tr><th>", -1).length - 1, "the confusion matrix");
    int misread = 359 - Integer.parseInt(lastNumber(outcome));
    assertTrue(page.contains("Misread: " + misread), "as many as the accuracy says");
    assertEquals(Math.min(24, misread), page.split("<figure class=\"wrong\">", -1).length - 1);
    assertTrue(page.contains("prefers-color-scheme: dark"));
    assertTrue(page.contains("<td>Kernels</td>"));
  }

  private static String lastNumber(Outcome outcome) {
    Matcher accuracy = ACCURACY.matcher(outcome.out());
    assertTrue(accuracy.find(), outcome.out());
    return accuracy.group(2);
  }
}
