package dev.batchmill.internal.download;

import dev.batchmill.error.DownloadException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Copies a content to its end, or fails: no short, long, stalled or endless body passes. */
final class Transfer {
  private static final int BUFFER_BYTES = 64 * 1024;

  private final Content content;
  private final TransferOptions options;
  private final boolean retryable;
  private long received;

  /**
   * Prepares a transfer.
   *
   * @param content the content
   * @param options the bounds
   * @param retryable whether a content that broke off may come whole another time
   */
  Transfer(Content content, TransferOptions options, boolean retryable) {
    this.content = content;
    this.options = options;
    this.retryable = retryable;
    this.received = content.start();
  }

  /** Refuses a file that is too large, for the request or for the directory it would stand in. */
  void checkAnnounced(Path target) throws DownloadException {
    long length = content.length();
    if (length > options.maxBytes()) {
      throw new DownloadException(
          "file is larger than allowed: url="
              + content.location()
              + " bytes="
              + length
              + " maxBytes="
              + options.maxBytes());
    }
    // 0 when the system does not tell; getFileStore fails in some containers.
    Path directory = Objects.requireNonNull(target.getParent());
    long room = directory.toFile().getUsableSpace();
    if (room > 0 && length - content.start() > room) {
      throw new DownloadException(
          "no room for the file: url="
              + content.location()
              + " bytes="
              + length
              + " free="
              + room
              + " directory="
              + directory);
    }
  }

  /**
   * Copies what is left of the file.
   *
   * @throws DownloadException if it did not come as a whole or could not be written
   * @throws InterruptedIOException if the thread was interrupted; its flag is set
   */
  void copyTo(OutputStream out) throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    for (int count = read(buffer); count >= 0; count = read(buffer)) {
      received += count;
      if (received > options.maxBytes()) {
        throw new DownloadException(
            "file is larger than allowed: url="
                + content.location()
                + " bytes>"
                + options.maxBytes()
                + " maxBytes="
                + options.maxBytes());
      }
      if (content.length() >= 0 && received > content.length()) {
        throw RetryableException.spoilt(brokeOffMessage("more bytes than announced"), null);
      }
      write(out, buffer, count);
      options.listener().onProgress(received, content.length());
    }
    if (content.length() >= 0 && received != content.length()) {
      throw brokeOff("end of data", null);
    }
  }

  private void write(OutputStream out, byte[] buffer, int count) throws IOException {
    try {
      out.write(buffer, 0, count);
    } catch (ClosedByInterruptException e) {
      throw Failures.interrupted(content.location(), e);
    } catch (IOException e) {
      throw new DownloadException(
          "cannot write the file: url="
              + content.location()
              + " received="
              + received
              + " reason="
              + Failures.reason(e),
          e);
    }
  }

  private int read(byte[] buffer) throws IOException {
    try {
      return content.body().read(buffer);
    } catch (InterruptedIOException | ClosedByInterruptException e) {
      throw Failures.interrupted(content.location(), e);
    } catch (IOException e) {
      throw brokeOff(Failures.reason(e), e);
    }
  }

  private DownloadException brokeOff(String reason, @Nullable IOException cause) {
    RetryableException brokeOff = RetryableException.of(brokeOffMessage(reason), cause);
    return retryable ? brokeOff : brokeOff.afterAttempts(1);
  }

  private String brokeOffMessage(String reason) {
    return "download broke off: url="
        + content.location()
        + " received="
        + received
        + " expected="
        + (content.length() < 0 ? "unknown" : Long.toString(content.length()))
        + " reason="
        + reason;
  }
}
