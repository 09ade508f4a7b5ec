package dev.batchmill.internal.bench;

import dev.batchmill.array.DType;
import dev.batchmill.array.Shape;
import dev.batchmill.internal.bench.Operation.Where;
import dev.batchmill.internal.file.FileTree;
import dev.batchmill.io.FileCache;
import dev.batchmill.io.FileHash;
import dev.batchmill.io.FileRequest;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * {@link FileCache} with a file that it has: what is timed is the hashing, of bytes that the system
 * holds in memory.
 */
final class FileGroups {
  private static final int MEBIBYTE = 1 << 20;
  private static final int MEBIBYTES = 256;

  private FileGroups() {}

  static List<Group> groups(Scale scale) {
    Shape shape = Shape.of((long) (scale == Scale.FULL ? MEBIBYTES : 1) * MEBIBYTE);
    return List.of(
        Group.of(verify(shape, FileHash.Algorithm.SHA256)),
        Group.of(verify(shape, FileHash.Algorithm.MD5)));
  }

  private static Operation verify(Shape shape, FileHash.Algorithm algorithm) {
    return new Operation(
        "fetch/verify-" + algorithm.label(),
        DType.UINT8,
        shape,
        Where.HEAP,
        new Traffic(Roof.READ, shape.size(), 0),
        memory -> {
          try {
            FileRequest request = cached(memory, shape.size(), algorithm);
            return () -> fetch(request);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  /** A request for a file that the cache has, whose hash it must have. */
  private static FileRequest cached(Memory memory, long bytes, FileHash.Algorithm algorithm)
      throws IOException {
    Path temporary = Files.createTempDirectory("batchmill-bench-");
    memory.closeAtEnd(() -> delete(temporary));
    Path origin = temporary.resolve("origin");
    write(origin, bytes);
    return FileRequest.builder(origin.toUri())
        .cacheDirectory(temporary.resolve("cache"))
        .hash(FileHash.ofFile(origin, algorithm))
        .build();
  }

  private static void write(Path file, long bytes) throws IOException {
    byte[] part = new byte[MEBIBYTE];
    try (OutputStream out = Files.newOutputStream(file)) {
      for (long i = 0; i < bytes / MEBIBYTE; i++) {
        for (int j = 0; j < Long.BYTES; j++) {
          part[j] = (byte) (i >>> (Byte.SIZE * j));
        }
        out.write(part);
      }
    }
  }

  private static void fetch(FileRequest request) {
    try {
      FileCache.fetch(request);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path directory) {
    try {
      FileTree.delete(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
