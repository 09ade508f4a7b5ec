package dev.batchmill.io;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A kind of archive that can be extracted. A null argument ends in a {@link NullPointerException}.
 *
 * <p>Tar and zip are the usual ones; the others are read only where they are asked for, and only
 * with the native library: without it they end in a {@link
 * dev.batchmill.error.NativeUnavailableException}. So do a tar that is compressed by anything but
 * gzip, and a zip entry that is compressed by anything but deflate.
 *
 * @see FileRequest.Builder#archiveFormat(ArchiveFormat...)
 */
public enum ArchiveFormat {
  /** A tar archive, plain or compressed by gzip, bzip2, xz, lzma, Zstandard or LZ4. */
  TAR,
  /** A zip archive. */
  ZIP,
  /** A 7z archive. */
  SEVEN_ZIP,
  /** A cpio archive, plain or compressed as a tar may be. */
  CPIO,
  /**
   * A RAR archive, of RAR 4 or 5. Most holes ever found in archive readers were found in those of
   * RAR: ask for it only when the archive comes from somebody you trust.
   */
  RAR;

  /**
   * Returns the formats that Keras calls {@code "auto"}: tar, then zip.
   *
   * @return the formats, unmodifiable
   */
  public static List<ArchiveFormat> auto() {
    return List.of(TAR, ZIP);
  }

  /**
   * Returns the formats that a Keras {@code archive_format} stands for.
   *
   * @param names one or more of {@code auto}, {@code tar}, {@code zip}, {@code 7z}, {@code cpio}
   *     and {@code rar}, with commas between; or {@code none}; in any case
   * @return the formats, unmodifiable; empty for {@code none}
   * @throws IllegalArgumentException if there is no such format
   */
  public static List<ArchiveFormat> parse(String names) {
    if (names.equalsIgnoreCase("none")) {
      return List.of();
    }
    List<ArchiveFormat> formats = new ArrayList<>();
    for (String name : names.split(",", -1)) {
      for (ArchiveFormat format : named(name)) {
        if (!formats.contains(format)) {
          formats.add(format);
        }
      }
    }
    return List.copyOf(formats);
  }

  private static List<ArchiveFormat> named(String name) {
    return switch (name.strip().toLowerCase(Locale.ROOT)) {
      case "auto" -> auto();
      case "tar" -> List.of(TAR);
      case "zip" -> List.of(ZIP);
      case "7z" -> List.of(SEVEN_ZIP);
      case "cpio" -> List.of(CPIO);
      case "rar" -> List.of(RAR);
      default ->
          throw new IllegalArgumentException(
              "unknown archive format: format="
                  + name
                  + "; use auto, tar, zip, 7z, cpio, rar or none");
    };
  }
}
