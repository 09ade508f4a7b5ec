package dev.batchmill.internal.cli;

import dev.batchmill.random.SeedDialect;
import picocli.CommandLine.Option;

/** Which generator a seed is for. */
final class SeedOptions {
  @Option(
      names = "--rng",
      paramLabel = "batchmill|python",
      defaultValue = "batchmill",
      converter = Converters.OfDialect.class,
      description =
          "Whose order: our own, or the one of Python's random.seed(S); random.shuffle."
              + " Default: ${DEFAULT-VALUE}.")
  @SuppressWarnings("NullAway.Init")
  SeedDialect rng;
}
