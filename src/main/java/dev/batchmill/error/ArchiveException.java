package dev.batchmill.error;

import java.io.IOException;

/** An archive could not be read, or holds something that must not be extracted. */
public class ArchiveException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message what is wrong, with which value, and what to do
   */
  public ArchiveException(String message) {
    super(message);
  }

  /**
   * Creates the exception with its cause.
   *
   * @param message what is wrong, with which value, and what to do
   * @param cause what led to it
   */
  public ArchiveException(String message, Throwable cause) {
    super(message, cause);
  }
}
