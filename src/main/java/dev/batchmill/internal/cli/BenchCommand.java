package dev.batchmill.internal.cli;

import dev.batchmill.internal.bench.Bench;
import dev.batchmill.internal.bench.BenchOptions;
import dev.batchmill.internal.bench.BenchResult;
import dev.batchmill.runtime.Backend;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** {@code batchmill bench}. */
@CommandLine.Command(
    name = "bench",
    customSynopsis = {
      "@|bold batchmill bench|@ [--json] [--filter S] [--forks N] [--threads N] [--quick]",
      "       @|bold batchmill bench|@ --list [--filter S]"
    },
    description = {
      "Times the operations: one line for each, with the memory it moves in a second and its share"
          + " of the roof.",
      "",
      "The roof is the fastest that this machine moves the same memory in the same minute: reads,"
          + " writes, copies, or (nt) writes and copies past the caches; for a loader, gathers the"
          + " same rows. A time is a median; alloc is what a call (of a loader: a batch) allocates"
          + " on the Java heap; items are batches. All operations take ten minutes; they need"
          + " 3 GiB of memory, and a machine that does nothing else."
    },
    footer = {
      "Example: the ones that normalise rows, each in three fresh processes:",
      "  batchmill bench --filter 'normalize.*/last' --forks 3"
    })
final class BenchCommand extends Command {
  @Option(names = "--json", description = "Print a JSON array instead of a table.")
  private boolean json;

  @Option(
      names = "--filter",
      paramLabel = "S",
      description =
          "Only operations in whose line of --list this regular expression is found. Default: all.")
  private @Nullable String filter;

  @Option(
      names = "--forks",
      paramLabel = "N",
      description =
          "Measure each group of operations in N fresh processes, one after another, and take the"
              + " median; 0: in this one. Default: 1, with --quick 0.")
  private @Nullable Integer forks;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "The threads an operation may use. Default: all processors.")
  private @Nullable Integer threads;

  @Option(names = "--quick", description = "Tiny arrays: not to measure, to see that all runs.")
  private boolean quick;

  @Option(names = "--list", description = "Print the operations and measure nothing.")
  private boolean list;

  @Override
  void run() throws Exception {
    Bench bench = bench();
    if (list) {
      bench.labels().forEach(main.out()::println);
    } else if (json) {
      List<BenchResult> results = new ArrayList<>();
      bench.run(this::progress, results::add);
      main.out().print(BenchText.json(results));
    } else {
      main.out().println(BenchText.header());
      bench.run(this::progress, result -> main.out().println(BenchText.line(result)));
    }
  }

  private Bench bench() {
    Backend forced = forcedKernels();
    try {
      return Bench.of(
          new BenchOptions(
              filter == null ? null : Pattern.compile(filter),
              forced == null ? null : forced.lowerCaseName(),
              quick,
              threads,
              forks != null ? forks : quick ? 0 : 1));
    } catch (PatternSyntaxException e) {
      throw wrongUsage(
          "Invalid value for option '--filter': '%s' is no regular expression: %s"
              .formatted(filter, e.getDescription()));
    } catch (IllegalArgumentException e) {
      throw wrongUsage(e);
    }
  }

  private void progress(String line) {
    main.err().println("bench: " + line);
  }
}
