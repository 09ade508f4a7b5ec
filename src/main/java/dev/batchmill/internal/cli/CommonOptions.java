package dev.batchmill.internal.cli;

import dev.batchmill.runtime.Backend;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that may stand before the command and after it. */
final class CommonOptions {
  /** Behind a command's own options. */
  private static final int LAST = 100;

  @Option(
      names = "--kernels",
      order = LAST,
      paramLabel = "java|cpu|cuda",
      converter = Converters.OfBackend.class,
      description = "Force these kernels; an error when they are not there. Default: the best.")
  @Nullable Backend kernels;

  @Option(names = "--verbose", order = LAST + 1, description = "Show the stack trace of an error.")
  boolean verbose;

  @Option(
      names = {"-h", "--help"},
      order = LAST + 2,
      usageHelp = true,
      description = "Print this help and exit.")
  boolean help;
}
