package dev.batchmill.internal.download;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * The bytes behind a URI, about to be read: all, or those from a place on. Closing it gives up what
 * was not read.
 *
 * @param location where the bytes come from, after redirects
 * @param body the bytes
 * @param start the place of the first of them in the file
 * @param length the length of the whole file, or -1 if it is unknown
 * @param validator the version of the file, or null if none is named
 */
record Content(
    URI location, InputStream body, long start, long length, @Nullable Validator validator)
    implements Closeable {
  static final long UNKNOWN_LENGTH = -1;

  /** A whole file that names no version. */
  static Content whole(URI location, InputStream body, long length) {
    return new Content(location, body, 0, length, null);
  }

  @Override
  public void close() throws IOException {
    body.close();
  }
}
