/* Mean, sum of squared deviations, least and greatest value of each feature of a tile, in double.
 *
 * A tile lies in a cache, so it is read twice: once for the mean and once for the deviations from it, which no single pass gets
 * right when the mean is large (Chan, Golub and LeVeque, "Algorithms for computing the sample variance: analysis and
 * recommendations", The American Statistician 37, 1983). The mean is taken, and given, as a difference from a pivot, some value
 * of the feature: so it has the digits of the spread, not of the mean, and a feature that never changes has exactly no
 * variance.
 *
 * The order of adding is a contract with dev.batchmill.internal.kernel.TileStatistics, which gives the same bits:
 *
 * Columns: features side by side. Rows are dealt to lanes in turn, each lane adds its rows in order, and the lanes are folded
 * in halves. There are as many lanes, a power of two, as make at least kLanes sums where rows lie one behind the other, else
 * one.
 *
 * Runs: every feature a run of inner elements in each row. A run is dealt to kRunLanes lanes in turn, which are folded in
 * halves (a shorter run is added in order), and the sums of runs are added in the order of the rows. */
#include "batchmill/batchmill.h"
#include "batchmill/portability.h"
#include "batchmill/sum_order.h"
#include "build.h"
#include "element.h"

namespace batchmill {
namespace BM_BUILD {
namespace {

constexpr int64_t kLanes = 64;
constexpr int64_t kRunLanes = 32;
/* Columns handled at a time; no fewer than lanes * features may come to. */
constexpr int64_t kColumns = 512;

template <typename From>
inline double number(From x) {
  return converted<double>(x);
}
inline double number(Bool x) { return x.value != 0 ? 1.0 : 0.0; }

/* What is gathered from the elements, given the element and the shift of its feature. */
struct Difference {
  using Op = Add;
  static constexpr double kNone = 0;
  static double of(double x, double shift) { return x - shift; }
};
struct SquaredDifference : Difference {
  static double of(double x, double shift) { return (x - shift) * (x - shift); }
};
struct Least {
  using Op = Min;
  static constexpr double kNone = __builtin_huge_val();
  static double of(double x, double) { return x; }
};
struct Greatest : Least {
  using Op = Max;
  static constexpr double kNone = -__builtin_huge_val();
};

template <typename From>
struct Tile {
  const From* x;
  int64_t rows;
  int64_t row_stride;
  int64_t features;
  int64_t feature_stride;
  int64_t inner;

  bool is_columns() const { return inner == 1 && feature_stride == 1; }
};

/* Gathers the columns [first, first + n) of a tile; shift and sums hold kColumns numbers, the first n of which count. */
template <typename Term, typename From>
void gather_columns(const Tile<From>& tile, int64_t first, int64_t n, double* shift, double* sums) {
  using Op = typename Term::Op;
  int64_t lanes = 1;
  if (tile.row_stride == tile.features) {
    while (lanes * tile.features < kLanes) lanes *= 2;
  }
  const int64_t width = lanes * n;
  for (int64_t k = n; k < width; ++k) shift[k] = shift[k - n];
  for (int64_t k = 0; k < width; ++k) sums[k] = Term::kNone;
  int64_t row = 0;
  for (; row + lanes <= tile.rows; row += lanes) {
    const From* const from = tile.x + row * tile.row_stride + first;
    BM_INDEPENDENT
    for (int64_t k = 0; k < width; ++k) sums[k] = Op::combine(sums[k], Term::of(number(from[k]), shift[k]));
  }
  if (row < tile.rows) {
    /* There are lanes, so the rows that are left lie one behind the other. */
    const From* const from = tile.x + row * tile.row_stride + first;
    for (int64_t k = 0; k < (tile.rows - row) * n; ++k) sums[k] = Op::combine(sums[k], Term::of(number(from[k]), shift[k]));
  }
  for (int64_t half = width / 2; half >= n; half /= 2) {
    BM_INDEPENDENT
    for (int64_t k = 0; k < half; ++k) sums[k] = Op::combine(sums[k], sums[k + half]);
  }
}

template <typename Term, typename From>
double gather_run(const From* x, int64_t n, double shift) {
  using Op = typename Term::Op;
  double sums[kRunLanes];
  if (n < kRunLanes) {
    double sum = Term::kNone;
    for (int64_t i = 0; i < n; ++i) sum = Op::combine(sum, Term::of(number(x[i]), shift));
    return sum;
  }
  for (int64_t k = 0; k < kRunLanes; ++k) sums[k] = Term::of(number(x[k]), shift);
  int64_t i = kRunLanes;
  for (; i + kRunLanes <= n; i += kRunLanes) {
    for (int64_t k = 0; k < kRunLanes; ++k) sums[k] = Op::combine(sums[k], Term::of(number(x[i + k]), shift));
  }
  for (int64_t k = 0; i + k < n; ++k) sums[k] = Op::combine(sums[k], Term::of(number(x[i + k]), shift));
  for (int64_t half = kRunLanes / 2; half > 0; half /= 2) {
    for (int64_t k = 0; k < half; ++k) sums[k] = Op::combine(sums[k], sums[k + half]);
  }
  return sums[0];
}

template <typename Term, typename From>
double gather_runs(const Tile<From>& tile, int64_t feature, double shift) {
  double sum = Term::kNone;
  for (int64_t row = 0; row < tile.rows; ++row) {
    const From* const run = tile.x + row * tile.row_stride + feature * tile.feature_stride;
    sum = Term::Op::combine(sum, gather_run<Term>(run, tile.inner, shift));
  }
  return sum;
}

template <typename From>
void moments_of(const Tile<From>& tile, const double* pivots, double* means, double* squares) {
  const double count = static_cast<double>(tile.rows * tile.inner);
  if (!tile.is_columns()) {
    for (int64_t f = 0; f < tile.features; ++f) {
      means[f] = gather_runs<Difference>(tile, f, pivots[f]) / count;
      squares[f] = gather_runs<SquaredDifference>(tile, f, pivots[f] + means[f]);
    }
    return;
  }
  double shift[kColumns];
  double sums[kColumns];
  for (int64_t first = 0; first < tile.features; first += kColumns) {
    const int64_t n = tile.features - first < kColumns ? tile.features - first : kColumns;
    for (int64_t k = 0; k < n; ++k) shift[k] = pivots[first + k];
    gather_columns<Difference>(tile, first, n, shift, sums);
    for (int64_t k = 0; k < n; ++k) {
      means[first + k] = sums[k] / count;
      shift[k] = pivots[first + k] + means[first + k];
    }
    gather_columns<SquaredDifference>(tile, first, n, shift, sums);
    for (int64_t k = 0; k < n; ++k) squares[first + k] = sums[k];
  }
}

template <typename Term, typename From>
void extremes_of(const Tile<From>& tile, double* values) {
  double shift[kColumns] = {};
  double found[kColumns];
  for (int64_t first = 0; first < tile.features; first += kColumns) {
    const int64_t n = tile.features - first < kColumns ? tile.features - first : kColumns;
    if (tile.is_columns()) {
      gather_columns<Term>(tile, first, n, shift, found);
    } else {
      for (int64_t k = 0; k < n; ++k) found[k] = gather_runs<Term>(tile, first + k, 0);
    }
    /* Which zero is the smaller one depends on the order; -0 + 0 is 0. */
    for (int64_t k = 0; k < n; ++k) values[first + k] = found[k] + 0.0;
  }
}

}  // namespace

void moments(const void* x, int32_t type, int64_t rows, int64_t row_stride, int64_t features, int64_t feature_stride,
             int64_t inner, const double* pivots, double* means, double* squares) {
  with_type(type, [&](auto element) {
    using From = decltype(element);
    const Tile<From> tile = {static_cast<const From*>(x), rows, row_stride, features, feature_stride, inner};
    moments_of(tile, pivots, means, squares);
  });
}

void extremes(const void* x, int32_t type, int64_t rows, int64_t row_stride, int64_t features, int64_t feature_stride,
              int64_t inner, double* least, double* greatest) {
  with_type(type, [&](auto element) {
    using From = decltype(element);
    const Tile<From> tile = {static_cast<const From*>(x), rows, row_stride, features, feature_stride, inner};
    extremes_of<Least>(tile, least);
    extremes_of<Greatest>(tile, greatest);
  });
}

}  // namespace BM_BUILD
}  // namespace batchmill
