package dev.batchmill.internal.download;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/**
 * The names of what is not finished, beside the NAME that it will have: {@code .NAME.ID.SUFFIX}.
 * The ID is new for each, 16 hexadecimal digits. A partial file ends in {@code .part}, the note of
 * where it comes from in {@code .from}.
 */
public final class PartialNames {
  static final String PART = ".part";
  static final String FROM = ".from";

  private static final System.Logger LOG = System.getLogger(PartialNames.class.getName());
  private static final Duration ABANDONED_AFTER = Duration.ofDays(7);
  private static final int ID_DIGITS = 16;
  private static final Pattern ID = Pattern.compile("[0-9a-f]{" + ID_DIGITS + "}");
  private static final int ID_AND_SUFFIX = ID_DIGITS + PART.length();

  private PartialNames() {}

  /** Returns a name for a partial file of the target that nobody else has. */
  static Path fresh(Path target) {
    return fresh(target, PART);
  }

  /** Returns a name for something beside the target that nobody else has. */
  public static Path fresh(Path target, String suffix) {
    String id = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    return target.resolveSibling("." + target.getFileName() + "." + id + suffix);
  }

  /** Returns what stands beside the target under such a name. */
  public static List<Path> list(Path target, String suffix) throws IOException {
    String start = "." + target.getFileName() + ".";
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(Objects.requireNonNull(target.getParent()))) {
      for (Path file : files) {
        String name = Objects.requireNonNull(file.getFileName()).toString();
        if (name.length() == start.length() + ID_DIGITS + suffix.length()
            && name.startsWith(start)
            && name.endsWith(suffix)
            && ID.matcher(name).region(start.length(), start.length() + ID_DIGITS).matches()) {
          found.add(file);
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return found;
  }

  /** Returns the name of the note beside a partial file. */
  static Path note(Path part) {
    String name = Objects.requireNonNull(part.getFileName()).toString();
    return part.resolveSibling(name.substring(0, name.length() - PART.length()) + FROM);
  }

  /** Returns the partial files of the target. */
  static List<Path> partsOf(Path target) {
    List<Path> parts = new ArrayList<>();
    for (Path file : list(target)) {
      if (isOf(target, file) && file.toString().endsWith(PART)) {
        parts.add(file);
      }
    }
    return parts;
  }

  /** Deletes the partial files of the target, and those in its directory that are a week old. */
  static void sweep(Path target) {
    Instant oldest = Instant.now().minus(ABANDONED_AFTER);
    for (Path file : list(target)) {
      try {
        if (isOf(target, file) || Files.getLastModifiedTime(file).toInstant().isBefore(oldest)) {
          Files.deleteIfExists(file);
        }
      } catch (IOException e) {
        LOG.log(System.Logger.Level.DEBUG, "cannot delete a partial file: file=" + file, e);
      }
    }
  }

  private static boolean isOf(Path target, Path file) {
    String start = "." + target.getFileName() + ".";
    String name = Objects.requireNonNull(file.getFileName()).toString();
    return name.startsWith(start) && name.length() == start.length() + ID_AND_SUFFIX;
  }

  /** Lists the files in the target's directory that are named as partial files and notes are. */
  private static List<Path> list(Path target) {
    List<Path> found = new ArrayList<>();
    Path directory = Objects.requireNonNull(target.getParent());
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(directory, PartialNames::isPartOrNote)) {
      files.forEach(found::add);
    } catch (IOException | DirectoryIteratorException e) {
      LOG.log(System.Logger.Level.DEBUG, "cannot list partial files: directory=" + directory, e);
    }
    return found;
  }

  private static boolean isPartOrNote(Path file) {
    String name = Objects.requireNonNull(file.getFileName()).toString();
    int dot = name.length() - ID_AND_SUFFIX - 1;
    return dot > 1
        && name.charAt(0) == '.'
        && name.charAt(dot) == '.'
        && (name.endsWith(PART) || name.endsWith(FROM))
        && ID.matcher(name.substring(dot + 1, name.length() - PART.length())).matches();
  }
}
