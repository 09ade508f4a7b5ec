/* Rows from their numbers. The rows of a tile are copied as one flat run of words: a thread finds the row of its word by one
 * multiplication (fast_divide.h), and the row's number in shared memory. */
#ifndef BATCHMILL_GATHER_CUH
#define BATCHMILL_GATHER_CUH

#include "device.h"
#include "fast_divide.h"
#include "tuning.h"

namespace batchmill {

/* Rows whose numbers a block holds. */
constexpr int kGatherRows = 256;
/* The words of a tile are numbered by 31 bits; a row of more words is a tile of its own. */
constexpr int64_t kGatherMostWords = (int64_t{1} << 31) - 1;

/* Words are of 1 to 16 bytes; row_words.divisor() of them are a row; a tile is tile_rows rows. */
template <typename Word>
__global__ void __launch_bounds__(kStreamThreads)
    gather(const Word* __restrict__ source, FastDivide row_words, const int64_t* __restrict__ rows, int64_t count,
           uint32_t tile_rows, Word* __restrict__ out) {
  BM_SHARED(int64_t, from, kGatherRows);
  const int64_t words = row_words.divisor();
  for (int64_t first = static_cast<int64_t>(blockIdx.x) * tile_rows; first < count;
       first += static_cast<int64_t>(gridDim.x) * tile_rows) {
    const uint32_t here = static_cast<uint32_t>(count - first < tile_rows ? count - first : tile_rows);
    for (uint32_t r = threadIdx.x; r < here; r += kStreamThreads) from[r] = rows[first + r];
    __syncthreads();
    Word* const to = out + first * words;
#pragma unroll 4
    for (uint32_t w = threadIdx.x; w < here * row_words.divisor(); w += kStreamThreads) {
      const uint32_t row = row_words.quotient(w);
      const int64_t number = from[row];
      to[w] = source[number * words + (w - row * row_words.divisor())];
    }
    __syncthreads();
  }
}

}  // namespace batchmill

#endif
