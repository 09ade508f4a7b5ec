/* Encoding and decoding class labels with every instruction set of this machine, against plain loops. */
#include <doctest/doctest.h>
#include <string.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <new>
#include <random>
#include <vector>

#include "batchmill/batchmill.h"
#include "kernels.h"

namespace {

using batchmill::Kernels;

constexpr double kInfinity = std::numeric_limits<double>::infinity(), kNan = std::numeric_limits<double>::quiet_NaN();
constexpr int32_t kTypes[] = {BM_FLOAT16, BM_BFLOAT16, BM_FLOAT32, BM_FLOAT64, BM_INT8,
                              BM_INT16,   BM_INT32,    BM_INT64,   BM_UINT8,   BM_BOOL};
constexpr size_t kSizes[] = {2, 2, 4, 8, 1, 2, 4, 8, 1, 1};

std::vector<const Kernels*> builds() {
  const Kernels* all[batchmill::kMaxBuilds];
  return {all, all + batchmill::supported_kernels(all)};
}

/* Memory of exactly as many bytes as needed, so that the address sanitizer sees the first step beyond it; for the output, so
 * many bytes into a line of the cache. */
struct Memory {
  explicit Memory(size_t bytes, size_t skip = 0)
      : line(new (std::align_val_t(64)) char[bytes + skip]), at(line + skip), bytes(bytes) {
    memset(at, 0x5a, bytes);
  }
  ~Memory() { ::operator delete[](line, std::align_val_t(64)); }
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;

  char* const line;
  char* const at;
  const size_t bytes;
};

/* Values as elements of a type. */
struct Elements : Memory {
  Elements(const std::vector<double>& values, int32_t type) : Memory(values.size() * kSizes[type]) {
    const std::unique_ptr<double[]> from(new double[values.size()]);
    for (size_t i = 0; i < values.size(); ++i) from[i] = values[i];
    CHECK(bm_convert(from.get(), BM_FLOAT64, at, type, static_cast<int64_t>(values.size()), 0) == BM_OK);
  }
};

std::vector<double> values_of(const Memory& memory, int32_t type) {
  std::vector<double> values(memory.bytes / kSizes[type]);
  CHECK(bm_convert(memory.at, type, values.data(), BM_FLOAT64, static_cast<int64_t>(values.size()), 0) == BM_OK);
  return values;
}

std::vector<double> random_labels(int64_t count, int64_t classes, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<double> labels(count);
  for (double& label : labels) label = static_cast<double>(random() % classes);
  return labels;
}

/* How many of the depth labels are the class of each element of [outer, classes, inner]. */
std::vector<int64_t> plain_counts(const std::vector<double>& labels, int64_t depth, int64_t inner, int64_t classes) {
  const int64_t vectors = static_cast<int64_t>(labels.size()) / depth;
  std::vector<int64_t> counts(vectors * classes);
  for (int64_t v = 0; v < vectors; ++v) {
    for (int64_t k = 0; k < depth; ++k) {
      const int64_t c = static_cast<int64_t>(labels[v * depth + k]);
      if (c >= 0) ++counts[(v / inner * classes + c) * inner + v % inner];
    }
  }
  return counts;
}

/* An output that was not touched, but for the vectors [first, last), which hold on and off. */
std::vector<char> plain_one_hot(const std::vector<int64_t>& counts, int64_t inner, int64_t classes, size_t size, uint64_t on,
                                uint64_t off, int64_t first, int64_t last) {
  std::vector<char> bytes(counts.size() * size, 0x5a);
  for (size_t i = 0; i < counts.size(); ++i) {
    const int64_t at = static_cast<int64_t>(i), v = at / (classes * inner) * inner + at % inner;
    if (v >= first && v < last) memcpy(&bytes[i * size], counts[i] ? &on : &off, size);
  }
  return bytes;
}

void check_one_hot(const Kernels& kernels, int64_t outer, int64_t inner, int64_t depth, int64_t classes, size_t size,
                   bool streaming, bool ignoring = true) {
  CAPTURE(kernels.isa);
  CAPTURE(outer);
  CAPTURE(inner);
  CAPTURE(depth);
  CAPTURE(classes);
  CAPTURE(size);
  CAPTURE(streaming);
  CAPTURE(ignoring);
  constexpr uint64_t on = 0x0102030405060708, off = 0x1122334455667788;
  const int64_t vectors = outer * inner;
  std::vector<double> labels = random_labels(vectors * depth, classes, static_cast<unsigned>(classes + inner));
  for (size_t i = 0; ignoring && i < labels.size(); i += 11) labels[i] = -1;
  const std::vector<int64_t> counts = plain_counts(labels, depth, inner, classes);
  const Elements from(labels, BM_INT32);
  const bm_labels held = {from.at, BM_INT32, ignoring, -1, classes};
  for (size_t skip : {size_t{0}, size, size_t{40}}) {
    const Memory to(counts.size() * size, skip);
    REQUIRE(kernels.one_hot(held, depth, inner, to.at, static_cast<int32_t>(size), on, off, 0, vectors, streaming));
    REQUIRE(!memcmp(to.at, plain_one_hot(counts, inner, classes, size, on, off, 0, vectors).data(), to.bytes));
    /* Ranges write their vectors alone. */
    const int64_t a = vectors / 3, b = vectors - vectors / 4;
    const Memory part(counts.size() * size, skip);
    REQUIRE(kernels.one_hot(held, depth, inner, part.at, static_cast<int32_t>(size), on, off, a, b, streaming));
    REQUIRE(!memcmp(part.at, plain_one_hot(counts, inner, classes, size, on, off, a, b).data(), part.bytes));
    REQUIRE(kernels.one_hot(held, depth, inner, part.at, static_cast<int32_t>(size), on, off, 0, a, streaming));
    REQUIRE(kernels.one_hot(held, depth, inner, part.at, static_cast<int32_t>(size), on, off, b, vectors, streaming));
    REQUIRE(!memcmp(part.at, to.at, to.bytes));
  }
}

}  // namespace

TEST_CASE("one-hot and multi-hot elements of every size and layout") {
  for (const Kernels* kernels : builds()) {
    for (bool streaming : {false, true}) {
      for (size_t size : {1, 2, 4, 8}) {
        for (int64_t classes : {1, 2, 3, 10, 63, 64, 65, 1000}) {
          check_one_hot(*kernels, 130, 1, 1, classes, size, streaming);
          check_one_hot(*kernels, 21, 1, 3, classes, size, streaming);
        }
        for (int64_t classes : {1, 3, 10, 48, 64}) {
          for (bool ignoring : {false, true}) check_one_hot(*kernels, 4999, 1, 1, classes, size, streaming, ignoring);
        }
        check_one_hot(*kernels, 3, 1, 1, 20000, size, streaming);
        check_one_hot(*kernels, 2, 1, 2500, 3, size, streaming);
        check_one_hot(*kernels, 2, 1, 2500, 9000, size, streaming);
        for (int64_t inner : {2, 3, 7, 31, 63, 64, 65, 127, 128, 129, 2047, 2048, 2049}) {
          check_one_hot(*kernels, 3, inner, 1, 5, size, streaming);
          check_one_hot(*kernels, 2, inner, 2, 4, size, streaming);
        }
        check_one_hot(*kernels, 2, 7, 3, 3000, size, streaming);
        check_one_hot(*kernels, 2, 70, 2500, 3, size, streaming);
      }
    }
  }
}

TEST_CASE("counts are exact in every type") {
  for (const Kernels* kernels : builds()) {
    for (int32_t type : kTypes) {
      for (int64_t inner : {1, 3, 64, 100}) {
        for (int64_t depth : {1, 5, 127}) {
          if (type == BM_BOOL && depth > 1) continue;
          for (int64_t classes : {1, 4, 9000}) {
            if (classes == 9000 && inner > 3) continue;
            const std::vector<double> labels = random_labels(2 * inner * depth, classes, static_cast<unsigned>(depth));
            const std::vector<int64_t> counts = plain_counts(labels, depth, inner, classes);
            const Elements from(labels, BM_INT64);
            for (bool streaming : {false, true}) {
              const Memory to(counts.size() * kSizes[type]);
              REQUIRE(kernels->count_labels({from.at, BM_INT64, 0, 0, classes}, depth, inner, to.at, type, 0, 2 * inner,
                                            streaming));
              REQUIRE(values_of(to, type) == std::vector<double>(counts.begin(), counts.end()));
            }
          }
        }
      }
    }
  }
}

TEST_CASE("labels of every type are scanned for bad ones and the largest class") {
  for (const Kernels* kernels : builds()) {
    for (int32_t type : kTypes) {
      CAPTURE(type);
      const int64_t classes = type == BM_BOOL ? 2 : 100;
      for (int64_t n : {0, 1, 2, 31, 32, 33, 2047, 2048, 2049, 5000, 20000}) {
        std::vector<double> labels = random_labels(n, classes - 1, static_cast<unsigned>(n));
        int64_t found[2];
        const Elements good(labels, type);
        kernels->scan_labels({good.at, type, 0, 0, classes}, 0, n, found);
        int64_t largest = -1;
        for (double label : labels) largest = std::max(largest, static_cast<int64_t>(label));
        CHECK(found[0] == n);
        CHECK(found[1] == largest);
        if (n < 2 || type == BM_BOOL) continue;
        labels[n - 1] = 100;
        const Elements bad(labels, type);
        kernels->scan_labels({bad.at, type, 0, 0, classes}, n / 2, n, found);
        CHECK(found[0] == n - 1);
        kernels->scan_labels({bad.at, type, 1, 100, classes}, 0, n, found);
        CHECK(found[0] == n);
        kernels->scan_labels({bad.at, type, 0, 0, 101}, 0, n, found);
        CHECK(found[0] == n);
        CHECK(found[1] == 100);
        if (type == BM_UINT8) continue;
        /* As many classes as only longer types can hold. */
        labels[n - 1] = -1;
        const Elements negative(labels, type);
        kernels->scan_labels({negative.at, type, 0, 0, 1 << 20}, 0, n, found);
        CHECK(found[0] == n - 1);
      }
    }
  }
}

namespace {

/* What one label stands for: a class, -1 when it is ignored, -2 when it is bad. */
template <typename T>
int64_t class_of(const Kernels& kernels, T label, int32_t type, int64_t classes, bool ignoring, int64_t ignored) {
  int64_t found[2];
  const std::unique_ptr<T[]> held(new T[1]{label});
  kernels.scan_labels({held.get(), type, ignoring, ignored, classes}, 0, 1, found);
  return found[0] == 0 ? -2 : found[1];
}

}  // namespace

TEST_CASE("labels are cut towards zero and compared exactly") {
  constexpr int64_t kMax = INT32_MAX, kLeast = INT64_MIN, kMost = INT64_MAX;
  for (const Kernels* kernels : builds()) {
    const auto of_double = [&](double label, int64_t classes) {
      return class_of(*kernels, label, BM_FLOAT64, classes, false, 0);
    };
    CHECK(of_double(-0.999, 3) == 0);
    CHECK(of_double(2.999, 3) == 2);
    CHECK(of_double(3, 3) == -2);
    CHECK(of_double(-1, 3) == -2);
    CHECK(of_double(kNan, 3) == -2);
    CHECK(of_double(kInfinity, 3) == -2);
    CHECK(of_double(-kInfinity, 3) == -2);
    CHECK(of_double(2147483646.5, kMax) == 2147483646);
    CHECK(of_double(2147483647, kMax) == -2);
    CHECK(class_of(*kernels, 16777216.0f, BM_FLOAT32, 16777217, false, 0) == 16777216);
    CHECK(class_of(*kernels, kMost, BM_INT64, kMax, false, 0) == -2);
    CHECK(class_of(*kernels, int64_t{1} << 32, BM_INT64, kMax, false, 0) == -2);
    CHECK(class_of(*kernels, int32_t{INT32_MAX}, BM_INT32, kMax, false, 0) == -2);
    const auto ignored_double = [&](double label, int64_t ignored) {
      return class_of(*kernels, label, BM_FLOAT64, 5, true, ignored);
    };
    CHECK(ignored_double(3.5, 3) == -1);
    CHECK(ignored_double(2.999, 3) == 2);
    CHECK(ignored_double(4, 3) == 4);
    CHECK(ignored_double(-0.5, 0) == -1);
    CHECK(ignored_double(-7, -7) == -1);
    CHECK(ignored_double(-7.9, -7) == -1);
    CHECK(ignored_double(-8, -7) == -2);
    CHECK(ignored_double(-6.9, -7) == -2);
    CHECK(ignored_double(0x1p53, INT64_C(1) << 53) == -1);
    CHECK(ignored_double(0x1p53 + 2, INT64_C(1) << 53) == -2);
    CHECK(ignored_double(0x1p53, (INT64_C(1) << 53) + 1) == -2);
    CHECK(ignored_double(-0x1p63, kLeast) == -1);
    CHECK(ignored_double(-kInfinity, kLeast) == -2);
    CHECK(ignored_double(0x1p63, kMost) == -2);
    CHECK(ignored_double(kNan, 0) == -2);
    CHECK(class_of(*kernels, kMost, BM_INT64, 5, true, kMost) == -1);
    CHECK(class_of(*kernels, int32_t{-1}, BM_INT32, 5, true, kMost) == -2);
    CHECK(class_of(*kernels, int32_t{0}, BM_INT32, 5, true, INT64_C(1) << 32) == 0);
    CHECK(class_of(*kernels, int8_t{-128}, BM_INT8, 5, true, -128) == -1);
    CHECK(class_of(*kernels, uint8_t{255}, BM_UINT8, 5, true, 255) == -1);
    CHECK(class_of(*kernels, uint8_t{7}, BM_BOOL, 2, false, 0) == 1);
  }
}

TEST_CASE("a bad label is refused wherever it stands") {
  for (const Kernels* kernels : builds()) {
    for (int64_t inner : {1, 7, 100}) {
      for (int64_t depth : {1, 3}) {
        const int64_t vectors = 30 * inner;
        for (double bad : {-1.0, 10.0, 2147483647.0, -2147483648.0}) {
          for (int64_t at : {int64_t{0}, vectors * depth / 2, vectors * depth - 1}) {
            std::vector<double> labels = random_labels(vectors * depth, 10, 1);
            labels[at] = bad;
            const Elements from(labels, BM_INT32);
            const bm_labels held = {from.at, BM_INT32, 0, 0, 10};
            const Memory to(vectors * 10 * 4);
            CHECK_FALSE(kernels->one_hot(held, depth, inner, to.at, 4, 1, 0, 0, vectors, at % 2));
            CHECK_FALSE(kernels->count_labels(held, depth, inner, to.at, BM_FLOAT32, 0, vectors, at % 2));
          }
        }
      }
    }
  }
}

TEST_CASE("a bad label is refused where labels are read in place") {
  constexpr int64_t kRows = 9001;
  const Memory to(kRows * 64 * 4);
  for (const Kernels* kernels : builds()) {
    CAPTURE(kernels->isa);
    for (int64_t classes : {1, 3, 10, 16, 64}) {
      CAPTURE(classes);
      for (int64_t at : {0, 1, 31, 2047, 2048, 4500, 8191, 8192, 8999, 9000}) {
        CAPTURE(at);
        for (double bad : {-1.0, static_cast<double>(classes), 2147483647.0, -2147483648.0}) {
          std::vector<double> labels = random_labels(kRows, classes, 1);
          labels[at] = bad;
          const Elements from(labels, BM_INT32);
          const bm_labels held = {from.at, BM_INT32, 0, 0, classes};
          int64_t found[2];
          kernels->scan_labels(held, 0, kRows, found);
          CHECK(found[0] == at);
          CHECK_FALSE(kernels->one_hot(held, 1, 1, to.at, 4, 1, 0, 0, kRows, true));
          CHECK_FALSE(kernels->one_hot(held, 1, 1, to.at, 4, 1, 0, at, at + 1, true));
          CHECK(kernels->one_hot(held, 1, 1, to.at, 4, 1, 0, 0, at, true));
          CHECK(kernels->one_hot(held, 1, 1, to.at, 4, 1, 0, at + 1, kRows, true));
        }
      }
    }
  }
}

namespace {

int64_t plain_arg_max(const std::vector<double>& x, int64_t length, int64_t inner, int64_t v) {
  int64_t at = 0;
  double most = 0;
  for (int64_t c = 0; c < length; ++c) {
    const double here = x[(v / inner * length + c) * inner + v % inner];
    if (std::isnan(here)) return c;
    if (c == 0 || here > most) {
      at = c;
      most = here;
    }
  }
  return at;
}

}  // namespace

TEST_CASE("arg-max finds the first largest element of every type") {
  std::mt19937 random(5);
  for (const Kernels* kernels : builds()) {
    for (int32_t type : kTypes) {
      for (int64_t inner : {1, 2, 17, 255, 256, 257}) {
        for (int64_t length : {1, 2, 3, 10, 31, 32, 33, 64, 100, 1023, 1024, 1025, 3000}) {
          if (inner > 2 && length > 64) continue;
          const int64_t outer = inner == 1 && length < 40 ? 150 : 2, vectors = outer * inner;
          for (int kind = 0; kind < 3; ++kind) {
            CAPTURE(kernels->isa);
            CAPTURE(type);
            CAPTURE(inner);
            CAPTURE(length);
            CAPTURE(kind);
            /* Ties; any numbers; special ones. */
            std::vector<double> x(vectors * length);
            const bool floats = type <= BM_FLOAT64;
            for (double& value : x) {
              const unsigned r = random();
              value = kind == 0          ? r % 3
                      : type == BM_BOOL  ? r % 2
                      : type == BM_UINT8 ? r % 256
                                         : static_cast<int>(r % 256) - 128;
              if (kind == 1 && floats) value *= 0.37;
              if (kind == 2 && floats)
                value = r % 61 == 0 ? kNan : r % 7 == 0 ? -kInfinity : r % 5 == 0 ? -0.0 : r % 3 == 0 ? 0.0 : -1.0;
              if (kind == 2 && type == BM_INT64) value *= 0x1p55;
            }
            const Elements from(x, type);
            x = values_of(from, type);
            const int64_t a = vectors / 3;
            const std::unique_ptr<int64_t[]> out(new int64_t[vectors - a]);
            kernels->arg_max(from.at, type, length, inner, a, vectors, out.get());
            bool same = true;
            for (int64_t v = a; v < vectors; ++v) same &= out[v - a] == plain_arg_max(x, length, inner, v);
            REQUIRE(same);
          }
        }
      }
    }
  }
}

TEST_CASE("arg-max takes the first NaN, one zero for the other, and neighbouring integers apart") {
  for (const Kernels* kernels : builds()) {
    for (int64_t length : {4, 40, 2000}) {
      int64_t at;
      std::vector<float> x(length, -1.0f);
      x[1] = -0.0f;
      x[2] = 0.0f;
      kernels->arg_max(x.data(), BM_FLOAT32, length, 1, 0, 1, &at);
      CHECK(at == 1);
      x[length - 1] = std::numeric_limits<float>::infinity();
      kernels->arg_max(x.data(), BM_FLOAT32, length, 1, 0, 1, &at);
      CHECK(at == length - 1);
      x[length - 2] = -std::numeric_limits<float>::quiet_NaN();
      kernels->arg_max(x.data(), BM_FLOAT32, length, 1, 0, 1, &at);
      CHECK(at == length - 2);
      std::vector<int64_t> n(length, (INT64_C(1) << 62) + 1);
      n[3] = (INT64_C(1) << 62) + 2;
      kernels->arg_max(n.data(), BM_INT64, length, 1, 0, 1, &at);
      CHECK(at == 3);
    }
  }
}

TEST_CASE("the C ABI refuses labels and vectors that it can see to be wrong") {
  const int32_t values[] = {0, 2};
  const bm_labels labels = {values, BM_INT32, 0, 0, 2};
  bm_labels wrong = labels;
  float x[4] = {1, 2, 3, 4};
  int64_t found[2];
  CHECK(bm_one_hot(&labels, 1, 1, x, 4, 1, 0, 0, 2, 0) == BM_INVALID_ARGUMENT); /* 2 is no class. */
  CHECK(bm_one_hot(&labels, 1, 1, x, 3, 1, 0, 0, 1, 0) == BM_INVALID_ARGUMENT);
  CHECK(bm_one_hot(&labels, -1, 1, x, 4, 1, 0, 0, 1, 0) == BM_INVALID_ARGUMENT);
  CHECK(bm_one_hot(&labels, 1, -1, x, 4, 1, 0, 0, 1, 0) == BM_INVALID_ARGUMENT);
  CHECK(bm_one_hot(&labels, 1, 1, x, 4, 1, 0, -1, 1, 0) == BM_INVALID_ARGUMENT);
  CHECK(bm_one_hot(&labels, 1, 1, x, 4, 1, 0, 1, 0, 0) == BM_INVALID_ARGUMENT);
  CHECK(bm_one_hot(&labels, 1, 1, nullptr, 4, 1, 0, 0, 1, 0) == BM_INVALID_ARGUMENT);
  CHECK(bm_one_hot(nullptr, 1, 1, x, 4, 1, 0, 0, 1, 0) == BM_INVALID_ARGUMENT);
  CHECK(bm_one_hot(&labels, 1, 1, nullptr, 4, 1, 0, 1, 1, 0) == BM_OK);
  for (int64_t classes : {INT64_C(0), INT64_C(-1), INT64_C(1) << 31}) {
    wrong.classes = classes;
    CHECK(bm_one_hot(&wrong, 1, 1, x, 4, 1, 0, 0, 1, 0) == BM_INVALID_ARGUMENT);
    CHECK(bm_scan_labels(&wrong, 0, 1, found) == BM_INVALID_ARGUMENT);
  }
  wrong = labels;
  wrong.type = 10;
  CHECK(bm_scan_labels(&wrong, 0, 1, found) == BM_INVALID_ARGUMENT);
  CHECK(bm_count_labels(&wrong, 1, 1, x, BM_FLOAT32, 0, 1, 0) == BM_INVALID_ARGUMENT);
  wrong = labels;
  wrong.values = nullptr;
  CHECK(bm_scan_labels(&wrong, 0, 1, found) == BM_INVALID_ARGUMENT);
  CHECK(bm_one_hot(&wrong, 1, 1, x, 4, 1, 0, 0, 1, 0) == BM_INVALID_ARGUMENT);
  CHECK(bm_scan_labels(&labels, 0, 1, nullptr) == BM_INVALID_ARGUMENT);
  CHECK(bm_scan_labels(&labels, 1, 0, found) == BM_INVALID_ARGUMENT);
  CHECK(bm_count_labels(&labels, 1, 1, x, 10, 0, 1, 0) == BM_INVALID_ARGUMENT);
  CHECK(bm_count_labels(&labels, 1, 1, nullptr, BM_FLOAT32, 0, 1, 0) == BM_INVALID_ARGUMENT);
  CHECK(bm_arg_max(x, 10, 2, 1, 0, 1, found) == BM_INVALID_ARGUMENT);
  CHECK(bm_arg_max(x, BM_FLOAT32, 0, 1, 0, 1, found) == BM_INVALID_ARGUMENT);
  CHECK(bm_arg_max(x, BM_FLOAT32, INT64_C(1) << 31, 1, 0, 1, found) == BM_INVALID_ARGUMENT);
  CHECK(bm_arg_max(x, BM_FLOAT32, 2, -1, 0, 1, found) == BM_INVALID_ARGUMENT);
  CHECK(bm_arg_max(x, BM_FLOAT32, 2, 1, 1, 0, found) == BM_INVALID_ARGUMENT);
  CHECK(bm_arg_max(nullptr, BM_FLOAT32, 2, 1, 0, 1, found) == BM_INVALID_ARGUMENT);
  CHECK(bm_scan_labels(&labels, 0, 2, found) == BM_OK);
  CHECK(found[0] == 1);
  CHECK(found[1] == 0);
  /* No label at all. */
  x[0] = x[1] = x[2] = 7;
  CHECK(bm_one_hot(&wrong, 0, 1, x, 4, 1, 0, 0, 1, 0) == BM_OK);
  CHECK(x[0] == 0);
  CHECK(x[1] == 0);
  CHECK(x[2] == 7);
}
