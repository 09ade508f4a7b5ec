/* Elements that a thread loads and stores at once: 16 bytes, the widest access there is. */
#ifndef BATCHMILL_PACK_CUH
#define BATCHMILL_PACK_CUH

#include "batchmill/portability.h"
#include "device.h"

namespace batchmill {

template <typename T, int kElements>
struct alignas(sizeof(T) * kElements) Pack {
  T at[kElements];
};

/* The elements first, first + 1, ... of a vector of n that begins at x, with `missing` for those from n on. kWhole: x and first
 * are multiples of a pack, and so is n. */
template <bool kWhole, int kElements, typename T>
__device__ __forceinline__ Pack<T, kElements> load_pack(const T* x, int32_t first, int32_t n, T missing) {
  Pack<T, kElements> pack;
  if constexpr (kWhole) {
    if (first < n) return *reinterpret_cast<const Pack<T, kElements>*>(x + first);
#pragma unroll
    for (int e = 0; e < kElements; ++e) pack.at[e] = missing;
  } else {
#pragma unroll
    for (int e = 0; e < kElements; ++e) pack.at[e] = first + e < n ? x[first + e] : missing;
  }
  return pack;
}

/* Stores those of the elements that lie below n. */
template <bool kWhole, int kElements, typename T>
__device__ __forceinline__ void store_pack(T* out, int32_t first, int32_t n, const Pack<T, kElements>& pack) {
  if constexpr (kWhole) {
    if (first < n) *reinterpret_cast<Pack<T, kElements>*>(out + first) = pack;
  } else {
#pragma unroll
    for (int e = 0; e < kElements; ++e) {
      if (first + e < n) out[first + e] = pack.at[e];
    }
  }
}

}  // namespace batchmill

#endif
