package dev.batchmill.internal.archive;

import dev.batchmill.error.NativeUnavailableException;
import dev.batchmill.internal.bind.NativeLibrary;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/**
 * Opens archives: with libarchive when the native library is there, else in Java, which reads tar,
 * tar.gz and zip. Which one it is changes no result; the format follows from the first bytes of the
 * file.
 */
final class ArchiveReaders {
  private static final int MAGIC_BYTES = 6;
  private static final int STREAM_BYTES = 64 * 1024;

  /** How to open an archive. */
  @FunctionalInterface
  interface Opener {
    ArchiveReader open(Path archive, Set<Format> formats) throws IOException;
  }

  private ArchiveReaders() {}

  /** Opens an archive with the best reader there is. */
  static ArchiveReader open(Path archive, Set<Format> formats) throws IOException {
    return NativeLibrary.state().loaded()
        ? NativeArchiveReader.open(archive, formats)
        : openInJava(archive, formats);
  }

  /**
   * Opens an archive without native code.
   *
   * @throws NativeUnavailableException if it is compressed in a way that only native code reads
   */
  static ArchiveReader openInJava(Path archive, Set<Format> formats) throws IOException {
    byte[] magic;
    try (InputStream in = Files.newInputStream(archive)) {
      magic = in.readNBytes(MAGIC_BYTES);
    }
    if (magic.length == 0) {
      throw new MalformedArchiveException("the file is empty");
    }
    if (startsWith(magic, 'P', 'K', 3, 4) || startsWith(magic, 'P', 'K', 5, 6)) {
      if (!formats.contains(Format.ZIP)) {
        throw new MalformedArchiveException("a zip, which is not among the formats allowed");
      }
      return ZipReader.open(archive);
    }
    if (!formats.contains(Format.TAR)) {
      throw new MalformedArchiveException("not a zip, and no other format is allowed");
    }
    requireNoOtherCompression(archive, magic);
    InputStream in = new BufferedInputStream(Files.newInputStream(archive), STREAM_BYTES);
    return new TarReader(startsWith(magic, 0x1f, 0x8b) ? new GzipInput(in) : in);
  }

  private static void requireNoOtherCompression(Path archive, byte[] magic) {
    String compression = null;
    if (startsWith(magic, 'B', 'Z', 'h')) {
      compression = "bzip2";
    } else if (startsWith(magic, 0xfd, '7', 'z', 'X', 'Z', 0)) {
      compression = "xz";
    } else if (startsWith(magic, 0x28, 0xb5, 0x2f, 0xfd)) {
      compression = "zstd";
    } else if (startsWith(magic, 0x04, 0x22, 0x4d, 0x18)) {
      compression = "lz4";
    }
    if (compression != null) {
      String message =
          "only the native library reads this compression: archive="
              + archive
              + ", compression="
              + compression;
      try {
        NativeLibrary.requireLoaded();
      } catch (NativeUnavailableException e) {
        throw new NativeUnavailableException(message + ": " + e.getMessage(), e);
      }
      throw new NativeUnavailableException(message);
    }
  }

  private static boolean startsWith(byte[] bytes, int... magic) {
    for (int i = 0; i < magic.length; i++) {
      if (i >= bytes.length || (bytes[i] & 0xff) != magic[i]) {
        return false;
      }
    }
    return true;
  }
}
