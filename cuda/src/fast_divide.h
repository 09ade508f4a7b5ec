/* Division of 31-bit numbers by a divisor that many threads share, as a multiplication: with p = 31 + ceil(log2(d)) and
 * m = ceil(2^p / d), n / d is n * m >> p for every n below 2^31 (T. Granlund and P. L. Montgomery, "Division by invariant
 * integers using multiplication", PLDI 1994). */
#ifndef BATCHMILL_FAST_DIVIDE_H
#define BATCHMILL_FAST_DIVIDE_H

#include <stdint.h>

#include "batchmill/portability.h"

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

/* The same for numbers below 2^63, with p = 63 + ceil(log2(d)): the upper word of a product of 128 bits, shifted. */
class FastDivideLong {
 public:
  /* divisor lies in [2, 2^62]. */
  explicit FastDivideLong(int64_t divisor) : divisor_(divisor) {
    int log2 = 1;
    while ((int64_t{1} << log2) < divisor) ++log2;
    shift_ = log2 - 1;
    const auto by = static_cast<unsigned __int128>(divisor);
    multiplier_ = static_cast<uint64_t>(((static_cast<unsigned __int128>(1) << (63 + log2)) + by - 1) / by);
  }

  BM_ANYWHERE int64_t divisor() const { return divisor_; }

  /* n / divisor for n in [0, 2^63). */
  BM_ANYWHERE int64_t quotient(int64_t n) const {
#if defined(__CUDA_ARCH__)
    const uint64_t upper = __umul64hi(static_cast<uint64_t>(n), multiplier_);
#else
    const auto upper = static_cast<uint64_t>(static_cast<unsigned __int128>(n) * multiplier_ >> 64);
#endif
    return static_cast<int64_t>(upper >> shift_);
  }

 private:
  uint64_t multiplier_;
  int64_t divisor_;
  int shift_;
};

/* The same by any divisor up to 2^62; 0 stands for 1. */
class FastDivideAny {
 public:
  explicit FastDivideAny(int64_t divisor) : by_(divisor < 2 ? 2 : divisor), by_one_(divisor < 2) {}

  BM_ANYWHERE int64_t divisor() const { return by_one_ ? 1 : by_.divisor(); }
  BM_ANYWHERE int64_t quotient(int64_t n) const { return by_one_ ? n : by_.quotient(n); }

 private:
  FastDivideLong by_;
  bool by_one_;
};

}  // namespace batchmill

#endif
