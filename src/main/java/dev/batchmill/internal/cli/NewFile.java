package dev.batchmill.internal.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;

/** Text files that appear when they are complete. */
final class NewFile {
  private NewFile() {}

  /** Refuses a file whose directory is not there; answers with the directory. */
  static Path requireDirectory(Path file) throws NoSuchFileException {
    Path directory = file.toAbsolutePath().getParent();
    if (directory == null || !Files.isDirectory(directory)) {
      throw new NoSuchFileException(file.toString(), null, "directory does not exist");
    }
    return directory;
  }

  /** Writes a file, or leaves the one that is there. */
  static void write(Path file, String text) throws IOException {
    Path temporary = requireDirectory(file).resolve("." + file.getFileName() + UUID.randomUUID());
    try {
      Files.writeString(temporary, text);
      Files.move(
          temporary, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }
}
