package dev.batchmill.error;

/**
 * What went wrong in a worker process: what its data set threw, told in the words of this process,
 * or how the process died.
 *
 * <p>For a throwable of the data set, the message is its {@code toString}, the stack trace is the
 * one it had in the worker process, and the cause, if there is any, stands for its cause in the
 * same way.
 */
public class WorkerProcessException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message what went wrong
   */
  public WorkerProcessException(String message) {
    super(message);
  }

  /**
   * Creates the exception with its cause.
   *
   * @param message what went wrong
   * @param cause what led to it
   */
  public WorkerProcessException(String message, Throwable cause) {
    super(message, cause);
  }
}
