package dev.batchmill.internal.download;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Content encodings that say how the file itself is compressed. Servers that are configured by file
 * name (Apache's {@code AddEncoding}) send {@code a.tar.gz} as it is and call it encoded by gzip;
 * to decode it would make another file of it than the one of that name.
 */
final class OwnEncoding {
  private static final List<String> GZIP = List.of(".gz", ".tgz");
  private static final List<String> BZIP2 = List.of(".bz2", ".tbz2");
  private static final Map<String, List<String>> SUFFIXES =
      Map.of(
          "gzip", GZIP,
          "x-gzip", GZIP,
          "bzip2", BZIP2,
          "x-bzip2", BZIP2,
          "xz", List.of(".xz", ".txz"),
          "x-xz", List.of(".xz", ".txz"),
          "zstd", List.of(".zst", ".tzst"));

  private OwnEncoding() {}

  /** Whether a file of this URL is compressed in this way to begin with. */
  static boolean isOf(URI url, String encoding) {
    String path = url.getRawPath().toLowerCase(Locale.ROOT);
    return SUFFIXES.getOrDefault(encoding.strip().toLowerCase(Locale.ROOT), List.of()).stream()
        .anyMatch(path::endsWith);
  }
}
