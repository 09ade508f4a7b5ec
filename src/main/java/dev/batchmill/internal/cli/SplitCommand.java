package dev.batchmill.internal.cli;

import dev.batchmill.array.NDArray;
import dev.batchmill.array.Npy;
import dev.batchmill.dataset.DatasetSplitter;
import dev.batchmill.dataset.Split;
import dev.batchmill.random.SeedDialect;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code batchmill split}. */
@CommandLine.Command(
    name = "split",
    customSynopsis = {
      "@|bold batchmill split|@ N [--left F|I] [--right F|I]",
      "                [--shuffle] [--seed S] [--rng batchmill|python]",
      "       @|bold batchmill split|@ IN.npy... --out DIR [the same options]"
    },
    description = {
      "Splits N rows, or the rows of arrays, into a left and a right side.",
      "",
      "Prints {\"left\":[...],\"right\":[...]}, or writes DIR/left/IN.npy and DIR/right/IN.npy, all"
          + " arrays at the same rows."
    },
    footer = {
      "Example: 80 percent of images and labels for training:",
      "  batchmill split x.npy y.npy --out parts --left 0.8 --shuffle --seed 7"
    })
final class SplitCommand extends Command {
  @Parameters(
      paramLabel = "N | IN.npy...",
      arity = "1..*",
      description = "The number of rows, or with --out the arrays.")
  private List<String> inputs = List.of();

  @Option(
      names = "--left",
      paramLabel = "F|I",
      description =
          "The left side: a fraction such as 0.8, or a number of rows. Default: the rest.")
  private @Nullable String left;

  @Option(
      names = "--right",
      paramLabel = "F|I",
      description = "The right side, likewise. Default: the rest. One side must be given.")
  private @Nullable String right;

  @Option(names = "--shuffle", description = "Shuffle the rows first.")
  private boolean shuffle;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "The seed of --shuffle, an integer. Default: another one each time.")
  private @Nullable Long seed;

  @Mixin private SeedOptions seedOptions = new SeedOptions();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where the parts go; it must not exist or be empty.")
  private @Nullable Path out;

  @Override
  void run() throws IOException {
    DatasetSplitter splitter = splitter();
    if (out != null) {
      writeParts(splitter, out);
    } else {
      print(splitter.indices(rows()));
    }
  }

  private long rows() {
    try {
      if (inputs.size() == 1) {
        return Long.parseLong(inputs.get(0));
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw wrongUsage(
        "without --out one number of rows is expected, not '" + String.join(" ", inputs) + "'");
  }

  private DatasetSplitter splitter() {
    try {
      return shuffled(sized());
    } catch (IllegalArgumentException e) {
      throw wrongUsage(e);
    }
  }

  private DatasetSplitter sized() {
    if (left != null) {
      Number size = size("--left", left);
      DatasetSplitter splitter =
          size instanceof Long count
              ? DatasetSplitter.left(count)
              : DatasetSplitter.left(size.doubleValue());
      return right == null ? splitter : andRight(splitter, size("--right", right));
    }
    if (right != null) {
      return size("--right", right) instanceof Long count
          ? DatasetSplitter.right(count)
          : DatasetSplitter.right(size("--right", right).doubleValue());
    }
    throw wrongUsage("--left or --right is missing");
  }

  private static DatasetSplitter andRight(DatasetSplitter splitter, Number size) {
    return size instanceof Long count
        ? splitter.andRight(count)
        : splitter.andRight(size.doubleValue());
  }

  /** A whole number is a number of rows, any other a fraction of them. */
  private Number size(String option, String value) {
    try {
      return value.chars().allMatch(c -> c != '.' && c != 'e' && c != 'E')
          ? (Number) Long.valueOf(value)
          : (Number) Double.valueOf(value);
    } catch (NumberFormatException e) {
      throw wrongUsage("Invalid value for option '" + option + "': '" + value + "' is no number");
    }
  }

  private DatasetSplitter shuffled(DatasetSplitter splitter) {
    if (!shuffle) {
      if (seed != null) {
        throw wrongUsage("--seed goes only with --shuffle: --seed " + seed);
      }
      return splitter;
    }
    if (seed != null) {
      return splitter.shuffle(seed, seedOptions.rng);
    }
    if (seedOptions.rng != SeedDialect.BATCHMILL) {
      throw wrongUsage("--rng " + Converters.label(seedOptions.rng) + " needs --seed");
    }
    return splitter.shuffle();
  }

  private void print(Split<long[]> rows) {
    PrintStream stdout = main.out();
    stdout.print("{\"left\":");
    IndexPrinter.printAll(stdout, rows.left());
    stdout.print(",\"right\":");
    IndexPrinter.printAll(stdout, rows.right());
    stdout.println("}");
  }

  private void writeParts(DatasetSplitter splitter, Path directory) throws IOException {
    List<Path> files = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (String input : inputs) {
      Path file = Path.of(input);
      files.add(file);
      if (!names.add(String.valueOf(file.getFileName()))) {
        throw new IllegalArgumentException(
            "two inputs have the same file name: name=" + file.getFileName());
      }
    }
    try (NewDirectory parts = NewDirectory.at(directory)) {
      List<NDArray> arrays = new ArrayList<>();
      for (Path file : files) {
        arrays.add(Npy.read(file));
      }
      Split<List<NDArray>> sides = splitter.split(arrays);
      write(sides.left(), files, parts.directory("left"));
      write(sides.right(), files, parts.directory("right"));
      parts.publish();
    }
  }

  private static void write(List<NDArray> arrays, List<Path> files, Path directory)
      throws IOException {
    for (int i = 0; i < files.size(); i++) {
      Npy.write(directory.resolve(files.get(i).getFileName()), arrays.get(i));
    }
  }
}
