package dev.batchmill.io;

import dev.batchmill.error.HashMismatchException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** The hashes of one file that a request needs: the one to verify, and an archive's identity. */
final class Digests {
  private static final FileHash.Algorithm IDENTITY = FileHash.Algorithm.SHA256;

  /** With the 8 KiB that the JDK would take, reading costs as much as hashing. */
  private static final int BUFFER_BYTES = 256 * 1024;

  private final @Nullable FileHash expected;
  private final Map<FileHash.Algorithm, MessageDigest> running =
      new EnumMap<>(FileHash.Algorithm.class);
  private final Map<FileHash.Algorithm, String> done = new EnumMap<>(FileHash.Algorithm.class);

  Digests(FileRequest request) {
    expected = request.hash();
    if (expected != null) {
      running.put(expected.algorithm(), expected.algorithm().newDigest());
    }
    if (request.extract()) {
      running.computeIfAbsent(IDENTITY, FileHash.Algorithm::newDigest);
    }
  }

  /** Hashes a whole file; reads nothing when no hash is needed. */
  static Digests ofFile(FileRequest request, Path file) throws IOException {
    Digests digests = new Digests(request);
    if (!digests.running.isEmpty()) {
      long total = Files.size(file);
      readAll(file, digests.running.values(), bytes -> request.progress().onVerify(bytes, total));
    }
    return digests.finish();
  }

  /** Hashes a whole file in one way. */
  static FileHash ofFile(Path file, FileHash.Algorithm algorithm) throws IOException {
    MessageDigest digest = algorithm.newDigest();
    readAll(file, List.of(digest), bytes -> {});
    return new FileHash(algorithm, hex(digest));
  }

  private static void readAll(Path file, Collection<MessageDigest> digests, LongConsumer listener)
      throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    long bytes = 0;
    try (InputStream in = Files.newInputStream(file)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        for (MessageDigest digest : digests) {
          digest.update(buffer, 0, read);
        }
        bytes += read;
        listener.accept(bytes);
      }
    }
  }

  /** Returns a stream that hashes what it passes on. */
  OutputStream tee(OutputStream out) {
    OutputStream tee = out;
    for (MessageDigest digest : running.values()) {
      tee = new DigestOutputStream(tee, digest);
    }
    return tee;
  }

  Digests finish() {
    running.forEach((algorithm, digest) -> done.put(algorithm, hex(digest)));
    return this;
  }

  boolean matches() {
    return expected == null || expected.hex().equals(done.get(expected.algorithm()));
  }

  void verify(Path file) throws HashMismatchException {
    if (expected != null && !matches()) {
      FileHash.Algorithm algorithm = expected.algorithm();
      throw new HashMismatchException(
          file, algorithm.label(), expected.hex(), done.getOrDefault(algorithm, "none"));
    }
  }

  /** The hash that stands for the file's bytes; only for a request that extracts. */
  FileHash identity() {
    return new FileHash(IDENTITY, done.getOrDefault(IDENTITY, ""));
  }

  private static String hex(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest());
  }
}
