/* Outputs that are written as one flat run of elements, whatever they mean: 16 bytes at a time, the widest store there is, and
 * one by one what stands before the first multiple of 16 bytes and after the last. */
#ifndef BATCHMILL_FLAT_CUH
#define BATCHMILL_FLAT_CUH

#include <stdint.h>

#include "batchmill/portability.h"
#include "device.h"

namespace batchmill {

template <typename T>
constexpr uint32_t kInVector = static_cast<uint32_t>(sizeof(uint4) / sizeof(T));

/* How the elements of an output of T are stored: `head` singles, `vectors` of 16 bytes, and further singles. */
template <typename T>
struct Flat {
  int64_t elements;
  int64_t head;
  int64_t vectors;

  Flat(const T* out, int64_t n) : elements(n) {
    const int64_t before = static_cast<int64_t>(reinterpret_cast<uintptr_t>(out) % sizeof(uint4) / sizeof(T));
    head = before == 0 ? 0 : kInVector<T> - before;
    if (head > n) head = n;
    vectors = (n - head) / kInVector<T>;
  }

  BM_ANYWHERE int64_t singles() const { return elements - vectors * kInVector<T>; }
  uint4* vectors_of(T* out) const { return reinterpret_cast<uint4*>(out + head); }
  /* The element that stands first in vector v, and the one that is single s. */
  BM_ANYWHERE int64_t of_vector(int64_t v) const { return head + v * kInVector<T>; }
  BM_ANYWHERE int64_t of_single(int64_t s) const { return s < head ? s : s + vectors * kInVector<T>; }
};

/* 16 bytes of elements of sizeof(T) bytes, which next() gives in turn as unsigned integers. Short code where not kUnrolled. */
template <typename T, bool kUnrolled, typename Next>
__device__ __forceinline__ uint4 vector_of(Next next) {
  constexpr uint32_t kInWord = sizeof(uint64_t) / sizeof(T);
  [[maybe_unused]] constexpr uint32_t kAtOnce = kUnrolled ? kInWord : 1;
  uint64_t words[2];
#pragma unroll
  for (int w = 0; w < 2; ++w) {
    uint64_t word = 0;
#pragma unroll kAtOnce
    for (uint32_t e = 0; e < kInWord; ++e) word |= static_cast<uint64_t>(next()) << (e * 8 * sizeof(T));
    words[w] = word;
  }
  return make_uint4(static_cast<uint32_t>(words[0]), static_cast<uint32_t>(words[0] >> 32), static_cast<uint32_t>(words[1]),
                    static_cast<uint32_t>(words[1] >> 32));
}

}  // namespace batchmill

#endif
