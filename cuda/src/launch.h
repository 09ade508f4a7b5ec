/* What launchers share: the device is that of the stream while they launch, and afterwards what it was. */
#ifndef BATCHMILL_LAUNCH_H
#define BATCHMILL_LAUNCH_H

#include "batchmill/batchmill_cuda.h"
#include "device.h"
#include "tuning.h"

namespace batchmill {
namespace {

class OnDevice {
 public:
  explicit OnDevice(int32_t device) {
    good_ = cudaGetDevice(&before_) == cudaSuccess && (before_ == device || cudaSetDevice(device) == cudaSuccess);
    changed_ = good_ && before_ != device;
  }
  ~OnDevice() {
    if (changed_) cudaSetDevice(before_);
  }
  OnDevice(const OnDevice&) = delete;
  OnDevice& operator=(const OnDevice&) = delete;

  /* Whether all launches so far were accepted. */
  int32_t status() const { return good_ && cudaGetLastError() == cudaSuccess ? BM_OK : BM_DEVICE_FAILURE; }
  bool good() const { return good_; }

 private:
  int before_ = 0;
  bool good_ = false;
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
