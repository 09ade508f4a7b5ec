package dev.batchmill.internal.download;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which version of which file a partial file is the beginning of.
 *
 * @param url where it was asked for, before redirects
 * @param validator the version, or null if the server names none
 * @param total the length of the whole file, or -1 if it is unknown
 */
record Provenance(URI url, @Nullable Validator validator, long total) {
  private static final String FIRST_LINE = "batchmill partial file 1";
  private static final String LAST_LINE = "end";
  private static final int LINES = 5;
  private static final int MAX_BYTES = 1 << 16;

  /**
   * Whether the rest may be asked for at the URL. A hash allows for another one, and no version.
   */
  boolean canContinueAt(URI other, boolean hashed) {
    return (hashed && total >= 0) || (validator != null && url.equals(other));
  }

  /** The provenance of the same bytes when the rest comes from the URL. */
  Provenance at(URI other) {
    return url.equals(other) ? this : new Provenance(other, null, total);
  }

  /** Writes it to a new file. */
  void write(Path file) throws IOException {
    List<String> lines =
        List.of(
            FIRST_LINE,
            url.toString(),
            validator == null ? "" : validator.text(),
            Long.toString(total),
            LAST_LINE);
    Files.write(file, lines, StandardCharsets.UTF_8, StandardOpenOption.CREATE_NEW);
  }

  /** Reads it; null if the file is not there or not whole. */
  static @Nullable Provenance read(Path file) {
    try {
      if (Files.size(file) > MAX_BYTES) {
        return null;
      }
      List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
      if (lines.size() != LINES
          || !lines.get(0).equals(FIRST_LINE)
          || !lines.get(LINES - 1).equals(LAST_LINE)) {
        return null;
      }
      String validator = lines.get(2);
      return new Provenance(
          URI.create(lines.get(1)),
          validator.isEmpty() ? null : new Validator(validator),
          Long.parseLong(lines.get(3)));
    } catch (IOException | IllegalArgumentException e) {
      return null;
    }
  }
}
