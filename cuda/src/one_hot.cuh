/* One-hot rows. A thread writes 16 bytes at a time, whatever rows they belong to: a store of full width for any number of
 * classes and any size of element. The row comes from one multiplication (fast_divide.h); a label is read again only where a
 * row ends. */
#ifndef BATCHMILL_ONE_HOT_CUH
#define BATCHMILL_ONE_HOT_CUH

#include <stdint.h>

#include "device.h"
#include "fast_divide.h"

namespace batchmill {

/* The elements of one block of rows are numbered by 31 bits. */
constexpr int64_t kOneHotMaxElements = (int64_t{1} << 31) - 1;

template <typename T>
__global__ void one_hot_vectors(const int32_t* __restrict__ labels, FastDivide classes, uint4* __restrict__ out,
                                uint32_t vectors, T on, T off) {
  constexpr uint32_t kElements = sizeof(uint4) / sizeof(T);
  constexpr uint32_t kInWord = sizeof(uint64_t) / sizeof(T);
  for (uint32_t v = blockIdx.x * blockDim.x + threadIdx.x; v < vectors; v += gridDim.x * blockDim.x) {
    uint32_t row = classes.quotient(v * kElements);
    uint32_t column = v * kElements - row * classes.divisor();
    uint32_t label = static_cast<uint32_t>(labels[row]);
    uint64_t words[2] = {0, 0};
#pragma unroll
    for (uint32_t e = 0; e < kElements; ++e) {
      if (column == classes.divisor()) {
        column = 0;
        label = static_cast<uint32_t>(labels[++row]);
      }
      const uint64_t element = column++ == label ? on : off;
      words[e / kInWord] |= element << (e % kInWord * 8 * sizeof(T));
    }
    out[v] = make_uint4(static_cast<uint32_t>(words[0]), static_cast<uint32_t>(words[0] >> 32), static_cast<uint32_t>(words[1]),
                        static_cast<uint32_t>(words[1] >> 32));
  }
}

/* The elements [first, elements) one by one: what is left after the vectors, or all when out is not aligned to 16 bytes. */
template <typename T>
__global__ void one_hot_elements(const int32_t* __restrict__ labels, FastDivide classes, T* __restrict__ out, uint32_t first,
                                 uint32_t elements, T on, T off) {
  for (uint32_t i = first + blockIdx.x * blockDim.x + threadIdx.x; i < elements; i += gridDim.x * blockDim.x) {
    const uint32_t row = classes.quotient(i);
    out[i] = i - row * classes.divisor() == static_cast<uint32_t>(labels[row]) ? on : off;
  }
}

}  // namespace batchmill

#endif
