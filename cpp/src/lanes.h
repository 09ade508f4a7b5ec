/* Registers of 64-bit lanes whose lower halves are multiplied: 32 x 32 -> 64 bits, one instruction on every x86. */
#ifndef BATCHMILL_LANES_H
#define BATCHMILL_LANES_H

#include <stdint.h>

#if defined(__SSE2__)
#include <immintrin.h>
#endif

namespace batchmill {
namespace BM_BUILD {
namespace {

typedef uint64_t Lanes __attribute__((vector_size(BM_VECTOR_BYTES)));
constexpr int kLanes = sizeof(Lanes) / sizeof(uint64_t);

inline Lanes all(uint64_t value) { return Lanes{} + value; }

/* first, first + 1, first + 2, ... */
inline Lanes counted(uint64_t first) {
  Lanes lanes;
  for (int lane = 0; lane < kLanes; ++lane) lanes[lane] = static_cast<uint64_t>(lane);
  return lanes + first;
}

/* The products of the lower halves of the lanes; what stands in the upper ones does not matter. */
inline Lanes multiply_low_halves(Lanes a, Lanes b) {
#if defined(__AVX512F__)
  /* The form without a mask draws a false warning about an uninitialised variable from GCC 12. */
  return (Lanes)_mm512_maskz_mul_epu32(0xFF, (__m512i)a, (__m512i)b);
#elif defined(__AVX2__)
  return (Lanes)_mm256_mul_epu32((__m256i)a, (__m256i)b);
#elif defined(__SSE2__)
  return (Lanes)_mm_mul_epu32((__m128i)a, (__m128i)b);
#else
  const Lanes low = all(UINT64_C(0xFFFFFFFF));
  return (a & low) * (b & low);
#endif
}

}  // namespace
}  // namespace BM_BUILD
}  // namespace batchmill

#endif
