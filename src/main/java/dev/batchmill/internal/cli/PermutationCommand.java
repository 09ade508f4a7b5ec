package dev.batchmill.internal.cli;

import static dev.batchmill.internal.cli.Converters.label;

import dev.batchmill.array.NDArray;
import dev.batchmill.array.Npy;
import dev.batchmill.random.Permutation;
import dev.batchmill.random.SeedDialect;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code batchmill permutation}. */
@CommandLine.Command(
    name = "permutation",
    customSynopsis = {
      "@|bold batchmill permutation|@ N --seed S [--epoch E] [--rng R]",
      "                      [--out OUT.npy | --at I,J,...]"
    },
    description = {
      "Shuffles the numbers from 0 to N - 1.",
      "",
      "Prints a JSON array on one line, or writes an int64 array."
    },
    footer = {
      "Example: what Python prints after random.seed(1337); x = list(range(10)); random.shuffle(x):",
      "  batchmill permutation 10 --seed 1337 --rng python",
      "Example: two places of an order too large to be written down:",
      "  batchmill permutation 1000000000000 --seed 7 --at 0,999999999999"
    })
final class PermutationCommand extends Command {
  /** Numbers that are worked on at a time. */
  private static final int CHUNK = 1 << 16;

  @Parameters(
      paramLabel = "N",
      converter = Converters.OfWholeNumber.class,
      description = "How many numbers, at most 2^62.")
  @SuppressWarnings("NullAway.Init")
  private WholeNumber size;

  @Option(
      names = "--seed",
      paramLabel = "S",
      required = true,
      converter = Converters.OfWholeNumber.class,
      description = "The seed, an integer.")
  @SuppressWarnings("NullAway.Init")
  private WholeNumber seed;

  @Option(
      names = "--epoch",
      paramLabel = "E",
      converter = Converters.OfWholeNumber.class,
      description = "Which of the seed's orders; only of our own. Default: 0.")
  private @Nullable WholeNumber epoch;

  @Mixin private SeedOptions seedOptions = new SeedOptions();

  @ArgGroup(exclusive = true)
  private Target target = new Target();

  /** What to do with the order; one thing at a time. */
  static final class Target {
    @Option(names = "--out", paramLabel = "OUT.npy", description = "Write it there instead.")
    @Nullable Path out;

    @Option(
        names = "--at",
        paramLabel = "I,J,...",
        split = ",",
        hideParamSyntax = true,
        converter = Converters.OfWholeNumber.class,
        description = "Print only what stands at these positions.")
    WholeNumber @Nullable [] at;

    /** The positions; null when none was given. */
    long @Nullable [] positions() {
      return at == null
          ? null
          : Arrays.stream(at).mapToLong(position -> position.value("position")).toArray();
    }
  }

  @Override
  void run() throws IOException {
    long count = size.value("size");
    long seedValue = seed.value("seed");
    long[] positions = target.positions();
    if (seedOptions.rng == SeedDialect.BATCHMILL) {
      Permutation order =
          Permutation.of(count, seedValue, epoch == null ? 0 : epoch.value("epoch"));
      if (target.out != null) {
        Npy.write(target.out, NDArray.of(order.toArray()));
      } else if (positions != null) {
        print(Arrays.stream(positions).map(order::indexAt).toArray());
      } else {
        print(order);
      }
    } else {
      requireNoEpoch();
      long[] order = seedOptions.rng.permutation(count, seedValue);
      if (target.out != null) {
        Npy.write(target.out, NDArray.of(order));
      } else if (positions != null) {
        print(Arrays.stream(positions).map(position -> at(order, position)).toArray());
      } else {
        print(order);
      }
    }
  }

  private void requireNoEpoch() {
    if (epoch != null) {
      throw wrongUsage("--epoch goes only with --rng batchmill: --rng " + label(seedOptions.rng));
    }
  }

  private static long at(long[] order, long position) {
    if (position < 0 || position >= order.length) {
      throw new IllegalArgumentException(
          "position must be in [0, size): position=" + position + ", size=" + order.length);
    }
    return order[(int) position];
  }

  private void print(long[] indices) {
    IndexPrinter.printAll(main.out(), indices);
    main.out().println();
  }

  private void print(Permutation order) {
    IndexPrinter printer = new IndexPrinter(main.out());
    long[] chunk = new long[CHUNK];
    for (long first = 0; first < order.size(); first += CHUNK) {
      int count = (int) Math.min(CHUNK, order.size() - first);
      order.fill(first, chunk, 0, count);
      printer.print(chunk, count);
    }
    printer.end();
    main.out().println();
  }
}
