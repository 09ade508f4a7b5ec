package dev.batchmill.random;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/** Reads the golden vectors and hashes what is compared with them. */
final class Golden {
  private static final int CHUNK = 1 << 16;

  private Golden() {}

  /** The lines of a file of vectors, cut at the spaces, without the comments. */
  static List<String[]> lines(String file) {
    try (InputStream in = Golden.class.getResourceAsStream(file)) {
      byte[] bytes = Objects.requireNonNull(in, file).readAllBytes();
      return new String(bytes, StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.split(" ", -1))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Numbers between commas; none for a dash. */
  static long[] numbers(String list) {
    return list.equals("-")
        ? new long[0]
        : Arrays.stream(list.split(",", -1)).mapToLong(Long::parseLong).toArray();
  }

  /** The SHA-256 of the values as little-endian 64-bit numbers. */
  static String sha256(long[] values) {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
    ByteBuffer bytes = ByteBuffer.allocate(CHUNK * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int from = 0; from < values.length; from += CHUNK) {
      int count = Math.min(CHUNK, values.length - from);
      bytes.asLongBuffer().put(values, from, count);
      digest.update(bytes.array(), 0, count * Long.BYTES);
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
