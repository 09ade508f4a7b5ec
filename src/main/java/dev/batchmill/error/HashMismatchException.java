package dev.batchmill.error;

import java.io.IOException;
import java.nio.file.Path;

/** A file's content has another hash than the one that was expected. */
public class HashMismatchException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String file;
  private final String algorithm;
  private final String expected;
  private final String actual;

  /**
   * Creates the exception.
   *
   * @param file the file that was checked, under the name it would have had
   * @param algorithm the hash algorithm, such as {@code sha256}
   * @param expected the expected hash in hexadecimal
   * @param actual the hash that was seen, in hexadecimal
   */
  public HashMismatchException(Path file, String algorithm, String expected, String actual) {
    super(
        "file does not have the expected hash: file="
            + file
            + " algorithm="
            + algorithm
            + " expected="
            + expected
            + " actual="
            + actual);
    this.file = file.toString();
    this.algorithm = algorithm;
    this.expected = expected;
    this.actual = actual;
  }

  /**
   * Returns the file that was checked.
   *
   * @return the file's path
   */
  public String file() {
    return file;
  }

  /**
   * Returns the hash algorithm.
   *
   * @return the algorithm, such as {@code sha256}
   */
  public String algorithm() {
    return algorithm;
  }

  /**
   * Returns the expected hash.
   *
   * @return the hash in hexadecimal
   */
  public String expected() {
    return expected;
  }

  /**
   * Returns the hash that was seen.
   *
   * @return the hash in hexadecimal
   */
  public String actual() {
    return actual;
  }
}
