/* The orders of norm on the device, and the sums of sum_order.h by the threads of a warp.
 *
 * A step of a chunk is kLanes elements, kPerThread side by side in each thread of a warp: thread t holds the lanes
 * kPerThread * t and following. The tree over the lanes is then a tree inside each thread and exchanges at the distances 1, 2,
 * 4, 8 and 16. */
#ifndef BATCHMILL_NORM_CUH
#define BATCHMILL_NORM_CUH

#define BM_BUILD device

#include "batchmill/sum_order.h"
#include "device.h"
#include "norm_order.h"
#include "pack.cuh"

namespace batchmill {

template <typename Order>
struct Lanes {
  using Sum = typename Order::Sum;
  static constexpr int kLanes = static_cast<int>(SumOrder<Sum>::kLanes);
  static constexpr int kTerms = static_cast<int>(SumOrder<Sum>::kTerms);
  static constexpr int kPerThread = kLanes / static_cast<int>(kWarp);
  static constexpr int64_t kChunk = SumOrder<Sum>::kChunk;
};

/* The adjacent-pairs tree over kCount sums in registers. */
template <typename Op, int kCount, typename S>
__device__ __forceinline__ S tree(const S* sums) {
  if constexpr (kCount == 1) {
    return sums[0];
  } else {
    return Op::combine(tree<Op, kCount / 2>(sums), tree<Op, kCount / 2>(sums + kCount / 2));
  }
}

/* The tree over the sums of `threads` neighbouring threads, a power of two; each of them gets it. All threads of the warp call
 * it with the same number. */
template <typename Op, typename S>
__device__ __forceinline__ S tree_of_threads(S sum, uint32_t threads) {
  for (uint32_t distance = 1; distance < threads; distance *= 2) {
    const S other = __shfl_xor_sync(kWholeWarp, sum, distance);
    sum = Op::combine(sum, other);
  }
  return sum;
}

/* What the vector with this sum is divided by. */
template <typename T, typename Order>
__device__ __forceinline__ T divisor_of(const Order& order, typename Order::Sum sum, T epsilon) {
  return device::divisor(order.norm(sum), epsilon);
}

}  // namespace batchmill

#endif
