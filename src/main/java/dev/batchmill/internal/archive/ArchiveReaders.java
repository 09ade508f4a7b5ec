package dev.batchmill.internal.archive;

import dev.batchmill.error.NativeUnavailableException;
import dev.batchmill.internal.bind.NativeLibrary;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/**
 * Opens archives: with libarchive when the native library is there, else in Java, which reads tar,
 * tar.gz and zip (stored and deflated). Which one it is changes no result; the format follows from
 * the first bytes of the file.
 */
final class ArchiveReaders {
  private static final int MAGIC_BYTES = 16;
  private static final int STREAM_BYTES = 64 * 1024;

  /** How to open an archive. */
  @FunctionalInterface
  interface Opener {
    /**
     * Opens an archive.
     *
     * @param memoryLimit the bytes that the reader may hold
     */
    ArchiveReader open(Path archive, Set<Format> formats, long memoryLimit) throws IOException;
  }

  private ArchiveReaders() {}

  /** Opens an archive with the best reader there is. */
  static ArchiveReader open(Path archive, Set<Format> formats, long memoryLimit)
      throws IOException {
    return NativeLibrary.state().loaded()
        ? NativeArchiveReader.open(archive, formats, memoryLimit)
        : openInJava(archive, formats, memoryLimit);
  }

  /**
   * Opens an archive without native code.
   *
   * @throws NativeUnavailableException if it is of a format, or compressed in a way, that only
   *     native code reads
   */
  static ArchiveReader openInJava(Path archive, Set<Format> formats, long memoryLimit)
      throws IOException {
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
      return ZipReader.open(archive, memoryLimit);
    }
    requireNoNativeFormat(archive, magic, formats);
    if (!formats.contains(Format.TAR) && !formats.contains(Format.CPIO)) {
      throw new MalformedArchiveException(unknown(formats));
    }
    requireNoOtherCompression(archive, magic);
    boolean gzip = startsWith(magic, 0x1f, 0x8b);
    if (formats.contains(Format.CPIO) && gzip) {
      // What is in it is known only when it is read.
      throw nativeOnly("format", archive, "tar or cpio");
    }
    if (!formats.contains(Format.TAR)) {
      throw new MalformedArchiveException(unknown(formats));
    }
    InputStream in = new BufferedInputStream(Files.newInputStream(archive), STREAM_BYTES);
    return new TarReader(gzip ? new GzipInput(in) : in);
  }

  /** What an archive is called that is of none of the formats. */
  private static String unknown(Set<Format> formats) {
    if (formats.equals(Format.USUAL)) {
      return "neither a tar nor a zip";
    }
    return formats.equals(Set.of(Format.ZIP))
        ? "not a zip, and no other format is allowed"
        : "not an archive of the formats allowed";
  }

  private static void requireNoNativeFormat(Path archive, byte[] magic, Set<Format> formats)
      throws MalformedArchiveException {
    Format format = null;
    String name = null;
    if (startsWith(magic, '7', 'z', 0xbc, 0xaf, 0x27, 0x1c)) {
      format = Format.SEVEN_ZIP;
      name = "7z";
    } else if (startsWith(magic, 'R', 'a', 'r', '!', 0x1a, 7)) {
      format = Format.RAR;
      name = "RAR";
    } else if (startsWith(magic, '0', '7', '0', '7', '0', '1')
        || startsWith(magic, '0', '7', '0', '7', '0', '2')
        || startsWith(magic, '0', '7', '0', '7', '0', '7')
        || startsWith(magic, 0xc7, 0x71)
        || startsWith(magic, 0x71, 0xc7)) {
      format = Format.CPIO;
      name = "cpio";
    }
    if (format == null || name == null) {
      return;
    }
    if (!formats.contains(format)) {
      throw new MalformedArchiveException("a " + name + ", which is not among the formats allowed");
    }
    throw nativeOnly("format", archive, name);
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
    } else if (isLzma(magic)) {
      compression = "lzma";
    }
    if (compression != null) {
      throw nativeOnly("compression", archive, compression);
    }
  }

  /** As isLzma of archive.cpp. */
  private static boolean isLzma(byte[] magic) {
    if (magic.length < 13 || (magic[0] & 0xff) >= 9 * 5 * 5) {
      return false;
    }
    ByteBuffer fields = ByteBuffer.wrap(magic).order(ByteOrder.LITTLE_ENDIAN);
    long dictionary = Integer.toUnsignedLong(fields.getInt(1));
    long lowest = Long.lowestOneBit(dictionary);
    long size = fields.getLong(5);
    return dictionary >= 4096
        && (dictionary == lowest || dictionary == 3 * lowest || dictionary == 0xffffffffL)
        && (size == -1 || size >>> 48 == 0);
  }

  private static NativeUnavailableException nativeOnly(String what, Path archive, String name) {
    String message =
        "only the native library reads this "
            + what
            + ": archive="
            + archive
            + ", "
            + what
            + "="
            + name;
    try {
      NativeLibrary.requireLoaded();
    } catch (NativeUnavailableException e) {
      return new NativeUnavailableException(message + ": " + e.getMessage(), e);
    }
    return new NativeUnavailableException(message);
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
