package dev.batchmill.internal.file;

import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;

/** Text files that appear when they are complete, in UTF-8. */
public final class TextFile {
  private TextFile() {}

  /** Refuses a file whose directory is not there; answers with the directory. */
  public static Path requireDirectory(Path file) throws NoSuchFileException {
    Path directory = file.toAbsolutePath().getParent();
    if (directory == null || !Files.isDirectory(directory)) {
      throw new NoSuchFileException(file.toString(), null, "directory does not exist");
    }
    return directory;
  }

  /** Writes a file in the place of the one that is there, or leaves that as it is. */
  public static void write(Path file, CharSequence text) throws IOException {
    Path temporary =
        requireDirectory(file).resolve("." + file.getFileName() + "." + UUID.randomUUID());
    try {
      Files.writeString(temporary, text);
      try {
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
      } catch (AtomicMoveNotSupportedException e) {
        Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
      }
    } finally {
      Files.deleteIfExists(temporary);
    }
  }
}
