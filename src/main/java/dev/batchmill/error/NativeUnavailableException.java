package dev.batchmill.error;

import org.jspecify.annotations.Nullable;

/**
 * Native code was asked for and is not there; the message says what was looked for, where, what was
 * found, and how to mend it.
 */
public class NativeUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message what is wrong, with which value, and what to do
   */
  public NativeUnavailableException(String message) {
    super(message);
  }

  /**
   * Creates the exception with its cause.
   *
   * @param message what is wrong, with which value, and what to do
   * @param cause what led to it, or null
   */
  public NativeUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
