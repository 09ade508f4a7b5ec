/* CUDA on the CPU, for tests: as much of the language as the kernels use, under rules stricter than a GPU's.
 *
 * A block is as many fibers as it has threads. A fiber runs until it waits, at a barrier or for the other threads of a shuffle,
 * or ends; which one runs next is up to the schedule. So whatever holds under every schedule does not depend on the order in
 * which the threads of a GPU happen to run. Blocks run one after the other. Wrong, and the end of the launch:
 *   - a barrier that some threads of the block do not reach, or reach at another place of the source;
 *   - a shuffle, vote or __syncwarp whose mask leaves out the caller, names a thread that has ended, or differs from the mask
 * or the place of another thread that it names; a shuffle that reads from a thread outside the mask;
 *   - shared memory that is read before it is written, or beyond the end of an array;
 *   - threads that wait for ever.
 * cudaGetLastError tells that, as a GPU would tell its errors, or the call that waits for the stream; last_error() says what
 * was wrong.
 *
 * Under ThreadSanitizer fibers are threads to it, and only barriers and __syncwarp order what they do: a race between two
 * threads is reported whichever ran first. Streams and memory are in runtime.h. */
#ifndef BATCHMILL_SIMULATOR_H
#define BATCHMILL_SIMULATOR_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <functional>

#include "runtime.h"

#define __global__
#define __device__
#define __host__
#define __forceinline__ inline __attribute__((always_inline))
#define __launch_bounds__(...)

struct dim3 {
  uint32_t x, y, z;
  constexpr dim3(uint32_t x_size = 1, uint32_t y_size = 1, uint32_t z_size = 1) : x(x_size), y(y_size), z(z_size) {}
};

/* Of the thread that runs. */
extern dim3 threadIdx;
extern dim3 blockIdx;
extern dim3 blockDim;
extern dim3 gridDim;

namespace batchmill {
namespace sim {

/* Which of the threads that can go on do: all in turn, from the first or from the last on; or those of one warp after the
 * other, in any order, each warp as far as it comes. Blocks run in such an order, too. */
enum class Schedule { kAscending, kDescending, kShuffled };

/* How launches are run from now on. */
struct Rules {
  Schedule schedule = Schedule::kAscending;
  uint64_t seed = 1;        /* of the shuffled schedule */
  int removed_barrier = -1; /* every thread passes its barrier of this number, counted from 0, without waiting */
};
void set_rules(const Rules& rules);

/* How many barriers a thread has met in a launch, at most, since the last call. */
int barriers_met();

/* What was wrong with the launch that cudaGetLastError told of last; "" when nothing was. */
const char* last_error();
/* Whether a launch failed since the last call. */
bool take_failure();

/* Runs a kernel, a function of no arguments, at once. */
void launch(dim3 blocks, dim3 threads, const std::function<void()>& kernel);
/* Queues it on the stream. */
void queue_launch(dim3 blocks, dim3 threads, cudaStream_t stream, std::function<void()> kernel);

template <typename Kernel, typename... Arguments>
void launch_kernel(Kernel kernel, dim3 blocks, dim3 threads, cudaStream_t stream, Arguments... arguments) {
  queue_launch(blocks, threads, stream, [=] { kernel(arguments...); });
}

/* What the threads of a warp do together. */
enum class Together { kSync, kShuffleXor, kShuffleDown, kShuffleFrom, kBallot };

/* A place of the source. Not of the machine code: a compiler may make two calls of one. */
struct Place {
  const char* file;
  int line;
};
#define BM_SIM_PLACE ::batchmill::sim::Place place = {__builtin_FILE(), __builtin_LINE()}

void sync_threads(Place place);
/* Waits until all threads of the mask are there; the value that this one is given. */
uint64_t together(Together what, uint32_t mask, uint64_t value, uint32_t argument, Place place);

/* Shared memory of the running block: the same for all its threads, in the order of their calls. */
void* shared_memory(size_t bytes);
void check_shared_index(uint32_t index, uint32_t size);
void check_shared_read(const void* at, size_t bytes);
void note_shared_write(const void* at, size_t bytes);

template <typename T>
class SharedElement {
 public:
  explicit SharedElement(T* at) : at_(at) {}
  SharedElement(const SharedElement&) = default;

  operator T() const {
    check_shared_read(at_, sizeof(T));
    return *at_;
  }
  const SharedElement& operator=(T value) const {
    *at_ = value;
    note_shared_write(at_, sizeof(T));
    return *this;
  }
  const SharedElement& operator=(const SharedElement& other) const { return *this = static_cast<T>(other); }

 private:
  T* const at_;
};

template <typename T>
class SharedArray {
 public:
  explicit SharedArray(uint32_t size) : data_(static_cast<T*>(shared_memory(size * sizeof(T)))), size_(size) {}

  SharedElement<T> operator[](uint32_t index) const {
    check_shared_index(index, size_);
    return SharedElement<T>(data_ + index);
  }

 private:
  T* const data_;
  const uint32_t size_;
};

template <typename T>
uint64_t bits_of(T value) {
  static_assert(sizeof(T) <= sizeof(uint64_t), "one word");
  uint64_t bits = 0;
  memcpy(&bits, &value, sizeof value);
  return bits;
}

template <typename T>
T from_bits(uint64_t bits) {
  T value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

}  // namespace sim
}  // namespace batchmill

#define BM_SHARED(type, name, size) const ::batchmill::sim::SharedArray<type> name(size)
#define BM_LAUNCH(kernel, blocks, threads, stream, ...) \
  ::batchmill::sim::launch_kernel(kernel, blocks, threads, stream, __VA_ARGS__)

/* The last argument is where the call stands. */
inline void __syncthreads(BM_SIM_PLACE) { batchmill::sim::sync_threads(place); }

inline void __syncwarp(uint32_t mask = 0xffffffff, BM_SIM_PLACE) {
  batchmill::sim::together(batchmill::sim::Together::kSync, mask, 0, 0, place);
}

template <typename T>
T __shfl_xor_sync(uint32_t mask, T value, uint32_t distance, BM_SIM_PLACE) {
  using namespace batchmill::sim;
  return from_bits<T>(together(Together::kShuffleXor, mask, bits_of(value), distance, place));
}

template <typename T>
T __shfl_down_sync(uint32_t mask, T value, uint32_t distance, BM_SIM_PLACE) {
  using namespace batchmill::sim;
  return from_bits<T>(together(Together::kShuffleDown, mask, bits_of(value), distance, place));
}

template <typename T>
T __shfl_sync(uint32_t mask, T value, uint32_t lane, BM_SIM_PLACE) {
  using namespace batchmill::sim;
  return from_bits<T>(together(Together::kShuffleFrom, mask, bits_of(value), lane, place));
}

inline uint32_t __ballot_sync(uint32_t mask, int predicate, BM_SIM_PLACE) {
  using namespace batchmill::sim;
  return static_cast<uint32_t>(together(Together::kBallot, mask, predicate != 0, 0, place));
}

inline int __any_sync(uint32_t mask, int predicate, BM_SIM_PLACE) { return __ballot_sync(mask, predicate, place) != 0; }

template <typename T>
T atomicMin(T* at, T value) {
  T seen = __atomic_load_n(at, __ATOMIC_RELAXED);
  while (value < seen && !__atomic_compare_exchange_n(at, &seen, value, true, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
  }
  return seen;
}

template <typename T>
T atomicAdd(T* at, T value) {
  return __atomic_fetch_add(at, value, __ATOMIC_RELAXED);
}

struct alignas(16) uint4 {
  uint32_t x, y, z, w;
};
inline uint4 make_uint4(uint32_t x, uint32_t y, uint32_t z, uint32_t w) { return {x, y, z, w}; }

#endif
