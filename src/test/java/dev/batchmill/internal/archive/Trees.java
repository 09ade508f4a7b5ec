package dev.batchmill.internal.archive;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What a directory holds, as a map from path to content. */
final class Trees {
  private Trees() {}

  /**
   * Writes a file anew: ext4 takes ten milliseconds to close a file that was cut to nothing, since
   * it thinks of crashes.
   */
  static void write(Path file, byte[] bytes) throws IOException {
    Files.deleteIfExists(file);
    Files.write(file, bytes);
  }

  /**
   * Everything below a directory: "path/" to "dir", "path" to "-> target" or to the file's content,
   * with "x:" before it when the file is executable.
   */
  static Map<String, String> read(Path root) throws IOException {
    Map<String, String> tree = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path path : (Iterable<Path>) paths::iterator) {
        if (path.equals(root)) {
          continue;
        }
        String name = root.relativize(path).toString();
        if (Files.isSymbolicLink(path)) {
          tree.put(name, "-> " + Files.readSymbolicLink(path));
        } else if (Files.isDirectory(path)) {
          tree.put(name + "/", "dir");
        } else {
          String content = Files.readString(path, StandardCharsets.UTF_8);
          tree.put(name, (Files.isExecutable(path) ? "x:" : "") + content);
        }
      }
    }
    return tree;
  }
}
