package dev.batchmill.io;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongConsumer;

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
   * @param listener is told the bytes written so far
   */
  void extract(Path archive, List<ArchiveFormat> formats, Path destination, LongConsumer listener)
      throws IOException;
}
