package dev.batchmill.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** What stands in a test's cache. */
record CacheFiles(Path cache) {
  /** Random bytes, the same each time. */
  static byte[] data(int length) {
    byte[] data = new byte[length];
    new Random(length).nextBytes(data);
    return data;
  }

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  Path file(String name) {
    return cache.resolve("datasets").resolve(name);
  }

  /** The names of the files, in order; each partial file's ID stands as {@code ID}. */
  List<String> names() throws IOException {
    try (Stream<Path> files = Files.walk(cache)) {
      return files
          .filter(Files::isRegularFile)
          .map(path -> path.getFileName().toString())
          .map(name -> name.replaceAll("\\.[0-9a-f]{16}\\.", ".ID."))
          .sorted()
          .toList();
    }
  }
}
