/* What kernels and launchers are written in, so that nvcc compiles them for GPUs and g++ for the simulator of ../test/sim.
 *
 * Shared memory is an array of a fixed size that stands at the top of a kernel:
 *     BM_SHARED(float, tile, 256);
 * Its elements are read into a variable and written by assignment, one at a time. A launch names its kernel by a pointer:
 *     BM_LAUNCH(&kernel<T>, blocks, threads, stream, argument, ...); */
#ifndef BATCHMILL_DEVICE_H
#define BATCHMILL_DEVICE_H

#include <stdint.h>

#include "batchmill/portability.h"

#if defined(__CUDACC__)

#define BM_CALLED __device__ __noinline__
#define BM_SHARED(type, name, size) __shared__ type name[size]
#define BM_LAUNCH(kernel, blocks, threads, stream, ...)           \
  do {                                                            \
    const auto bm_kernel = kernel;                                \
    bm_kernel<<<(blocks), (threads), 0, (stream)>>>(__VA_ARGS__); \
  } while (false)

#else

#include "simulator.h"

#define BM_CALLED inline

#endif

namespace batchmill {

/* A value that is the same for all items of a loop, but that the compiler must take for one that may change with the item: else
 * it makes a loop for each value that a kernel asks about, and the library several times as large. */
template <typename T>
struct PerItem {
  T value;
  int64_t end; /* Beyond every item. */

  PerItem(T v) : value(v), end(INT64_MAX) {}
  BM_ANYWHERE T of(int64_t item) const { return item < end ? value : T{}; }
};

constexpr uint32_t kWarp = 32;
constexpr uint32_t kWholeWarp = 0xffffffff;

}  // namespace batchmill

#endif
