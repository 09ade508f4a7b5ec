/* Permutation: writes a range of a random order, a register of indices at a time. */
#include "batchmill/permutation.h"

#include <string.h>

#include "build.h"
#include "lanes.h"

namespace batchmill {
namespace BM_BUILD {
namespace {

/* Registers in flight at once, to hide the latency of the multiplications. */
constexpr int kInFlight = 8;
constexpr int kStep = kLanes * kInFlight;

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
    lower[k] = counted(first_lower + static_cast<uint64_t>(k * kLanes));
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
