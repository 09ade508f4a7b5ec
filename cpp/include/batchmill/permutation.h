/* A random order of [0, size) that is computed, not stored: a mixed-radix Feistel network with cycle walking.
 *
 * dev.batchmill.random.Permutation owns the scheme: how it works, why, its papers, and the table it uses in place of this
 * network for at most 65 536 indices. Here is its arithmetic, for CPUs and for CUDA: three 32 x 32 -> 64 bit multiplications a
 * round. */
#ifndef BATCHMILL_PERMUTATION_H
#define BATCHMILL_PERMUTATION_H

#include <math.h>
#include <stdint.h>

#include "batchmill/philox.h"
#include "batchmill/portability.h"

namespace batchmill {
/* Without a name: see portability.h. */
namespace {

/* Even: each digit is changed by every other round. */
constexpr int kPermutationRounds = 8;

/* The prime next to 2^32 divided by the golden ratio. */
constexpr uint32_t kPermutationScatter = 0x9E3779B1;

struct PermutationRound {
  uint64_t multiplier; /* odd, 32 bits */
  uint64_t addend;
};

/* Laid out as the int64_t array of bm_permutation_fill. 0 < size <= rows * columns; rows and columns are at most 2^31, so no
 * product of two digits exceeds 63 bits. */
struct PermutationKey {
  uint64_t size;
  uint64_t rows;
  uint64_t columns;
  PermutationRound round[kPermutationRounds];
};

/* The round function: scatters a digit over [0, radix). */
inline BM_ANYWHERE uint64_t permutation_scatter(uint64_t digit, PermutationRound round, uint64_t radix) {
  const uint64_t product = digit * round.multiplier + round.addend;
  const uint32_t folded = static_cast<uint32_t>(product ^ product >> 32);
  return static_cast<uint64_t>(folded * kPermutationScatter) * radix >> 32;
}

/* value + radix where the subtraction before it went below zero, else value. */
inline BM_ANYWHERE uint64_t permutation_wrap(uint64_t value, uint64_t radix) { return value + ((0 - (value >> 63)) & radix); }

/* One pass through the network, from two digits to a value below rows * columns. */
inline BM_ANYWHERE uint64_t permutation_rounds(const PermutationKey& key, uint64_t upper, uint64_t lower) {
  for (int i = 0; i < kPermutationRounds; i += 2) {
    upper = permutation_wrap(upper + permutation_scatter(lower, key.round[i], key.rows) - key.rows, key.rows);
    lower = permutation_wrap(lower + permutation_scatter(upper, key.round[i + 1], key.columns) - key.columns, key.columns);
  }
  return upper * key.columns + lower;
}

/* The way back through the network. */
inline BM_ANYWHERE uint64_t permutation_inverse_rounds(const PermutationKey& key, uint64_t upper, uint64_t lower) {
  for (int i = kPermutationRounds - 2; i >= 0; i -= 2) {
    lower = permutation_wrap(lower - permutation_scatter(upper, key.round[i + 1], key.columns), key.columns);
    upper = permutation_wrap(upper - permutation_scatter(lower, key.round[i], key.rows), key.rows);
  }
  return upper * key.columns + lower;
}

/* The index at a position. */
inline BM_ANYWHERE uint64_t permutation_apply(const PermutationKey& key, uint64_t position) {
  uint64_t value = position;
  do {
    value = permutation_rounds(key, value / key.columns, value % key.columns);
  } while (value >= key.size);
  return value;
}

/* The position of an index. */
inline BM_ANYWHERE uint64_t permutation_invert(const PermutationKey& key, uint64_t index) {
  uint64_t value = index;
  do {
    value = permutation_inverse_rounds(key, value / key.columns, value % key.columns);
  } while (value >= key.size);
  return value;
}

/* The key of a size in [1, 2^62], a seed and an epoch. */
inline PermutationKey permutation_key(uint64_t size, uint64_t seed, uint64_t epoch) {
  uint64_t rows = static_cast<uint64_t>(sqrt(static_cast<double>(size)));
  while (rows * rows < size) ++rows;
  while ((rows - 1) * (rows - 1) >= size) --rows;
  const PhiloxBlock words = philox(seed, {{static_cast<uint32_t>(epoch), static_cast<uint32_t>(epoch >> 32),
                                           static_cast<uint32_t>(size), static_cast<uint32_t>(size >> 32)}});
  PhiloxStream stream = {words.word[0] | static_cast<uint64_t>(words.word[1]) << 32, words.word[2], words.word[3], 0, {}};
  PermutationKey key = {size, rows, (size + rows - 1) / rows, {}};
  for (PermutationRound& round : key.round) {
    round.multiplier = philox_next(&stream) | 1;
    const uint64_t low = philox_next(&stream);
    round.addend = low | static_cast<uint64_t>(philox_next(&stream)) << 32;
  }
  return key;
}

}  // namespace
}  // namespace batchmill

#endif
