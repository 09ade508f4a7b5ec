package dev.batchmill.internal.cli;

import dev.batchmill.internal.bind.NativeLibrary;
import dev.batchmill.internal.demo.Demo;
import dev.batchmill.internal.demo.DemoOptions;
import dev.batchmill.internal.demo.DemoReport;
import dev.batchmill.internal.demo.DemoResult;
import dev.batchmill.internal.demo.DemoText;
import dev.batchmill.internal.file.TextFile;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** {@code batchmill demo}. */
@CommandLine.Command(
    name = "demo",
    customSynopsis = {
      "@|bold batchmill demo|@ [--seed S] [--epochs N] [--batch-size B] [--workers W]",
      "               [--stop-after B] [--report FILE.html] [--cache-dir D]"
    },
    description = {
      "Trains a classifier of handwritten digits, through every part of the library.",
      "",
      "Serves the bundled archive on the loopback address, fetches it with its SHA-256, extracts and"
          + " reads it, splits 80:20, normalises, one-hot encodes, loads shuffled batches and"
          + " trains; on the way the loader is given up, and another one goes on from its saved"
          + " state. A seed gives the same loss and accuracy to the last digit for any number of"
          + " workers, any kernels and wherever the loader is given up."
    },
    footer = {"Example: with a page to look at:", "  batchmill demo --report demo.html"})
final class DemoCommand extends Command {
  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "1337",
      description =
          "The seed of the split, the weights and the batches. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      defaultValue = "30",
      description = "How often the training rows are walked. Default: ${DEFAULT-VALUE}.")
  private int epochs;

  @Option(
      names = "--batch-size",
      paramLabel = "B",
      defaultValue = "32",
      description = "The rows in a batch. Default: ${DEFAULT-VALUE}.")
  private int batchSize;

  @Option(
      names = "--workers",
      paramLabel = "W",
      defaultValue = "2",
      description =
          "The threads that make batches; 0: the one that trains. Default: ${DEFAULT-VALUE}.")
  private int workers;

  @Option(
      names = "--stop-after",
      paramLabel = "B",
      description =
          "The number of batches after which the loader is given up and another one, with one worker"
              + " more, goes on from its state; 0: never. Default: in the middle of the middle epoch.")
  private @Nullable Long stopAfter;

  @Option(
      names = "--report",
      paramLabel = "FILE.html",
      description = "Write a self-contained page with curves, confusion matrix and images.")
  private @Nullable Path report;

  @Option(
      names = "--cache-dir",
      paramLabel = "D",
      description = "Where the archive is cached and stays. Default: a temporary directory.")
  private @Nullable Path cacheDirectory;

  @Override
  void run() throws Exception {
    if (report != null) {
      TextFile.requireDirectory(report);
    }
    DemoResult result;
    if (cacheDirectory != null) {
      result = demo(cacheDirectory);
    } else {
      try (TemporaryDirectory temporary = TemporaryDirectory.create("batchmill-demo")) {
        result = demo(temporary.path());
      }
    }
    if (report != null) {
      TextFile.write(report, DemoReport.html(result, NativeLibrary.version()));
      main.err().println("report written: " + report);
    }
    DemoText.print(result, main.out());
  }

  private DemoResult demo(Path cache) throws Exception {
    return Demo.run(options(cache), main.err());
  }

  private DemoOptions options(Path cache) {
    try {
      return new DemoOptions(
          seed,
          epochs,
          batchSize,
          workers,
          stopAfter == null ? OptionalLong.empty() : OptionalLong.of(stopAfter),
          cache);
    } catch (IllegalArgumentException e) {
      throw wrongUsage(e);
    }
  }
}
