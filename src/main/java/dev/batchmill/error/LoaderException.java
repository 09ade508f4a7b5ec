package dev.batchmill.error;

/** A batch could not be made; the message names its index, the cause is the worker's failure. */
public class LoaderException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message what is wrong, with which value, and what to do
   */
  public LoaderException(String message) {
    super(message);
  }

  /**
   * Creates the exception with its cause.
   *
   * @param message what is wrong, with which value, and what to do
   * @param cause what led to it
   */
  public LoaderException(String message, Throwable cause) {
    super(message, cause);
  }
}
