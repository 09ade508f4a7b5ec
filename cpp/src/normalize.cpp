/* Scaling vectors to unit norm: the norm in the order of sum_order.h, then a true division.
 *
 * A vector whose elements lie side by side (inner == 1) is a row; short rows are handled many at a time, long ones chunk by
 * chunk. Otherwise vectors are columns and are handled in tiles of neighbouring columns. The output may be the input: the norms
 * of a block are known before the block is written. */
#include <math.h>
#include <string.h>

#include "batchmill/batchmill.h"
#include "batchmill/sum_order.h"
#include "build.h"

namespace batchmill {
namespace BM_BUILD {
namespace {

inline float magnitude(float x) { return __builtin_fabsf(x); }
inline double magnitude(double x) { return __builtin_fabs(x); }
inline float root(float x) { return __builtin_sqrtf(x); }
inline double root(double x) { return __builtin_sqrt(x); }

/* An order of norm: the term of an element, how terms combine (Op), what stands for a missing term, and the norm of the sum. */
template <typename T>
struct OrderOne {
  using Sum = T;
  using Op = Add;
  static constexpr bool kCheapTerm = true;
  static constexpr T kMissing = 0;
  T term(T x) const { return magnitude(x); }
  T norm(T sum) const { return sum; }
};

template <typename T>
struct OrderTwo : OrderOne<T> {
  T term(T x) const { return x * x; }
  T norm(T sum) const { return root(sum); }
};

template <typename T>
struct OrderZero : OrderOne<T> {
  T term(T x) const { return x != 0 ? T(1) : T(0); }
};

template <typename T>
struct OrderMax : OrderOne<T> {
  using Op = Max;
};

template <typename T>
struct OrderMin : OrderOne<T> {
  using Op = Min;
  static constexpr T kMissing = HUGE_VAL;
};

template <typename T>
struct OrderP {
  using Sum = double;
  using Op = Add;
  static constexpr bool kCheapTerm = false;
  static constexpr double kMissing = 0;
  double p;
  double term(T x) const { return pow(magnitude(static_cast<double>(x)), p); }
  T norm(double sum) const { return static_cast<T>(pow(sum, 1 / p)); }
};

/* What a vector is divided by: its norm, or one where that is zero; with an epsilon the larger of the two. */
template <typename T>
inline T divisor(T norm, T epsilon) {
  return norm < epsilon ? epsilon : norm == 0 ? T(1) : norm;
}

/* The tree over the lanes of the n <= kChunk elements at x. */
template <typename Order, typename T>
typename Order::Sum chunk_sum(const Order& order, const T* x, int64_t n) {
  using Sum = typename Order::Sum;
  using Op = typename Order::Op;
  constexpr int kLanes = SumOrder<Sum>::kLanes;
  constexpr int kTerms = SumOrder<Sum>::kTerms;
  constexpr int kBlock = 4 * BM_VECTOR_BYTES / sizeof(Sum);
  Sum lanes[kLanes];
  if (n == kLanes * kTerms) {
    for (int lane = 0; lane < kLanes; lane += kBlock) {
      Sum sums[kBlock];
      for (int k = 0; k < kBlock; ++k) sums[k] = order.term(x[lane + k]);
      for (int step = 1; step < kTerms; ++step) {
        for (int k = 0; k < kBlock; ++k) sums[k] = Op::combine(sums[k], order.term(x[step * kLanes + lane + k]));
      }
      for (int k = 0; k < kBlock; ++k) lanes[lane + k] = sums[k];
    }
  } else {
    const int first = n < kLanes ? static_cast<int>(n) : kLanes;
    for (int k = 0; k < first; ++k) lanes[k] = order.term(x[k]);
    for (int k = first; k < kLanes; ++k) lanes[k] = Order::kMissing;
    int64_t i = kLanes;
    for (; i + kLanes <= n; i += kLanes) {
      for (int k = 0; k < kLanes; ++k) lanes[k] = Op::combine(lanes[k], order.term(x[i + k]));
    }
    for (int k = 0; i + k < n; ++k) lanes[k] = Op::combine(lanes[k], order.term(x[i + k]));
  }
  return sum_lanes<Op, kLanes>(lanes);
}

template <typename Order, typename T>
typename Order::Sum row_sum(const Order& order, const T* x, int64_t length) {
  using Sum = typename Order::Sum;
  constexpr int64_t kChunk = SumOrder<Sum>::kChunk;
  if (length <= kChunk) return chunk_sum(order, x, length);
  PairTree<typename Order::Op, Sum> tree;
  for (int64_t i = 0; i < length; i += kChunk) {
    tree.push(chunk_sum(order, x + i, length - i < kChunk ? length - i : kChunk));
  }
  return tree.sum();
}

template <typename Order, typename T>
void long_rows(const Order& order, const T* x, T* out, int64_t length, int64_t count, T epsilon) {
  for (int64_t row = 0; row < count; ++row, x += length, out += length) {
    const T by = divisor(order.norm(row_sum(order, x, length)), epsilon);
#pragma GCC ivdep
    for (int64_t i = 0; i < length; ++i) out[i] = x[i] / by;
  }
}

/* Rows of at most kPadded elements. The terms of a block of rows are laid out with kPadded places for each row, so that one
 * level of all their trees is one loop; the divisors are laid out like the rows, so that the division is one loop as well. */
template <int kPadded, typename Order, typename T>
void short_rows(const Order& order, const T* x, T* out, int64_t length, int64_t count, T epsilon) {
  using Op = typename Order::Op;
  constexpr int kPlaces = 2048;
  constexpr int kRows = kPlaces / kPadded;
  const int width = static_cast<int>(length);
  T even[kPlaces];
  T odd[kPlaces / 2];
  T divisors[kPlaces];
  for (int64_t done = 0; done < count; done += kRows) {
    const int rows = count - done < kRows ? static_cast<int>(count - done) : kRows;
    const int elements = rows * width;
    for (int row = 0; row < rows; ++row) {
      const T* from = x + row * width;
      T last[kPadded];
      if (elements - row * width < kPadded) {
        /* Reading on to the padded width would leave the range. */
        for (int k = 0; k < kPadded; ++k) last[k] = k < width ? from[k] : T(0);
        from = last;
      }
      for (int k = 0; k < kPadded; ++k) {
        const T term = order.term(from[k]);
        even[row * kPadded + k] = k < width ? term : Order::kMissing;
      }
    }
    T* nodes = even;
    T* parents = odd;
    for (int level = kPadded / 2; level > 0; level /= 2) {
#pragma GCC ivdep
      for (int k = 0; k < rows * level; ++k) parents[k] = Op::combine(nodes[2 * k], nodes[2 * k + 1]);
      T* const children = nodes;
      nodes = parents;
      parents = children;
    }
    for (int row = 0; row < rows; ++row) nodes[row] = divisor(order.norm(nodes[row]), epsilon);
    for (int row = 0; row < rows; ++row) {
      const T by = nodes[row];
      T* to = divisors + row * width;
      for (int k = 0; k < kPadded; ++k) to[k] = by;
    }
#pragma GCC ivdep
    for (int i = 0; i < elements; ++i) out[i] = x[i] / divisors[i];
    x += elements;
    out += elements;
  }
}

template <typename Order, typename T>
void normalize_rows(const Order& order, const T* x, T* out, int64_t length, int64_t count, T epsilon) {
  if constexpr (Order::kCheapTerm) {
    if (length <= 4) return short_rows<4>(order, x, out, length, count, epsilon);
    if (length <= 8) return short_rows<8>(order, x, out, length, count, epsilon);
    if (length <= 16) return short_rows<16>(order, x, out, length, count, epsilon);
    if (length <= 32) return short_rows<32>(order, x, out, length, count, epsilon);
    if (length <= 64) return short_rows<64>(order, x, out, length, count, epsilon);
    /* Narrower registers gain nothing at this length. */
    if constexpr (SumOrder<T>::kLanes >= 128 && BM_VECTOR_BYTES >= 64) {
      if (length <= 128) return short_rows<128>(order, x, out, length, count, epsilon);
    }
  }
  long_rows(order, x, out, length, count, epsilon);
}

/* The sums of kWidth columns side by side, or of any number up to it when kFull is false; x points at the top of the first. */
template <bool kFull, typename Order, typename T>
void sum_tile(const Order& order, const T* x, int64_t length, int64_t inner, int any_width, typename Order::Sum* leaf) {
  using Sum = typename Order::Sum;
  using Op = typename Order::Op;
  constexpr int64_t kLanes = SumOrder<Sum>::kLanes;
  constexpr int64_t kChunk = SumOrder<Sum>::kChunk;
  constexpr int kWidth = SumOrder<T>::kLanes;
  const int width = kFull ? kWidth : any_width;
  Sum partial[63][kWidth];
  uint64_t count = 0;
  for (int64_t start = 0; start < length; start += kChunk) {
    const int64_t end = length - start < kChunk ? length : start + kChunk;
    for (int64_t top = start; top < end && top < start + kLanes; ++top) {
      for (int k = 0; k < width; ++k) leaf[k] = order.term(x[top * inner + k]);
      for (int64_t i = top + kLanes; i < end; i += kLanes) {
        for (int k = 0; k < width; ++k) leaf[k] = Op::combine(leaf[k], order.term(x[i * inner + k]));
      }
      int level = 0;
      for (uint64_t carry = count++; carry & 1; carry >>= 1, ++level) {
        for (int k = 0; k < width; ++k) leaf[k] = Op::combine(partial[level][k], leaf[k]);
      }
      for (int k = 0; k < width; ++k) partial[level][k] = leaf[k];
    }
  }
  bool empty = true;
  for (int level = 0; count >> level; ++level) {
    if (!(count >> level & 1)) continue;
    for (int k = 0; k < width; ++k) leaf[k] = empty ? partial[level][k] : Op::combine(partial[level][k], leaf[k]);
    empty = false;
  }
}

/* Calls use(start, width, sums) for the vectors [first, last), tile after tile; start is the element at the top of the tile. */
template <typename Order, typename T, typename Use>
void for_tiles(const Order& order, const T* x, int64_t length, int64_t inner, int64_t first, int64_t last, Use use) {
  constexpr int64_t kWidth = SumOrder<T>::kLanes;
  typename Order::Sum sums[kWidth];
  for (int64_t line = first; line < last;) {
    const int64_t column = line % inner;
    const int64_t start = line / inner * length * inner + column;
    int64_t width = inner - column < last - line ? inner - column : last - line;
    if (width >= kWidth) {
      width = kWidth;
      sum_tile<true>(order, x + start, length, inner, kWidth, sums);
    } else {
      sum_tile<false>(order, x + start, length, inner, static_cast<int>(width), sums);
    }
    use(start, static_cast<int>(width), sums);
    line += width;
  }
}

template <typename Order, typename T>
void normalize_columns(const Order& order, const T* x, T* out, int64_t length, int64_t inner, int64_t first, int64_t last,
                       T epsilon) {
  for_tiles(order, x, length, inner, first, last, [&](int64_t start, int width, const typename Order::Sum* sums) {
    T by[SumOrder<T>::kLanes];
    for (int k = 0; k < width; ++k) by[k] = divisor(order.norm(sums[k]), epsilon);
    for (int64_t i = 0; i < length; ++i) {
      const int64_t row = start + i * inner;
#pragma GCC ivdep
      for (int k = 0; k < width; ++k) out[row + k] = x[row + k] / by[k];
    }
  });
}

template <typename Order, typename T>
void sum_vectors(const Order& order, const T* x, int64_t length, int64_t inner, int64_t first, int64_t last, double* sums) {
  if (inner == 1) {
    for (int64_t row = first; row < last; ++row) *sums++ = row_sum(order, x + row * length, length);
    return;
  }
  for_tiles(order, x, length, inner, first, last, [&](int64_t, int width, const typename Order::Sum* tile) {
    for (int k = 0; k < width; ++k) *sums++ = tile[k];
  });
}

/* Calls f with the order of norm. */
template <typename T, typename F>
void with_order(double order, F f) {
  if (order == 2) return f(OrderTwo<T>());
  if (order == 1) return f(OrderOne<T>());
  if (order == HUGE_VAL) return f(OrderMax<T>());
  if (order == -HUGE_VAL) return f(OrderMin<T>());
  if (order == 0) return f(OrderZero<T>());
  f(OrderP<T>{order});
}

template <typename T>
void normalize_as(const T* x, T* out, int64_t length, int64_t inner, int64_t first, int64_t last, double order, T epsilon) {
  with_order<T>(order, [&](auto by) {
    if (inner == 1) {
      normalize_rows(by, x + first * length, out + first * length, length, last - first, epsilon);
    } else {
      normalize_columns(by, x, out, length, inner, first, last, epsilon);
    }
  });
}

template <typename T>
void norm_sums_as(const T* x, int64_t length, int64_t inner, int64_t first, int64_t last, double order, double* sums) {
  with_order<T>(order, [&](auto by) { sum_vectors(by, x, length, inner, first, last, sums); });
}

template <typename T>
void divide_as(const T* x, T* out, const double* divisors, int64_t inner, int64_t first, int64_t last) {
  for (int64_t e = first; e < last; ++e) out[e] = x[e] / static_cast<T>(divisors[e % inner]);
}

}  // namespace

void normalize(const void* x, void* out, int32_t type, int64_t length, int64_t inner, int64_t first, int64_t last, double order,
               double epsilon, bool) {
  if (type == BM_FLOAT32) {
    normalize_as(static_cast<const float*>(x), static_cast<float*>(out), length, inner, first, last, order,
                 static_cast<float>(epsilon));
  } else {
    normalize_as(static_cast<const double*>(x), static_cast<double*>(out), length, inner, first, last, order, epsilon);
  }
}

void norm_sums(const void* x, int32_t type, int64_t length, int64_t inner, int64_t first, int64_t last, double order,
               double* sums) {
  if (type == BM_FLOAT32) {
    norm_sums_as(static_cast<const float*>(x), length, inner, first, last, order, sums);
  } else {
    norm_sums_as(static_cast<const double*>(x), length, inner, first, last, order, sums);
  }
}

void divide(const void* x, void* out, int32_t type, const double* divisors, int64_t inner, int64_t first, int64_t last, bool) {
  if (type == BM_FLOAT32) {
    divide_as(static_cast<const float*>(x), static_cast<float*>(out), divisors, inner, first, last);
  } else {
    divide_as(static_cast<const double*>(x), static_cast<double*>(out), divisors, inner, first, last);
  }
}

}  // namespace BM_BUILD
}  // namespace batchmill
