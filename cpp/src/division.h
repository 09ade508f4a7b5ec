/* Division of many numbers by one: a multiplication by its reciprocal, corrected until it is the quotient that IEEE 754 asks
 * for. A processor divides sixteen floats in about ten cycles; this takes three.
 *
 * With r = RN(1 / d) and s = RN(r * RN(1 - d * r)) the reciprocal has twice the digits, so q = RN(x * r + RN(x * s)) is off by
 * less than one unit in the last place. Its remainder x - q * d is then exact, and RN(q + remainder * r) is RN(x / d)
 * (P. W. Markstein, "Computation of elementary functions on the IBM RISC System/6000 processor", IBM J. Res. Dev. 34(1), 1990;
 * N. Brisebarre, J.-M. Muller, S. K. Raina, "Accelerating correctly rounded floating-point division when the divisor is known
 * in advance", IEEE Trans. Comput. 53(8), 2004). All of it needs fused multiply-add, and that nothing underflows or overflows:
 * such divisors and such elements are divided as always. A zero becomes +0 whatever its sign was. */
#ifndef BATCHMILL_DIVISION_H
#define BATCHMILL_DIVISION_H

#include <stdint.h>
#include <string.h>

#include "vector.h"

namespace batchmill {
namespace BM_BUILD {
namespace {

/* sum = a * b + c, difference = c - a * b, both rounded once; whether any element is below a number, as integers; whether any
 * is not +0 and yet has none of these bits. */
#if defined(__FMA__) && BM_VECTOR_BYTES >= 32
constexpr bool kFused = true;
inline float fused_sum(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
inline double fused_sum(double a, double b, double c) { return __builtin_fma(a, b, c); }
#else
constexpr bool kFused = false;
#endif

#if defined(__FMA__) && BM_VECTOR_BYTES == 64
inline __m512 fused_sum(__m512 a, __m512 b, __m512 c) { return _mm512_fmadd_ps(a, b, c); }
inline __m512d fused_sum(__m512d a, __m512d b, __m512d c) { return _mm512_fmadd_pd(a, b, c); }
inline __m512 fused_difference(__m512 a, __m512 b, __m512 c) { return _mm512_fnmadd_ps(a, b, c); }
inline __m512d fused_difference(__m512d a, __m512d b, __m512d c) { return _mm512_fnmadd_pd(a, b, c); }
inline bool any_below(Vector<int32_t> a, int32_t b) { return _mm512_cmplt_epi32_mask((__m512i)a, _mm512_set1_epi32(b)); }
inline bool any_below(Vector<int64_t> a, int64_t b) { return _mm512_cmplt_epi64_mask((__m512i)a, _mm512_set1_epi64(b)); }
inline bool any_without(Vector<uint32_t> a, uint32_t bits) {
  const __m512i x = (__m512i)a;
  return _mm512_mask_test_epi32_mask(_mm512_testn_epi32_mask(x, _mm512_set1_epi32(static_cast<int32_t>(bits))), x, x);
}
inline bool any_without(Vector<uint64_t> a, uint64_t bits) {
  const __m512i x = (__m512i)a;
  return _mm512_mask_test_epi64_mask(_mm512_testn_epi64_mask(x, _mm512_set1_epi64(static_cast<int64_t>(bits))), x, x);
}
#elif defined(__FMA__) && BM_VECTOR_BYTES == 32
inline __m256 fused_sum(__m256 a, __m256 b, __m256 c) { return _mm256_fmadd_ps(a, b, c); }
inline __m256d fused_sum(__m256d a, __m256d b, __m256d c) { return _mm256_fmadd_pd(a, b, c); }
inline __m256 fused_difference(__m256 a, __m256 b, __m256 c) { return _mm256_fnmadd_ps(a, b, c); }
inline __m256d fused_difference(__m256d a, __m256d b, __m256d c) { return _mm256_fnmadd_pd(a, b, c); }
inline bool any_below(Vector<int32_t> a, int32_t b) {
  return _mm256_movemask_epi8(_mm256_cmpgt_epi32(_mm256_set1_epi32(b), (__m256i)a));
}
inline bool any_below(Vector<int64_t> a, int64_t b) {
  return _mm256_movemask_epi8(_mm256_cmpgt_epi64(_mm256_set1_epi64x(b), (__m256i)a));
}
#endif

/* The bits of numbers, and where the method holds: divisors from kLeast to kMost, dividends from kTiny on that are no smaller
 * than kTinyShare of the divisor. For floats, 2^-100 leaves a remainder 2^-147 or more, which is no less than the smallest
 * float, and a quotient of 2^-110 or more is normal by far. Numbers with any of kLarge, the exponent's two highest bits, are
 * not too small for any divisor: they are 2^-63 (double: 2^-511) or more. */
template <typename T>
struct DivisionLimits;
template <>
struct DivisionLimits<float> {
  using Bits = uint32_t;
  using Order = int32_t;
  static constexpr float kLeast = 0x1p-60f, kMost = 0x1p47f, kTiny = 0x1p-100f, kTinyShare = 0x1p-110f;
  static constexpr Bits kLarge = 0x60000000;
};
template <>
struct DivisionLimits<double> {
  using Bits = uint64_t;
  using Order = int64_t;
  static constexpr double kLeast = 0x1p-60, kMost = 0x1p60, kTiny = 0x1p-900, kTinyShare = 0x1p-900;
  static constexpr Bits kLarge = 0x6000000000000000;
};

/* Division of numbers whose magnitudes exceed the divisor's by no more than rounding. */
template <typename T>
struct Divider {
  using Limits = DivisionLimits<T>;
  using Bits = typename Limits::Bits;
  using Order = typename Limits::Order;
  static constexpr Bits kSign = Bits{1} << (8 * sizeof(T) - 1);

  /* Whether it divides by a number, NaN not among them. */
  static bool takes(T by) { return kFused && by >= Limits::kLeast && by <= Limits::kMost; }

  /* 1 / by: what a number of this type holds of it, and the rest. */
  static T reciprocal(T by) { return 1 / by; }
  static T rest(T by, T reciprocal) {
    if constexpr (kFused) return fused_sum(-by, reciprocal, T(1)) * reciprocal;
    return 0;
  }

  /* Smaller numbers than this are divided as always, for divisors up to `most`. */
  static Order least(T most) {
    const T share = most * Limits::kTinyShare;
    const T least = share > Limits::kTiny ? share : Limits::kTiny;
    Bits bits;
    memcpy(&bits, &least, sizeof bits);
    return static_cast<Order>((bits | kSign) - 1);
  }

  static Vector<T> quotient(Vector<T> x, Vector<T> by, Vector<T> reciprocal, Vector<T> rest, Order least) {
    if constexpr (kFused) {
      const Vector<Bits> bits = bits_of(x);
#if BM_VECTOR_BYTES == 64
      /* Half of the test below: nearly always, it is enough. */
      if (__builtin_expect(!any_without(bits, Limits::kLarge), 1)) return corrected(x, by, reciprocal, rest);
#endif
      /* With its sign set, a number is an integer that grows with its magnitude; one less, and zero is the greatest of all. */
      if (__builtin_expect(any_below((Vector<Order>)((bits | kSign) - 1), least), 0)) return x / by;
      const Vector<Bits> whole = bits_of(corrected(x, by, reciprocal, rest)) | (bits & kSign);
      memcpy(&x, &whole, sizeof x);
      return x;
    }
    return x / by;
  }

 private:
  static Vector<Bits> bits_of(Vector<T> x) {
    Vector<Bits> bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
  }

  /* The quotient, but for the sign of a zero. */
  static Vector<T> corrected(Vector<T> x, Vector<T> by, Vector<T> reciprocal, Vector<T> rest) {
    const Vector<T> near = fused_sum(x, reciprocal, x * rest);
    return fused_sum(fused_difference(near, by, x), reciprocal, near);
  }
};

}  // namespace
}  // namespace BM_BUILD
}  // namespace batchmill

#endif
