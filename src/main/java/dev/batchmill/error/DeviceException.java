package dev.batchmill.error;

/** A compute device failed or is not there. */
public class DeviceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message what is wrong, with which value, and what to do
   */
  public DeviceException(String message) {
    super(message);
  }

  /**
   * Creates the exception with its cause.
   *
   * @param message what is wrong, with which value, and what to do
   * @param cause what led to it
   */
  public DeviceException(String message, Throwable cause) {
    super(message, cause);
  }
}
