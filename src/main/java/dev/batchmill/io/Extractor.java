package dev.batchmill.io;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Extracts archives. */
@FunctionalInterface
interface Extractor {
  /**
   * Extracts an archive.
   *
   * @param archive the archive
   * @param formats the formats that it may have
   * @param destination the directory to make; nothing stands there yet, and nothing does after a
   *     failure
   */
  void extract(Path archive, List<ArchiveFormat> formats, Path destination) throws IOException;
}
