/* Rows from their numbers. A block takes some rows, or a piece of a long one, as one flat run of words: a thread finds the row
 * of its word by one multiplication (fast_divide.h), and the row's number in shared memory. On the way a word may become
 * another. */
#ifndef BATCHMILL_GATHER_CUH
#define BATCHMILL_GATHER_CUH

#include "device.h"
#include "fast_divide.h"
#include "tuning.h"

namespace batchmill {

/* Leaves a word as it is. */
struct Copy {
  static constexpr int kAtOnce = 4;
  template <typename Word>
  __device__ __forceinline__ Word operator()(Word word) const {
    return word;
  }
};

/* Rows are `words` words; a tile is tile_rows rows, its pieces piece.divisor() words of each. Where `rows` is null, there is
 * one row. */
template <typename From, typename To, typename Change>
__global__ void __launch_bounds__(kStreamThreads)
    gather(const From* __restrict__ source, int64_t words, FastDivide piece, const int64_t* __restrict__ rows, int64_t count,
           uint32_t tile_rows, To* __restrict__ out) {
  BM_SHARED(int64_t, from, kGatherRows);
  [[maybe_unused]] constexpr int kAtOnce = Change::kAtOnce;
  const int64_t tile_step = static_cast<int64_t>(gridDim.x) * tile_rows;
  const int64_t piece_step = static_cast<int64_t>(gridDim.y) * piece.divisor();
  for (int64_t begin = static_cast<int64_t>(blockIdx.y) * piece.divisor(); begin < words; begin += piece_step) {
    const int64_t left = words - begin;
    for (int64_t first = static_cast<int64_t>(blockIdx.x) * tile_rows; first < count; first += tile_step) {
      const uint32_t here = static_cast<uint32_t>(count - first < tile_rows ? count - first : tile_rows);
      for (uint32_t r = threadIdx.x; r < here; r += kStreamThreads) from[r] = rows ? rows[first + r] : 0;
      __syncthreads();
      To* const to = out + first * words + begin;
#pragma unroll kAtOnce
      for (uint32_t w = threadIdx.x; w < here * piece.divisor(); w += kStreamThreads) {
        const uint32_t row = piece.quotient(w);
        const uint32_t column = w - row * piece.divisor();
        const int64_t number = from[row];
        if (column < left) to[row * words + column] = Change()(source[number * words + begin + column]);
      }
      __syncthreads();
    }
  }
}

}  // namespace batchmill

#endif
