/* The orders of norm: the term of an element, how terms combine (Op), what stands for a missing term, and the norm of a sum. */
#ifndef BATCHMILL_NORM_ORDER_H
#define BATCHMILL_NORM_ORDER_H

#include <math.h>
#include <stdint.h>

#include "batchmill/portability.h"
#include "batchmill/sum_order.h"
#include "power.h"

namespace batchmill {
namespace BM_BUILD {
namespace {

inline BM_ANYWHERE float magnitude(float x) { return fabsf(x); }
inline BM_ANYWHERE double magnitude(double x) { return fabs(x); }
inline BM_ANYWHERE float square_root(float x) { return sqrtf(x); }
inline BM_ANYWHERE double square_root(double x) { return sqrt(x); }

template <typename T>
struct OrderOne {
  using Sum = T;
  using Op = Add;
  /* Whether a term is cheap enough to be computed where it is added. */
  static constexpr bool kCheapTerm = true;
  static constexpr T kMissing = 0;
  BM_ANYWHERE T term(T x) const { return magnitude(x); }
  /* The terms of a vector. */
  template <typename V>
  V terms_of(V x) const {
    typedef decltype(x == x) Bits;
    return (V)((Bits)x & ~(Bits)(-V{}));
  }
  BM_ANYWHERE T norm(T sum) const { return sum; }
  /* Whether no element exceeds the norm but by rounding. */
  bool bounds_elements() const { return true; }
};

template <typename T>
struct OrderTwo : OrderOne<T> {
  BM_ANYWHERE T term(T x) const { return x * x; }
  template <typename V>
  V terms_of(V x) const {
    return x * x;
  }
  BM_ANYWHERE T norm(T sum) const { return square_root(sum); }
};

template <typename T>
struct OrderZero : OrderOne<T> {
  BM_ANYWHERE T term(T x) const { return x != 0 ? T(1) : T(0); }
  template <typename V>
  V terms_of(V x) const {
    typedef decltype(x == x) Bits;
    return (V)((Bits)(x != V{}) & (Bits)(V{} + T(1)));
  }
  bool bounds_elements() const { return false; }
};

template <typename T>
struct OrderMax : OrderOne<T> {
  using Op = Max;
};

template <typename T>
struct OrderMin : OrderOne<T> {
  using Op = Min;
  static constexpr T kMissing = HUGE_VAL;
  bool bounds_elements() const { return false; }
};

/* Terms that have been computed already. */
template <typename S>
struct Terms {
  using Sum = S;
  using Op = Add;
  static constexpr bool kCheapTerm = true;
  static constexpr S kMissing = 0;
  BM_ANYWHERE S term(S x) const { return x; }
  template <typename V>
  V terms_of(V x) const {
    return x;
  }
};

template <typename T>
struct TermPrecision {
  using Precision = FullPrecision;
};
template <>
struct TermPrecision<float> {
  using Precision = FloatPrecision;
};

/* Any other order p. Multiples of a half up to kMostFactors are products of factors and a square root: fewer operations. */
template <typename T>
struct OrderP {
  using Sum = double;
  using Op = Add;
  static constexpr bool kCheapTerm = false;
  static constexpr double kMissing = 0;
  static constexpr int kMostFactors = 16;

  explicit OrderP(double order) : p(order) {
    const double halves = 2 * __builtin_fabs(order);
    if (halves <= 2 * kMostFactors && halves == static_cast<int>(halves)) {
      factors = static_cast<int>(halves) / 2;
      half = static_cast<int>(halves) % 2 != 0;
    }
  }

  double p;
  double root = 1 / p;
  int factors = -1; /* The whole factors of a term, or -1 where a term is no product. */
  bool half = false;

  /* The term of one element. */
  BM_ANYWHERE double term(T x) const {
    if (factors < 0) return power<typename TermPrecision<T>::Precision>(magnitude(static_cast<double>(x)), p);
    double base = magnitude(static_cast<double>(x));
    double product = half ? square_root(magnitude(x)) : 1;
    for (int left = factors; left > 0; left >>= 1) {
      if (left & 1) product *= base;
      if (left > 1) base *= base;
    }
    return p < 0 ? 1 / product : product;
  }

  /* Writes the terms of n elements: the same operations, a few elements at a time. */
  void terms(const T* x, int64_t n, double* out) const {
    constexpr int kBlock = 128;
    for (; n > kBlock; n -= kBlock, x += kBlock, out += kBlock) block(x, kBlock, out);
    block(x, static_cast<int>(n), out);
  }

  /* For the smallest orders, rounding is all that the norm consists of. */
  bool bounds_elements() const { return p >= 0.5; }

  BM_ANYWHERE T norm(double sum) const { return static_cast<T>(power<FullPrecision>(sum, root)); }

 private:
  void block(const T* x, int n, double* out) const {
    if (factors < 0) {
      BM_INDEPENDENT
      for (int k = 0; k < n; ++k) {
        out[k] = power<typename TermPrecision<T>::Precision>(magnitude(static_cast<double>(x[k])), p);
      }
      return;
    }
    double base[128];
    for (int k = 0; k < n; ++k) base[k] = magnitude(static_cast<double>(x[k]));
    if (half) {
      /* The root of a binary32 number is taken in binary32: four times as fast, and as good as the term needs. */
      for (int k = 0; k < n; ++k) out[k] = square_root(magnitude(x[k]));
    } else {
      for (int k = 0; k < n; ++k) out[k] = 1;
    }
    for (int left = factors; left > 0; left >>= 1) {
      if (left & 1) {
        for (int k = 0; k < n; ++k) out[k] *= base[k];
      }
      if (left > 1) {
        for (int k = 0; k < n; ++k) base[k] *= base[k];
      }
    }
    if (p < 0) {
      for (int k = 0; k < n; ++k) out[k] = 1 / out[k];
    }
  }
};

/* Calls f with the order of norm. */
template <typename T, typename F>
void with_order(double order, F f) {
  if (order == 2) return f(OrderTwo<T>());
  if (order == 1) return f(OrderOne<T>());
  if (order == HUGE_VAL) return f(OrderMax<T>());
  if (order == -HUGE_VAL) return f(OrderMin<T>());
  if (order == 0) return f(OrderZero<T>());
  f(OrderP<T>(order));
}

/* What a vector is divided by: its norm, or one where that is zero; with an epsilon the larger of the two. */
template <typename T>
inline BM_ANYWHERE T divisor(T norm, T epsilon) {
  return norm < epsilon ? epsilon : norm == 0 ? T(1) : norm;
}

/* The divisors of n vectors from their sums. */
template <typename Order, typename T>
inline void divisors_of(const Order& order, const typename Order::Sum* sums, int64_t n, T epsilon, T* divisors) {
  BM_INDEPENDENT
  for (int64_t k = 0; k < n; ++k) divisors[k] = divisor(order.norm(sums[k]), epsilon);
}

}  // namespace
}  // namespace BM_BUILD
}  // namespace batchmill

#endif
