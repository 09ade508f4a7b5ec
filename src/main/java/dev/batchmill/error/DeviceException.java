package dev.batchmill.error;

/** A compute device failed or is not there. */
public class DeviceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String operation;
  private final String errorName;
  private final int errorCode;
  private final boolean fatal;

  /**
   * Creates the exception for something that is wrong with the device, without an error of CUDA.
   *
   * @param message what is wrong, with which value, and what to do
   */
  public DeviceException(String message) {
    this(message, "", "", 0, false);
  }

  /**
   * Creates the exception for an error of CUDA.
   *
   * @param message what is wrong, with which value, and what to do
   * @param operation what was asked of the device
   * @param errorName CUDA's name of the error, such as {@code cudaErrorMemoryAllocation}
   * @param errorCode its number
   * @param fatal whether the device refuses all further work of this process
   */
  public DeviceException(
      String message, String operation, String errorName, int errorCode, boolean fatal) {
    super(message);
    this.operation = operation;
    this.errorName = errorName;
    this.errorCode = errorCode;
    this.fatal = fatal;
  }

  /**
   * Returns what was asked of the device.
   *
   * @return the operation in a few words; empty where no error of CUDA is behind this
   */
  public String operation() {
    return operation;
  }

  /**
   * Returns CUDA's name of the error.
   *
   * @return a name such as {@code cudaErrorMemoryAllocation}; empty where no error of CUDA is
   *     behind this
   */
  public String errorName() {
    return errorName;
  }

  /**
   * Returns CUDA's number of the error.
   *
   * @return a {@code cudaError_t}; 0 where no error of CUDA is behind this
   */
  public int errorCode() {
    return errorCode;
  }

  /**
   * Tells whether the error stays: the device refuses all further work of this process, and only a
   * new process can use it again.
   *
   * @return true if it does
   */
  public boolean isFatal() {
    return fatal;
  }
}
