package dev.batchmill.internal.cli;

import dev.batchmill.array.Npy;
import dev.batchmill.transform.Normalizer;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code batchmill normalize}. */
@CommandLine.Command(
    name = "normalize",
    customSynopsis =
        "@|bold batchmill normalize|@ IN.npy OUT.npy [--axis N] [--order 1|2|P|inf|-inf|0]",
    description = {
      "Scales the vectors along an axis of an array to unit norm.",
      "",
      "float32 and float64 stay what they are, float16 too; integers become float64. A vector of"
          + " norm zero stays as it is."
    },
    footer = {
      "Example: each row to unit length, then each column to a largest magnitude of 1:",
      "  batchmill normalize x.npy rows.npy",
      "  batchmill normalize x.npy columns.npy --axis 0 --order inf"
    })
final class NormalizeCommand extends Command {
  @Parameters(index = "0", paramLabel = "IN.npy", description = "The array.")
  @SuppressWarnings("NullAway.Init")
  private Path in;

  @Parameters(index = "1", paramLabel = "OUT.npy", description = "Where the result goes.")
  @SuppressWarnings("NullAway.Init")
  private Path out;

  @Option(
      names = "--axis",
      paramLabel = "N",
      defaultValue = "-1",
      description = "The axis the vectors run along. Default: ${DEFAULT-VALUE}, the last one.")
  private int axis;

  @Option(
      names = "--order",
      paramLabel = "1|2|P|inf|-inf|0",
      defaultValue = "2",
      converter = Converters.OfOrder.class,
      description = "The order of the norm, any number. Default: ${DEFAULT-VALUE}.")
  private double order;

  @Override
  void run() throws IOException {
    Npy.write(out, Normalizer.normalize(Npy.read(in), axis, order));
  }
}
