package dev.batchmill.internal.download;

import dev.batchmill.error.DownloadException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Copies the whole of an origin, or fails: no short, long, stalled or endless body passes. */
public final class Transfer {
  private static final int BUFFER_BYTES = 64 * 1024;

  private final Content content;
  private final TransferOptions options;
  private long received;

  private Transfer(Content content, TransferOptions options) {
    this.content = content;
    this.options = options;
  }

  /**
   * Copies an origin.
   *
   * @param origin an {@code http}, {@code https}, {@code file} or {@code jar} URI
   * @param directory where the bytes end up, for the room it has
   * @param out where to write; the caller closes it
   * @param options the bounds
   * @throws DownloadException if the origin could not be had as a whole or not be written
   * @throws InterruptedIOException if the thread was interrupted; its flag is set
   */
  public static void copy(URI origin, Path directory, OutputStream out, TransferOptions options)
      throws IOException {
    try (Content content = open(origin, options)) {
      Transfer transfer = new Transfer(content, options);
      transfer.checkAnnounced(directory);
      transfer.copyTo(out);
    }
  }

  private static Content open(URI origin, TransferOptions options) throws IOException {
    return switch (origin.getScheme().toLowerCase(Locale.ROOT)) {
      case "file" -> LocalOrigin.openFile(origin);
      case "jar" -> LocalOrigin.openJarEntry(origin);
      default -> HttpOrigin.open(origin, options);
    };
  }

  private void checkAnnounced(Path directory) throws DownloadException {
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
    long room = directory.toFile().getUsableSpace();
    if (room > 0 && length > room) {
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

  private void copyTo(OutputStream out) throws IOException {
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
    String expected = content.length() < 0 ? "unknown" : Long.toString(content.length());
    String message =
        "download broke off: url="
            + content.location()
            + " received="
            + received
            + " expected="
            + expected
            + " reason="
            + reason;
    return cause == null ? new DownloadException(message) : new DownloadException(message, cause);
  }
}
