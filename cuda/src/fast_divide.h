/* Division of 31-bit numbers by a divisor that many threads share, as a multiplication: with p = 31 + ceil(log2(d)) and
 * m = ceil(2^p / d), n / d is n * m >> p for every n below 2^31 (T. Granlund and P. L. Montgomery, "Division by invariant
 * integers using multiplication", PLDI 1994). */
#ifndef BATCHMILL_FAST_DIVIDE_H
#define BATCHMILL_FAST_DIVIDE_H

#include <stdint.h>

#if defined(__CUDACC__)
#define BM_ANYWHERE __host__ __device__
#else
#define BM_ANYWHERE
#endif

namespace batchmill {

class FastDivide {
 public:
  /* divisor lies in [1, 2^31). */
  explicit FastDivide(uint32_t divisor) : divisor_(divisor) {
    while ((1u << log2_) < divisor) ++log2_;
    multiplier_ = ((uint64_t{1} << (31 + log2_)) + divisor - 1) / divisor;
  }

  BM_ANYWHERE uint32_t divisor() const { return divisor_; }

  /* n / divisor for n below 2^31. */
  BM_ANYWHERE uint32_t quotient(uint32_t n) const { return static_cast<uint32_t>(n * multiplier_ >> (31 + log2_)); }

 private:
  uint64_t multiplier_ = 0;
  uint32_t divisor_;
  int log2_ = 0;
};

}  // namespace batchmill

#endif
