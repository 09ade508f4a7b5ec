package dev.batchmill.loader;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The loaders' worker processes and what they use, as a test sees them. */
final class WorkerProcesses {
  private static final Path SHARED_MEMORY = Path.of("/dev/shm");

  private WorkerProcesses() {}

  static List<Long> alive() {
    return ProcessHandle.current()
        .children()
        .filter(ProcessHandle::isAlive)
        .map(ProcessHandle::pid)
        .toList();
  }

  static List<String> files(long pid) {
    Path directory =
        Files.isDirectory(SHARED_MEMORY)
            ? SHARED_MEMORY
            : Path.of(System.getProperty("java.io.tmpdir"));
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith("batchmill-" + pid + "-"))
          .toList();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  static List<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("batchmill-"))
        .toList();
  }

  static void assertNone() {
    assertEquals(List.of(), alive(), "processes");
    assertEquals(List.of(), files(ProcessHandle.current().pid()), "files");
    assertEquals(List.of(), threads(), "threads");
  }
}
