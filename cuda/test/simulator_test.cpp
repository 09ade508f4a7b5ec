/* The simulator finds what it is there to find. */
#include <string>

#include "device.h"
#include "simulated.h"

namespace {

using batchmill::DeviceMemory;
using batchmill::kWholeWarp;
using batchmill::sim::last_error;

template <typename Kernel, typename... Arguments>
std::string error_of(Kernel kernel, uint32_t threads, Arguments... arguments) {
  batchmill::sim::set_rules({});
  BM_LAUNCH(kernel, 1, threads, nullptr, arguments...);
  return cudaGetLastError() == cudaSuccess ? "" : last_error();
}

void barrier_for_some() {
  if (threadIdx.x != 5) __syncthreads();
}

void two_barriers(int* out) {
  if (threadIdx.x % 2 == 0) {
    __syncthreads();
    *out = 1;
  } else {
    __syncthreads();
    *out = 2;
  }
}

void shuffle_of_half(int* out) {
  if (threadIdx.x < 16) out[threadIdx.x] = __shfl_xor_sync(kWholeWarp, threadIdx.x, 1);
}

void shuffle_from_outside(int* out) {
  if (threadIdx.x < 16) out[threadIdx.x] = __shfl_xor_sync(0xffff, threadIdx.x, 16);
}

void shuffle_without_oneself(int* out) { out[threadIdx.x] = __shfl_xor_sync(0xfffffffe, threadIdx.x, 1); }

void different_masks(int* out) {
  const uint32_t mask = threadIdx.x == 0 ? 0x3 : 0xffffffff;
  out[threadIdx.x] = __shfl_xor_sync(mask, threadIdx.x, 1);
}

void read_unwritten(int* out) {
  BM_SHARED(int, shared, 32);
  if (threadIdx.x > 0) shared[threadIdx.x] = 1;
  __syncthreads();
  out[threadIdx.x] = shared[threadIdx.x];
}

void beyond_the_array() {
  BM_SHARED(int, shared, 31);
  shared[threadIdx.x] = 1;
}

void sums_of_warps(int* out) {
  BM_SHARED(int, sums, 2);
  int sum = static_cast<int>(threadIdx.x);
  for (uint32_t distance = 1; distance < 32; distance *= 2) sum += __shfl_xor_sync(kWholeWarp, sum, distance);
  if (threadIdx.x % 32 == 0) sums[threadIdx.x / 32] = sum;
  __syncthreads();
  out[threadIdx.x] = sums[0] + sums[1] + static_cast<int>(__ballot_sync(kWholeWarp, threadIdx.x % 32 < 3));
}

}  // namespace

TEST_CASE("threads work together") {
  const DeviceMemory<int> out(64);
  CHECK(error_of(&sums_of_warps, 64, out.get()) == "");
  CHECK(out == std::vector<int>(64, 2016 + 7));
}

TEST_CASE("what a GPU may not forgive is an error") {
  const DeviceMemory<int> out(64);
  CHECK(error_of(&barrier_for_some, 64) ==
        "block 0, thread 0: __syncthreads: not all threads of the block come here: ended=1 of 64");
  CHECK(error_of(&two_barriers, 64, out.get()).find("block 0, thread 63: __syncthreads: thread 1 waits at line ") == 0);
  CHECK(error_of(&shuffle_of_half, 32, out.get()) ==
        "block 0, thread 0: a warp's operation: not all threads of the mask ffffffff come here");
  CHECK(error_of(&shuffle_from_outside, 32, out.get()) ==
        "block 0, thread 15: shuffle: lane 0 reads from lane 16, which is not in the mask 0000ffff");
  CHECK(error_of(&shuffle_without_oneself, 32, out.get()) == "block 0, thread 0: lane 0 is not in its own mask fffffffe");
  CHECK(error_of(&different_masks, 32, out.get()) ==
        "block 0, thread 31: masks of threads of one warp differ: lane 0 has 00000003, another ffffffff");
  CHECK(error_of(&shuffle_of_half, 20, out.get()) ==
        "block 0, thread 0: the mask ffffffff names lane 20, which has ended or does not exist");
  CHECK(error_of(&read_unwritten, 32, out.get()) == "block 0, thread 0: shared memory is read before it is written, at byte 0");
  CHECK(error_of(&beyond_the_array, 32) == "block 0, thread 31: shared memory: index 31 of an array of 31");
  CHECK(error_of(&barrier_for_some, 1025) == "block 0, thread 0: a launch of 1 x 1 blocks of 1025 threads");
}
