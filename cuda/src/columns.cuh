/* Vectors whose elements lie `inner` apart. A warp reads the elements of one place of neighbouring vectors, so that what it
 * reads lies side by side where inner is large; vector v is v % inner of block v / inner, so that any inner will do. The lanes
 * of a vector (sum_order.h) are spread over kTileParts threads, each of which holds a run of them. */
#ifndef BATCHMILL_COLUMNS_CUH
#define BATCHMILL_COLUMNS_CUH

#include "fast_divide.h"
#include "norm.cuh"
#include "tuning.h"

namespace batchmill {

/* Where the vectors of a block of shape [outer, length, inner] lie. */
struct Layout {
  int64_t length;
  int64_t inner;
  int64_t vectors;
  FastDivideLong by_inner; /* Where inner is 1, which is of rows, it stands for 2 and is not used. */

  Layout(int64_t length_of_all, int64_t inner_of_all, int64_t count)
      : length(length_of_all), inner(inner_of_all), vectors(count), by_inner(inner_of_all < 2 ? 2 : inner_of_all) {}

  BM_ANYWHERE int64_t begin(int64_t vector) const {
    const int64_t outer = by_inner.quotient(vector);
    return outer * length * inner + (vector - outer * inner);
  }
};

/* The sum of a run of lanes, part `part` of kTileParts, of the n elements at x. */
template <typename T, typename Order>
__device__ __forceinline__ typename Order::Sum sum_part(const T* x, int64_t n, int64_t inner, uint32_t part,
                                                        const Order& order) {
  using Sum = typename Order::Sum;
  using Op = typename Order::Op;
  constexpr int kLanes = Lanes<Order>::kLanes;
  constexpr int kFour = 4;
  constexpr int kFours = kLanes / kTileParts / kFour;
  static_assert(kFours == 2 || kFours == 4, "the tree below");
  Sum pair = Order::kMissing, total = Order::kMissing;
#pragma unroll 1
  for (int four = 0; four < kFours; ++four) {
    const int64_t lane = static_cast<int64_t>(part) * kFours * kFour + four * kFour;
    Sum sums[kFour];
#pragma unroll
    for (int l = 0; l < kFour; ++l) sums[l] = lane + l < n ? order.term(x[(lane + l) * inner]) : Order::kMissing;
#pragma unroll 1
    for (int64_t i = lane + kLanes; i < n; i += kLanes) {
#pragma unroll
      for (int l = 0; l < kFour; ++l) {
        if (i + l < n) sums[l] = Op::combine(sums[l], order.term(x[(i + l) * inner]));
      }
    }
    const Sum sum = tree<Op, kFour>(sums);
    pair = four % 2 == 0 ? sum : Op::combine(pair, sum);
    if (four % 2 == 1) total = four == 1 ? pair : Op::combine(total, pair);
  }
  return total;
}

/* The tree over the parts of a vector, by any of its threads. All threads of the block call it. */
template <typename Order, typename SharedSums>
__device__ __forceinline__ typename Order::Sum sum_of_parts(const SharedSums& parts, uint32_t column) {
  using Sum = typename Order::Sum;
  Sum sums[kTileParts];
#pragma unroll
  for (int p = 0; p < kTileParts; ++p) sums[p] = parts[p * kTileColumns + column];
  return tree<typename Order::Op, kTileParts>(sums);
}

/* Vectors of at most one chunk. What is divided is read again, from the cache: a block has just read it. */
template <typename T, typename Order>
__global__ void __launch_bounds__(kTileThreads, kTileBlocks)
    short_columns(const T* x, T* out, Layout layout, Order order, T epsilon) {
  using Sum = typename Order::Sum;
  BM_SHARED(Sum, parts, kTileParts * kTileColumns);
  for (int64_t tile = static_cast<int64_t>(blockIdx.x) * kTileColumns; tile < layout.vectors;
       tile += static_cast<int64_t>(gridDim.x) * kTileColumns) {
    const int64_t vector = tile + threadIdx.x;
    const int64_t n = vector < layout.vectors ? layout.length : 0;
    const int64_t begin = n > 0 ? layout.begin(vector) : 0;
    parts[threadIdx.y * kTileColumns + threadIdx.x] = sum_part(x + begin, n, layout.inner, threadIdx.y, order);
    __syncthreads();
    const T by = divisor_of(order, sum_of_parts<Order>(parts, threadIdx.x), epsilon);
    const int64_t end = begin + n * layout.inner;
    for (int64_t i = begin + threadIdx.y * layout.inner; i < end; i += kTileParts * layout.inner) out[i] = x[i] / by;
    __syncthreads();
  }
}

/* The sum of chunk blockIdx.y of the vectors: sum c of vector v goes to sums[c * vectors + v]. */
template <typename T, typename Order>
__global__ void __launch_bounds__(kTileThreads, kTileBlocks)
    chunk_columns(const T* x, typename Order::Sum* __restrict__ sums, Layout layout, int64_t chunks, Order order) {
  using Sum = typename Order::Sum;
  constexpr int64_t kChunk = Lanes<Order>::kChunk;
  BM_SHARED(Sum, parts, kTileParts * kTileColumns);
  const int64_t vector = static_cast<int64_t>(blockIdx.x) * kTileColumns + threadIdx.x;
  for (int64_t c = blockIdx.y; c < chunks; c += gridDim.y) {
    const int64_t left = layout.length - c * kChunk;
    const int64_t n = vector >= layout.vectors ? 0 : left < kChunk ? left : kChunk;
    const int64_t begin = n > 0 ? layout.begin(vector) + c * kChunk * layout.inner : 0;
    parts[threadIdx.y * kTileColumns + threadIdx.x] = sum_part(x + begin, n, layout.inner, threadIdx.y, order);
    __syncthreads();
    const Sum sum = sum_of_parts<Order>(parts, threadIdx.x);
    if (threadIdx.y == 0 && n > 0) sums[c * layout.vectors + vector] = sum;
    __syncthreads();
  }
}

/* The divisors of vectors from the sums of their chunks: the adjacent-pairs tree over nodes that come one after another, as
 * PairTree takes it, with its partial sums in shared memory. */
template <typename T, typename Order>
__global__ void __launch_bounds__(kCombineThreads)
    combine(const typename Order::Sum* __restrict__ sums, T* __restrict__ divisors, int64_t vectors, int64_t chunks,
            Order order, T epsilon) {
  using Sum = typename Order::Sum;
  using Op = typename Order::Op;
  constexpr int kLevels = 40;
  BM_SHARED(Sum, partial, kLevels * kCombineThreads);
  for (int64_t v = static_cast<int64_t>(blockIdx.x) * kCombineThreads + threadIdx.x; v < vectors;
       v += static_cast<int64_t>(gridDim.x) * kCombineThreads) {
    for (int64_t c = 0; c < chunks; ++c) {
      Sum node = sums[c * vectors + v];
      int level = 0;
      for (int64_t carry = c; carry & 1; carry >>= 1, ++level) {
        const Sum left = partial[level * kCombineThreads + threadIdx.x];
        node = Op::combine(left, node);
      }
      partial[level * kCombineThreads + threadIdx.x] = node;
    }
    Sum sum = Order::kMissing;
    bool empty = true;
    for (int level = 0; chunks >> level; ++level) {
      if (chunks >> level & 1) {
        const Sum left = partial[level * kCombineThreads + threadIdx.x];
        sum = empty ? left : Op::combine(left, sum);
        empty = false;
      }
    }
    divisors[v] = divisor_of(order, sum, epsilon);
  }
}

/* Divides vectors by their divisors: kDivideRows elements of the vectors of a tile by each block. */
template <typename T>
__global__ void __launch_bounds__(kTileThreads, kTileBlocks)
    divide_columns(const T* x, const T* __restrict__ divisors, T* out, Layout layout) {
  const int64_t vector = static_cast<int64_t>(blockIdx.x) * kTileColumns + threadIdx.x;
  if (vector >= layout.vectors) return;
  const int64_t begin = layout.begin(vector);
  const T by = divisors[vector];
  for (int64_t first = static_cast<int64_t>(blockIdx.y) * kDivideRows; first < layout.length;
       first += static_cast<int64_t>(gridDim.y) * kDivideRows) {
    const int64_t last = first + kDivideRows < layout.length ? first + kDivideRows : layout.length;
    for (int64_t i = first + threadIdx.y; i < last; i += kTileParts) {
      out[begin + i * layout.inner] = x[begin + i * layout.inner] / by;
    }
  }
}

}  // namespace batchmill

#endif
