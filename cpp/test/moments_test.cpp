/* The statistics of features on every instruction set that this machine has: against the order of adding that moments.cpp
 * describes, written down plainly. */
#include <doctest/doctest.h>
#include <string.h>

#include <cmath>
#include <limits>
#include <memory>
#include <random>
#include <vector>

#include "batchmill/batchmill.h"
#include "kernels.h"

namespace {

using batchmill::Kernels;

std::vector<const Kernels*> builds() {
  const Kernels* all[batchmill::kMaxBuilds];
  return {all, all + batchmill::supported_kernels(all)};
}

struct Tile {
  int64_t rows, row_stride, features, feature_stride, inner;

  int64_t extent() const { return (rows - 1) * row_stride + (features - 1) * feature_stride + inner; }
};

double fold(std::vector<double> lanes) {
  for (size_t half = lanes.size() / 2; half > 0; half /= 2) {
    for (size_t k = 0; k < half; ++k) lanes[k] += lanes[k + half];
  }
  return lanes[0];
}

/* term(row, i) is what element i of a feature's run in a row adds. */
template <typename Term>
double plain_sum(const Tile& tile, Term term) {
  if (tile.inner == 1 && tile.feature_stride == 1) {
    size_t count = 1;
    while (tile.row_stride == tile.features && count * tile.features < 64) count *= 2;
    std::vector<double> lanes(count, 0.0);
    for (int64_t row = 0; row < tile.rows; ++row) lanes[row % count] += term(row, 0);
    return fold(lanes);
  }
  double sum = 0;
  for (int64_t row = 0; row < tile.rows; ++row) {
    std::vector<double> lanes(tile.inner < 32 ? 1 : 32, 0.0);
    for (int64_t i = 0; i < tile.inner; ++i) lanes[i % lanes.size()] += term(row, i);
    sum += fold(lanes);
  }
  return sum;
}

const Tile kTiles[] = {
    {1, 1, 1, 1, 1},          {63, 1, 1, 1, 1},     {64, 1, 1, 1, 1},     {65, 1, 1, 1, 1},      {4097, 1, 1, 1, 1},
    {1000, 3, 3, 1, 1},       {129, 31, 31, 1, 1},  {129, 63, 63, 1, 1},  {33, 64, 64, 1, 1},    {33, 65, 65, 1, 1},
    {20, 511, 511, 1, 1},     {20, 512, 512, 1, 1}, {20, 513, 513, 1, 1}, {7, 1300, 1300, 1, 1}, {7, 1300, 512, 1, 1},
    {9, 40, 7, 1, 1},         {5, 12, 3, 4, 2},     {5, 93, 3, 31, 31},   {5, 96, 3, 32, 32},    {5, 99, 3, 33, 33},
    {2, 3000, 2, 1500, 1000}, {1, 0, 1, 9, 65},     {3, 4, 1, 2, 1},      {4, 9, 2, 3, 1},       {1, 1, 600, 2, 2}};

}  // namespace

TEST_CASE_TEMPLATE("moments add in their order", T, float, double, int8_t, uint8_t, int32_t) {
  const int32_t type = sizeof(T) == 8   ? BM_FLOAT64
                       : T(0.5) != 0    ? BM_FLOAT32
                       : sizeof(T) == 4 ? BM_INT32
                       : T(-1) < T(0)   ? BM_INT8
                                        : BM_UINT8;
  for (const Kernels* kernels : builds()) {
    for (const Tile& tile : kTiles) {
      CAPTURE(kernels->isa);
      CAPTURE(tile.rows);
      CAPTURE(tile.features);
      CAPTURE(tile.inner);
      std::mt19937 random(static_cast<unsigned>(tile.rows));
      std::normal_distribution<double> normal(60, 20);
      const std::unique_ptr<T[]> x(new T[tile.extent()]);
      for (int64_t i = 0; i < tile.extent(); ++i) x[i] = static_cast<T>(normal(random));
      const std::unique_ptr<double[]> pivots(new double[tile.features]);
      for (int64_t f = 0; f < tile.features; ++f) pivots[f] = 50 + static_cast<double>(f % 9);
      const std::unique_ptr<double[]> means(new double[tile.features]), squares(new double[tile.features]);
      const std::unique_ptr<double[]> least(new double[tile.features]), greatest(new double[tile.features]);
      kernels->moments(x.get(), type, tile.rows, tile.row_stride, tile.features, tile.feature_stride, tile.inner, pivots.get(),
                       means.get(), squares.get());
      kernels->extremes(x.get(), type, tile.rows, tile.row_stride, tile.features, tile.feature_stride, tile.inner, least.get(),
                        greatest.get());
      for (int64_t f = 0; f < tile.features; ++f) {
        const auto element = [&](int64_t row, int64_t i) {
          return static_cast<double>(x[row * tile.row_stride + f * tile.feature_stride + i]);
        };
        const double shifts = plain_sum(tile, [&](int64_t row, int64_t i) { return element(row, i) - pivots[f]; });
        const double offset = shifts / static_cast<double>(tile.rows * tile.inner);
        const double mean = pivots[f] + offset;
        REQUIRE(means[f] == offset);
        REQUIRE(squares[f] ==
                plain_sum(tile, [&](int64_t row, int64_t i) { return (element(row, i) - mean) * (element(row, i) - mean); }));
        double low = element(0, 0), high = low;
        for (int64_t row = 0; row < tile.rows; ++row) {
          for (int64_t i = 0; i < tile.inner; ++i) {
            low = std::min(low, element(row, i));
            high = std::max(high, element(row, i));
          }
        }
        REQUIRE(least[f] == low);
        REQUIRE(greatest[f] == high);
      }
    }
  }
}

TEST_CASE("a feature that never changes has no variance") {
  for (const Kernels* kernels : builds()) {
    for (int64_t rows : {1, 3, 1000}) {
      for (int64_t inner : {1, 7, 40}) {
        const std::vector<double> x(rows * inner * 2, 0.1);
        const double pivots[] = {0.1, 0.1};
        double means[2], squares[2];
        kernels->moments(x.data(), BM_FLOAT64, rows, 2 * inner, 2, inner, inner, pivots, means, squares);
        CHECK(means[0] == 0);
        CHECK(squares[1] == 0);
      }
    }
  }
}

TEST_CASE("NaN stays with its feature") {
  for (const Kernels* kernels : builds()) {
    for (int64_t at : {0, 2, 100, 398}) {
      std::vector<float> x(400, 1);
      x[at] = std::numeric_limits<float>::quiet_NaN();
      const double pivots[] = {0, 0};
      double a[2], b[2];
      kernels->moments(x.data(), BM_FLOAT32, 200, 2, 2, 1, 1, pivots, a, b);
      CHECK(std::isnan(a[0]));
      CHECK(std::isnan(b[0]));
      CHECK(a[1] == 1);
      kernels->extremes(x.data(), BM_FLOAT32, 200, 2, 2, 1, 1, a, b);
      CHECK(std::isnan(a[0]));
      CHECK(std::isnan(b[0]));
      CHECK(b[1] == 1);
    }
  }
}

TEST_CASE("the least and the greatest zero are +0") {
  for (const Kernels* kernels : builds()) {
    const double x[] = {-0.0, 0.0, -0.0};
    double least, greatest;
    kernels->extremes(x, BM_FLOAT64, 3, 1, 1, 1, 1, &least, &greatest);
    CHECK_FALSE(std::signbit(least));
    CHECK_FALSE(std::signbit(greatest));
  }
}

TEST_CASE("bm_moments and bm_extremes refuse what they can see to be wrong") {
  const float x[2] = {1, 2};
  double a[2] = {7, 7}, b[2] = {7, 7};
  CHECK(bm_moments(x, 10, 1, 2, 2, 1, 1, a, a, b) == BM_INVALID_ARGUMENT);
  CHECK(bm_moments(x, BM_FLOAT32, 0, 2, 2, 1, 1, a, a, b) == BM_INVALID_ARGUMENT);
  CHECK(bm_moments(x, BM_FLOAT32, 1, -2, 2, 1, 1, a, a, b) == BM_INVALID_ARGUMENT);
  CHECK(bm_moments(x, BM_FLOAT32, 1, 2, -1, 1, 1, a, a, b) == BM_INVALID_ARGUMENT);
  CHECK(bm_moments(x, BM_FLOAT32, 1, 2, 2, -1, 1, a, a, b) == BM_INVALID_ARGUMENT);
  CHECK(bm_extremes(x, BM_FLOAT32, 1, 2, 2, 1, 0, a, b) == BM_INVALID_ARGUMENT);
  CHECK(bm_extremes(nullptr, BM_FLOAT32, 1, 2, 2, 1, 1, a, b) == BM_INVALID_ARGUMENT);
  CHECK(bm_moments(nullptr, BM_FLOAT32, 1, 0, 0, 1, 1, nullptr, nullptr, nullptr) == BM_OK);
  CHECK(bm_extremes(nullptr, BM_FLOAT32, 1, 0, 0, 1, 1, nullptr, nullptr) == BM_OK);
  CHECK(a[0] == 7);
  CHECK(bm_extremes(x, BM_FLOAT32, 2, 1, 1, 1, 1, a, b) == BM_OK);
  CHECK(a[0] == 1);
  CHECK(b[0] == 2);
}
