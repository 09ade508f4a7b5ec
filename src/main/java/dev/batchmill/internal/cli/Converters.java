package dev.batchmill.internal.cli;

import dev.batchmill.array.DType;
import dev.batchmill.io.ArchiveFormat;
import dev.batchmill.progress.ProgressBar;
import dev.batchmill.random.SeedDialect;
import dev.batchmill.runtime.Backend;
import dev.batchmill.transform.Norm;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** What the options' values mean. A value that means nothing is wrong usage. */
final class Converters {
  private Converters() {}

  private static <E extends Enum<E>> E constant(
      E[] constants, Function<E, String> label, String value) {
    for (E constant : constants) {
      if (label.apply(constant).equals(value)) {
        return constant;
      }
    }
    throw new TypeConversionException(
        "'"
            + value
            + "' is not one of "
            + Arrays.stream(constants).map(label).collect(Collectors.joining(", ")));
  }

  /** A constant as the command line spells it. */
  static String label(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** java, cpu, cuda. */
  static final class OfBackend implements ITypeConverter<Backend> {
    @Override
    public Backend convert(String value) {
      return constant(Backend.values(), Converters::label, value);
    }
  }

  /** A dialect as the command line spells it: NumPy's older generator is the one of that name. */
  static String label(SeedDialect dialect) {
    return dialect == SeedDialect.NUMPY_LEGACY ? "numpy" : label((Enum<?>) dialect);
  }

  /** batchmill, python, torch, numpy, numpy-generator, keras-epoch. */
  static final class OfDialect implements ITypeConverter<SeedDialect> {
    @Override
    public SeedDialect convert(String value) {
      return constant(SeedDialect.values(), Converters::label, value);
    }
  }

  /** A whole number, which is looked at later. */
  static final class OfWholeNumber implements ITypeConverter<WholeNumber> {
    @Override
    public WholeNumber convert(String value) {
      return new WholeNumber(value);
    }
  }

  /** NumPy's names of the types. */
  static final class OfDType implements ITypeConverter<DType> {
    @Override
    public DType convert(String value) {
      try {
        return DType.of(value);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  /** auto, tar, zip, 7z, cpio, rar, none, or several with commas between. */
  static final class OfArchiveFormats implements ITypeConverter<ArchiveFormats> {
    @Override
    public ArchiveFormats convert(String value) {
      try {
        return new ArchiveFormats(ArchiveFormat.parse(value));
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  /** auto, bar, plain, json. */
  static final class OfProgressFormat implements ITypeConverter<ProgressBar.Format> {
    @Override
    public ProgressBar.Format convert(String value) {
      return constant(ProgressBar.Format.values(), Converters::label, value);
    }
  }

  /** A time in seconds; one beyond 292 years is taken for that. */
  static final class OfSeconds implements ITypeConverter<Duration> {
    private static final double NANOS_PER_SECOND = 1e9;

    @Override
    public Duration convert(String value) {
      try {
        double seconds = Double.parseDouble(value);
        if (Double.isFinite(seconds)) {
          return Duration.ofNanos(Math.round(seconds * NANOS_PER_SECOND));
        }
      } catch (NumberFormatException e) {
        // Said below.
      }
      throw new TypeConversionException("'" + value + "' is not a number of seconds");
    }
  }

  /** A number, inf, -inf, fro or nuc. */
  static final class OfNorm implements ITypeConverter<Norm> {
    @Override
    public Norm convert(String value) {
      return switch (value) {
        case "inf", "+inf" -> Norm.MAX;
        case "-inf" -> Norm.of(Double.NEGATIVE_INFINITY);
        case "fro" -> Norm.FROBENIUS;
        case "nuc" -> Norm.NUCLEAR;
        default -> Norm.of(number(value));
      };
    }

    private static double number(String value) {
      try {
        double number = Double.parseDouble(value);
        if (Double.isFinite(number)) {
          return number;
        }
      } catch (NumberFormatException e) {
        // Said below.
      }
      throw new TypeConversionException("'" + value + "' is not a number, inf, -inf, fro or nuc");
    }
  }

  /**
   * The axes of vectors or matrices.
   *
   * @param numbers one, two, or none for all
   */
  record Axes(List<Integer> numbers) {}

  /** N, N,M or none. */
  static final class OfAxes implements ITypeConverter<Axes> {
    @Override
    public Axes convert(String value) {
      if (value.equals("none")) {
        return new Axes(List.of());
      }
      try {
        List<Integer> numbers = Arrays.stream(value.split(",", -1)).map(Integer::valueOf).toList();
        if (numbers.size() <= 2) {
          return new Axes(numbers);
        }
      } catch (NumberFormatException e) {
        // Said below.
      }
      throw new TypeConversionException("'" + value + "' is not an axis N, two axes N,M or none");
    }
  }
}
