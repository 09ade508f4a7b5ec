package dev.batchmill.internal.cli;

import dev.batchmill.random.SeedDialect;
import picocli.CommandLine.Option;

/** Which generator a seed is for. */
final class SeedOptions {
  @Option(
      names = "--rng",
      paramLabel = "R",
      defaultValue = "batchmill",
      converter = Converters.OfDialect.class,
      description =
          "Whose order a seed means; the same numbers as there. Default: ${DEFAULT-VALUE}.%n"
              + "  batchmill        our own%n"
              + "  python           random.seed(S); random.shuffle%n"
              + "  torch            torch.manual_seed(S); torch.randperm%n"
              + "  numpy            numpy.random.RandomState(S).permutation%n"
              + "  numpy-generator  numpy.random.default_rng(S).permutation%n"
              + "  keras-epoch      random.Random(S).shuffle, S the epoch")
  @SuppressWarnings("NullAway.Init")
  SeedDialect rng;
}
