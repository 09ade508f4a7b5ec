/* What the tests of simulated kernels share. */
#ifndef BATCHMILL_SIMULATED_H
#define BATCHMILL_SIMULATED_H

#include <doctest/doctest.h>
#include <stdlib.h>
#include <string.h>

#include <random>
#include <vector>

#include "batchmill/batchmill_cuda.h"
#include "simulator.h"

namespace batchmill {

inline const sim::Schedule kSchedules[] = {sim::Schedule::kAscending, sim::Schedule::kDescending, sim::Schedule::kShuffled};

/* Memory of a device, of exactly n elements from an address that is `offset` elements beyond a multiple of 256. */
template <typename T>
class DeviceMemory {
 public:
  explicit DeviceMemory(size_t n, size_t offset = 0) : size_(n), offset_(offset) {
    if (posix_memalign(&memory_, 256, (n + offset) * sizeof(T) + 1) != 0) abort();
    memset(memory_, 0xEE, (n + offset) * sizeof(T));
  }
  DeviceMemory(const std::vector<T>& values, size_t offset = 0) : DeviceMemory(values.size(), offset) {
    if (!values.empty()) memcpy(get(), values.data(), values.size() * sizeof(T));
  }
  ~DeviceMemory() { free(memory_); }
  DeviceMemory(const DeviceMemory&) = delete;
  DeviceMemory& operator=(const DeviceMemory&) = delete;

  T* get() const { return static_cast<T*>(memory_) + offset_; }

  bool operator==(const std::vector<T>& values) const {
    return values.size() == size_ && (size_ == 0 || memcmp(get(), values.data(), size_ * sizeof(T)) == 0);
  }

 private:
  void* memory_ = nullptr;
  size_t size_;
  size_t offset_;
};

template <typename T>
std::vector<T> random_numbers(size_t n, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<double> normal;
  std::vector<T> values(n);
  for (T& value : values) value = random() % 16 == 0 ? T(0) : static_cast<T>(normal(random));
  return values;
}

}  // namespace batchmill

#endif
