/* Elements from one type to another, 16 bytes of the new one at a time: the bits that element.h gives on the CPU. Whole packs
 * of a row go through the kernel of gather.cuh; convert_flat takes rows of any length, element by element. */
#ifndef BATCHMILL_CONVERT_CUH
#define BATCHMILL_CONVERT_CUH

#define BM_BUILD device

#include "device.h"
#include "element.h"
#include "fast_divide.h"
#include "flat.cuh"
#include "tuning.h"

namespace batchmill {

/* Integers as floats that a later rounding to 16 bits takes for the doubles next to them, which are what element.h rounds. By
 * integers: double precision is slow on most GPUs. What a float has no room for is put into its last bit (rounding to odd). */
BM_ANYWHERE inline float round_to_odd(int32_t x) {
  const uint32_t magnitude = x < 0 ? 0u - static_cast<uint32_t>(x) : static_cast<uint32_t>(x);
  const uint32_t large = (magnitude & ~0xffu) | ((magnitude & 0xff) != 0 ? 0x100u : 0u);
  const float exact = static_cast<float>(magnitude >> 24 ? large : magnitude);
  return x < 0 ? -exact : exact;
}

BM_ANYWHERE inline int width_of(uint64_t x) {
#if defined(__CUDA_ARCH__)
  return 64 - __clzll(static_cast<int64_t>(x));
#else
  return x == 0 ? 0 : 64 - __builtin_clzll(x);
#endif
}

BM_ANYWHERE inline float round_to_odd(int64_t x) {
  constexpr int kFloat = 24, kDouble = 53;
  uint64_t magnitude = x < 0 ? 0u - static_cast<uint64_t>(x) : static_cast<uint64_t>(x);
  const int beyond_double = width_of(magnitude) - kDouble;
  if (beyond_double > 0) {
    /* To the nearest double, ties to even. */
    const uint64_t unit = uint64_t{1} << beyond_double;
    magnitude = (magnitude + (unit / 2 - 1) + (magnitude >> beyond_double & 1)) & ~(unit - 1);
  }
  const int beyond_float = width_of(magnitude) - kFloat;
  if (beyond_float > 0) {
    const uint64_t unit = uint64_t{1} << beyond_float;
    magnitude = (magnitude & ~(unit - 1)) | ((magnitude & (unit - 1)) != 0 ? unit : 0);
  }
  const float exact = static_cast<float>(magnitude);
  return x < 0 ? -exact : exact;
}

/* element.h's converted() without its detour over double. */
template <typename To>
struct Converted {
  template <typename From>
  static __device__ __forceinline__ To of(From x) {
    if constexpr (sizeof(From) < sizeof(int32_t)) {
      return device::Stored<To>::of(static_cast<float>(device::load(x)));
    } else {
      return device::Stored<To>::of(device::load(x));
    }
  }
  static __device__ __forceinline__ To of(int32_t x) { return device::narrow(To(), round_to_odd(x)); }
  static __device__ __forceinline__ To of(int64_t x) { return device::narrow(To(), round_to_odd(x)); }
};

template <>
struct Converted<float> {
  template <typename From>
  static __device__ __forceinline__ float of(From x) {
    return device::converted<float>(x);
  }
};

__device__ __forceinline__ uint32_t pattern_of(float x) { return device::bits<uint32_t>(x); }
__device__ __forceinline__ uint16_t pattern_of(device::Float16 x) { return x.pattern; }
__device__ __forceinline__ uint16_t pattern_of(device::Bfloat16 x) { return x.pattern; }

/* What neighbouring elements are loaded by: accesses of 16 bytes, or of all bytes where those are less. */
template <int kBytes>
struct Words {
  uint4 at[kBytes / sizeof(uint4)];
};
template <>
struct Words<8> {
  uint64_t at;
};
template <>
struct Words<4> {
  uint32_t at;
};

/* The words as so many numbers of 32 bits. */
template <int kBytes>
__device__ __forceinline__ void split(const Words<kBytes>& words, uint32_t* to) {
#pragma unroll
  for (int i = 0; i < kBytes / static_cast<int>(sizeof(uint4)); ++i) {
    const uint4 four = words.at[i];
    to[4 * i] = four.x;
    to[4 * i + 1] = four.y;
    to[4 * i + 2] = four.z;
    to[4 * i + 3] = four.w;
  }
}
__device__ __forceinline__ void split(const Words<8>& words, uint32_t* to) {
  to[0] = static_cast<uint32_t>(words.at);
  to[1] = static_cast<uint32_t>(words.at >> 32);
}
__device__ __forceinline__ void split(const Words<4>& words, uint32_t* to) { to[0] = words.at; }

/* Element e of those in the numbers. Not by memcpy, of which nvcc makes loads of bytes. */
template <typename From>
__device__ __forceinline__ From element_of(const uint32_t* numbers, int e) {
  if constexpr (sizeof(From) == 1) {
    return device::bits<From>(static_cast<uint8_t>(numbers[e / 4] >> (e % 4 * 8)));
  } else if constexpr (sizeof(From) == 2) {
    return device::bits<From>(static_cast<uint16_t>(numbers[e / 2] >> (e % 2 * 16)));
  } else if constexpr (sizeof(From) == 4) {
    return device::bits<From>(numbers[e]);
  } else {
    return device::bits<From>(static_cast<uint64_t>(numbers[2 * e + 1]) << 32 | numbers[2 * e]);
  }
}

/* The change that gather.cuh makes on the way: the elements that become 16 bytes. */
template <typename From, typename To>
struct Convert {
  static constexpr int kAtOnce = 2;
  static constexpr int kElements = kInVector<To>;
  static constexpr int kBytes = kElements * static_cast<int>(sizeof(From));
  using Source = Words<kBytes>;

  __device__ __forceinline__ uint4 operator()(const Source& words) const {
    uint32_t numbers[kBytes / sizeof(uint32_t)];
    split(words, numbers);
    int e = 0;
    return vector_of<To, true>([&] { return pattern_of(Converted<To>::of(element_of<From>(numbers, e++))); });
  }
};

/* Elements of a type that is known when the kernel runs: any but BM_FLOAT64. */
struct AnySource {
  const void* values;
  int32_t type;

  template <typename From>
  __device__ __forceinline__ From get(int64_t i) const {
    return static_cast<const From*>(values)[i];
  }

  template <typename To>
  __device__ __forceinline__ To at(int64_t i) const {
    switch (type) {
      case BM_FLOAT16:
        return Converted<To>::of(get<device::Float16>(i));
      case BM_BFLOAT16:
        return Converted<To>::of(get<device::Bfloat16>(i));
      case BM_FLOAT32:
        return Converted<To>::of(get<float>(i));
      case BM_INT8:
        return Converted<To>::of(get<int8_t>(i));
      case BM_INT16:
        return Converted<To>::of(get<int16_t>(i));
      case BM_INT32:
        return Converted<To>::of(get<int32_t>(i));
      case BM_INT64:
        return Converted<To>::of(get<int64_t>(i));
      case BM_UINT8:
        return Converted<To>::of(get<uint8_t>(i));
      default:
        return Converted<To>::of(get<device::Bool>(i));
    }
  }
};

/* Elements of a type that is known when the kernel is compiled. */
template <typename From>
struct SourceOf {
  const void* values;

  template <typename To>
  __device__ __forceinline__ To at(int64_t i) const {
    return Converted<To>::of(static_cast<const From*>(values)[i]);
  }
};

/* The elements of the rows, as they follow one another in out. */
template <typename To, typename Source>
struct ConvertedRows {
  Source source;
  FastDivideAny length;
  PerItem<const int64_t*> chosen; /* Null: row i is row i. */

  __device__ __forceinline__ To operator[](int64_t element) const {
    const int64_t* const rows = chosen.of(element);
    if (!rows) return source.template at<To>(element);
    const int64_t row = length.quotient(element);
    return source.template at<To>(rows[row] * length.divisor() + (element - row * length.divisor()));
  }
};

template <typename To, typename Source>
__global__ void __launch_bounds__(kStreamThreads, kStreamBlocks)
    convert_flat(ConvertedRows<To, Source> x, Flat<To> flat, To* __restrict__ out) {
  const int64_t thread = static_cast<int64_t>(blockIdx.x) * kStreamThreads + threadIdx.x;
  auto* const vectors = reinterpret_cast<uint4*>(out + flat.head);
  for (int64_t v = thread; v < flat.vectors; v += static_cast<int64_t>(gridDim.x) * kStreamThreads) {
    int64_t element = flat.of_vector(v);
    vectors[v] = vector_of<To, false>([&] { return pattern_of(x[element++]); });
  }
  if (blockIdx.x > 0) return;
  for (int64_t s = thread; s < flat.singles(); s += kStreamThreads) out[flat.of_single(s)] = x[flat.of_single(s)];
}

}  // namespace batchmill

#endif
