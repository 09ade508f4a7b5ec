package dev.batchmill.io;

import java.io.IOException;
import java.nio.file.Path;

/** Extracts archives. */
@FunctionalInterface
interface Extractor {
  /**
   * Extracts the archive of a request.
   *
   * @param request the request; its file is in the cache
   * @param destination the directory to make; nothing stands there yet, and nothing does after a
   *     failure
   */
  void extract(FileRequest request, Path destination) throws IOException;
}
