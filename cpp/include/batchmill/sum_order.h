/* The one order in which Batchmill adds.
 *
 * Floating-point addition is not associative, so "the sum" of a vector is a different number for every order of adding. All
 * kernels (C++ on every instruction set, CUDA, and dev.batchmill.internal.kernel.JavaKernels) take the order fixed here, along
 * any axis and however the work is split over threads. That makes their results equal bit for bit.
 *
 * The elements x[0] ... x[n-1] of a vector are cut into chunks of kChunk = kTerms * kLanes elements. Element i of a chunk
 * belongs to lane i mod kLanes:
 *
 *     chunk   x[0]        x[1]        x[2]        ...  x[kLanes-1]       step 0
 *             x[kLanes]   x[kLanes+1] x[kLanes+2] ...  x[2*kLanes-1]     step 1
 *             ...                                                       ...
 *     lane    0           1           2                kLanes-1
 *
 *   1. A lane adds its terms in the order of their steps: ((t0 + t1) + t2) + ... + t15.
 *   2. The lanes of all chunks, chunk after chunk, are the leaves of the adjacent-pairs tree, which is taken level by level:
 *      a[k] = a[2k] + a[2k+1]. kLanes is a power of two, so every chunk is a whole subtree, and the upper levels add the sums
 * of chunks. Leaves that are missing on the right are zeros.
 *
 * Every term is a magnitude, its square or its power, hence never negative and never -0: adding a zero changes nothing, which
 * is why an odd element at the end of a level may just move up, and why a short vector needs no more additions than it has
 * elements. The same order serves the largest and the smallest magnitude, where it is without effect.
 *
 * Terms are rounded before they are added (no fused multiply-add) and sums are kept in the element type; orders of norm other
 * than 0, 1, 2 and infinity keep both in double.
 *
 * Why these numbers. kLanes elements are 512 bytes: one 16-byte load in each of the 32 threads of a CUDA warp, 8 registers of
 * AVX-512, 16 of AVX2. On the GPU the tree is two additions inside the thread and then exchanges at distance 1, 2, 4, 8, 16; on
 * the CPU a chunk (8 KiB) lies in the first-level cache, where the lanes can be summed in blocks of registers. Sixteen steps
 * keep the tree below a sixteenth of the additions. The error grows with log2(n) + 16 instead of n (N. J. Higham, "The accuracy
 * of floating point summation", SIAM J. Sci. Comput. 14, 1993).
 *
 * This order is frozen: to change any of it is to change the results of every user. */
#ifndef BATCHMILL_SUM_ORDER_H
#define BATCHMILL_SUM_ORDER_H

#include <stdint.h>

#include "batchmill/portability.h"

namespace batchmill {
/* Without a name: see portability.h. */
namespace {

/* The constants of the order for sums kept in T. */
template <typename T>
struct SumOrder {
  static constexpr int64_t kLanes = 512 / sizeof(T);
  static constexpr int64_t kTerms = 16;
  static constexpr int64_t kChunk = kTerms * kLanes;
};

struct Add {
  template <typename T>
  static BM_ANYWHERE T combine(T a, T b) {
    return a + b;
  }
};

/* The larger of two; NaN when one is NaN. */
struct Max {
  template <typename T>
  static BM_ANYWHERE T combine(T a, T b) {
    return ((a > b) | (a != a)) ? a : b;
  }
};

/* The smaller of two; NaN when one is NaN. */
struct Min {
  template <typename T>
  static BM_ANYWHERE T combine(T a, T b) {
    return ((a < b) | (a != a)) ? a : b;
  }
};

/* The adjacent-pairs tree over nodes of one level that arrive one after another: a binary counter that holds one partial sum
 * for each set bit of the number of nodes seen. */
template <typename Op, typename T>
class PairTree {
 public:
  BM_ANYWHERE void push(T node) {
    int level = 0;
    for (uint64_t carry = count_++; carry & 1; carry >>= 1) node = Op::combine(partial_[level++], node);
    partial_[level] = node;
  }

  /* The sum of all nodes, or zero when there was none. */
  BM_ANYWHERE T sum() const {
    T sum = 0;
    bool empty = true;
    for (int level = 0; count_ >> level; ++level) {
      if (count_ >> level & 1) {
        sum = empty ? partial_[level] : Op::combine(partial_[level], sum);
        empty = false;
      }
    }
    return sum;
  }

 private:
  uint64_t count_ = 0;
  T partial_[63];
};

}  // namespace
}  // namespace batchmill

#endif
