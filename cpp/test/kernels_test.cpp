/* The kernels of every instruction set that this machine has, against plain loops. */
#include "kernels.h"

#include <doctest/doctest.h>
#include <math.h>
#include <string.h>

#include <limits>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "batchmill/batchmill.h"
#include "batchmill/sum_order.h"

namespace {

using batchmill::Kernels;
using batchmill::SumOrder;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
const int64_t kLengths[] = {1,  2,   3,   4,   5,   7,   8,   9,   10,  15,   16,   17,   31,   32,   33,   63,   64,
                            65, 127, 128, 129, 255, 256, 257, 511, 513, 1023, 1024, 1025, 2047, 2048, 2049, 4097, 10369};

std::vector<const Kernels*> builds() {
  const Kernels* all[batchmill::kMaxBuilds];
  return {all, all + batchmill::supported_kernels(all)};
}

/* Memory of exactly n elements, so that the address sanitizer sees the first step beyond it. */
template <typename T>
std::unique_ptr<T[]> copy(const std::vector<T>& values) {
  std::unique_ptr<T[]> memory(new T[values.size()]);
  for (size_t i = 0; i < values.size(); ++i) memory[i] = values[i];
  return memory;
}

template <typename T>
std::vector<T> random_values(size_t n, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<double> normal;
  std::vector<T> values(n);
  for (T& value : values) {
    const unsigned kind = random() % 16;
    value = static_cast<T>(kind == 0 ? 0.0 : kind == 1 ? -0.0 : kind == 2 ? normal(random) * 1e-40 : normal(random));
  }
  return values;
}

template <typename T>
void normalize(const Kernels& kernels, const T* x, T* out, int64_t length, int64_t inner, int64_t first, int64_t last,
               double order, double epsilon = 0, bool streaming = false) {
  kernels.normalize(x, out, sizeof(T) == 4 ? BM_FLOAT32 : BM_FLOAT64, length, inner, first, last, order, epsilon, streaming);
}

/* The sum as sum_order.h words it: all leaves, missing ones too, then level by level. */
template <typename T>
T plain_sum(const std::vector<T>& terms) {
  constexpr size_t kLanes = SumOrder<T>::kLanes, kChunk = SumOrder<T>::kChunk;
  std::vector<T> level;
  for (size_t start = 0; start < terms.size(); start += kChunk) {
    for (size_t lane = 0; lane < kLanes; ++lane) {
      T sum = 0;
      for (size_t i = start + lane; i < start + kChunk && i < terms.size(); i += kLanes) sum += terms[i];
      level.push_back(sum);
    }
  }
  while (level.size() > 1) {
    if (level.size() % 2) level.push_back(0);
    for (size_t k = 0; k < level.size() / 2; ++k) level[k] = level[2 * k] + level[2 * k + 1];
    level.resize(level.size() / 2);
  }
  return level.empty() ? 0 : level[0];
}

template <typename T>
T plain_norm(const std::vector<T>& line, double order) {
  std::vector<T> terms;
  T largest = 0, smallest = std::numeric_limits<T>::infinity();
  for (T x : line) {
    const T magnitude = std::fabs(x);
    terms.push_back(order == 2 ? x * x : order == 0 ? T(x != 0) : magnitude);
    if (magnitude > largest) largest = magnitude;
    if (magnitude < smallest) smallest = magnitude;
  }
  if (order == kInfinity) return largest;
  if (order == -kInfinity) return smallest;
  const T sum = plain_sum(terms);
  return order == 2 ? std::sqrt(sum) : sum;
}

template <typename T>
std::vector<T> plain_normalize(const std::vector<T>& x, int64_t outer, int64_t length, int64_t inner, double order) {
  std::vector<T> out(x.size());
  for (int64_t o = 0; o < outer; ++o) {
    for (int64_t i = 0; i < inner; ++i) {
      std::vector<T> line;
      for (int64_t k = 0; k < length; ++k) line.push_back(x[(o * length + k) * inner + i]);
      const T norm = plain_norm(line, order);
      for (int64_t k = 0; k < length; ++k) {
        out[(o * length + k) * inner + i] = norm == 0 ? line[k] : line[k] / norm;
      }
    }
  }
  return out;
}

template <typename T>
bool same_bits(const T* a, const std::vector<T>& b) {
  return !memcmp(a, b.data(), b.size() * sizeof(T));
}

template <typename T>
void check(const Kernels& kernels, int64_t outer, int64_t length, int64_t inner, double order) {
  CAPTURE(kernels.isa);
  CAPTURE(outer);
  CAPTURE(length);
  CAPTURE(inner);
  CAPTURE(order);
  const std::vector<T> x = random_values<T>(outer * length * inner, static_cast<unsigned>(length * 31 + inner));
  const std::vector<T> expected = plain_normalize(x, outer, length, inner, order);
  const std::unique_ptr<T[]> from = copy(x), to = copy(std::vector<T>(x.size()));
  normalize(kernels, from.get(), to.get(), length, inner, 0, outer * inner, order);
  CHECK(same_bits(from.get(), x));
  CHECK(same_bits(to.get(), expected));
  /* In place, in three ranges. */
  const int64_t lines = outer * inner, a = lines / 3, b = lines / 2;
  normalize(kernels, from.get(), from.get(), length, inner, b, lines, order);
  normalize(kernels, from.get(), from.get(), length, inner, 0, a, order);
  normalize(kernels, from.get(), from.get(), length, inner, a, b, order);
  CHECK(same_bits(from.get(), expected));
}

}  // namespace

TEST_CASE_TEMPLATE("normalize gives the bits of the order of adding, along rows and columns", T, float, double) {
  for (const Kernels* kernels : builds()) {
    for (int64_t length : kLengths) {
      for (double order : {0.0, 1.0, 2.0, kInfinity, -kInfinity}) {
        check<T>(*kernels, length < 100 ? 70 : 3, length, 1, order);
        check<T>(*kernels, 2, length, length < 300 ? 5 : 2, order);
      }
      if (length < 600) check<T>(*kernels, 1, length, 2 * SumOrder<T>::kLanes + 1, 2);
    }
  }
}

TEST_CASE_TEMPLATE("NaN and infinities end where IEEE arithmetic puts them", T, float, double) {
  constexpr T inf = std::numeric_limits<T>::infinity(), nan = std::numeric_limits<T>::quiet_NaN();
  for (const Kernels* kernels : builds()) {
    for (int64_t length : {3, 40, 300, 5000}) {
      for (int64_t inner : {1, 3}) {
        for (double order : {1.0, 2.0, kInfinity, -kInfinity}) {
          std::vector<T> x(length * inner, 1);
          x[(length - 1) * inner] = nan;
          normalize(*kernels, x.data(), x.data(), length, inner, 0, 1, order);
          for (int64_t i = 0; i < length; ++i) CHECK(std::isnan(x[i * inner]));
          x.assign(length * inner, 1);
          x[(length - 1) * inner] = -inf;
          normalize(*kernels, x.data(), x.data(), length, inner, 0, 1, order);
          CHECK(x[0] == (order == -kInfinity ? 1 : 0));
          CHECK((order == -kInfinity ? x[(length - 1) * inner] == -inf : std::isnan(x[(length - 1) * inner])));
        }
      }
    }
  }
}

TEST_CASE_TEMPLATE("orders that need powers are close to the definition", T, float, double) {
  const double tolerance = sizeof(T) == 4 ? 1e-6 : 1e-12;
  for (const Kernels* kernels : builds()) {
    for (double order : {3.0, 0.5, -1.0, 2.7, -0.3}) {
      for (int64_t length : {1, 10, 129, 2500}) {
        std::vector<T> x(length);
        for (int64_t i = 0; i < length; ++i) x[i] = static_cast<T>(std::sin(i + 1.0));
        double sum = 0;
        for (T value : x) sum += std::pow(std::fabs(static_cast<double>(value)), order);
        std::vector<T> out(length);
        normalize(*kernels, x.data(), out.data(), length, 1, 0, 1, order);
        for (int64_t i = 0; i < length; ++i) {
          CHECK(out[i] == doctest::Approx(x[i] / std::pow(sum, 1 / order)).epsilon(tolerance));
        }
      }
    }
  }
}

TEST_CASE_TEMPLATE("the sums of columns equal those of rows, and streams write what stores write", T, float, double) {
  const int32_t type = sizeof(T) == 4 ? BM_FLOAT32 : BM_FLOAT64;
  for (const Kernels* kernels : builds()) {
    for (int64_t inner : {1, 3, 17, 129, 1100}) {
      for (int64_t length : {1, 7, 9, 130, 2060}) {
        if (length * inner > 300000) continue;
        const std::vector<T> x = random_values<T>(length * inner, static_cast<unsigned>(inner));
        const std::unique_ptr<T[]> from = copy(x);
        for (double order : {1.0, 2.0, kInfinity}) {
          std::vector<double> sums(inner), by(inner);
          kernels->norm_sums(from.get(), type, length, inner, 0, inner, order, sums.data());
          for (int64_t i = 0; i < inner; ++i) {
            std::vector<T> line;
            for (int64_t k = 0; k < length; ++k) line.push_back(x[k * inner + i]);
            const double norm = plain_norm(line, order);
            REQUIRE((order == 2 ? static_cast<double>(std::sqrt(static_cast<T>(sums[i]))) : sums[i]) == norm);
            by[i] = norm == 0 ? 1 : norm;
          }
          const std::vector<T> expected = plain_normalize(x, 1, length, inner, order);
          for (size_t offset : {0, 1, 5}) {
            const std::unique_ptr<T[]> to = copy(std::vector<T>(x.size() + offset));
            normalize(*kernels, from.get(), to.get() + offset, length, inner, 0, inner, order, 0, true);
            CHECK(same_bits(to.get() + offset, expected));
            const std::unique_ptr<T[]> quotients = copy(std::vector<T>(x.size() + offset));
            kernels->divide(from.get(), quotients.get() + offset, type, by.data(), inner, 0, length * inner, true);
            CHECK(same_bits(quotients.get() + offset, expected));
          }
        }
      }
    }
  }
}

/* In ranges that begin and end within blocks, at any place within a line. */
TEST_CASE_TEMPLATE("blocks that are summed beside one another's division have the same bits", T, float, double) {
  constexpr int64_t kBlocks = 5;
  for (const Kernels* kernels : builds()) {
    for (int64_t inner : {5, 40, 333, 1024}) {
      for (int64_t length : {15, 23, 100, 128}) {
        const std::vector<T> x = random_values<T>(kBlocks * length * inner, static_cast<unsigned>(inner * length));
        const std::unique_ptr<T[]> from = copy(x);
        const int64_t lines = kBlocks * inner;
        for (double order : {0.0, 2.0, -kInfinity}) {
          const std::vector<T> expected = plain_normalize(x, kBlocks, length, inner, order);
          for (int64_t offset : {0, 3}) {
            for (int64_t cut : {int64_t{0}, inner, inner + inner / 2 + 1}) {
              const std::unique_ptr<T[]> to = copy(std::vector<T>(x.size() + offset));
              normalize(*kernels, from.get(), to.get() + offset, length, inner, 0, cut, order, 0, true);
              normalize(*kernels, from.get(), to.get() + offset, length, inner, cut, lines, order, 0, true);
              CHECK(same_bits(to.get() + offset, expected));
            }
          }
        }
      }
    }
  }
}

TEST_CASE("gather copies rows of every size") {
  for (const Kernels* kernels : builds()) {
    for (int64_t bytes : {1, 2, 3, 4, 7, 8, 16, 17, 64, 1000}) {
      std::vector<char> source(50 * bytes);
      for (size_t i = 0; i < source.size(); ++i) source[i] = static_cast<char>(i * 7 + i / 256);
      const std::unique_ptr<char[]> from = copy(source);
      for (int64_t count : {0, 1, 8, 9, 40}) {
        std::vector<int64_t> rows;
        for (int64_t i = 0; i < count; ++i) rows.push_back(i * 37 % 50);
        const std::unique_ptr<char[]> to = copy(std::vector<char>(count * bytes));
        kernels->gather(from.get(), bytes, rows.data(), count, to.get());
        for (int64_t i = 0; i < count; ++i) CHECK(!memcmp(&to[i * bytes], &source[rows[i] * bytes], bytes));
      }
    }
  }
}

TEST_CASE("an instruction set that is not there gives the best one") {
  const std::vector<const Kernels*> all = builds();
  for (const Kernels* kernels : all) CHECK(&batchmill::kernels_named(kernels->isa) == kernels);
  CHECK(&batchmill::kernels_named(nullptr) == all[0]);
  CHECK(&batchmill::kernels_named("") == all[0]);
  CHECK(&batchmill::kernels_named("altivec") == all[0]);
  std::string names;
  for (const Kernels* kernels : all) names += (names.empty() ? "" : ",") + std::string(kernels->isa);
  CHECK(names == bm_supported_isas());
  CHECK(all.back()->isa == std::string("baseline"));
}

TEST_CASE("the C ABI refuses what it can see to be wrong") {
  float x[4] = {3, 4, 0, 0};
  CHECK(bm_abi_version() == BM_ABI_VERSION);
  CHECK(bm_normalize(x, x, BM_FLOAT32, -1, 1, 0, 1, 2, 0, 0) == BM_INVALID_ARGUMENT);
  CHECK(bm_normalize(x, x, BM_FLOAT32, 2, -1, 0, 1, 2, 0, 0) == BM_INVALID_ARGUMENT);
  CHECK(bm_normalize(x, x, BM_FLOAT32, 2, 1, -1, 1, 2, 0, 0) == BM_INVALID_ARGUMENT);
  CHECK(bm_normalize(x, x, BM_FLOAT32, 2, 1, 1, 0, 2, 0, 0) == BM_INVALID_ARGUMENT);
  CHECK(bm_normalize(x, x, BM_FLOAT32, 2, 1, 0, 1, std::nan(""), 0, 0) == BM_INVALID_ARGUMENT);
  CHECK(bm_normalize(nullptr, x, BM_FLOAT32, 2, 1, 0, 1, 2, 0, 0) == BM_INVALID_ARGUMENT);
  CHECK(bm_normalize(nullptr, nullptr, BM_FLOAT32, 2, 1, 0, 1, 2, 0, 0) == BM_INVALID_ARGUMENT);
  CHECK(bm_normalize(nullptr, nullptr, BM_FLOAT32, 2, 1, 1, 1, 2, 0, 0) == BM_OK);
  CHECK(bm_normalize(x, x, BM_FLOAT32, 2, 1, 0, 2, 2, 0, 0) == BM_OK);
  CHECK(x[0] == 3 / 5.0f);
  CHECK(x[2] == 0);
  CHECK(bm_normalize(x, x, BM_FLOAT16, 2, 1, 0, 1, 2, 0, 0) == BM_INVALID_ARGUMENT);
  CHECK(bm_normalize(x, x, BM_FLOAT32, 2, 1, 0, 1, 2, -1, 0) == BM_INVALID_ARGUMENT);
  CHECK(bm_normalize(x, x, BM_FLOAT32, 2, 1, 0, 1, 2, std::nan(""), 0) == BM_INVALID_ARGUMENT);
  double sums[2] = {};
  CHECK(bm_norm_sums(x, BM_INT32, 2, 1, 0, 1, 2, sums) == BM_INVALID_ARGUMENT);
  CHECK(bm_norm_sums(x, BM_FLOAT32, 2, 1, 1, 0, 2, sums) == BM_INVALID_ARGUMENT);
  CHECK(bm_norm_sums(x, BM_FLOAT32, 2, 1, 0, 1, 2, nullptr) == BM_INVALID_ARGUMENT);
  CHECK(bm_norm_sums(nullptr, BM_FLOAT32, 2, 1, 0, 0, 2, nullptr) == BM_OK);
  CHECK(bm_divide(x, x, BM_INT8, sums, 1, 0, 1, 0) == BM_INVALID_ARGUMENT);
  CHECK(bm_divide(x, x, BM_FLOAT32, sums, -1, 0, 1, 0) == BM_INVALID_ARGUMENT);
  CHECK(bm_divide(x, x, BM_FLOAT32, nullptr, 1, 0, 1, 0) == BM_INVALID_ARGUMENT);
  CHECK(bm_divide(x, x, BM_FLOAT32, nullptr, 1, 1, 1, 0) == BM_OK);
  CHECK(bm_convert(x, 10, x, BM_INT8, 1, 0) == BM_INVALID_ARGUMENT);
  CHECK(bm_convert(x, BM_INT8, x, -1, 1, 0) == BM_INVALID_ARGUMENT);
  CHECK(bm_convert(x, BM_INT8, x, BM_INT8, -1, 0) == BM_INVALID_ARGUMENT);
  CHECK(bm_convert(nullptr, BM_INT8, x, BM_INT8, 1, 0) == BM_INVALID_ARGUMENT);
  CHECK(bm_convert(nullptr, BM_INT8, nullptr, BM_INT8, 0, 0) == BM_OK);
  const int64_t rows[] = {0};
  CHECK(bm_gather(x, -1, rows, 1, x) == BM_INVALID_ARGUMENT);
  CHECK(bm_gather(x, 4, rows, -1, x) == BM_INVALID_ARGUMENT);
  CHECK(bm_gather(nullptr, 4, rows, 1, x) == BM_INVALID_ARGUMENT);
  CHECK(bm_gather(nullptr, 4, nullptr, 0, nullptr) == BM_OK);
}
