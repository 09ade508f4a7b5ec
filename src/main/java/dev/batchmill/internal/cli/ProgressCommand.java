package dev.batchmill.internal.cli;

import dev.batchmill.progress.ProgressBar;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code batchmill progress}. Its {@code --verbose} is the bar's, as in Keras. */
@SuppressWarnings("NullAway.Init")
@CommandLine.Command(
    name = "progress",
    sortOptions = false,
    optionListHeading = "%nOptions:%n",
    descriptionHeading = "%n",
    footerHeading = "%n",
    customSynopsis = {
      "@|bold batchmill progress|@ [--target N] [--width W] [--unit U] [--verbose 0|1|2]",
      "                   [--format bar|plain|json|auto] [--interval SECONDS]"
    },
    description = {
      "Shows a progress bar over lines 'step [name=value ...]' read from the standard input.",
      "",
      "A step is the number of those done so far; the values are averaged over the steps."
    },
    footer = {
      "Example:",
      "  for i in 1 2 3; do sleep 1; echo $i loss=0.$i; done | batchmill progress --target 3"
    })
final class ProgressCommand implements Callable<Integer> {
  private static final Pattern BLANKS = Pattern.compile("\\s+");

  @ParentCommand private Main main;

  @Option(
      names = "--target",
      paramLabel = "N",
      description = "The number of steps. Default: unknown.")
  private @Nullable Long target;

  @Option(
      names = "--width",
      paramLabel = "W",
      defaultValue = "20",
      description = "The bar's width in characters. Default: ${DEFAULT-VALUE}.")
  private int width;

  @Option(
      names = "--unit",
      paramLabel = "U",
      defaultValue = "step",
      description = "What a step is called. Default: ${DEFAULT-VALUE}.")
  private String unit;

  @Option(
      names = "--verbose",
      paramLabel = "0|1|2",
      defaultValue = "1",
      description = "0: nothing, 1: the bar, 2: one line at the end. Default: ${DEFAULT-VALUE}.")
  private int verbose;

  @Option(
      names = "--format",
      paramLabel = "F",
      defaultValue = "auto",
      converter = Converters.OfProgressFormat.class,
      description = {
        "bar, plain or json: one line drawn again and again, lines of text or of JSON.",
        "Default: ${DEFAULT-VALUE}, a bar on a terminal, else plain."
      })
  private ProgressBar.Format format;

  @Option(
      names = "--interval",
      paramLabel = "SECONDS",
      converter = Converters.OfSeconds.class,
      description = {
        "The least time between two drawings.",
        "Default: 0.05 for a bar, 10 for plain lines, 1 for JSON."
      })
  private @Nullable Duration interval;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Print this help and exit.")
  boolean help;

  @Override
  public Integer call() throws IOException {
    ProgressBar.Builder builder =
        ProgressBar.builder()
            .width(width)
            .unit(unit)
            .verbose(verbose)
            .format(format)
            .output(main.err());
    if (interval != null) {
      builder.interval(interval);
    }
    if (target != null) {
      builder.target(target);
    }
    // The lines' owner is the caller: the reader is not closed.
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    try (ProgressBar bar = builder.build()) {
      int number = 0;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        number++;
        if (!line.isBlank()) {
          update(bar, line.strip(), number);
        }
      }
    }
    return CommandLine.ExitCode.OK;
  }

  private static void update(ProgressBar bar, String line, int number) {
    String[] words = BLANKS.split(line);
    try {
      bar.update(
          Long.parseLong(words[0]),
          Arrays.stream(words)
              .skip(1)
              .map(ProgressCommand::metric)
              .toArray(ProgressBar.Metric[]::new));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "input must be lines 'step [name=value ...]': line " + number + "=" + line, e);
    }
  }

  private static ProgressBar.Metric metric(String word) {
    int equals = word.lastIndexOf('=');
    if (equals < 1) {
      throw new IllegalArgumentException("metric must be name=value: metric=" + word);
    }
    return ProgressBar.metric(
        word.substring(0, equals), Double.parseDouble(word.substring(equals + 1)));
  }
}
