package dev.batchmill.internal.cli;

import dev.batchmill.internal.file.FileTree;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;
import java.util.stream.Stream;

/** A directory that appears when it is complete: it is filled beside its place and then renamed. */
final class NewDirectory implements AutoCloseable {
  private final Path target;
  private final Path filled;

  private NewDirectory(Path target, Path filled) {
    this.target = target;
    this.filled = filled;
  }

  /**
   * Starts a directory.
   *
   * @param place where it will appear
   * @throws IOException if something is there that is not an empty directory
   */
  static NewDirectory at(Path place) throws IOException {
    Path target = place.toAbsolutePath().normalize();
    Path parent = target.getParent();
    if (parent == null || !Files.isDirectory(parent)) {
      throw new NoSuchFileException(String.valueOf(parent), null, "directory does not exist");
    }
    requireFree(target, place);
    Path filled = parent.resolve("." + target.getFileName() + "." + UUID.randomUUID());
    return new NewDirectory(target, Files.createDirectory(filled));
  }

  private static void requireFree(Path target, Path place) throws IOException {
    if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (!Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
      throw new FileAlreadyExistsException(place.toString());
    }
    try (Stream<Path> entries = Files.list(target)) {
      if (entries.findAny().isPresent()) {
        throw new DirectoryNotEmptyException(place.toString());
      }
    }
  }

  /** Creates a directory in it. */
  Path directory(String name) throws IOException {
    return Files.createDirectory(filled.resolve(name));
  }

  /** Where a file is written that shall be in the directory when it appears; others as they are. */
  Path inside(Path file) {
    Path absolute = file.toAbsolutePath().normalize();
    return absolute.startsWith(target) ? filled.resolve(target.relativize(absolute)) : file;
  }

  /** Puts it in its place. */
  void publish() throws IOException {
    Files.deleteIfExists(target);
    Files.move(filled, target, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Removes what was not published. */
  @Override
  public void close() throws IOException {
    FileTree.delete(filled);
  }
}
