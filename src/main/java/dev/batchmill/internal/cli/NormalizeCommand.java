package dev.batchmill.internal.cli;

import dev.batchmill.array.DType;
import dev.batchmill.array.Npy;
import dev.batchmill.transform.Norm;
import dev.batchmill.transform.Normalizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code batchmill normalize}. */
@CommandLine.Command(
    name = "normalize",
    customSynopsis = {
      "@|bold batchmill normalize|@ IN.npy OUT.npy [--axis N|N,M|none]",
      "                           [--order 1|2|P|inf|-inf|0|fro|nuc] [--epsilon E] [--dtype TYPE]"
    },
    description = {
      "Scales the vectors along an axis of an array to unit norm, or the matrices in two axes.",
      "",
      "float16, float32 and float64 stay what they are; integers become float64. What has norm zero"
          + " stays as it is."
    },
    footer = {
      "Example: each row to unit length, each column to a largest magnitude of 1, each image of an"
          + " array [N, height, width] by its Frobenius norm:",
      "  batchmill normalize x.npy rows.npy",
      "  batchmill normalize x.npy columns.npy --axis 0 --order inf",
      "  batchmill normalize images.npy scaled.npy --axis 1,2 --order fro --dtype float32"
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
      paramLabel = "N|N,M|none",
      defaultValue = "-1",
      converter = Converters.OfAxes.class,
      description =
          "The axis the vectors run along; or the axes of the rows and the columns of matrices; or"
              + " none: an array of one axis is a vector, one of two a matrix. Default:"
              + " ${DEFAULT-VALUE}, the last one.")
  @SuppressWarnings("NullAway.Init")
  private Converters.Axes axes;

  @Option(
      names = "--order",
      paramLabel = "1|2|P|inf|-inf|0|fro|nuc",
      defaultValue = "2",
      converter = Converters.OfNorm.class,
      description =
          "The order of the norm: any number for vectors; 1, -1, 2, -2, inf, -inf, fro or nuc for"
              + " matrices. Default: ${DEFAULT-VALUE}.")
  @SuppressWarnings("NullAway.Init")
  private Norm norm;

  @Option(
      names = "--epsilon",
      paramLabel = "E",
      defaultValue = "0",
      description =
          "The least number to divide by. Default: ${DEFAULT-VALUE}; a norm of zero divides by 1.")
  private double epsilon;

  @Option(
      names = "--dtype",
      paramLabel = "TYPE",
      converter = Converters.OfDType.class,
      description = "The type of the result: float16, float32 or float64.")
  private @Nullable DType dtype;

  @Override
  void run() throws IOException {
    Normalizer normalizer = normalizer();
    Npy.write(out, normalizer.transform(Npy.read(in)));
  }

  private Normalizer normalizer() {
    try {
      Normalizer.Builder builder = Normalizer.builder().norm(norm).epsilon(epsilon);
      List<Integer> numbers = axes.numbers();
      switch (numbers.size()) {
        case 0 -> builder.allAxes();
        case 1 -> builder.axis(numbers.get(0));
        default -> builder.axes(numbers.get(0), numbers.get(1));
      }
      if (dtype != null) {
        builder.dtype(dtype);
      }
      return builder.build();
    } catch (IllegalArgumentException e) {
      throw wrongUsage(e);
    }
  }
}
