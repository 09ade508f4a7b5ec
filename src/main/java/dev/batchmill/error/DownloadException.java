package dev.batchmill.error;

import java.io.IOException;

/** A file could not be transferred from its origin. */
public class DownloadException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message what is wrong, with which value, and what to do
   */
  public DownloadException(String message) {
    super(message);
  }

  /**
   * Creates the exception with its cause.
   *
   * @param message what is wrong, with which value, and what to do
   * @param cause what led to it
   */
  public DownloadException(String message, Throwable cause) {
    super(message, cause);
  }
}
