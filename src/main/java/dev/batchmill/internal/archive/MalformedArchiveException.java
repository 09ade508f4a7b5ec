package dev.batchmill.internal.archive;

import java.io.IOException;

/**
 * What is wrong with an archive's bytes or with an entry; the extractor adds which archive and
 * entry.
 */
final class MalformedArchiveException extends IOException {
  private static final long serialVersionUID = 1L;

  MalformedArchiveException(String message) {
    super(message);
  }

  MalformedArchiveException(String message, Throwable cause) {
    super(message, cause);
  }
}
