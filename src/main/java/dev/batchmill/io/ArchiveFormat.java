package dev.batchmill.io;

import java.util.List;
import java.util.Locale;

/**
 * A kind of archive that can be extracted. A null argument ends in a {@link NullPointerException}.
 *
 * @see FileRequest.Builder#archiveFormat(ArchiveFormat...)
 */
public enum ArchiveFormat {
  /** A tar archive, plain or compressed. */
  TAR,
  /** A zip archive. */
  ZIP;

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
   * @param name {@code auto}, {@code tar}, {@code zip} or {@code none}, in any case
   * @return the formats, unmodifiable; empty for {@code none}
   * @throws IllegalArgumentException if there is no such format
   */
  public static List<ArchiveFormat> parse(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "auto" -> auto();
      case "tar" -> List.of(TAR);
      case "zip" -> List.of(ZIP);
      case "none" -> List.of();
      default ->
          throw new IllegalArgumentException(
              "unknown archive format: format=" + name + "; use auto, tar, zip or none");
    };
  }
}
