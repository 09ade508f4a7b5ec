/* bm_cuda_permutation_fill. */
#include <string.h>

#include "launch.h"
#include "permutation.cuh"

int32_t bm_cuda_permutation_fill(const int64_t* key, int64_t first, int64_t count, int64_t* out, int32_t device, void* stream) {
  using namespace batchmill;
  if (!key || first < 0 || count < 0) return BM_INVALID_ARGUMENT;
  PermutationKey order;
  static_assert(sizeof order == 19 * sizeof(int64_t), "the key of bm_permutation_fill");
  memcpy(&order, key, sizeof order);
  const uint64_t size = order.size;
  if (size == 0 || static_cast<uint64_t>(first) > size || static_cast<uint64_t>(count) > size - static_cast<uint64_t>(first)) {
    return BM_INVALID_ARGUMENT;
  }
  if (count == 0) return BM_OK;
  if (!out) return BM_INVALID_ARGUMENT;
  const OnDevice on_device(device);
  if (on_device.good()) {
    BM_LAUNCH(&permutation_fill, blocks_for(count, kStreamThreads), kStreamThreads, static_cast<cudaStream_t>(stream), order,
              static_cast<uint64_t>(first), count, out);
  }
  return on_device.status();
}
