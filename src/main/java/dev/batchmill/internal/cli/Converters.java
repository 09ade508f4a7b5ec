package dev.batchmill.internal.cli;

import dev.batchmill.array.DType;
import dev.batchmill.io.ArchiveFormat;
import dev.batchmill.random.SeedDialect;
import dev.batchmill.runtime.Backend;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** What the options' values mean. A value that means nothing is wrong usage. */
final class Converters {
  private Converters() {}

  private static <E extends Enum<E>> E constant(Class<E> type, String value) {
    for (E constant : type.getEnumConstants()) {
      if (label(constant).equals(value)) {
        return constant;
      }
    }
    throw new TypeConversionException(
        "'"
            + value
            + "' is not one of "
            + Arrays.stream(type.getEnumConstants())
                .map(Converters::label)
                .collect(Collectors.joining(", ")));
  }

  /** A constant as the command line spells it. */
  static String label(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** java, cpu, cuda. */
  static final class OfBackend implements ITypeConverter<Backend> {
    @Override
    public Backend convert(String value) {
      return constant(Backend.class, value);
    }
  }

  /** batchmill, python. */
  static final class OfDialect implements ITypeConverter<SeedDialect> {
    @Override
    public SeedDialect convert(String value) {
      return constant(SeedDialect.class, value);
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

  /** auto, tar, zip, none. */
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

  /** A number, inf or -inf. */
  static final class OfOrder implements ITypeConverter<Double> {
    @Override
    public Double convert(String value) {
      return switch (value) {
        case "inf", "+inf" -> Double.POSITIVE_INFINITY;
        case "-inf" -> Double.NEGATIVE_INFINITY;
        default -> number(value);
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
      throw new TypeConversionException("'" + value + "' is not a number, inf or -inf");
    }
  }
}
