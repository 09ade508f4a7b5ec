/* Vectors whose elements lie side by side. Short ones are handled by some threads of a warp, longer ones by a warp, then by a
 * block: each element is read once, stays in registers until the norm is known, and is written once. Rows that no block can
 * hold are read twice: chunk_rows sums their chunks, combine (columns.cuh) makes divisors of the sums, divide_rows divides. The
 * rows that are read may be chosen by their numbers; those that are written follow one another. */
#ifndef BATCHMILL_ROWS_CUH
#define BATCHMILL_ROWS_CUH

#include "norm.cuh"
#include "tuning.h"

namespace batchmill {

/* Which row of x becomes row i of out. */
struct RowNumbers {
  const int64_t* numbers;
  int64_t count; /* How many rows are chosen: all, or none for row i. */
  /* Not a question whose answer is the same for all rows: the compiler would make a loop for each answer. */
  BM_ANYWHERE int64_t operator()(int64_t row) const { return row < count ? numbers[row] : row; }
};

/* The rows that a thread of short_rows has in flight. Where terms are costly, memory is not what it waits for. */
template <typename Order>
constexpr int kRowsAtOnce = Order::kCheapTerm ? kShortRowsAtOnce : 1;

/* Rows of at most one step: `group` threads, a power of two, for each. */
template <typename T, typename Order, bool kWhole>
__global__ void __launch_bounds__(kRowThreads, kShortRowBlocks)
    short_rows(const T* x, T* out, int64_t length, RowNumbers from, int64_t rows, uint32_t group, Order order, T epsilon) {
  constexpr int kPerThread = Lanes<Order>::kPerThread, kAtOnce = kRowsAtOnce<Order>;
  using Sum = typename Order::Sum;
  const uint32_t groups = kWarp / group;
  const uint32_t lane = threadIdx.x % kWarp;
  const int64_t warp = (static_cast<int64_t>(blockIdx.x) * kRowThreads + threadIdx.x) / kWarp;
  const int64_t warps = static_cast<int64_t>(gridDim.x) * kRowThreads / kWarp;
  const int32_t n = static_cast<int32_t>(length);
  const int32_t first = static_cast<int32_t>(lane % group) * kPerThread;
  for (int64_t done = warp * groups * kAtOnce; done < rows; done += warps * groups * kAtOnce) {
    Pack<T, kPerThread> elements[kAtOnce];
#pragma unroll
    for (int r = 0; r < kAtOnce; ++r) {
      const int64_t row = done + r * groups + lane / group;
      const bool is_row = row < rows;
      elements[r] = load_pack<kWhole, kPerThread>(x + (is_row ? from(row) * length : 0), first, is_row ? n : 0, T(0));
    }
#pragma unroll
    for (int r = 0; r < kAtOnce; ++r) {
      const int64_t row = done + r * groups + lane / group;
      const int32_t here = row < rows ? n : 0;
      Sum sums[kPerThread];
#pragma unroll
      for (int e = 0; e < kPerThread; ++e) sums[e] = first + e < here ? order.term(elements[r].at[e]) : Order::kMissing;
      const Sum sum = tree_of_threads<typename Order::Op>(tree<typename Order::Op, kPerThread>(sums), group);
      const T by = divisor_of(order, sum, epsilon);
#pragma unroll
      for (int e = 0; e < kPerThread; ++e) elements[r].at[e] = elements[r].at[e] / by;
      store_pack<kWhole>(out + row * length, first, here, elements[r]);
    }
  }
}

/* Where the elements of a step that a thread holds begin in their chunk. */
template <typename Sum>
__device__ __forceinline__ int32_t place_of(int step, uint32_t lane) {
  return step * LanesOf<Sum>::kLanes + static_cast<int32_t>(lane) * LanesOf<Sum>::kPerThread;
}

/* The elements of (a part of) a chunk, of at most kSteps steps, in the registers of a warp. */
template <typename T, typename Order, int kSteps>
struct WarpChunk {
  static constexpr int kPerThread = Lanes<Order>::kPerThread;
  using Sum = typename Order::Sum;

  Pack<T, kPerThread> elements[kSteps];

  /* Loads the n elements at x, and those from n on as none. */
  template <bool kWhole>
  __device__ __forceinline__ void load(const T* x, int32_t n, uint32_t lane) {
#pragma unroll
    for (int s = 0; s < kSteps; ++s)
      elements[s] = load_pack<kWhole, kPerThread>(x, place_of<typename Order::Sum>(s, lane), n, T(0));
  }

  /* The sum of the n elements; every thread gets it. */
  __device__ __forceinline__ Sum sum(const Order& order, int32_t n, uint32_t lane) const {
    Sum sums[kPerThread];
#pragma unroll
    for (int e = 0; e < kPerThread; ++e) {
      sums[e] = place_of<typename Order::Sum>(0, lane) + e < n ? order.term(elements[0].at[e]) : Order::kMissing;
    }
#pragma unroll
    for (int s = 1; s < kSteps; ++s) {
#pragma unroll
      for (int e = 0; e < kPerThread; ++e) {
        if (place_of<typename Order::Sum>(s, lane) + e < n)
          sums[e] = Order::Op::combine(sums[e], order.term(elements[s].at[e]));
      }
    }
    return tree_of_threads<typename Order::Op>(tree<typename Order::Op, kPerThread>(sums), kWarp);
  }

  template <bool kWhole>
  __device__ __forceinline__ void store_divided(T* out, int32_t n, uint32_t lane, T by) {
#pragma unroll
    for (int s = 0; s < kSteps; ++s) {
#pragma unroll
      for (int e = 0; e < kPerThread; ++e) elements[s].at[e] = elements[s].at[e] / by;
      store_pack<kWhole>(out, place_of<typename Order::Sum>(s, lane), n, elements[s]);
    }
  }
};

/* Rows of at most kSteps steps: a warp for each. */
template <typename T, typename Order, int kSteps, bool kWhole>
__global__ void __launch_bounds__(kRowThreads, kWarpRowBlocks)
    warp_rows(const T* x, T* out, int64_t length, RowNumbers from, int64_t rows, Order order, T epsilon) {
  const uint32_t lane = threadIdx.x % kWarp;
  const int32_t n = static_cast<int32_t>(length);
  const int64_t warps = static_cast<int64_t>(gridDim.x) * kRowThreads / kWarp;
  for (int64_t row = (static_cast<int64_t>(blockIdx.x) * kRowThreads + threadIdx.x) / kWarp; row < rows; row += warps) {
    WarpChunk<T, Order, kSteps> chunk;
    chunk.template load<kWhole>(x + from(row) * length, n, lane);
    const T by = divisor_of(order, chunk.sum(order, n, lane), epsilon);
    chunk.template store_divided<kWhole>(out + row * length, n, lane, by);
  }
}

/* Rows of at most as many chunks as the block has warps, a power of two of them: a block for each. */
template <typename T, typename Order, bool kWhole>
__global__ void __launch_bounds__(kMostBlockRowThreads, kBlockRowBlocks)
    block_rows(const T* x, T* out, int64_t length, RowNumbers from, int64_t rows, Order order, T epsilon) {
  using Sum = typename Order::Sum;
  constexpr int64_t kChunk = Lanes<Order>::kChunk;
  BM_SHARED(Sum, sums, kMostBlockRowThreads / kWarp);
  const uint32_t lane = threadIdx.x % kWarp, warp = threadIdx.x / kWarp, warps = blockDim.x / kWarp;
  for (int64_t row = blockIdx.x; row < rows; row += gridDim.x) {
    const int64_t begin = warp * kChunk;
    const int64_t left = length - begin;
    const int32_t n = static_cast<int32_t>(left < 0 ? 0 : left < kChunk ? left : kChunk);
    WarpChunk<T, Order, Lanes<Order>::kTerms> chunk;
    chunk.template load<kWhole>(x + from(row) * length + begin, n, lane);
    const Sum sum = chunk.sum(order, n, lane);
    if (lane == 0) sums[warp] = sum;
    __syncthreads();
    /* Every warp takes the tree over the chunks for itself. */
    const Sum own = lane < warps ? static_cast<Sum>(sums[lane]) : Order::kMissing;
    const Sum all = __shfl_sync(kWholeWarp, tree_of_threads<typename Order::Op>(own, warps), 0);
    chunk.template store_divided<kWhole>(out + row * length + begin, n, lane, divisor_of(order, all, epsilon));
    __syncthreads();
  }
}

/* The sums of the chunks of rows: a warp for each chunk. Sum c of row r goes to sums[c * rows + r]. */
template <typename T, typename Order, bool kWhole>
__global__ void __launch_bounds__(kRowThreads) chunk_rows(const T* x, typename Order::Sum* __restrict__ sums, int64_t length,
                                                          RowNumbers from, int64_t rows, int64_t chunks, Order order) {
  using Sum = typename Order::Sum;
  constexpr int kPerThread = Lanes<Order>::kPerThread;
  constexpr int64_t kChunk = Lanes<Order>::kChunk;
  [[maybe_unused]] constexpr int kAtOnce = Order::kCheapTerm ? 4 : 1;
  const uint32_t lane = threadIdx.x % kWarp;
  const int64_t warps = static_cast<int64_t>(gridDim.x) * kRowThreads / kWarp;
  for (int64_t i = (static_cast<int64_t>(blockIdx.x) * kRowThreads + threadIdx.x) / kWarp; i < rows * chunks; i += warps) {
    const int64_t row = i / chunks, c = i % chunks;
    const T* const chunk = x + from(row) * length + c * kChunk;
    const int32_t n = static_cast<int32_t>(length - c * kChunk < kChunk ? length - c * kChunk : kChunk);
    Sum lanes[kPerThread];
#pragma unroll
    for (int e = 0; e < kPerThread; ++e) lanes[e] = Order::kMissing;
#pragma unroll kAtOnce
    for (int s = 0; s < Lanes<Order>::kTerms; ++s) {
      const int32_t first = place_of<typename Order::Sum>(s, lane);
      const Pack<T, kPerThread> elements = load_pack<kWhole, kPerThread>(chunk, first, n, T(0));
#pragma unroll
      for (int e = 0; e < kPerThread; ++e) {
        if (first + e < n) lanes[e] = Order::Op::combine(lanes[e], order.term(elements.at[e]));
      }
    }
    const Sum sum = tree_of_threads<typename Order::Op>(tree<typename Order::Op, kPerThread>(lanes), kWarp);
    if (lane == 0) sums[c * rows + row] = sum;
  }
}

/* Divides rows by their divisors: a warp for each chunk of sums that are kept in a type. */
template <typename T, typename Sum, bool kWhole>
__global__ void __launch_bounds__(kRowThreads) divide_rows(const T* x, const T* __restrict__ divisors, T* out, int64_t length,
                                                           RowNumbers from, int64_t rows, int64_t chunks) {
  constexpr int kPerThread = LanesOf<Sum>::kPerThread;
  constexpr int64_t kChunk = LanesOf<Sum>::kChunk;
  const uint32_t lane = threadIdx.x % kWarp;
  const int64_t warps = static_cast<int64_t>(gridDim.x) * kRowThreads / kWarp;
  for (int64_t i = (static_cast<int64_t>(blockIdx.x) * kRowThreads + threadIdx.x) / kWarp; i < rows * chunks; i += warps) {
    const int64_t row = i / chunks, begin = i % chunks * kChunk, left = length - begin;
    const T* const chunk = x + from(row) * length + begin;
    T* const to = out + row * length + begin;
    const int32_t n = static_cast<int32_t>(left < kChunk ? left : kChunk);
    const T by = divisors[row];
#pragma unroll 4
    for (int s = 0; s < LanesOf<Sum>::kTerms; ++s) {
      const int32_t first = place_of<Sum>(s, lane);
      Pack<T, kPerThread> elements = load_pack<kWhole, kPerThread>(chunk, first, n, T(0));
#pragma unroll
      for (int e = 0; e < kPerThread; ++e) elements.at[e] = elements.at[e] / by;
      store_pack<kWhole>(to, first, n, elements);
    }
  }
}

}  // namespace batchmill

#endif
