package dev.batchmill.dataset;

import dev.batchmill.error.FileFormatException;
import dev.batchmill.internal.file.TextFile;
import dev.batchmill.internal.json.JsonReader;
import dev.batchmill.random.SeedDialect;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The JSON of a {@link SplitProvenance}.
 *
 * <pre>
 * {
 *   "format": "batchmill-split",
 *   "version": 1,
 *   "rule": "left=0.8",
 *   "rows": 1000,
 *   "seed": 1337,
 *   "dialect": "python",
 *   "parts": [
 *     {"name": "left", "size": 800, "sha256": "…"},
 *     {"name": "right", "size": 200, "sha256": "…"}
 *   ]
 * }
 * </pre>
 *
 * <p>Seed and dialect are null where nothing was shuffled.
 */
final class ProvenanceFile {
  private static final String FORMAT = "batchmill-split";
  private static final long VERSION = 1;

  private final Path file;

  private ProvenanceFile(Path file) {
    this.file = file;
  }

  // ------------------------------------------------------------------------------------ writing

  static void write(Path file, SplitProvenance provenance) throws IOException {
    TextFile.write(file, text(provenance));
  }

  private static String text(SplitProvenance provenance) {
    SeedDialect dialect = provenance.dialect();
    StringBuilder text = new StringBuilder();
    text.append("{\n  \"format\": ").append(quoted(FORMAT));
    text.append(",\n  \"version\": ").append(VERSION);
    text.append(",\n  \"rule\": ").append(quoted(provenance.rule()));
    text.append(",\n  \"rows\": ").append(provenance.rows());
    text.append(",\n  \"seed\": ").append(provenance.seed());
    text.append(",\n  \"dialect\": ").append(dialect == null ? null : quoted(label(dialect)));
    text.append(",\n  \"parts\": [");
    String separator = "\n    ";
    for (SplitProvenance.Part part : provenance.parts()) {
      text.append(separator).append("{\"name\": ").append(quoted(part.name()));
      text.append(", \"size\": ").append(part.size());
      text.append(", \"sha256\": ").append(quoted(part.sha256())).append('}');
      separator = ",\n    ";
    }
    return text.append("\n  ]\n}\n").toString();
  }

  private static String quoted(String value) {
    StringBuilder text = new StringBuilder("\"");
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        text.append('\\').append(c);
      } else if (c < ' ') {
        text.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        text.append(c);
      }
    }
    return text.append('"').toString();
  }

  /** A dialect as the command line spells it. */
  private static String label(SeedDialect dialect) {
    return dialect.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  // ------------------------------------------------------------------------------------ reading

  static SplitProvenance read(Path file) throws IOException {
    // Other bytes than UTF-8 become a character that is no JSON outside a text.
    String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    try {
      return new ProvenanceFile(file).provenance(JsonReader.read(text));
    } catch (JsonReader.Malformed | IllegalArgumentException e) {
      throw new FileFormatException("file is malformed: " + e.getMessage() + " file=" + file);
    }
  }

  private SplitProvenance provenance(@Nullable Object json) throws FileFormatException {
    if (!(json instanceof Map<?, ?> record)
        || !FORMAT.equals(record.get("format"))
        || !Long.valueOf(VERSION).equals(record.get("version"))) {
      throw new FileFormatException(
          "file is not the record of a split: expected="
              + FORMAT
              + " "
              + VERSION
              + " file="
              + file);
    }
    List<SplitProvenance.Part> parts = new ArrayList<>();
    for (Object part : value(record, "parts", List.class)) {
      if (!(part instanceof Map<?, ?> fields)) {
        throw malformed("parts", part);
      }
      parts.add(
          new SplitProvenance.Part(
              value(fields, "name", String.class),
              value(fields, "size", Long.class),
              value(fields, "sha256", String.class)));
    }
    boolean shuffled = record.get("seed") != null || record.get("dialect") != null;
    return new SplitProvenance(
        value(record, "rule", String.class),
        value(record, "rows", Long.class),
        shuffled ? value(record, "seed", Long.class) : null,
        shuffled ? dialect(value(record, "dialect", String.class)) : null,
        parts);
  }

  private SeedDialect dialect(String label) throws FileFormatException {
    for (SeedDialect dialect : SeedDialect.values()) {
      if (label(dialect).equals(label)) {
        return dialect;
      }
    }
    throw malformed("dialect", label);
  }

  private <T> T value(Map<?, ?> fields, String name, Class<T> type) throws FileFormatException {
    Object value = fields.get(name);
    if (!type.isInstance(value)) {
      throw malformed(name, value);
    }
    return type.cast(value);
  }

  private FileFormatException malformed(String name, @Nullable Object value) {
    return new FileFormatException("file is malformed: " + name + "=" + value + " file=" + file);
  }
}
