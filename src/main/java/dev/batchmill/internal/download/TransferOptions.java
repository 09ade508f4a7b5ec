package dev.batchmill.internal.download;

import java.time.Duration;

/**
 * The bounds of a transfer.
 *
 * @param maxBytes the size above which a file is refused
 * @param connectTimeout how long to wait for a connection
 * @param idleTimeout how long to wait for the next bytes
 * @param retry when to try again
 * @param access what opens servers
 * @param hashed whether the file's hash will be verified
 * @param listener is told of the progress
 */
public record TransferOptions(
    long maxBytes,
    Duration connectTimeout,
    Duration idleTimeout,
    RetryPolicy retry,
    HttpAccess access,
    boolean hashed,
    Listener listener) {

  /** Is told of the bytes received so far and in all (-1 if unknown). */
  @FunctionalInterface
  public interface Listener {
    void onProgress(long bytes, long total);
  }
}
