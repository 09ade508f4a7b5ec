package dev.batchmill.internal.download;

import dev.batchmill.error.DownloadException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Objects;
import javax.net.ssl.SSLException;

/** Words for what went wrong in a transfer. */
final class Failures {
  private Failures() {}

  /** An exception for a failure before the first byte; an interrupt stays one. */
  static IOException cannotOpen(URI url, Throwable failure) {
    if (failure instanceof InterruptedIOException
        || failure instanceof ClosedByInterruptException) {
      return interrupted(url, failure);
    }
    return new DownloadException(
        "cannot download: url=" + url + " reason=" + reason(failure), failure);
  }

  /** An exception for a server that cannot be reached; unless it cannot be trusted, it may pass. */
  static IOException cannotReach(URI url, Throwable failure) {
    IOException e = cannotOpen(url, failure);
    boolean passing = failure instanceof IOException && !(failure instanceof SSLException);
    return e instanceof DownloadException && passing
        ? RetryableException.of(Objects.requireNonNull(e.getMessage()), failure)
        : e;
  }

  /** An exception for an interrupt; the thread's flag is set again. */
  static InterruptedIOException interrupted(URI url, Throwable cause) {
    Thread.currentThread().interrupt();
    InterruptedIOException interrupted =
        new InterruptedIOException("download was interrupted: url=" + url);
    interrupted.initCause(cause);
    return interrupted;
  }

  static String reason(Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof UnresolvedAddressException) {
        return "unknown host";
      }
    }
    if (failure instanceof HttpConnectTimeoutException) {
      return "connecting took too long";
    }
    if (failure instanceof ConnectException && failure.getMessage() == null) {
      return "connection refused";
    }
    return failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
  }
}
