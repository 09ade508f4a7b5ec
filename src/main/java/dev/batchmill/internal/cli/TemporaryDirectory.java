package dev.batchmill.internal.cli;

import dev.batchmill.internal.file.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A private directory that is removed when it is closed, or when the process is told to end. */
final class TemporaryDirectory implements AutoCloseable {
  private final Path path;
  private final Thread atExit;

  private TemporaryDirectory(Path path) {
    this.path = path;
    this.atExit = new Thread(this::remove, "batchmill-temporary-directory");
  }

  static TemporaryDirectory create(String prefix) throws IOException {
    TemporaryDirectory directory = new TemporaryDirectory(Files.createTempDirectory(prefix));
    Runtime.getRuntime().addShutdownHook(directory.atExit);
    return directory;
  }

  Path path() {
    return path;
  }

  private void remove() {
    try {
      FileTree.delete(path);
    } catch (IOException e) {
      System.getLogger(TemporaryDirectory.class.getName())
          .log(System.Logger.Level.WARNING, "directory cannot be removed: directory=" + path, e);
    }
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      return; // The process ends: the hook removes it.
    }
    remove();
  }
}
