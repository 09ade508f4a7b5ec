/* x to the power p in binary64, the same bits on every machine: only additions, multiplications, divisions and bit patterns, no
 * library. dev.batchmill.internal.kernel.Power is the same in Java.
 *
 * x = 2^e * m with m in [sqrt(1/2), sqrt(2)); log2(m) = 2 / ln(2) * atanh(s) with s = (m - 1) / (m + 1), a series in s * s;
 * x^p = 2^y with y = p * (e + log2(m)) = 2^n * exp((y - n) * ln(2)), n the integer nearest to y, again a series. Both series
 * are cut where their next term is below the precision asked for. In full precision the relative error is about |y| * 2^-52,
 * the error of y. */
#ifndef BATCHMILL_POWER_H
#define BATCHMILL_POWER_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "batchmill/portability.h"

namespace batchmill {
namespace BM_BUILD {
namespace {

/* How many terms of the two series are taken. */
struct FullPrecision {
  static constexpr int kLogTerms = 11;
  static constexpr int kExpTerms = 14;
};

/* Relative error below 2^-30 for moderate exponents: for powers of binary32 numbers. */
struct FloatPrecision {
  static constexpr int kLogTerms = 6;
  static constexpr int kExpTerms = 9;
};

inline BM_ANYWHERE uint64_t pattern_of(double x) {
  uint64_t pattern;
  memcpy(&pattern, &x, sizeof x);
  return pattern;
}

inline BM_ANYWHERE double number_of(uint64_t pattern) {
  double x;
  memcpy(&x, &pattern, sizeof x);
  return x;
}

/* 2^k for whole k from -1022 to 1023. Adding 1.5 * 2^52 leaves k in the low bits of the fraction. */
constexpr double kToInteger = 0x1.8p52;
inline BM_ANYWHERE double power_of_two(double k) { return number_of((pattern_of(k + kToInteger) + 1023) << 52); }

constexpr BM_ANYWHERE double inverse_factorial(int k) {
  double factorial = 1;
  for (int i = 2; i <= k; ++i) factorial *= i;
  return 1 / factorial;
}

/* The terms from kFirst on of 1 + z / 3 + z^2 / 5 + ..., by Horner's rule; recursion, because the loop would not be unrolled in
 * time for the loop around it to become vectors. */
template <int kFirst, int kTerms>
inline BM_ANYWHERE double log_series(double z) {
  if constexpr (kFirst == kTerms - 1) {
    return 1.0 / (2 * kFirst + 1);
  } else {
    return log_series<kFirst + 1, kTerms>(z) * z + 1.0 / (2 * kFirst + 1);
  }
}

/* The terms from kFirst on of 1 + g + g^2 / 2! + ... */
template <int kFirst, int kTerms>
inline BM_ANYWHERE double exp_series(double g) {
  constexpr double kFactor = inverse_factorial(kFirst);
  if constexpr (kFirst == kTerms - 1) {
    return kFactor;
  } else {
    return exp_series<kFirst + 1, kTerms>(g) * g + kFactor;
  }
}

/* x >= 0 or NaN; p finite and not zero. Always inlined: a loop over calls would not become vectors. */
template <typename Precision>
BM_ALWAYS_INLINE BM_ANYWHERE double power(double x, double p) {
  constexpr uint64_t kRootHalf = 0x3fe6a09e667f3bcd;
  constexpr double kTwoOverLn2 = 0x1.71547652b82fep+1;
  constexpr double kLn2 = 0x1.62e42fefa39efp-1;
  const bool subnormal = x < 0x1p-1022;
  const double scaled = subnormal ? x * 0x1p54 : x;
  const uint64_t pattern = pattern_of(scaled);
  const uint64_t exponent = (pattern - kRootHalf + (UINT64_C(1024) << 52)) >> 52;
  const double m = number_of(pattern - ((exponent - 1024) << 52));
  const double e = number_of(exponent | 0x4330000000000000) - (subnormal ? 0x1p52 + 1078 : 0x1p52 + 1024);
  const double s = (m - 1) / (m + 1);
  const double z = s * s;
  const double log = log_series<0, Precision::kLogTerms>(z);
  const double any = p * (e + kTwoOverLn2 * s * log);
  const double low = any < -1100 ? -1100 : any;
  const double y = low > 1100 ? 1100 : low;
  const double n = (y + kToInteger) - kToInteger;
  const double g = (y - n) * kLn2;
  const double exp = exp_series<0, Precision::kExpTerms>(g);
  /* Two factors, because 2^n itself may be out of range. */
  const double half = (n * 0.5 + kToInteger) - kToInteger;
  const double finite = exp * power_of_two(half) * power_of_two(n - half);
  const double at_zero = p > 0 ? 0 : HUGE_VAL;
  const double at_infinity = p > 0 ? HUGE_VAL : 0;
  const double positive = x == 0 ? at_zero : finite;
  const double ordered = x == HUGE_VAL ? at_infinity : positive;
  return x == x ? ordered : x;
}

}  // namespace
}  // namespace BM_BUILD
}  // namespace batchmill

#endif
