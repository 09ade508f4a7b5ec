package dev.batchmill.transform;

import dev.batchmill.array.DType;
import dev.batchmill.error.FileFormatException;
import dev.batchmill.internal.file.TextFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The file of a fitted scaler: lines of text that people can read and that lose nothing, since
 * Java's decimal form of a double is read back as the same double.
 *
 * <pre>
 * batchmill standardizer 1
 * axis -1
 * …                          more settings, each a name and a value
 * features 2
 * 5.84 0.68                  two numbers for each feature
 * 3.05 0.18
 * end
 * </pre>
 */
final class ScalerFile {
  static final String TYPE = "type";

  private static final String DEFAULT_TYPE = "default";
  private static final String FEATURES = "features";
  private static final String END = "end";

  private final Path file;
  private final List<String> lines;
  private int at;

  private ScalerFile(Path file, List<String> lines) {
    this.file = file;
    this.lines = lines;
  }

  private static String firstLine(String kind) {
    return "batchmill " + kind + " 1";
  }

  /** The setting of the type of results. */
  static String typeName(@Nullable DType type) {
    return type == null ? DEFAULT_TYPE : type.numpyName();
  }

  /** Writes a file, which appears when it is complete. */
  static void write(Path file, String kind, Map<String, ?> settings, double[] left, double[] right)
      throws IOException {
    StringBuilder text = new StringBuilder(firstLine(kind)).append('\n');
    settings.forEach((name, value) -> text.append(name).append(' ').append(value).append('\n'));
    text.append(FEATURES).append(' ').append(left.length).append('\n');
    for (int f = 0; f < left.length; f++) {
      text.append(left[f]).append(' ').append(right[f]).append('\n');
    }
    text.append(END).append('\n');
    TextFile.write(file, text);
  }

  /** Opens a file and reads its first line. */
  static ScalerFile open(Path file, String kind) throws IOException {
    byte[] expected = (firstLine(kind) + "\n").getBytes(StandardCharsets.US_ASCII);
    try (InputStream in = Files.newInputStream(file)) {
      if (!Arrays.equals(expected, in.readNBytes(expected.length))) {
        throw new FileFormatException(
            "file does not begin with the line expected: expected="
                + firstLine(kind)
                + " file="
                + file);
      }
      String rest = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
      return new ScalerFile(file, List.of(rest.split("\n", -1)));
    }
  }

  /** What is wrong with the line read last. */
  private FileFormatException malformed(String expected) {
    String seen = lines.get(at - 1);
    return new FileFormatException(
        "file is malformed: line="
            + (at + 1)
            + " expected="
            + expected
            + " seen="
            + (seen.length() > 80 ? seen.substring(0, 80) + "..." : seen)
            + " file="
            + file);
  }

  private String nextLine() throws FileFormatException {
    if (at == lines.size()) {
      throw new FileFormatException("file ends too early: line=" + (at + 1) + " file=" + file);
    }
    return lines.get(at++);
  }

  /** Reads the next setting. */
  private String text(String name) throws FileFormatException {
    String line = nextLine();
    if (!line.startsWith(name + " ")) {
      throw malformed(name);
    }
    return line.substring(name.length() + 1);
  }

  /** Reads the setting of the type of results: null where it follows from the input. */
  @Nullable DType type() throws FileFormatException {
    String value = text(TYPE);
    return switch (value) {
      case DEFAULT_TYPE -> null;
      case "float32" -> DType.FLOAT32;
      case "float64" -> DType.FLOAT64;
      default -> throw malformed(TYPE + " and default, float32 or float64");
    };
  }

  int axis() throws FileFormatException {
    long axis = integer("axis");
    if (axis != (int) axis) {
      throw malformed("axis and an axis");
    }
    return (int) axis;
  }

  long count() throws FileFormatException {
    long count = integer("count");
    if (count < 0) {
      throw malformed("count and a number from 0");
    }
    return count;
  }

  private long integer(String name) throws FileFormatException {
    try {
      return Long.parseLong(text(name));
    } catch (NumberFormatException e) {
      throw malformed(name + " and an integer");
    }
  }

  double number(String name) throws FileFormatException {
    try {
      return Double.parseDouble(text(name));
    } catch (NumberFormatException e) {
      throw malformed(name + " and a number");
    }
  }

  boolean truth(String name) throws FileFormatException {
    String value = text(name);
    if (!value.equals("true") && !value.equals("false")) {
      throw malformed(name + " and true or false");
    }
    return value.equals("true");
  }

  /** Reads the two numbers of each feature and the end of the file. */
  double[][] features() throws FileFormatException {
    long count = integer(FEATURES);
    if (count < 1 || count > lines.size() - at) {
      throw malformed("features and a number from 1 to that of the lines that follow");
    }
    double[][] numbers = new double[2][(int) count];
    for (int f = 0; f < count; f++) {
      String[] pair = nextLine().split(" ", -1);
      try {
        if (pair.length != 2) {
          throw malformed("two numbers");
        }
        numbers[0][f] = Double.parseDouble(pair[0]);
        numbers[1][f] = Double.parseDouble(pair[1]);
      } catch (NumberFormatException e) {
        throw malformed("two numbers");
      }
    }
    if (!nextLine().equals(END)) {
      throw malformed(END);
    }
    if (!nextLine().isEmpty() || at < lines.size()) {
      throw malformed("nothing after the end");
    }
    return numbers;
  }

  /** What is wrong with the settings and numbers as a whole. */
  FileFormatException invalid(IllegalArgumentException e) {
    return new FileFormatException("file is malformed: " + e.getMessage() + " file=" + file);
  }
}
