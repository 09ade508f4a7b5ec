/* Scale and shift on every instruction set that this machine has, against the definition. */
#include <doctest/doctest.h>
#include <string.h>

#include <cmath>
#include <limits>
#include <memory>
#include <random>
#include <type_traits>
#include <vector>

#include "batchmill/batchmill.h"
#include "kernels.h"

namespace {

using batchmill::Kernels;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::vector<const Kernels*> builds() {
  const Kernels* all[batchmill::kMaxBuilds];
  return {all, all + batchmill::supported_kernels(all)};
}

template <typename T>
constexpr int32_t type_of() {
  if (std::is_same_v<T, float>) return BM_FLOAT32;
  if (std::is_same_v<T, double>) return BM_FLOAT64;
  if (std::is_same_v<T, int8_t>) return BM_INT8;
  if (std::is_same_v<T, int16_t>) return BM_INT16;
  if (std::is_same_v<T, int32_t>) return BM_INT32;
  if (std::is_same_v<T, int64_t>) return BM_INT64;
  return BM_UINT8;
}

/* Exactly n elements, so that the address sanitizer sees the first step beyond them. */
template <typename T>
std::unique_ptr<T[]> copy(const std::vector<T>& values) {
  std::unique_ptr<T[]> memory(new T[values.size()]);
  for (size_t i = 0; i < values.size(); ++i) memory[i] = values[i];
  return memory;
}

template <typename T>
std::vector<T> random_values(size_t n, unsigned seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal(0, 30);
  std::vector<T> values(n);
  for (T& value : values) value = std::is_floating_point_v<T> ? static_cast<T>(normal(random)) : static_cast<T>(random());
  return values;
}

template <typename From, typename To>
To expected(From x, bool divide, double a, double b, double low, double high) {
  constexpr bool kWide =
      sizeof(To) == 8 || std::is_same_v<From, double> || std::is_same_v<From, int32_t> || std::is_same_v<From, int64_t>;
  using C = std::conditional_t<kWide, double, float>;
  /* Volatile: what is rounded before what. */
  volatile C step = divide ? static_cast<C>(x) - static_cast<C>(a) : static_cast<C>(x) * static_cast<C>(a);
  C y = divide ? step / static_cast<C>(b) : step + static_cast<C>(b);
  if (y < static_cast<C>(low)) y = static_cast<C>(low);
  if (y > static_cast<C>(high)) y = static_cast<C>(high);
  return static_cast<To>(y);
}

struct Block {
  int64_t outer, features, inner;
};

template <typename From, typename To>
void check(const Kernels& kernels, Block block, bool divide, double low, double high, bool streaming) {
  CAPTURE(kernels.isa);
  CAPTURE(block.outer);
  CAPTURE(block.features);
  CAPTURE(block.inner);
  CAPTURE(divide);
  CAPTURE(streaming);
  const int64_t size = block.outer * block.features * block.inner;
  const std::vector<From> values = random_values<From>(size, static_cast<unsigned>(size));
  std::vector<double> a = random_values<double>(block.features, 1), b = random_values<double>(block.features, 2);
  std::vector<To> wanted(size);
  for (int64_t e = 0; e < size; ++e) {
    const int64_t f = e / block.inner % block.features;
    wanted[e] = expected<From, To>(values[e], divide, a[f], b[f], low, high);
  }
  const std::unique_ptr<From[]> x = copy(values);
  const std::unique_ptr<double[]> a_held = copy(a), b_held = copy(b);
  /* Whole, and in three ranges. */
  for (const std::vector<int64_t>& cuts :
       {std::vector<int64_t>{0, size}, std::vector<int64_t>{0, size / 3, size / 3 + size / 5, size}}) {
    const std::unique_ptr<To[]> out = copy(std::vector<To>(size, To(-77)));
    for (size_t i = 0; i + 1 < cuts.size(); ++i) {
      kernels.rescale(x.get(), type_of<From>(), out.get(), type_of<To>(), divide, a_held.get(), b_held.get(), block.features,
                      block.inner, cuts[i], cuts[i + 1], low, high, streaming);
    }
    CHECK(!memcmp(out.get(), wanted.data(), size * sizeof(To)));
  }
  if constexpr (std::is_same_v<From, To>) {
    kernels.rescale(x.get(), type_of<From>(), x.get(), type_of<To>(), divide, a_held.get(), b_held.get(), block.features,
                    block.inner, 0, size, low, high, false);
    CHECK(!memcmp(x.get(), wanted.data(), size * sizeof(To)));
  }
}

const Block kBlocks[] = {{1, 1, 1},   {1, 1, 4097}, {700, 3, 1},  {5, 3, 1},    {40, 63, 1}, {9, 512, 1},
                         {9, 513, 1}, {3, 1024, 1}, {3, 1025, 1}, {2, 5000, 1}, {30, 3, 2},  {7, 5, 63},
                         {7, 5, 64},  {3, 3, 65},   {1, 2, 2049}, {5, 1100, 7}, {2, 3, 1024}};

}  // namespace

TEST_CASE_TEMPLATE("rescale gives the definition's bits", From, float, double, int8_t, int16_t, int32_t, int64_t, uint8_t) {
  for (const Kernels* kernels : builds()) {
    for (const Block& block : kBlocks) {
      for (bool divide : {false, true}) {
        for (bool streaming : {false, true}) {
          check<From, float>(*kernels, block, divide, -kInfinity, kInfinity, streaming);
          check<From, double>(*kernels, block, divide, -20.5, 77.1, streaming);
        }
      }
    }
  }
}

TEST_CASE("rescale reads half floats and truth values") {
  const uint16_t halves[] = {0x3c00, 0xc000, 0x7bff, 0x0001};
  const uint16_t bfloats[] = {0x3f80, 0xc000, 0x4120, 0x0000};
  const uint8_t truths[] = {0, 1, 2, 0};
  const double two = 2, one = 1;
  for (const Kernels* kernels : builds()) {
    float out[4];
    kernels->rescale(halves, BM_FLOAT16, out, BM_FLOAT32, false, &two, &one, 1, 1, 0, 4, -kInfinity, kInfinity, false);
    CHECK(out[0] == 3);
    CHECK(out[1] == -3);
    CHECK(out[2] == 131009);
    CHECK(out[3] == 1 + 0x1p-23f);
    kernels->rescale(bfloats, BM_BFLOAT16, out, BM_FLOAT32, false, &two, &one, 1, 1, 0, 4, -kInfinity, kInfinity, false);
    CHECK(out[2] == 21);
    CHECK(out[3] == 1);
    double wide[4];
    kernels->rescale(truths, BM_BOOL, wide, BM_FLOAT64, true, &two, &two, 1, 1, 0, 4, -kInfinity, kInfinity, false);
    CHECK(wide[0] == -1);
    CHECK(wide[1] == -0.5);
    CHECK(wide[2] == -0.5);
  }
}

TEST_CASE("NaN passes the bounds of rescale") {
  const float x[] = {NAN, INFINITY, -INFINITY, 0.5f};
  const double one = 1, zero = 0;
  for (const Kernels* kernels : builds()) {
    float out[4];
    kernels->rescale(x, BM_FLOAT32, out, BM_FLOAT32, false, &one, &zero, 1, 1, 0, 4, 0, 1, false);
    CHECK(std::isnan(out[0]));
    CHECK(out[1] == 1);
    CHECK(out[2] == 0);
    CHECK(out[3] == 0.5f);
  }
}

TEST_CASE("bm_rescale refuses what it can see to be wrong") {
  const float x[2] = {1, 2};
  float y[2] = {7, 7};
  const double p[2] = {1, 1};
  CHECK(bm_rescale(x, -1, y, BM_FLOAT32, 0, p, p, 1, 1, 0, 2, 0, 1, 0) == BM_INVALID_ARGUMENT);
  CHECK(bm_rescale(x, BM_FLOAT32, y, BM_INT32, 0, p, p, 1, 1, 0, 2, 0, 1, 0) == BM_INVALID_ARGUMENT);
  CHECK(bm_rescale(x, BM_FLOAT32, y, BM_FLOAT32, 0, p, p, 0, 1, 0, 2, 0, 1, 0) == BM_INVALID_ARGUMENT);
  CHECK(bm_rescale(x, BM_FLOAT32, y, BM_FLOAT32, 0, p, p, 1, 0, 0, 2, 0, 1, 0) == BM_INVALID_ARGUMENT);
  CHECK(bm_rescale(x, BM_FLOAT32, y, BM_FLOAT32, 0, p, p, 1, 1, 1, 0, 0, 1, 0) == BM_INVALID_ARGUMENT);
  CHECK(bm_rescale(x, BM_FLOAT32, y, BM_FLOAT32, 0, p, p, 1, 1, -1, 0, 0, 1, 0) == BM_INVALID_ARGUMENT);
  CHECK(bm_rescale(x, BM_FLOAT32, y, BM_FLOAT32, 0, p, p, 1, 1, 0, 2, std::nan(""), 1, 0) == BM_INVALID_ARGUMENT);
  CHECK(bm_rescale(nullptr, BM_FLOAT32, y, BM_FLOAT32, 0, p, p, 1, 1, 0, 2, 0, 1, 0) == BM_INVALID_ARGUMENT);
  CHECK(bm_rescale(x, BM_FLOAT32, y, BM_FLOAT32, 0, nullptr, p, 1, 1, 0, 2, 0, 1, 0) == BM_INVALID_ARGUMENT);
  CHECK(bm_rescale(nullptr, BM_FLOAT32, nullptr, BM_FLOAT32, 0, nullptr, nullptr, 0, 0, 0, 0, 0, 1, 0) == BM_OK);
  CHECK(y[0] == 7);
  CHECK(bm_rescale(x, BM_FLOAT32, y, BM_FLOAT32, 0, p, p, 2, 1, 0, 2, 0, 9, 0) == BM_OK);
  CHECK(y[1] == 3);
}
