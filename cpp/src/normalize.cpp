/* Scaling vectors to unit norm: the norm in the order of sum_order.h, then a true division.
 *
 * A vector whose elements lie side by side (inner == 1) is a row; short rows are handled many at a time, long ones chunk by
 * chunk. Otherwise vectors are columns and are handled in tiles of neighbouring columns. The output may be the input: the norms
 * of a block are known before the block is written. */
#include <string.h>

#include "batchmill/batchmill.h"
#include "batchmill/portability.h"
#include "batchmill/sum_order.h"
#include "build.h"
#include "division.h"
#include "norm_order.h"
#include "streaming.h"
#include "vector.h"

namespace batchmill {
namespace BM_BUILD {
namespace {

/* Elements that are divided by one number, or each by its own; by division, or by multiplication where the divisors allow it.
 * Division leaves the memory idle, so what follows is asked for meanwhile. */
template <typename T>
struct DividedByOne {
  const T* x;
  T by;
  Ahead* ahead;
  T at(int64_t i) const { return x[i] / by; }
  BM_ALWAYS_INLINE Vector<T> vector(int64_t i) const { return load_vector(x + i) / by; }
  void ask(int64_t bytes) const { ahead->ask(bytes); }
};

template <typename T>
struct MultipliedByOne {
  const T* x;
  T by;
  T reciprocal;
  T rest;
  typename Divider<T>::Order least;
  Ahead* ahead;

  T at(int64_t i) const { return x[i] / by; }
  BM_ALWAYS_INLINE Vector<T> vector(int64_t i) const {
    return Divider<T>::quotient(load_vector(x + i), broadcast(by), broadcast(reciprocal), broadcast(rest), least);
  }
  void ask(int64_t bytes) const { ahead->ask(bytes); }
};

template <typename T>
struct DividedByEach {
  const T* x;
  const T* by;
  Ahead* ahead;
  T at(int64_t i) const { return x[i] / by[i]; }
  BM_ALWAYS_INLINE Vector<T> vector(int64_t i) const { return load_vector(x + i) / load_vector(by + i); }
  void ask(int64_t bytes) const { ahead->ask(bytes); }
};

template <typename T>
struct MultipliedByEach {
  const T* x;
  const T* by;
  const T* reciprocals;
  const T* rests;
  typename Divider<T>::Order least;
  Ahead* ahead;
  T at(int64_t i) const { return x[i] / by[i]; }
  BM_ALWAYS_INLINE Vector<T> vector(int64_t i) const {
    return Divider<T>::quotient(load_vector(x + i), load_vector(by + i), load_vector(reciprocals + i), load_vector(rests + i),
                                least);
  }
  void ask(int64_t bytes) const { ahead->ask(bytes); }
};

/* ------------------------------------------------------------------------------------------------------------------- rows */

/* The adjacent-pairs tree over kCount vectors of lanes, up to where one vector is left. */
template <typename Op, int kCount, typename S>
inline ShuffledVector<S> sum_vectors(const S* lanes) {
  constexpr int kWidth = kShuffledBytes / sizeof(S);
  if constexpr (kCount > 1) {
    S pairs[kCount / 2 * kWidth];
    for (int k = 0; k < kCount / 2; ++k) {
      const ShuffledVector<S> left = load_shuffled(lanes + 2 * k * kWidth), right = load_shuffled(lanes + (2 * k + 1) * kWidth);
      const ShuffledVector<S> sums = Op::combine(even_lanes(left, right), odd_lanes(left, right));
      memcpy(pairs + k * kWidth, &sums, sizeof sums);
    }
    return sum_vectors<Op, kCount / 2>(pairs);
  } else {
    return load_shuffled(lanes);
  }
}

/* The rest of the tree. */
template <typename Op, typename S>
inline S sum_vector(ShuffledVector<S> sums) {
  for (int left = kShuffledBytes / sizeof(S); left > 1; left /= 2) {
    sums = Op::combine(even_lanes(sums, sums), odd_lanes(sums, sums));
  }
  return sums[0];
}

/* The rest of as many trees as a vector has lanes: the nodes of two are combined in one vector. */
template <typename Op, typename S>
inline void sum_each_vector(ShuffledVector<S>* nodes, S* sums) {
  constexpr int kWidth = kShuffledBytes / sizeof(S);
  for (int left = kWidth; left > 1; left /= 2) {
    for (int k = 0; k < left / 2; ++k) {
      const ShuffledVector<S> a = nodes[2 * k], b = nodes[2 * k + 1];
      nodes[k] = Op::combine(even_lanes(a, b), odd_lanes(a, b));
    }
  }
  memcpy(sums, nodes, sizeof nodes[0]);
}

/* The same over the terms of as many elements. */
template <typename Op, int kCount, typename Order, typename T>
BM_ALWAYS_INLINE ShuffledVector<T> sum_terms(const Order& order, const T* x) {
  if constexpr (kCount > 1) {
    const ShuffledVector<T> left = sum_terms<Op, kCount / 2>(order, x);
    const ShuffledVector<T> right = sum_terms<Op, kCount / 2>(order, x + kCount / 2 * (kShuffledBytes / sizeof(T)));
    return Op::combine(even_lanes(left, right), odd_lanes(left, right));
  } else {
    return order.terms_of(load_shuffled(x));
  }
}

#if BM_VECTOR_BYTES == 64
/* The sums of the lanes of a chunk of n >= kLanes elements, all in registers. */
template <typename Order, typename T>
class LaneSums {
 public:
  BM_ALWAYS_INLINE LaneSums(const Order& order, const T* x, int64_t n) {
    const T* const end = x + n;
    BM_UNROLL(8)
    for (int k = 0; k < kVectors; ++k) sums_[k] = order.terms_of(load_vector(x + k * kWidth));
    for (x += kLanes; end - x >= kLanes; x += kLanes) {
      BM_UNROLL(8)
      for (int k = 0; k < kVectors; ++k) add(k, order.terms_of(load_vector(x + k * kWidth)));
    }
    BM_UNROLL(8)
    for (int k = 0; k < kVectors; ++k, x += kWidth) {
      if (end - x < kWidth) {
        if (end > x) add(k, order.terms_of(load_first(x, end - x, Order::kMissing)));
        return;
      }
      add(k, order.terms_of(load_vector(x)));
    }
  }

  /* The tree over the vectors from kFirst on. */
  template <int kFirst = 0, int kCount = 8>
  BM_ALWAYS_INLINE Vector<T> tree() const {
    if constexpr (kCount > 1) {
      const Vector<T> left = tree<kFirst, kCount / 2>(), right = tree<kFirst + kCount / 2, kCount / 2>();
      return Order::Op::combine(even_lanes(left, right), odd_lanes(left, right));
    } else {
      return sums_[kFirst];
    }
  }

 private:
  static constexpr int64_t kLanes = SumOrder<T>::kLanes;
  static constexpr int kWidth = kVectorLanes<T>;
  static constexpr int kVectors = kLanes / kWidth;
  static_assert(kVectors == 8, "tree() takes so many");

  BM_ALWAYS_INLINE void add(int k, Vector<T> terms) { sums_[k] = Order::Op::combine(sums_[k], terms); }

  Vector<T> sums_[kVectors];
};
#endif

/* The tree over the lanes of the n <= kChunk elements at x, up to where one vector is left. */
template <typename Order, typename T>
ShuffledVector<typename Order::Sum> chunk_vector(const Order& order, const T* x, int64_t n) {
  using Sum = typename Order::Sum;
  using Op = typename Order::Op;
  constexpr int kLanes = SumOrder<Sum>::kLanes;
  constexpr int kTerms = SumOrder<Sum>::kTerms;
  if constexpr (!Order::kCheapTerm) {
    Sum terms[kLanes * kTerms];
    order.terms(x, n, terms);
    return chunk_vector(Terms<Sum>(), terms, n);
  } else {
    constexpr int kVectors = static_cast<int>(kLanes * sizeof(Sum) / kShuffledBytes);
    if (n == kLanes) return sum_terms<Op, kVectors>(order, x);
#if BM_VECTOR_BYTES == 64
    if (n > kLanes) return LaneSums<Order, T>(order, x, n).tree();
#endif
    constexpr int kBlock = 4 * BM_VECTOR_BYTES / sizeof(Sum);
    Sum lanes[kLanes];
    const int64_t whole = n / kLanes;
    if (whole > 0) {
      for (int lane = 0; lane < kLanes; lane += kBlock) {
        Sum sums[kBlock];
        for (int k = 0; k < kBlock; ++k) sums[k] = order.term(x[lane + k]);
        for (int64_t step = 1; step < whole; ++step) {
          for (int k = 0; k < kBlock; ++k) sums[k] = Op::combine(sums[k], order.term(x[step * kLanes + lane + k]));
        }
        for (int k = 0; k < kBlock; ++k) lanes[lane + k] = sums[k];
      }
      const T* const rest = x + whole * kLanes;
      for (int64_t k = 0; k < n - whole * kLanes; ++k) lanes[k] = Op::combine(lanes[k], order.term(rest[k]));
    } else {
      for (int64_t k = 0; k < n; ++k) lanes[k] = order.term(x[k]);
      for (int64_t k = n; k < kLanes; ++k) lanes[k] = Order::kMissing;
    }
    return sum_vectors<Op, kVectors>(lanes);
  }
}

template <typename Order, typename T>
typename Order::Sum chunk_sum(const Order& order, const T* x, int64_t n) {
  return sum_vector<typename Order::Op, typename Order::Sum>(chunk_vector(order, x, n));
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

/* The sums of neighbouring rows; there is room for a whole number of vectors of them. Most of what follows is asked for while
 * rows are divided, but an eighth of it here, so that the memory is not idle meanwhile; of longer rows it would be too much. */
template <typename Order, typename T>
void row_sums(const Order& order, const T* x, int64_t length, int rows, typename Order::Sum* sums, Ahead& ahead) {
  using Sum = typename Order::Sum;
  constexpr int kWidth = kShuffledBytes / sizeof(Sum);
  constexpr int64_t kChunk = SumOrder<Sum>::kChunk;
  const int64_t early = length > kChunk ? 0 : length * static_cast<int64_t>(sizeof(T)) / 8;
  if (length > kChunk || rows < kWidth / 2) {
    for (int row = 0; row < rows; ++row) {
      ahead.ask_early(early);
      sums[row] = row_sum(order, x + row * length, length);
    }
    return;
  }
  for (int row = 0; row < rows; row += kWidth) {
    ShuffledVector<Sum> nodes[kWidth];
    for (int k = 0; k < kWidth; ++k) {
      nodes[k] = ShuffledVector<Sum>{};
      if (row + k >= rows) continue;
      ahead.ask_early(early);
      nodes[k] = chunk_vector(order, x + (row + k) * length, length);
    }
    sum_each_vector<typename Order::Op>(nodes, sums + row);
  }
}

template <typename Order, typename T>
void long_rows(const Order& order, const T* x, OutputStream<T>& out, int64_t length, int64_t count, T epsilon) {
  /* Norms are computed side by side, for as many rows as stay in the first-level cache: a norm waits for its own sum, not for
   * others. */
  constexpr int kMostRows = 16;
  constexpr int64_t kBytes = 16 * 1024;
  const int64_t fit = kBytes / (length * static_cast<int64_t>(sizeof(T)));
  const int together = fit < 1 ? 1 : fit < kMostRows ? static_cast<int>(fit) : kMostRows;
  Ahead ahead(x);
  typename Order::Sum sums[kMostRows];
  T by[kMostRows], reciprocals[kMostRows], rests[kMostRows];
  typename Divider<T>::Order least[kMostRows];
  for (int64_t left = count; left > 0;) {
    const int rows = left < together ? static_cast<int>(left) : together;
    row_sums(order, x, length, rows, sums, ahead);
    divisors_of(order, sums, rows, epsilon, by);
    for (int row = 0; row < rows; ++row) {
      reciprocals[row] = Divider<T>::reciprocal(by[row]);
      rests[row] = Divider<T>::rest(by[row], reciprocals[row]);
      least[row] = Divider<T>::least(by[row]);
    }
    for (int row = 0; row < rows; ++row, x += length) {
      if (order.bounds_elements() && Divider<T>::takes(by[row])) {
        out.put(length, MultipliedByOne<T>{x, by[row], reciprocals[row], rests[row], least[row], &ahead});
      } else {
        out.put(length, DividedByOne<T>{x, by[row], &ahead});
      }
    }
    left -= rows;
  }
}

/* Short rows are handled in blocks: as many as have room for their terms, each padded to a power of two. */
template <typename Order>
constexpr int kBlockPlaces = 8192 / sizeof(typename Order::Sum);

/* The widest rows that are short: they have one term a lane. Narrow registers gain nothing beyond 64. */
template <typename Order>
constexpr int kShortRow = BM_VECTOR_BYTES >= 64 ? SumOrder<typename Order::Sum>::kLanes : 64;

inline int padded_width(int width) {
  int padded = 4;
  while (padded < width) padded *= 2;
  return padded;
}

/* The sums of a block of rows of at most kPadded elements. The terms are laid out with kPadded places for each row, so that one
 * level of all their trees is one loop. */
template <int kPadded, typename Order, typename T>
void padded_row_sums(const Order& order, const T* x, int width, int rows, typename Order::Sum* sums) {
  using Sum = typename Order::Sum;
  using Op = typename Order::Op;
  const int elements = rows * width;
  Sum even[kBlockPlaces<Order>];
  Sum odd[kBlockPlaces<Order> / 2];
  if constexpr (Order::kCheapTerm) {
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
  } else {
    Sum terms[kBlockPlaces<Order>];
    order.terms(x, elements, terms);
    for (int row = 0; row < rows; ++row) {
      for (int k = 0; k < kPadded; ++k) even[row * kPadded + k] = k < width ? terms[row * width + k] : Order::kMissing;
    }
  }
  Sum* nodes = even;
  Sum* parents = odd;
  for (int level = kPadded / 2; level > 0; level /= 2) {
    BM_INDEPENDENT
    for (int k = 0; k < rows * level; ++k) parents[k] = Op::combine(nodes[2 * k], nodes[2 * k + 1]);
    Sum* const children = nodes;
    nodes = parents;
    parents = children;
  }
  memcpy(sums, nodes, static_cast<size_t>(rows) * sizeof(Sum));
}

/* The sums of a block of short rows: at most kBlockPlaces / padded_width(width) of them. */
template <typename Order, typename T>
void short_row_sums(const Order& order, const T* x, int width, int rows, typename Order::Sum* sums) {
  switch (padded_width(width)) {
    case 4:
      return padded_row_sums<4>(order, x, width, rows, sums);
    case 8:
      return padded_row_sums<8>(order, x, width, rows, sums);
    case 16:
      return padded_row_sums<16>(order, x, width, rows, sums);
    case 32:
      return padded_row_sums<32>(order, x, width, rows, sums);
    case 64:
      return padded_row_sums<64>(order, x, width, rows, sums);
    case 128:
      if constexpr (kShortRow<Order> >= 128) return padded_row_sums<128>(order, x, width, rows, sums);
  }
}

template <typename Order, typename T>
void short_rows(const Order& order, const T* x, OutputStream<T>& out, int width, int64_t count, T epsilon) {
  constexpr int kPlaces = kBlockPlaces<Order>;
  static_assert(kPlaces <= OutputStream<T>::kPiece, "a block is one piece");
  const int padded = padded_width(width);
  Ahead ahead(x);
  typename Order::Sum sums[kPlaces / 4];
  T by[kPlaces / 4];
  T divisors[kPlaces];
  for (int64_t left = count; left > 0;) {
    const int rows = left < kPlaces / padded ? static_cast<int>(left) : kPlaces / padded;
    short_row_sums(order, x, width, rows, sums);
    divisors_of(order, sums, rows, epsilon, by);
    for (int row = 0; row < rows; ++row) {
      /* Four at a time: what is too much is overwritten by the next row. */
      T* const to = divisors + row * width;
      for (int k = 0; k < width; k += 4) {
        for (int j = 0; j < 4; ++j) to[k + j] = by[row];
      }
    }
    out.put(rows * width, DividedByEach<T>{x, divisors, &ahead});
    x += rows * width;
    left -= rows;
  }
}

template <typename Order, typename T>
void normalize_rows(const Order& order, const T* x, OutputStream<T>& out, int64_t length, int64_t count, T epsilon) {
  /* A row that fills all lanes is faster by itself. */
  constexpr int64_t kLanes = SumOrder<typename Order::Sum>::kLanes;
  if (length <= kShortRow<Order> && !(Order::kCheapTerm && length == kLanes))
    return short_rows(order, x, out, static_cast<int>(length), count, epsilon);
  long_rows(order, x, out, length, count, epsilon);
}

/* ---------------------------------------------------------------------------------------------------------------- columns */

/* The sums of a tile of columns: a page, so that the rows of a wide block are read a page at a time. */
constexpr int64_t kTileBytes = 4096;

/* A block of shape [length, inner] whose rows can be read kPad elements beyond their end: the last ones from a copy. */
template <typename T>
class PaddedRows {
 public:
  static constexpr int kPad = 64 / sizeof(T);

  /* The columns [column, column + width) of the block at x. */
  PaddedRows(const T* x, int64_t length, int64_t inner, int64_t column, int64_t width)
      : x_(x + column), inner_(inner), width_(round_up(width)) {
    const int64_t beyond = column + width_ - inner;
    const int64_t unsafe = beyond <= 0 ? 0 : (beyond + inner - 1) / inner;
    first_copy_ = unsafe < length ? length - unsafe : 0;
    for (int64_t i = first_copy_; i < length; ++i) {
      T* const to = copies_ + (i - first_copy_) * width_;
      memcpy(to, x_ + i * inner, static_cast<size_t>(width) * sizeof(T));
      for (int64_t k = width; k < width_; ++k) to[k] = 0;
    }
  }

  static int64_t round_up(int64_t width) { return (width + kPad - 1) / kPad * kPad; }

  /* The width including the padding: a multiple of kPad. */
  int64_t width() const { return width_; }

  const T* row(int64_t i) const { return i < first_copy_ ? x_ + i * inner_ : copies_ + (i - first_copy_) * width_; }

 private:
  const T* x_;
  int64_t inner_;
  int64_t width_;
  int64_t first_copy_;
  /* One row of the widest tile, or less than kPad rows of kPad elements. */
  T copies_[kTileBytes / sizeof(T) + kPad * kPad];
};

/* The most columns of a tile. */
template <typename Sum>
constexpr int64_t kTileWidth = kTileBytes / sizeof(Sum);

/* The trees over the rows of a tile of columns, one tree for each column: a binary counter as in PairTree. */
template <typename Op, typename Sum>
class TileTree {
 public:
  explicit TileTree(int64_t width) : width_(width) {}

  /* Adds a node that stands for 2^kLevel leaves; there are a multiple of that many so far. source.vector(i) is the vector of
   * its columns that begins with column i: it goes up the tree without leaving the registers. Then beside(i) is called. */
  template <int kLevel, typename Source, typename Beside>
  void push(const Source& source, const Beside& beside) {
    const int carries = __builtin_ctzll(~(leaves_ >> kLevel));
    leaves_ += UINT64_C(1) << kLevel;
    switch (carries) {
      case 0:
        return climb<kLevel, 0>(source, carries, beside);
      case 1:
        return climb<kLevel, 1>(source, carries, beside);
      case 2:
        return climb<kLevel, 2>(source, carries, beside);
      case 3:
        return climb<kLevel, 3>(source, carries, beside);
      default:
        return climb<kLevel, 4>(source, carries, beside);
    }
  }

  template <int kLevel, typename Source>
  void push(const Source& source) {
    push<kLevel>(source, [](int64_t) {});
  }

  void sum(Sum* sums) const {
    bool empty = true;
    for (int level = 0; leaves_ >> level; ++level) {
      if (!(leaves_ >> level & 1)) continue;
      if (empty) {
        memcpy(sums, partial_[level], static_cast<size_t>(width_) * sizeof(Sum));
      } else {
        combine(sums, partial_[level], sums);
      }
      empty = false;
    }
  }

 private:
  template <int kLevel, int kTogether, typename Source, typename Beside>
  void climb(const Source& source, int carries, const Beside& beside) {
    Sum* const node = partial_[kLevel + carries];
    for (int64_t at = 0; at < width_; at += kVectorLanes<Sum>) {
      Vector<Sum> sums = source.vector(at);
      for (int k = 0; k < kTogether; ++k) sums = Op::combine(load_vector(partial_[kLevel + k] + at), sums);
      memcpy(node + at, &sums, sizeof sums);
      beside(at);
    }
    for (int k = kTogether; k < carries; ++k) combine(node, partial_[kLevel + k], node);
  }

  void combine(Sum* out, const Sum* left, const Sum* right) const {
    BM_INDEPENDENT
    for (int64_t k = 0; k < width_; ++k) out[k] = Op::combine(left[k], right[k]);
  }

  /* More than the levels of a tree over any memory. */
  static constexpr int kLevels = 40;

  int64_t width_;
  uint64_t leaves_ = 0;
  Sum partial_[kLevels][kTileWidth<Sum>];
};

/* A leaf of each column, in memory. */
template <typename Sum>
struct Leaves {
  const Sum* leaves;
  Vector<Sum> vector(int64_t at) const { return load_vector(leaves + at); }
};

/* The term of each of n elements. */
template <typename Order, typename T>
inline void row_terms(const Order& order, const T* x, int64_t n, typename Order::Sum* out) {
  if constexpr (Order::kCheapTerm) {
    for (int64_t k = 0; k < n; ++k) out[k] = order.term(x[k]);
  } else {
    order.terms(x, n, out);
  }
}

/* The sums of the leaves of eight rows, each of which is one leaf. */
template <typename Order, typename T>
class EightRows {
 public:
  EightRows(const Order& order, const PaddedRows<T>& x, int64_t first) : order_(order) {
    for (int j = 0; j < 8; ++j) rows_[j] = x.row(first + j);
  }

  Vector<T> vector(int64_t at) const { return sum<0, 8>(at); }

 private:
  template <int kFirst, int kCount>
  BM_ALWAYS_INLINE Vector<T> sum(int64_t at) const {
    if constexpr (kCount > 1) {
      const Vector<T> left = sum<kFirst, kCount / 2>(at), right = sum<kFirst + kCount / 2, kCount / 2>(at);
      return Order::Op::combine(left, right);
    } else {
      return order_.terms_of(load_vector(rows_[kFirst] + at));
    }
  }

  const Order& order_;
  const T* rows_[8];
};

/* The leaf of the rows first, first + kLanes, ... below end. */
template <typename Order, typename T>
void sum_leaf(const Order& order, const PaddedRows<T>& x, int64_t first, int64_t end, typename Order::Sum* leaf) {
  using Sum = typename Order::Sum;
  using Op = typename Order::Op;
  constexpr int64_t kLanes = SumOrder<Sum>::kLanes;
  const int64_t width = x.width();
  if constexpr (Order::kCheapTerm) {
    constexpr int kBlock = 4 * BM_VECTOR_BYTES / sizeof(T);
    int64_t at = 0;
    for (; at + kBlock <= width; at += kBlock) {
      const T* top = x.row(first) + at;
      Sum sums[kBlock];
      for (int k = 0; k < kBlock; ++k) sums[k] = order.term(top[k]);
      for (int64_t i = first + kLanes; i < end; i += kLanes) {
        const T* row = x.row(i) + at;
        for (int k = 0; k < kBlock; ++k) sums[k] = Op::combine(sums[k], order.term(row[k]));
      }
      for (int k = 0; k < kBlock; ++k) leaf[at + k] = sums[k];
    }
    constexpr int kPad = PaddedRows<T>::kPad;
    for (; at < width; at += kPad) {
      const T* top = x.row(first) + at;
      Sum sums[kPad];
      for (int k = 0; k < kPad; ++k) sums[k] = order.term(top[k]);
      for (int64_t i = first + kLanes; i < end; i += kLanes) {
        const T* row = x.row(i) + at;
        for (int k = 0; k < kPad; ++k) sums[k] = Op::combine(sums[k], order.term(row[k]));
      }
      for (int k = 0; k < kPad; ++k) leaf[at + k] = sums[k];
    }
  } else {
    Sum terms[kTileWidth<typename Order::Sum>];
    order.terms(x.row(first), width, leaf);
    for (int64_t i = first + kLanes; i < end; i += kLanes) {
      order.terms(x.row(i), width, terms);
      for (int64_t k = 0; k < width; ++k) leaf[k] = Op::combine(leaf[k], terms[k]);
    }
  }
}

/* The sums of the columns of a tile; sums has room for the padded width. Where eight rows are summed side by side, from row i
 * on, beside(i, k) is called after their vector of columns that begins with column k. */
template <typename Order, typename T, typename Beside>
void sum_tile(const Order& order, const PaddedRows<T>& x, int64_t length, typename Order::Sum* sums, const Beside& beside) {
  using Sum = typename Order::Sum;
  constexpr int64_t kLanes = SumOrder<Sum>::kLanes;
  constexpr int64_t kChunk = SumOrder<Sum>::kChunk;
  TileTree<typename Order::Op, Sum> tree(x.width());
  Sum leaves[kTileWidth<Sum>];
  for (int64_t start = 0; start < length; start += kChunk) {
    const int64_t end = length - start < kChunk ? length : start + kChunk;
    if (end - start <= kLanes) {
      int64_t i = start;
      if constexpr (Order::kCheapTerm) {
        for (; i + 8 <= end; i += 8) {
          tree.template push<3>(EightRows<Order, T>(order, x, i), [&](int64_t column) { beside(i, column); });
        }
      }
      for (; i < end; ++i) {
        row_terms(order, x.row(i), x.width(), leaves);
        tree.template push<0>(Leaves<Sum>{leaves});
      }
    } else {
      for (int64_t top = start; top < start + kLanes; ++top) {
        sum_leaf(order, x, top, end, leaves);
        tree.template push<0>(Leaves<Sum>{leaves});
      }
    }
  }
  tree.sum(sums);
}

template <typename Order, typename T>
void sum_tile(const Order& order, const PaddedRows<T>& x, int64_t length, typename Order::Sum* sums) {
  sum_tile(order, x, length, sums, [](int64_t, int64_t) {});
}

/* A pattern of divisors, repeated until it is long enough for a fast loop. */
template <typename T>
class Pattern {
 public:
  static constexpr int64_t kLongest = 2 * kTileBytes / sizeof(T);

  /* The first `width` divisors stand in by(), then this is called. They are repeated, no further than is of use for n elements.
   * `bounding` says that no element exceeds its divisor but by rounding. The first element is divided by divisor `at`. */
  void repeat(int64_t width, int64_t n, bool bounding, int64_t at = 0) {
    const int64_t enough = n < kLongest / 2 ? n : kLongest / 2;
    inverted_ = bounding && n / width >= kWorthwhile && invert(width);
    period_ = width;
    for (; 2 * period_ <= enough; period_ *= 2) {
      const size_t bytes = static_cast<size_t>(period_) * sizeof(T);
      memcpy(by_ + period_, by_, bytes);
      if (inverted_) {
        memcpy(reciprocals_ + period_, reciprocals_, bytes);
        memcpy(rests_ + period_, rests_, bytes);
      }
    }
    at_ = at;
  }

  T* by() { return by_; }

  /* Divides the next n elements, which begin at x. */
  void divide(const T* x, OutputStream<T>& out, int64_t n, Ahead& ahead) {
    while (n > 0) {
      const int64_t some = period_ - at_ < n ? period_ - at_ : n;
      if (inverted_) {
        out.put(some, multiplied(x, ahead));
      } else {
        out.put(some, divided(x, ahead));
      }
      x += some;
      n -= some;
      at_ = at_ + some == period_ ? 0 : at_ + some;
    }
  }

  /* Before divide_some(): after a pattern's end, so much of its beginning can be read. There were at least 2 kSome elements. */
  static constexpr int64_t kSome = OutputStream<T>::kSome;
  void lengthen() {
    const size_t bytes = kSome * sizeof(T);
    memcpy(by_ + period_, by_, bytes);
    if (inverted_) {
      memcpy(reciprocals_ + period_, reciprocals_, bytes);
      memcpy(rests_ + period_, rests_, bytes);
    }
  }

  /* As divide(), for kSome elements of a stream past the caches that stands at a line's beginning. Once for all loops that call
   * it: a copy in each of them is slower. */
  BM_NOINLINE void divide_some(const T* x, OutputStream<T>& out, Ahead& ahead) {
    if (inverted_) {
      out.put_some(multiplied(x, ahead));
    } else {
      out.put_some(divided(x, ahead));
    }
    at_ += kSome;
    if (at_ >= period_) at_ -= period_;
  }

 private:
  /* A reciprocal costs as much as two divisions. */
  static constexpr int64_t kWorthwhile = 8;

  MultipliedByEach<T> multiplied(const T* x, Ahead& ahead) const {
    return {x, by_ + at_, reciprocals_ + at_, rests_ + at_, least_, &ahead};
  }
  DividedByEach<T> divided(const T* x, Ahead& ahead) const { return {x, by_ + at_, &ahead}; }

  bool invert(int64_t width) {
    for (int64_t k = 0; k < width; ++k) {
      reciprocals_[k] = Divider<T>::reciprocal(by_[k]);
      rests_[k] = Divider<T>::rest(by_[k], reciprocals_[k]);
    }
    /* No divisor is negative, so they are ordered as their bits are, with NaN at an end; compilers compare many integers at
     * once, but floats one after another. */
    using Order = typename Divider<T>::Order;
    Order least, most;
    memcpy(&least, by_, sizeof least);
    most = least;
    for (int64_t k = 1; k < width; ++k) {
      Order bits;
      memcpy(&bits, by_ + k, sizeof bits);
      least = bits < least ? bits : least;
      most = bits > most ? bits : most;
    }
    T smallest, largest;
    memcpy(&smallest, &least, sizeof smallest);
    memcpy(&largest, &most, sizeof largest);
    least_ = Divider<T>::least(largest);
    return Divider<T>::takes(smallest) && Divider<T>::takes(largest);
  }

  T by_[kLongest + kSome];
  T reciprocals_[kLongest + kSome];
  T rests_[kLongest + kSome];
  int64_t period_ = 1;
  int64_t at_ = 0;
  bool inverted_ = false;
  typename Divider<T>::Order least_ = 0;
};

/* Blocks so small that several of them fit into one block of short rows: their columns are laid out as rows. */
template <typename Order>
bool are_tiny_blocks(int64_t length, int64_t inner) {
  return length <= kShortRow<Order> && inner <= 16 && padded_width(static_cast<int>(length)) * inner <= kBlockPlaces<Order> / 2;
}

template <typename Order, typename T>
void normalize_tiny_blocks(const Order& order, const T* x, OutputStream<T>& out, int length, int inner, int64_t blocks,
                           T epsilon) {
  constexpr int kPlaces = kBlockPlaces<Order>;
  const int most = kPlaces / padded_width(length) / inner;
  Ahead ahead(x);
  T rows[kPlaces];
  typename Order::Sum sums[kPlaces / 4];
  T by[kPlaces / 4];
  T divisors[kPlaces];
  for (; blocks > 0; blocks -= most) {
    const int n = blocks < most ? static_cast<int>(blocks) : most;
    for (int b = 0; b < n; ++b) {
      for (int k = 0; k < inner; ++k) {
        for (int i = 0; i < length; ++i) rows[(b * inner + k) * length + i] = x[(b * length + i) * inner + k];
      }
    }
    short_row_sums(order, rows, length, n * inner, sums);
    divisors_of(order, sums, n * inner, epsilon, by);
    T* to = divisors;
    for (int b = 0; b < n; ++b) {
      const T* const by_block = by + b * inner;
      for (int i = 0; i < length; ++i, to += inner) {
        for (int k = 0; k < inner; ++k) to[k] = by_block[k];
      }
    }
    out.put(n * length * inner, DividedByEach<T>{x, divisors, &ahead});
    x += n * length * inner;
  }
}

/* The largest block that surely stays in the second-level cache, beside the next one. */
constexpr int64_t kCachedBlockBytes = 512 * 1024;

/* Whether blocks past the caches are summed beside one another's division: those whose columns are summed eight rows at a time,
 * and that are worth it. */
template <typename Order, typename T>
bool are_summed_beside(int64_t length, int64_t inner) {
  using Sum = typename Order::Sum;
  const int64_t elements = length * inner;
  return Order::kCheapTerm && length >= 16 && length <= SumOrder<Sum>::kLanes && inner <= kTileWidth<Sum> &&
         elements >= 2 * Pattern<T>::kSome && elements * static_cast<int64_t>(sizeof(T)) <= kCachedBlockBytes;
}

/* Blocks past the caches. Their division waits for the memory, so the next block is summed meanwhile: a vector of columns of
 * eight of its rows, then as much of this block is divided. */
template <typename Order, typename T>
void normalize_blocks(const Order& order, const T* x, OutputStream<T>& out, int64_t length, int64_t inner, int64_t blocks,
                      T epsilon) {
  using Sum = typename Order::Sum;
  constexpr int64_t kSome = Pattern<T>::kSome;
  const int64_t elements = length * inner;
  Sum sums[kTileWidth<Sum>];
  Pattern<T> pattern;
  /* Of the next block, its first rows are asked for at once: what is summed is in the cache by then. */
  Ahead ahead(x, elements * static_cast<int64_t>(sizeof(T)));
  ahead.ask(8 * inner * static_cast<int64_t>(sizeof(T)) + Ahead::kDistance / 2);
  sum_tile(order, PaddedRows<T>(x, length, inner, 0, inner), length, sums);
  for (; blocks > 0; --blocks) {
    const T* const next = x + elements;
    divisors_of(order, sums, inner, epsilon, pattern.by());
    pattern.repeat(inner, elements, order.bounds_elements());
    if (blocks > 1) {
      pattern.lengthen();
      int64_t done = out.to_line();
      pattern.divide(x, out, done, ahead);
      sum_tile(order, PaddedRows<T>(next, length, inner, 0, inner), length, sums, [&](int64_t row, int64_t column) {
        const int64_t columns = column + kVectorLanes<T> < inner ? column + kVectorLanes<T> : inner;
        if (row * inner + 8 * columns < done + kSome) return;
        pattern.divide_some(x + done, out, ahead);
        done += kSome;
      });
      x += done;
    }
    pattern.divide(x, out, next - x, ahead);
    x = next;
  }
}

template <typename Order, typename T>
void normalize_columns(const Order& order, const T* x, T* out, int64_t length, int64_t inner, int64_t first, int64_t last,
                       T epsilon, bool streaming) {
  using Sum = typename Order::Sum;
  constexpr int64_t kTile = kTileWidth<Sum>;
  /* For the blocks that are handled whole: they lie one after another. */
  OutputStream<T> blocks(out + (first + inner - 1) / inner * length * inner, streaming);
  Sum sums[kTile];
  Pattern<T> pattern;
  /* A block that stays in the second-level cache needs nothing while it is divided: the next one is asked for. */
  const int64_t bytes = length * inner * static_cast<int64_t>(sizeof(T));
  const int64_t distance = bytes <= kCachedBlockBytes ? bytes : Ahead::kDistance;
  for (int64_t line = first; line < last;) {
    const int64_t column = line % inner;
    const int64_t start = line / inner * length * inner;
    if (blocks.streams() && column == 0 && last - line >= inner && are_summed_beside<Order, T>(length, inner)) {
      const int64_t whole = (last - line) / inner;
      normalize_blocks(order, x + start, blocks, length, inner, whole, epsilon);
      line += whole * inner;
      continue;
    }
    int64_t width = inner - column < last - line ? inner - column : last - line;
    if (width > kTile) width = kTile;
    const T* const block = x + start;
    sum_tile(order, PaddedRows<T>(block, length, inner, column, width), length, sums);
    divisors_of(order, sums, width, epsilon, pattern.by());
    if (width == inner) {
      pattern.repeat(width, length * inner, order.bounds_elements());
      Ahead ahead(block, distance);
      pattern.divide(block, blocks, length * inner, ahead);
    } else {
      pattern.repeat(width, length * width, order.bounds_elements());
      for (int64_t i = 0; i < length; ++i) {
        const int64_t row = start + i * inner + column;
        OutputStream<T> segment(out + row, streaming);
        Ahead ahead(x + row);
        pattern.divide(x + row, segment, width, ahead);
        segment.end_segment();
      }
    }
    line += width;
  }
  blocks.end();
}

/* -------------------------------------------------------------------------------------------------------------- the kernels */

template <typename T>
void normalize_as(const T* x, T* out, int64_t length, int64_t inner, int64_t first, int64_t last, double order, T epsilon,
                  bool streaming) {
  with_order<T>(order, [&](auto by) {
    if (inner == 1) {
      OutputStream<T> rows(out + first * length, streaming);
      normalize_rows(by, x + first * length, rows, length, last - first, epsilon);
      rows.end();
    } else if (are_tiny_blocks<decltype(by)>(length, inner) && first % inner == 0 && last % inner == 0) {
      OutputStream<T> blocks(out + first * length, streaming);
      normalize_tiny_blocks(by, x + first * length, blocks, static_cast<int>(length), static_cast<int>(inner),
                            (last - first) / inner, epsilon);
      blocks.end();
    } else {
      normalize_columns(by, x, out, length, inner, first, last, epsilon, streaming);
    }
  });
}

template <typename T>
void norm_sums_as(const T* x, int64_t length, int64_t inner, int64_t first, int64_t last, double order, double* out) {
  with_order<T>(order, [&](auto by) {
    using Order = decltype(by);
    if (inner == 1) {
      for (int64_t row = first; row < last; ++row) *out++ = row_sum(by, x + row * length, length);
      return;
    }
    typename Order::Sum sums[kTileWidth<typename Order::Sum>];
    for (int64_t line = first; line < last;) {
      const int64_t column = line % inner;
      int64_t width = inner - column < last - line ? inner - column : last - line;
      if (width > kTileWidth<typename Order::Sum>) width = kTileWidth<typename Order::Sum>;
      sum_tile(by, PaddedRows<T>(x + line / inner * length * inner, length, inner, column, width), length, sums);
      for (int64_t k = 0; k < width; ++k) *out++ = sums[k];
      line += width;
    }
  });
}

template <typename T>
void divide_as(const T* x, T* out, const double* divisors, int64_t inner, int64_t first, int64_t last, bool streaming) {
  OutputStream<T> stream(out + first, streaming);
  Pattern<T> pattern;
  T* const by = pattern.by();
  if (inner <= pattern.kLongest / 2) {
    for (int64_t k = 0; k < inner; ++k) by[k] = static_cast<T>(divisors[k]);
    pattern.repeat(inner, last - first, false, first % inner);
    Ahead ahead(x + first);
    pattern.divide(x + first, stream, last - first, ahead);
  } else {
    for (int64_t done = first; done < last;) {
      const int64_t at = done % inner;
      int64_t n = inner - at < last - done ? inner - at : last - done;
      if (n > pattern.kLongest) n = pattern.kLongest;
      for (int64_t k = 0; k < n; ++k) by[k] = static_cast<T>(divisors[at + k]);
      pattern.repeat(n, n, false);
      Ahead ahead(x + done);
      pattern.divide(x + done, stream, n, ahead);
      done += n;
    }
  }
  stream.end();
}

}  // namespace

void normalize(const void* x, void* out, int32_t type, int64_t length, int64_t inner, int64_t first, int64_t last, double order,
               double epsilon, bool streaming) {
  if (type == BM_FLOAT32) {
    normalize_as(static_cast<const float*>(x), static_cast<float*>(out), length, inner, first, last, order,
                 static_cast<float>(epsilon), streaming);
  } else {
    normalize_as(static_cast<const double*>(x), static_cast<double*>(out), length, inner, first, last, order, epsilon,
                 streaming);
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

void divide(const void* x, void* out, int32_t type, const double* divisors, int64_t inner, int64_t first, int64_t last,
            bool streaming) {
  if (type == BM_FLOAT32) {
    divide_as(static_cast<const float*>(x), static_cast<float*>(out), divisors, inner, first, last, streaming);
  } else {
    divide_as(static_cast<const double*>(x), static_cast<double*>(out), divisors, inner, first, last, streaming);
  }
}

}  // namespace BM_BUILD
}  // namespace batchmill
