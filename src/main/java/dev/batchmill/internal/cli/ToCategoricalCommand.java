package dev.batchmill.internal.cli;

import dev.batchmill.array.DType;
import dev.batchmill.array.NDArray;
import dev.batchmill.array.Npy;
import dev.batchmill.transform.OneHot;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code batchmill to-categorical}. */
@CommandLine.Command(
    name = "to-categorical",
    customSynopsis =
        "@|bold batchmill to-categorical|@ IN.npy OUT.npy [--num-classes K] [--dtype TYPE]",
    description = {
      "Turns class labels into one-hot rows.",
      "",
      "Labels of shape [n] give [n, K]; a last axis of size 1 is dropped first."
    },
    footer = {
      "Example: ten classes, one byte for each:",
      "  batchmill to-categorical labels.npy onehot.npy --num-classes 10 --dtype uint8"
    })
final class ToCategoricalCommand extends Command {
  @Parameters(index = "0", paramLabel = "IN.npy", description = "The labels, from 0 to K - 1.")
  @SuppressWarnings("NullAway.Init")
  private Path in;

  @Parameters(index = "1", paramLabel = "OUT.npy", description = "Where the result goes.")
  @SuppressWarnings("NullAway.Init")
  private Path out;

  @Option(
      names = "--num-classes",
      paramLabel = "K",
      description = "The number of classes. Default: the largest label plus one.")
  private @Nullable Integer classes;

  @Option(
      names = "--dtype",
      paramLabel = "TYPE",
      defaultValue = "float32",
      converter = Converters.OfDType.class,
      description =
          "The type of the result: float16, float32, float64, int8 to int64, uint8 or bool."
              + " Default: ${DEFAULT-VALUE}.")
  @SuppressWarnings("NullAway.Init")
  private DType dtype;

  @Override
  void run() throws IOException {
    NDArray labels = Npy.read(in);
    Npy.write(
        out,
        classes == null ? OneHot.encode(labels, dtype) : OneHot.encode(labels, classes, dtype));
  }
}
