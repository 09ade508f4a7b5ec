package dev.batchmill.internal.download;

import java.time.Duration;

/**
 * The bounds of a transfer.
 *
 * @param maxBytes the size above which a file is refused
 * @param connectTimeout how long to wait for a connection
 * @param idleTimeout how long to wait for the next bytes
 * @param listener is told of the progress
 */
public record TransferOptions(
    long maxBytes, Duration connectTimeout, Duration idleTimeout, Listener listener) {

  /** Is told of the bytes received so far and in all (-1 if unknown). */
  @FunctionalInterface
  public interface Listener {
    void onProgress(long bytes, long total);
  }
}
