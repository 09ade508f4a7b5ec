/* Permutation: writes a range of a random order, a register of indices at a time. */
#include "batchmill/permutation.h"

#include <string.h>

#include "build.h"
#if defined(__SSE2__)
#include <immintrin.h>
#endif

namespace batchmill {
namespace BM_BUILD {
namespace {

/* A register of 64-bit lanes. */
typedef uint64_t Lanes __attribute__((vector_size(BM_VECTOR_BYTES)));
constexpr int kLanes = sizeof(Lanes) / sizeof(uint64_t);

/* Registers in flight at once, to hide the latency of the multiplications. */
constexpr int kInFlight = 2;
constexpr int kStep = kLanes * kInFlight;

inline Lanes all(uint64_t value) { return Lanes{} + value; }

/* The products of the lower halves of the lanes. */
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

/* permutation_scatter. The upper halves of a lane that the next multiplication ignores keep what they hold. */
inline Lanes scatter(Lanes digit, PermutationRound round, Lanes radix) {
  const Lanes product = multiply_low_halves(digit, all(round.multiplier)) + round.addend;
  const Lanes folded = product ^ product >> 32;
  return multiply_low_halves(multiply_low_halves(folded, all(kPermutationScatter)), radix) >> 32;
}

/* permutation_wrap. */
inline Lanes wrap(Lanes value, Lanes radix) { return value + ((0 - (value >> 63)) & radix); }

/* permutation_rounds for kStep positions that share the upper digit. */
inline void rounds(const PermutationKey& key, uint64_t shared_upper, uint64_t first_lower, int64_t* out) {
  const Lanes rows = all(key.rows);
  const Lanes columns = all(key.columns);
  Lanes upper[kInFlight];
  Lanes lower[kInFlight];
  for (int k = 0; k < kInFlight; ++k) {
    upper[k] = all(shared_upper);
    for (int lane = 0; lane < kLanes; ++lane) lower[k][lane] = k * kLanes + lane;
    lower[k] += first_lower;
  }
  for (int i = 0; i < kPermutationRounds; i += 2) {
    for (int k = 0; k < kInFlight; ++k) upper[k] = wrap(upper[k] + scatter(lower[k], key.round[i], rows) - rows, rows);
    for (int k = 0; k < kInFlight; ++k)
      lower[k] = wrap(lower[k] + scatter(upper[k], key.round[i + 1], columns) - columns, columns);
  }
  for (int k = 0; k < kInFlight; ++k) {
    const Lanes value = multiply_low_halves(upper[k], columns) + lower[k];
    memcpy(out + k * kLanes, &value, sizeof(value));
  }
}

/* Positions that share the upper digit. */
void fill_row(const PermutationKey& key, uint64_t upper, uint64_t lower, int64_t count, int64_t* out) {
  int64_t i = 0;
  for (; i + kStep <= count; i += kStep) rounds(key, upper, lower + i, out + i);
  for (; i < count; ++i) out[i] = permutation_rounds(key, upper, lower + i);
  for (i = 0; i < count; ++i) {
    if (static_cast<uint64_t>(out[i]) >= key.size) out[i] = permutation_apply(key, out[i]);
  }
}

}  // namespace

void permutation_fill(const int64_t* packed_key, int64_t first, int64_t count, int64_t* out) {
  /* What was written is looked at again: while it is in the first-level cache. */
  constexpr uint64_t kLongestRow = 2048;
  PermutationKey key;
  memcpy(&key, packed_key, sizeof(key));
  uint64_t upper = first / key.columns;
  uint64_t lower = first % key.columns;
  while (count > 0) {
    uint64_t length = key.columns - lower;
    if (length > kLongestRow) length = kLongestRow;
    if (length > static_cast<uint64_t>(count)) length = count;
    fill_row(key, upper, lower, length, out);
    out += length;
    count -= length;
    lower += length;
    if (lower == key.columns) {
      lower = 0;
      ++upper;
    }
  }
}

}  // namespace BM_BUILD
}  // namespace batchmill
