package dev.batchmill.internal.cli;

import dev.batchmill.array.NDArray;
import dev.batchmill.array.Npy;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code batchmill shuffle}. */
@CommandLine.Command(
    name = "shuffle",
    customSynopsis = "@|bold batchmill shuffle|@ IN.npy OUT.npy --seed S [--rng R]",
    description = {
      "Shuffles the rows of an array.",
      "",
      "Row i of the result is the row that stands at i in the permutation of that seed, so arrays"
          + " of equal length keep their rows together."
    },
    footer = {
      "Example: images and labels in one order:",
      "  batchmill shuffle x.npy x-shuffled.npy --seed 7",
      "  batchmill shuffle y.npy y-shuffled.npy --seed 7"
    })
final class ShuffleCommand extends Command {
  @Parameters(index = "0", paramLabel = "IN.npy", description = "The array.")
  @SuppressWarnings("NullAway.Init")
  private Path in;

  @Parameters(index = "1", paramLabel = "OUT.npy", description = "Where the result goes.")
  @SuppressWarnings("NullAway.Init")
  private Path out;

  @Option(
      names = "--seed",
      paramLabel = "S",
      required = true,
      converter = Converters.OfWholeNumber.class,
      description = "The seed, an integer.")
  @SuppressWarnings("NullAway.Init")
  private WholeNumber seed;

  @Mixin private SeedOptions seedOptions = new SeedOptions();

  @Override
  void run() throws IOException {
    long seedValue = seed.value("seed");
    NDArray array = Npy.read(in);
    if (array.shape().rank() == 0) {
      throw new IllegalArgumentException("array must have rows, it is a scalar: file=" + in);
    }
    Npy.write(out, array.take(seedOptions.rng.permutation(array.shape().dim(0), seedValue)));
  }
}
