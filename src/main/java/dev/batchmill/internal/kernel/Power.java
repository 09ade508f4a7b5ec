package dev.batchmill.internal.kernel;

/**
 * Powers of magnitudes with the bits of {@code cpp/src/power.h} and {@code cpp/src/norm_order.h},
 * where they are explained; {@link Math#pow} may differ from machine to machine.
 */
final class Power {
  private static final int MOST_FACTORS = 16;
  private static final long ROOT_HALF = 0x3fe6a09e667f3bcdL;
  private static final double TWO_OVER_LN_2 = 0x1.71547652b82fep+1;
  private static final double LN_2 = 0x1.62e42fefa39efp-1;

  /** Adding it leaves a whole number in the low bits of the fraction. */
  private static final double TO_INTEGER = 0x1.8p52;

  private static final int FULL_LOG_TERMS = 11;
  private static final int FULL_EXP_TERMS = 14;
  private static final int FLOAT_LOG_TERMS = 6;
  private static final int FLOAT_EXP_TERMS = 9;
  private static final double[] INVERSE_FACTORIALS = inverseFactorials();

  private final double p;
  private final boolean floats;
  private final int factors;
  private final boolean half;

  /**
   * The terms of an order of norm.
   *
   * @param p the order, finite, not 0, 1 or 2
   * @param floats whether the elements are floats
   */
  Power(double p, boolean floats) {
    this.p = p;
    this.floats = floats;
    double halves = 2 * Math.abs(p);
    boolean product = halves <= 2 * MOST_FACTORS && halves == (int) halves;
    factors = product ? (int) halves / 2 : -1;
    half = product && (int) halves % 2 != 0;
  }

  /** The term of an element. */
  double term(double x) {
    double base = Math.abs(x);
    if (factors < 0) {
      return floats
          ? pow(base, p, FLOAT_LOG_TERMS, FLOAT_EXP_TERMS)
          : pow(base, p, FULL_LOG_TERMS, FULL_EXP_TERMS);
    }
    double product = 1;
    if (half) {
      product = floats ? (float) Math.sqrt(base) : Math.sqrt(base);
    }
    for (int left = factors; left > 0; left >>= 1) {
      if ((left & 1) != 0) {
        product *= base;
      }
      base *= base;
    }
    return p < 0 ? 1 / product : product;
  }

  /** The norm of a vector from the sum of its terms, not yet rounded to the type. */
  double root(double sum) {
    return pow(sum, 1 / p, FULL_LOG_TERMS, FULL_EXP_TERMS);
  }

  private static double pow(double x, double p, int logTerms, int expTerms) {
    if (Double.isNaN(x)) {
      return x;
    } else if (x == 0) {
      return p > 0 ? 0 : Double.POSITIVE_INFINITY;
    } else if (x == Double.POSITIVE_INFINITY) {
      return p > 0 ? x : 0;
    }
    boolean subnormal = x < Double.MIN_NORMAL;
    long pattern = Double.doubleToRawLongBits(subnormal ? x * 0x1p54 : x);
    long exponent = (pattern - ROOT_HALF + (1024L << 52)) >>> 52;
    double m = Double.longBitsToDouble(pattern - ((exponent - 1024) << 52));
    double e = exponent - (subnormal ? 1078 : 1024);
    double s = (m - 1) / (m + 1);
    double z = s * s;
    double log = 1.0 / (2 * logTerms - 1);
    for (int k = logTerms - 2; k >= 0; k--) {
      log = log * z + 1.0 / (2 * k + 1);
    }
    double y = Math.max(-1100, Math.min(1100, p * (e + TWO_OVER_LN_2 * s * log)));
    double n = (y + TO_INTEGER) - TO_INTEGER;
    double g = (y - n) * LN_2;
    double exp = INVERSE_FACTORIALS[expTerms - 1];
    for (int k = expTerms - 2; k >= 0; k--) {
      exp = exp * g + INVERSE_FACTORIALS[k];
    }
    double lower = (n * 0.5 + TO_INTEGER) - TO_INTEGER;
    return exp * powerOfTwo(lower) * powerOfTwo(n - lower);
  }

  private static double powerOfTwo(double k) {
    return Double.longBitsToDouble((long) (k + 1023) << 52);
  }

  private static double[] inverseFactorials() {
    double[] inverse = new double[FULL_EXP_TERMS];
    double factorial = 1;
    for (int k = 0; k < inverse.length; k++) {
      factorial *= Math.max(k, 1);
      inverse[k] = 1 / factorial;
    }
    return inverse;
  }
}
