/* Random numbers: the words of Philox (batchmill/philox.h) for consecutive counters, a register of counters at a time, as
 * integers or as floating-point numbers. */
#include <string.h>

#include "batchmill/philox.h"
#include "build.h"
#include "lanes.h"
#include "streaming.h"

namespace batchmill {
namespace BM_BUILD {
namespace {

/* Registers of counters in flight at once, to hide the latency of the multiplications. */
constexpr int kInFlight = 2;
constexpr int kStep = kLanes * kInFlight;

constexpr int kBlockWords = 4;

/* Blocks that are made at a time: 8 KiB of words, a piece of an output stream. */
constexpr int64_t kBlocks = 512;

/* Writes a0, b0, a1, b1, ... */
template <typename V>
inline void store_in_turn(V a, V b, uint32_t* out) {
  V first, second;
  if constexpr (kLanes == 2) {
    first = __builtin_shufflevector(a, b, 0, 2);
    second = __builtin_shufflevector(a, b, 1, 3);
  } else if constexpr (kLanes == 4) {
    first = __builtin_shufflevector(a, b, 0, 4, 1, 5);
    second = __builtin_shufflevector(a, b, 2, 6, 3, 7);
  } else {
    first = __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
    second = __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
  }
  memcpy(out, &first, sizeof first);
  memcpy(out + sizeof first / sizeof *out, &second, sizeof second);
}

/* philox() for kStep counters. Words stand in the lower halves of lanes; the upper ones hold what the next multiplication
 * ignores. */
inline void blocks(uint64_t key, uint64_t stream, uint64_t first, uint32_t* out) {
  const Lanes low = all(UINT64_C(0xFFFFFFFF));
  Lanes word[kInFlight][kBlockWords];
  for (int k = 0; k < kInFlight; ++k) {
    word[k][0] = counted(first + static_cast<uint64_t>(k * kLanes));
    word[k][1] = word[k][0] >> 32;
    word[k][2] = all(stream);
    word[k][3] = all(stream >> 32);
  }
  uint32_t key0 = static_cast<uint32_t>(key);
  uint32_t key1 = static_cast<uint32_t>(key >> 32);
  for (int round = 0; round < kPhiloxRounds; ++round) {
    for (int k = 0; k < kInFlight; ++k) {
      const Lanes product0 = multiply_low_halves(word[k][0], all(kPhiloxMultiplier0));
      const Lanes product1 = multiply_low_halves(word[k][2], all(kPhiloxMultiplier1));
      word[k][0] = product1 >> 32 ^ word[k][1] ^ all(key0);
      word[k][1] = product1;
      word[k][2] = product0 >> 32 ^ word[k][3] ^ all(key1);
      word[k][3] = product0;
    }
    key0 += kPhiloxWeyl0;
    key1 += kPhiloxWeyl1;
  }
  for (int k = 0; k < kInFlight; ++k) {
    const Lanes lower = (word[k][0] & low) | word[k][1] << 32;
    const Lanes upper = (word[k][2] & low) | word[k][3] << 32;
    store_in_turn(lower, upper, out + k * kLanes * kBlockWords);
  }
}

/* The words of a whole number of blocks. */
void fill_blocks(uint64_t key, uint64_t stream, uint64_t first, int64_t count, uint32_t* out) {
  int64_t i = 0;
  for (; i + kStep <= count; i += kStep) blocks(key, stream, first + static_cast<uint64_t>(i), out + i * kBlockWords);
  for (; i < count; ++i) {
    const uint64_t counter = first + static_cast<uint64_t>(i);
    const PhiloxBlock block = philox(key, {{static_cast<uint32_t>(counter), static_cast<uint32_t>(counter >> 32),
                                            static_cast<uint32_t>(stream), static_cast<uint32_t>(stream >> 32)}});
    memcpy(out + i * kBlockWords, block.word, sizeof block.word);
  }
}

inline void convert_words(const uint32_t* words, int64_t count, uint32_t* out) {
  memcpy(out, words, static_cast<size_t>(count) * sizeof *out);
}

inline void convert_words(const uint32_t* words, int64_t count, uint64_t* out) {
  for (int64_t i = 0; i < count; ++i) out[i] = words[2 * i] | static_cast<uint64_t>(words[2 * i + 1]) << 32;
}

inline void convert_words(const uint32_t* words, int64_t count, float* out) {
  for (int64_t i = 0; i < count; ++i) out[i] = static_cast<float>(static_cast<int32_t>(words[i] >> 8)) * 0x1p-24f;
}

inline void convert_words(const uint32_t* words, int64_t count, double* out) {
  for (int64_t i = 0; i < count; ++i) {
    const uint64_t both = words[2 * i] | static_cast<uint64_t>(words[2 * i + 1]) << 32;
    out[i] = static_cast<double>(static_cast<int64_t>(both >> 11)) * 0x1p-53;
  }
}

template <typename T>
void fill(uint64_t key, uint64_t stream, uint64_t block, int32_t skip, T* out, int64_t count, bool streaming) {
  constexpr int64_t kWords = sizeof(T) / sizeof(uint32_t);
  alignas(kLineBytes) uint32_t words[kBlocks * kBlockWords];
  OutputStream<T> to(out, streaming);
  while (count > 0) {
    int64_t made = (skip + count * kWords + kBlockWords - 1) / kBlockWords;
    if (made > kBlocks) made = kBlocks;
    fill_blocks(key, stream, block, made, words);
    int64_t n = (made * kBlockWords - skip) / kWords;
    if (n > count) n = count;
    convert_words(words + skip, n, to.piece());
    to.commit(n);
    count -= n;
    /* A last word that is half a number is made again. */
    const int64_t used = skip + n * kWords;
    block += static_cast<uint64_t>(used / kBlockWords);
    skip = static_cast<int32_t>(used % kBlockWords);
  }
  to.end();
}

}  // namespace

void random_fill(uint64_t key, uint64_t stream, uint64_t block, int32_t word, void* out, int32_t type, int64_t count,
                 bool streaming) {
  switch (type) {
    case BM_INT32:
      return fill(key, stream, block, word, static_cast<uint32_t*>(out), count, streaming);
    case BM_INT64:
      return fill(key, stream, block, word, static_cast<uint64_t*>(out), count, streaming);
    case BM_FLOAT32:
      return fill(key, stream, block, word, static_cast<float*>(out), count, streaming);
    default:
      return fill(key, stream, block, word, static_cast<double*>(out), count, streaming);
  }
}

}  // namespace BM_BUILD
}  // namespace batchmill
