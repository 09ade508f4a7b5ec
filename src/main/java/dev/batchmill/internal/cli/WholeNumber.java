package dev.batchmill.internal.cli;

import java.math.BigInteger;

/**
 * A whole number as it was typed. One that is none, or too large, is bad input rather than wrong
 * usage, and is said when it is asked for.
 *
 * @param text what was typed
 */
record WholeNumber(String text) {
  /**
   * The number.
   *
   * @param name what it is, for the error
   * @throws IllegalArgumentException if it is none of 64 bits
   */
  long value(String name) {
    try {
      return new BigInteger(text).longValueExact();
    } catch (NumberFormatException | ArithmeticException e) {
      throw new IllegalArgumentException(
          "%s must be a whole number in [-2^63, 2^63): %s=%s".formatted(name, name, text), e);
    }
  }
}
