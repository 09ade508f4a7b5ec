/* Class labels of any type, as bm_one_hot reads them. A label becomes the number of its class, or one that no class has: what
 * is out of range and what is ignored looks alike to who asks "is it class c?". */
#ifndef BATCHMILL_LABELS_CUH
#define BATCHMILL_LABELS_CUH

#define BM_BUILD device

#include "device.h"
#include "element.h"

namespace batchmill {

/* No class has this number, nor any that is greater than INT32_MAX. */
constexpr uint32_t kNoClass = 0xffffffff;

__device__ __forceinline__ uint32_t class_of(float label) {
  return label > -1 && label < 0x1p31f ? static_cast<uint32_t>(label) : kNoClass;
}

/* From the bits of a binary64, cut towards zero: double precision is slow on most GPUs. */
__device__ __forceinline__ uint32_t class_of_double(uint64_t pattern) {
  constexpr int32_t kBias = 1023, kFraction = 52;
  const int32_t exponent = static_cast<int32_t>(pattern >> kFraction & 0x7ff) - kBias;
  if (exponent < 0) return 0;
  if (exponent >= 31 || pattern >> 63) return kNoClass;
  const uint64_t significand = uint64_t{1} << kFraction | (pattern & ((uint64_t{1} << kFraction) - 1));
  return static_cast<uint32_t>(significand >> (kFraction - exponent));
}

/* The class of a label from its bits. The type is the same for all threads: what depends on it costs little, and a kernel is
 * needed for each size only. */
__device__ __forceinline__ uint32_t class_of(uint8_t bits, int32_t type) {
  if (type == BM_INT8) return static_cast<uint32_t>(static_cast<int8_t>(bits));
  return type == BM_BOOL ? bits != 0 : bits;
}

__device__ __forceinline__ uint32_t class_of(uint16_t bits, int32_t type) {
  if (type == BM_INT16) return static_cast<uint32_t>(static_cast<int16_t>(bits));
  return class_of(type == BM_FLOAT16 ? device::widen(device::Float16{bits}) : device::widen(device::Bfloat16{bits}));
}

__device__ __forceinline__ uint32_t class_of(uint32_t bits, int32_t type) {
  return type == BM_INT32 ? bits : class_of(device::bits<float>(bits));
}

__device__ __forceinline__ uint32_t class_of(uint64_t bits, int32_t type) {
  if (type == BM_FLOAT64) return class_of_double(bits);
  return bits <= INT32_MAX ? static_cast<uint32_t>(bits) : kNoClass;
}

struct Labels {
  const void* values;
  const int64_t* rows; /* Label i is values[rows[i]]; null: values[i]. */
  int32_t type;
  PerItem<uint32_t> bytes; /* Of a label. */
  uint32_t ignored;        /* The class that stands for none; kNoClass where all count. */

  /* The class of label i. Word is the unsigned integer of the labels' size. */
  template <typename Word>
  __device__ __forceinline__ uint32_t at(int64_t i) const {
    const uint32_t label = class_of(static_cast<const Word*>(values)[rows ? rows[i] : i], type);
    return label == ignored ? kNoClass : label;
  }

  /* The same for labels of any size. */
  __device__ __forceinline__ uint32_t operator[](int64_t i) const {
    switch (bytes.of(i)) {
      case 1:
        return at<uint8_t>(i);
      case 2:
        return at<uint16_t>(i);
      case 4:
        return at<uint32_t>(i);
      default:
        return at<uint64_t>(i);
    }
  }

  /* The classes of kCount labels from the first on, where no rows are chosen: all are loaded before the first is looked at. */
  template <uint32_t kCount>
  __device__ __forceinline__ void run(int64_t first, uint32_t* classes) const {
    switch (bytes.of(first)) {
      case 1:
        return run_of<uint8_t, kCount>(first, classes);
      case 2:
        return run_of<uint16_t, kCount>(first, classes);
      case 4:
        return run_of<uint32_t, kCount>(first, classes);
      default:
        return run_of<uint64_t, kCount>(first, classes);
    }
  }

  template <typename Word, uint32_t kCount>
  __device__ __forceinline__ void run_of(int64_t first, uint32_t* classes) const {
    const Word* const from = static_cast<const Word*>(values) + first;
    Word words[kCount];
#pragma unroll
    for (uint32_t e = 0; e < kCount; ++e) words[e] = from[e];
#pragma unroll
    for (uint32_t e = 0; e < kCount; ++e) {
      const uint32_t label = class_of(words[e], type);
      classes[e] = label == ignored ? kNoClass : label;
    }
  }

  /* The labels from the nth on. */
  Labels from(int64_t n) const {
    Labels rest = *this;
    if (rows) {
      rest.rows += n;
    } else {
      rest.values = static_cast<const char*>(values) + n * bytes.value;
    }
    return rest;
  }
};

}  // namespace batchmill

#endif
