package dev.batchmill.internal.download;

import dev.batchmill.error.DownloadException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A failure that may pass: the same request may succeed a little later. */
final class RetryableException extends DownloadException {
  private static final long serialVersionUID = 1L;

  private final String message;
  private final @Nullable Duration retryAfter;
  private final boolean spoilt;

  private RetryableException(
      String message, @Nullable Throwable cause, @Nullable Duration retryAfter, boolean spoilt) {
    super(message);
    if (cause != null) {
      initCause(cause);
    }
    this.message = message;
    this.retryAfter = retryAfter;
    this.spoilt = spoilt;
  }

  /** A failure that leaves the bytes which came before it good. */
  static RetryableException of(String message, @Nullable Throwable cause) {
    return new RetryableException(message, cause, null, false);
  }

  /** An answer that may name the time after which to ask again. */
  static RetryableException busy(String message, @Nullable Duration retryAfter) {
    return new RetryableException(message, null, retryAfter, false);
  }

  /** A failure after which nothing that came may be used. */
  static RetryableException spoilt(String message, @Nullable Throwable cause) {
    return new RetryableException(message, cause, null, true);
  }

  /** Returns how long the server asked to wait, or null. */
  @Nullable Duration retryAfter() {
    return retryAfter;
  }

  /** Whether to throw away what came. */
  boolean isSpoilt() {
    return spoilt;
  }

  /** The error in the end, after so many attempts. */
  DownloadException afterAttempts(int attempts) {
    return new DownloadException(attempts == 1 ? message : message + " attempts=" + attempts, this);
  }
}
