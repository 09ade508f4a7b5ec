package dev.batchmill.error;

import java.io.IOException;

/** A file is not of the format it should have; the message names the file and what was seen. */
public class FileFormatException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message what is wrong, in which file, with the expected and the seen value
   */
  public FileFormatException(String message) {
    super(message);
  }
}
