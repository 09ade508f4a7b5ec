package dev.batchmill.internal.kernel;

/** The orders of norm that are computed in different ways. */
enum NormOrder {
  /** The number of elements that are not zero. */
  ZERO,
  /** The sum of magnitudes. */
  ONE,
  /** The root of the sum of squares. */
  TWO,
  /** The largest magnitude. */
  MAX,
  /** The smallest magnitude. */
  MIN,
  /** The p-th root of the sum of p-th powers. */
  POWER;

  static NormOrder of(double order) {
    if (order == 0) {
      return ZERO;
    } else if (order == 1) {
      return ONE;
    } else if (order == 2) {
      return TWO;
    } else if (order == Double.POSITIVE_INFINITY) {
      return MAX;
    } else if (order == Double.NEGATIVE_INFINITY) {
      return MIN;
    }
    return POWER;
  }
}
