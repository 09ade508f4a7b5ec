package dev.batchmill.internal.cli;

import dev.batchmill.array.DType;
import dev.batchmill.array.NDArray;
import dev.batchmill.array.Npy;
import dev.batchmill.transform.OneHotEncoder;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code batchmill to-categorical}. */
@CommandLine.Command(
    name = "to-categorical",
    customSynopsis =
        "@|bold batchmill to-categorical|@ IN.npy OUT.npy [--num-classes K] [--dtype TYPE] [--axis N]%n"
            + "       [--label-smoothing S | [--on-value V] [--off-value V]] [--ignore-index I]%n"
            + "       [--multi-hot | --counts]",
    description = {
      "Turns class labels into one-hot rows.",
      "",
      "Labels of shape [n] give [n, K]; a last axis of size 1 is dropped first. With --multi-hot and"
          + " --counts, labels of shape [n, k] give [n, K]: each row has k labels."
    },
    footer = {
      "Example: ten classes, one byte for each; smoothed targets, -1 for no class:",
      "  batchmill to-categorical labels.npy onehot.npy --num-classes 10 --dtype uint8",
      "  batchmill to-categorical labels.npy y.npy --label-smoothing 0.1 --ignore-index -1"
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

  @Option(
      names = "--axis",
      paramLabel = "N",
      defaultValue = "-1",
      description = "Where the class axis goes in the result. Default: ${DEFAULT-VALUE}, last.")
  private int axis;

  @Option(
      names = "--label-smoothing",
      paramLabel = "S",
      defaultValue = "0",
      description = "y becomes y * (1 - S) + S / K. Default: ${DEFAULT-VALUE}.")
  private double labelSmoothing;

  @Option(names = "--on-value", paramLabel = "V", description = "At the label. Default: 1.")
  private @Nullable Double onValue;

  @Option(names = "--off-value", paramLabel = "V", description = "Elsewhere. Default: 0.")
  private @Nullable Double offValue;

  @Option(
      names = "--ignore-index",
      paramLabel = "I",
      description = "A label that stands for no class: its row is off.")
  private @Nullable Long ignoreIndex;

  @ArgGroup private @Nullable Rows rows;

  /** What becomes of the labels along the last axis. */
  private static final class Rows {
    @Option(names = "--multi-hot", description = "Encode all labels along the last axis in a row.")
    private boolean multiHot;

    @Option(names = "--counts", description = "Count the labels along the last axis.")
    private boolean counts;
  }

  @Override
  void run() throws IOException {
    OneHotEncoder encoder = encoder();
    NDArray labels = Npy.read(in);
    Npy.write(out, encode(encoder, labels));
  }

  private NDArray encode(OneHotEncoder encoder, NDArray labels) {
    if (rows != null && rows.multiHot) {
      return encoder.multiHot(labels);
    }
    return rows != null && rows.counts ? encoder.counts(labels) : encoder.encode(labels);
  }

  private OneHotEncoder encoder() {
    try {
      OneHotEncoder.Builder builder =
          OneHotEncoder.builder().dtype(dtype).axis(axis).labelSmoothing(labelSmoothing);
      if (classes != null) {
        builder.classes(classes);
      }
      if (onValue != null) {
        builder.onValue(onValue);
      }
      if (offValue != null) {
        builder.offValue(offValue);
      }
      if (ignoreIndex != null) {
        builder.ignoreIndex(ignoreIndex);
      }
      return builder.build();
    } catch (IllegalArgumentException e) {
      throw wrongUsage(e);
    }
  }
}
