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

/* The orders 0, 1 and 2 in one kernel: what they have in common is the sum. */
template <typename T>
struct OrderSum : device::OrderOne<T> {
  int order;

  explicit OrderSum(int of_norm) : order(of_norm) {}
  BM_ANYWHERE T term(T x) const { return order == 2 ? x * x : order == 1 ? device::magnitude(x) : x != 0 ? T(1) : T(0); }
  BM_ANYWHERE T norm(T sum) const { return order == 2 ? device::square_root(sum) : sum; }
};

/* The orders +-infinity in one kernel: the largest of the magnitudes, or of their negatives. */
template <typename T>
struct OrderExtreme : device::OrderOne<T> {
  using Op = Max;
  static constexpr T kMissing = -HUGE_VAL;
  bool least;

  explicit OrderExtreme(bool of_negatives) : least(of_negatives) {}
  BM_ANYWHERE T term(T x) const { return least ? -device::magnitude(x) : device::magnitude(x); }
  BM_ANYWHERE T norm(T sum) const { return least ? -sum : sum; }
};

/* Any other order, whose terms are a long calculation: a function that is called, not code in each place. */
template <typename T>
struct OrderPower : device::OrderP<T> {
  using device::OrderP<T>::OrderP;
  __device__ __forceinline__ double term(T x) const { return called(*this, x); }

 private:
  static BM_CALLED double called(device::OrderP<T> order, T x) { return order.term(x); }
};

/* How sums are taken that are kept in a type. */
template <typename Sum>
struct LanesOf {
  static constexpr int kLanes = static_cast<int>(SumOrder<Sum>::kLanes);
  static constexpr int kTerms = static_cast<int>(SumOrder<Sum>::kTerms);
  static constexpr int kPerThread = kLanes / static_cast<int>(kWarp);
  static constexpr int64_t kChunk = SumOrder<Sum>::kChunk;
};

template <typename Order>
struct Lanes : LanesOf<typename Order::Sum> {
  using Sum = typename Order::Sum;
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
