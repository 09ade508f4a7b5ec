/* The indices at successive positions of a random order: the arithmetic is that of permutation.h. */
#ifndef BATCHMILL_PERMUTATION_CUH
#define BATCHMILL_PERMUTATION_CUH

#include "batchmill/permutation.h"
#include "device.h"
#include "tuning.h"

namespace batchmill {

__global__ void __launch_bounds__(kStreamThreads)
    permutation_fill(PermutationKey key, uint64_t first, int64_t count, int64_t* __restrict__ out) {
  for (int64_t i = static_cast<int64_t>(blockIdx.x) * kStreamThreads + threadIdx.x; i < count;
       i += static_cast<int64_t>(gridDim.x) * kStreamThreads) {
    out[i] = static_cast<int64_t>(permutation_apply(key, first + static_cast<uint64_t>(i)));
  }
}

}  // namespace batchmill

#endif
