package dev.batchmill.progress;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * Python's number formats. They round the exact binary value, half to even; {@link String#format}
 * rounds its shortest decimal form, half up.
 */
final class PythonFormat {
  private static final int DECIMALS = 4;
  private static final MathContext DIGITS = new MathContext(DECIMALS + 1, RoundingMode.HALF_EVEN);

  private PythonFormat() {}

  /** Formats like {@code "%.4f"}. */
  static String fixed(double value) {
    if (!Double.isFinite(value)) {
      return notFinite(value);
    }
    return sign(value)
        + new BigDecimal(Math.abs(value))
            .setScale(DECIMALS, RoundingMode.HALF_EVEN)
            .toPlainString();
  }

  /** Formats like {@code "%.4e"}. */
  static String scientific(double value) {
    if (!Double.isFinite(value)) {
      return notFinite(value);
    }
    if (value == 0) {
      return sign(value) + "0.0000e+00";
    }
    BigDecimal rounded = new BigDecimal(Math.abs(value)).round(DIGITS);
    int exponent = rounded.precision() - rounded.scale() - 1;
    String mantissa = rounded.movePointLeft(exponent).setScale(DECIMALS).toPlainString();
    return String.format(
        "%s%se%s%02d", sign(value), mantissa, exponent < 0 ? "-" : "+", Math.abs(exponent));
  }

  /** Formats like {@code "%.0f"}, for values that a long holds. */
  static String rounded(double value) {
    return Long.toString((long) Math.rint(value));
  }

  private static String sign(double value) {
    return Double.doubleToRawLongBits(value) < 0 ? "-" : "";
  }

  private static String notFinite(double value) {
    return Double.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
  }
}
