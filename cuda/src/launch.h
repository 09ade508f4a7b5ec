/* What launchers share: the device is that of the stream while they launch, and afterwards what it was. */
#ifndef BATCHMILL_LAUNCH_H
#define BATCHMILL_LAUNCH_H

#include "batchmill/batchmill_cuda.h"
#include "device.h"
#include "tuning.h"

namespace batchmill {

/* The error behind the last BM_DEVICE_FAILURE of this thread. */
inline int32_t& last_failure() {
  static thread_local int32_t error = cudaSuccess;
  return error;
}

namespace {

class OnDevice {
 public:
  explicit OnDevice(int32_t device) : error_(cudaGetDevice(&before_)) {
    if (error_ != cudaSuccess || before_ == device) return;
    error_ = cudaSetDevice(device);
    changed_ = error_ == cudaSuccess;
  }
  ~OnDevice() {
    if (changed_) cudaSetDevice(before_);
  }
  OnDevice(const OnDevice&) = delete;
  OnDevice& operator=(const OnDevice&) = delete;

  /* Why the device cannot be used, if so. */
  cudaError_t error() const { return error_; }
  bool good() const { return error_ == cudaSuccess; }

  /* Whether all launches so far were accepted. */
  int32_t status() const {
    const cudaError_t launched = cudaGetLastError();
    const cudaError_t error = good() ? launched : error_;
    if (error == cudaSuccess) return BM_OK;
    last_failure() = error;
    return BM_DEVICE_FAILURE;
  }

 private:
  int before_ = 0;
  cudaError_t error_;
  bool changed_ = false;
};

/* Blocks for so many items, each block taking `each` of them; further ones in turn. */
inline uint32_t blocks_for(int64_t items, int64_t each) {
  const int64_t blocks = (items + each - 1) / each;
  return static_cast<uint32_t>(blocks < kMostBlocks ? blocks : kMostBlocks);
}

inline bool is_aligned(const void* pointer, uint64_t bytes) { return reinterpret_cast<uintptr_t>(pointer) % bytes == 0; }

}  // namespace
}  // namespace batchmill

#endif
