package dev.batchmill.internal.download;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;

/**
 * The bytes behind a URI, about to be read. Closing it gives up what was not read.
 *
 * @param location where the bytes come from, after redirects
 * @param body the bytes
 * @param length their number, or -1 if it is unknown
 */
record Content(URI location, InputStream body, long length) implements Closeable {
  static final long UNKNOWN_LENGTH = -1;

  @Override
  public void close() throws IOException {
    body.close();
  }
}
