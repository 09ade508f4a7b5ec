/* Philox4x32-10, a counter-based generator: a keyed bijection of 128-bit counters whose outputs are the random words.
 *
 * J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011. The test holds it
 * to the known-answer vectors published with that paper's library, Random123. dev.batchmill.internal.kernel.PhiloxKernel is the
 * same function.
 */
#ifndef BATCHMILL_PHILOX_H
#define BATCHMILL_PHILOX_H

#include <stdint.h>

#include "batchmill/portability.h"

namespace batchmill {
/* Without a name: see portability.h. */
namespace {

constexpr int kPhiloxRounds = 10;
constexpr uint64_t kPhiloxMultiplier0 = 0xD2511F53;
constexpr uint64_t kPhiloxMultiplier1 = 0xCD9E8D57;
constexpr uint32_t kPhiloxWeyl0 = 0x9E3779B9;
constexpr uint32_t kPhiloxWeyl1 = 0xBB67AE85;

struct PhiloxBlock {
  uint32_t word[4];
};

/* The four words of one counter; the lower half of the key is the first key word. */
inline BM_ANYWHERE PhiloxBlock philox(uint64_t key, PhiloxBlock counter) {
  uint32_t key0 = static_cast<uint32_t>(key);
  uint32_t key1 = static_cast<uint32_t>(key >> 32);
  for (int round = 0; round < kPhiloxRounds; ++round) {
    const uint64_t product0 = kPhiloxMultiplier0 * counter.word[0];
    const uint64_t product1 = kPhiloxMultiplier1 * counter.word[2];
    counter = {{static_cast<uint32_t>(product1 >> 32) ^ counter.word[1] ^ key0, static_cast<uint32_t>(product1),
                static_cast<uint32_t>(product0 >> 32) ^ counter.word[3] ^ key1, static_cast<uint32_t>(product0)}};
    key0 += kPhiloxWeyl0;
    key1 += kPhiloxWeyl1;
  }
  return counter;
}

/* The words of the counters (0, 1, 2, ..., stream0, stream1), one after another. */
struct PhiloxStream {
  uint64_t key;
  uint32_t stream0;
  uint32_t stream1;
  uint64_t drawn;
  PhiloxBlock block;
};

inline BM_ANYWHERE uint32_t philox_next(PhiloxStream* stream) {
  const uint64_t at = stream->drawn++;
  if (at % 4 == 0) {
    stream->block = philox(
        stream->key, {{static_cast<uint32_t>(at / 4), static_cast<uint32_t>(at / 4 >> 32), stream->stream0, stream->stream1}});
  }
  return stream->block.word[at % 4];
}

}  // namespace
}  // namespace batchmill

#endif
