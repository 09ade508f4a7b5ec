/* What makes batches of chosen rows, and one-hot encoding: on the simulator, under several schedules, the CPU's bits. */
#include <math.h>

#include <string>

#include "fast_divide.h"
#include "simulated.h"

namespace {

using batchmill::DeviceMemory;
using batchmill::kSchedules;
using batchmill::random_numbers;
using batchmill::sim::last_error;
using batchmill::sim::Schedule;

constexpr int64_t kSourceRows = 50;
constexpr uint64_t kOn = 0x0102030405060708, kOff = 0xf0e0d0c0b0a09080;

/* Runs the work under each schedule; it must be done. */
template <typename Work>
void under_all_schedules(Work work) {
  for (Schedule schedule : kSchedules) {
    batchmill::sim::set_rules({schedule, 7, -1});
    const int32_t status = work();
    REQUIRE_MESSAGE(status == BM_OK, std::string(last_error()));
  }
}

/* Rows in no order, some of them again, or from the last to the first. */
std::vector<int64_t> some_rows(int64_t count, bool descending = false) {
  std::mt19937 random(3);
  std::vector<int64_t> rows(static_cast<size_t>(count));
  for (size_t i = 0; i < rows.size(); ++i) {
    rows[i] = descending ? kSourceRows - 1 - static_cast<int64_t>(i) % kSourceRows : random() % kSourceRows;
  }
  return rows;
}

template <typename T>
std::vector<T> gathered(const std::vector<T>& source, int64_t length, const std::vector<int64_t>& rows) {
  std::vector<T> out;
  for (int64_t row : rows) out.insert(out.end(), source.begin() + row * length, source.begin() + (row + 1) * length);
  return out;
}

template <typename T>
void check_gather_normalize(int64_t length, int64_t count, double order, size_t offset = 0, double epsilon = 0) {
  constexpr int32_t kType = sizeof(T) == 4 ? BM_FLOAT32 : BM_FLOAT64;
  CAPTURE(length);
  CAPTURE(count);
  CAPTURE(order);
  CAPTURE(offset);
  const std::vector<T> source = random_numbers<T>(static_cast<size_t>(kSourceRows * length), static_cast<unsigned>(length));
  const std::vector<int64_t> rows = some_rows(count, length % 2 == 0);
  const std::vector<T> x = gathered(source, length, rows);
  std::vector<T> expected(x.size());
  REQUIRE(bm_normalize(x.data(), expected.data(), kType, length, 1, 0, count, order, epsilon, 0) == BM_OK);
  const int64_t bytes = bm_cuda_normalize_workspace(kType, length, 1, count, order);
  const DeviceMemory<T> from(source, offset);
  const DeviceMemory<int64_t> numbers(rows);
  const DeviceMemory<unsigned char> workspace(static_cast<size_t>(bytes));
  under_all_schedules([&] {
    const DeviceMemory<T> out(x.size(), offset);
    const int32_t status = bm_cuda_gather_normalize(from.get(), kType, length, numbers.get(), count, out.get(), order, epsilon,
                                                    workspace.get(), bytes, 0, nullptr);
    REQUIRE(out == expected);
    return status;
  });
  CHECK(from == source);
}

}  // namespace

TEST_CASE_TEMPLATE("chosen rows are normalized as on the CPU", T, float, double) {
  for (double order : {2.0, 1.0, 0.0, HUGE_VAL, -HUGE_VAL, 3.0}) {
    for (int64_t length : {1, 7, 64, 100, 129, 256, 1000, 1024, 2052}) {
      if (order != 3 || length < 300) check_gather_normalize<T>(length, 3, order);
    }
  }
  for (int64_t count : {0, 1, 2, 71, 700}) check_gather_normalize<T>(12, count, 2);
  for (size_t offset : {1, 2, 3}) {
    for (int64_t length : {4, 100, 1000}) check_gather_normalize<T>(length, 3, 2, offset);
  }
  check_gather_normalize<T>(100, 9, 2, 0, 9.5);
  /* Several turns of each block. */
  check_gather_normalize<T>(3, 20000, 2);
  check_gather_normalize<T>(300, 400, 2);
  check_gather_normalize<T>(1100, 50, 1);
}

TEST_CASE("chosen rows that no block holds are normalized as on the CPU") {
  check_gather_normalize<float>(33000, 2, 2);
  check_gather_normalize<float>(16500, 30, HUGE_VAL);
  check_gather_normalize<float>(3001, 40, 2.5);
  check_gather_normalize<double>(17000, 2, 1);
}

TEST_CASE("wrong arguments for normalizing chosen rows are refused") {
  float x[4] = {};
  const int64_t rows[2] = {0, 1};
  const auto status = [&](const float* source, const int64_t* numbers, int32_t type, int64_t length, int64_t count,
                          double order) {
    return bm_cuda_gather_normalize(source, type, length, numbers, count, x, order, 0, nullptr, 0, 0, nullptr);
  };
  CHECK(status(x, rows, BM_FLOAT32, 0, 2, 2) == BM_OK);
  CHECK(status(nullptr, nullptr, BM_FLOAT32, 2, 0, 2) == BM_OK);
  CHECK(status(nullptr, rows, BM_FLOAT32, 2, 2, 2) == BM_INVALID_ARGUMENT);
  CHECK(status(x, nullptr, BM_FLOAT32, 2, 2, 2) == BM_INVALID_ARGUMENT);
  CHECK(status(x, rows, BM_FLOAT16, 2, 2, 2) == BM_INVALID_ARGUMENT);
  CHECK(status(x, rows, BM_FLOAT32, -1, 2, 2) == BM_INVALID_ARGUMENT);
  CHECK(status(x, rows, BM_FLOAT32, 2, -1, 2) == BM_INVALID_ARGUMENT);
  CHECK(status(x, rows, BM_FLOAT32, 2, 2, NAN) == BM_INVALID_ARGUMENT);
  CHECK(status(x, rows, BM_FLOAT32, 100000, 2, 2) == BM_INVALID_ARGUMENT);
}

namespace {

const int32_t kTypes[] = {BM_FLOAT16, BM_BFLOAT16, BM_FLOAT32, BM_FLOAT64, BM_INT8,
                          BM_INT16,   BM_INT32,    BM_INT64,   BM_UINT8,   BM_BOOL};
const int32_t kOutTypes[] = {BM_FLOAT32, BM_FLOAT16, BM_BFLOAT16};

size_t bytes_of(int32_t type) {
  const size_t bytes[] = {2, 2, 4, 8, 1, 2, 4, 8, 1, 1};
  return bytes[type];
}

/* Numbers of all magnitudes in any type, from bits: every second one of float types is about as large as what a float16 holds.
 * Nothing that is NaN or becomes one: its bits may differ. */
std::vector<uint8_t> any_elements(int32_t type, size_t n) {
  std::mt19937_64 random(n);
  std::vector<uint8_t> elements(n * bytes_of(type));
  for (size_t i = 0; i < n; ++i) {
    double x = NAN;
    while (x != x) {
      uint64_t bits = random() >> (type == BM_INT64 ? random() % 64 : 0);
      const double moderate = ldexp(static_cast<double>(static_cast<int64_t>(random())), -static_cast<int>(random() % 90));
      if (i % 2 == 0 && type == BM_FLOAT64) memcpy(&bits, &moderate, sizeof bits);
      if (i % 2 == 0 && type == BM_FLOAT32) {
        const float narrow = static_cast<float>(moderate);
        memcpy(&bits, &narrow, sizeof narrow);
      }
      memcpy(&elements[i * bytes_of(type)], &bits, bytes_of(type));
      REQUIRE(bm_convert(&elements[i * bytes_of(type)], type, &x, BM_FLOAT64, 1, 0) == BM_OK);
    }
  }
  return elements;
}

std::vector<uint8_t> converted(const std::vector<uint8_t>& x, int32_t type, int32_t out_type) {
  const size_t count = x.size() / bytes_of(type);
  std::vector<uint8_t> out(count * bytes_of(out_type));
  REQUIRE(bm_convert(x.data(), type, out.data(), out_type, static_cast<int64_t>(count), 0) == BM_OK);
  return out;
}

/* Offsets are elements. Without rows, the first `count` of them. */
void check_gather_convert(int32_t type, int32_t out_type, int64_t length, int64_t count, bool chosen, size_t offset = 0,
                          size_t out_offset = 0) {
  CAPTURE(type);
  CAPTURE(out_type);
  CAPTURE(length);
  CAPTURE(count);
  CAPTURE(chosen);
  CAPTURE(offset);
  CAPTURE(out_offset);
  const std::vector<int64_t> rows = some_rows(count, length % 2 == 0);
  const auto row_bytes = static_cast<int64_t>(bytes_of(type)) * length;
  const std::vector<uint8_t> source = any_elements(type, static_cast<size_t>((chosen ? kSourceRows : count) * length));
  const std::vector<uint8_t> expected = converted(chosen ? gathered(source, row_bytes, rows) : source, type, out_type);
  const DeviceMemory<uint8_t> from(source, offset * bytes_of(type));
  const DeviceMemory<int64_t> numbers(rows);
  under_all_schedules([&] {
    const DeviceMemory<uint8_t> out(expected.size(), out_offset * bytes_of(out_type));
    const int32_t status = bm_cuda_gather_convert(from.get(), type, length, chosen ? numbers.get() : nullptr, count, out.get(),
                                                  out_type, 0, nullptr);
    REQUIRE(out == expected);
    return status;
  });
}

}  // namespace

TEST_CASE("chosen rows are converted as on the CPU") {
  for (int32_t type : kTypes) {
    for (int32_t out_type : kOutTypes) {
      for (int64_t length : {1, 3, 7, 8, 40, 784}) check_gather_convert(type, out_type, length, 5, true);
      for (int64_t count : {0, 1, 2, 300}) check_gather_convert(type, out_type, count == 1 ? 12 : 16, count, true);
      check_gather_convert(type, out_type, 24, 7, true, 1, 0);
      check_gather_convert(type, out_type, 24, 7, true, 0, 1);
      check_gather_convert(type, out_type, 5, 7, true, 3, 3);
      check_gather_convert(type, out_type, 1, 1, true, 0, 3);
    }
  }
  /* Several turns of each block; rows of several pieces. */
  check_gather_convert(BM_UINT8, BM_FLOAT32, 4, 20000, true);
  check_gather_convert(BM_UINT8, BM_FLOAT32, 3, 20000, true);
  check_gather_convert(BM_INT16, BM_BFLOAT16, 8200, 45, true);
  check_gather_convert(BM_FLOAT32, BM_FLOAT16, 40000, 3, true);
}

TEST_CASE("rows that follow one another are converted as on the CPU") {
  for (int32_t type : kTypes) {
    for (int32_t out_type : kOutTypes) {
      for (int64_t count : {1, 7, 8, 9, 1000}) check_gather_convert(type, out_type, count == 9 ? 3 : 1, count, false);
      check_gather_convert(type, out_type, 8, 8, false, 1, 1);
    }
  }
  check_gather_convert(BM_FLOAT32, BM_FLOAT16, 10, 2000, false);
  check_gather_convert(BM_INT64, BM_BFLOAT16, 101, 2000, false);
}

TEST_CASE("every float16, bfloat16 and short integer is converted as on the CPU, and numbers next to ties") {
  std::vector<uint16_t> all;
  for (uint32_t i = 0; i < 65536; ++i) {
    /* Not NaN. */
    if ((i & 0x7fff) <= 0x7c00) all.push_back(static_cast<uint16_t>(i));
  }
  std::vector<float> floats;
  std::vector<int64_t> longs;
  std::vector<int32_t> integers;
  for (uint16_t half : all) {
    float x;
    REQUIRE(bm_convert(&half, half % 2 ? BM_FLOAT16 : BM_BFLOAT16, &x, BM_FLOAT32, 1, 0) == BM_OK);
    floats.insert(floats.end(), {x, nextafterf(x, HUGE_VALF), nextafterf(x, -HUGE_VALF), x * 1.00048828125f});
  }
  for (int bit = 8; bit < 63; ++bit) {
    for (int down : {0, 7, 8, 9, 10, 11, 12, 23, 24, 52, 53, 54}) {
      for (int64_t step : {-1, 0, 1}) {
        const int64_t x = (int64_t{1} << bit) + (bit > down && down > 0 ? int64_t{1} << (bit - down) : 0) + step;
        const int64_t y = x + (bit > 9 ? int64_t{1} << (bit - 7) : 0) + (bit > 12 ? int64_t{1} << (bit - 10) : 0);
        longs.insert(longs.end(), {x, -x, y, -y});
        if (bit < 30) integers.insert(integers.end(), {static_cast<int32_t>(x), static_cast<int32_t>(-y)});
        if (bit < 30) integers.insert(integers.end(), {static_cast<int32_t>(y), static_cast<int32_t>(-x)});
      }
    }
  }
  longs.insert(longs.end(), {INT64_MIN, INT64_MAX, 0, INT64_MIN + 1});
  integers.insert(integers.end(), {INT32_MIN, INT32_MAX, 0, INT32_MIN + 1});
  const auto check = [](const auto& values, int32_t type) {
    for (int32_t out_type : kOutTypes) {
      std::vector<uint8_t> bytes(values.size() * sizeof values[0]);
      memcpy(bytes.data(), values.data(), bytes.size());
      const std::vector<uint8_t> expected = converted(bytes, type, out_type);
      const DeviceMemory<uint8_t> from(bytes), out(expected.size());
      const auto count = static_cast<int64_t>(values.size());
      CAPTURE(type);
      CAPTURE(out_type);
      REQUIRE(bm_cuda_gather_convert(from.get(), type, 1, nullptr, count, out.get(), out_type, 0, nullptr) == BM_OK);
      CHECK(out == expected);
    }
  };
  batchmill::sim::set_rules({});
  check(all, BM_FLOAT16);
  check(all, BM_BFLOAT16);
  check(all, BM_INT16);
  check(floats, BM_FLOAT32);
  check(longs, BM_INT64);
  check(integers, BM_INT32);
}

TEST_CASE("NaN stays NaN") {
  const float nan = NAN;
  const DeviceMemory<float> from(std::vector<float>(12, nan));
  const DeviceMemory<uint16_t> halves(12), brains(12);
  REQUIRE(bm_cuda_gather_convert(from.get(), BM_FLOAT32, 12, nullptr, 1, halves.get(), BM_FLOAT16, 0, nullptr) == BM_OK);
  REQUIRE(bm_cuda_gather_convert(from.get(), BM_FLOAT32, 12, nullptr, 1, brains.get(), BM_BFLOAT16, 0, nullptr) == BM_OK);
  for (int i = 0; i < 12; ++i) {
    CHECK((halves.get()[i] & 0x7fff) > 0x7c00);
    CHECK((brains.get()[i] & 0x7fff) > 0x7f80);
  }
}

TEST_CASE("wrong arguments for converting are refused") {
  alignas(16) float x[4] = {};
  const int64_t rows[2] = {0, 1};
  const auto status = [&](const void* source, int32_t type, int64_t length, int64_t count, void* out, int32_t out_type) {
    return bm_cuda_gather_convert(source, type, length, rows, count, out, out_type, 0, nullptr);
  };
  CHECK(status(nullptr, BM_FLOAT32, 0, 2, nullptr, BM_FLOAT16) == BM_OK);
  CHECK(status(nullptr, BM_FLOAT32, 2, 0, nullptr, BM_FLOAT16) == BM_OK);
  CHECK(status(nullptr, BM_FLOAT32, 2, 2, x, BM_FLOAT16) == BM_INVALID_ARGUMENT);
  CHECK(status(x, BM_FLOAT32, 2, 2, nullptr, BM_FLOAT16) == BM_INVALID_ARGUMENT);
  CHECK(status(x, BM_FLOAT32, -1, 2, x, BM_FLOAT16) == BM_INVALID_ARGUMENT);
  CHECK(status(x, BM_FLOAT32, 2, -1, x, BM_FLOAT16) == BM_INVALID_ARGUMENT);
  CHECK(status(x, BM_FLOAT32, int64_t{1} << 40, int64_t{1} << 40, x, BM_FLOAT16) == BM_INVALID_ARGUMENT);
  CHECK(status(x, 10, 2, 2, x, BM_FLOAT16) == BM_INVALID_ARGUMENT);
  CHECK(status(x, -1, 2, 2, x, BM_FLOAT16) == BM_INVALID_ARGUMENT);
  CHECK(status(reinterpret_cast<char*>(x) + 1, BM_FLOAT32, 1, 1, x, BM_FLOAT16) == BM_INVALID_ARGUMENT);
  CHECK(status(x, BM_FLOAT32, 1, 1, reinterpret_cast<char*>(x) + 1, BM_FLOAT16) == BM_INVALID_ARGUMENT);
  for (int32_t out_type : {BM_FLOAT64, BM_INT8, BM_INT16, BM_INT32, BM_INT64, BM_UINT8, BM_BOOL}) {
    CHECK(status(x, BM_FLOAT32, 2, 1, x, out_type) == BM_INVALID_ARGUMENT);
  }
}

namespace {

/* Labels of the type for `classes` classes: whole numbers, and fractions where the type has them. */
std::vector<uint8_t> some_labels(int32_t type, int64_t classes, size_t n) {
  std::mt19937 random(static_cast<unsigned>(n + static_cast<size_t>(classes)));
  std::vector<uint8_t> labels(n * bytes_of(type));
  const int64_t limit = type == BM_INT8 ? 128 : type == BM_BFLOAT16 || type == BM_UINT8 ? 256 : type == BM_BOOL ? 2 : 2048;
  for (size_t i = 0; i < n; ++i) {
    double label = static_cast<double>(random() % (classes < limit ? classes : limit));
    if (type <= BM_FLOAT64 && label < 100) label += i % 3 == 0 ? 0.5 : label == 0 && i % 3 == 1 ? -0.5 : 0;
    REQUIRE(bm_convert(&label, BM_FLOAT64, &labels[i * bytes_of(type)], type, 1, 0) == BM_OK);
  }
  return labels;
}

struct OneHotCase {
  int32_t type;
  int64_t classes;
  int64_t depth;
  int64_t inner;
  int64_t outer;
  bool ignoring = false;
  int64_t ignored = 0;
  size_t offset = 0;
};

template <typename T>
void check_one_hot(const OneHotCase& c) {
  CAPTURE(c.type);
  CAPTURE(c.classes);
  CAPTURE(c.depth);
  CAPTURE(c.inner);
  CAPTURE(c.outer);
  CAPTURE(c.ignored);
  CAPTURE(c.offset);
  const int64_t vectors = c.outer * c.inner;
  const std::vector<uint8_t> labels = some_labels(c.type, c.classes, static_cast<size_t>(vectors * c.depth));
  const bm_labels all = {labels.data(), c.type, c.ignoring, c.ignored, c.classes};
  std::vector<T> expected(static_cast<size_t>(vectors * c.classes));
  REQUIRE(bm_one_hot(&all, c.depth, c.inner, expected.data(), sizeof(T), kOn, kOff, 0, vectors, 0) == BM_OK);
  const DeviceMemory<uint8_t> source(labels, c.offset * bytes_of(c.type));
  under_all_schedules([&] {
    const DeviceMemory<T> out(expected.size(), c.offset);
    const int32_t status = bm_cuda_one_hot(source.get(), c.type, c.classes, c.ignoring, c.ignored, c.depth, c.inner, vectors,
                                           out.get(), sizeof(T), kOn, kOff, 0, nullptr);
    REQUIRE(out == expected);
    return status;
  });
}

}  // namespace

TEST_CASE_TEMPLATE("labels are encoded as on the CPU", T, uint8_t, uint16_t, uint32_t, uint64_t) {
  for (int64_t classes : {1, 2, 3, 4, 7, 10, 16, 17, 100, 1000}) {
    for (int64_t count : {1, 2, 15, 16, 17, 333}) check_one_hot<T>({BM_INT32, classes, 1, 1, count});
    for (size_t offset : {1, 2, 3, 9}) check_one_hot<T>({BM_INT32, classes, 1, 1, 20, false, 0, offset});
  }
  for (int32_t type : kTypes) {
    for (int64_t classes : {2, 10, 100}) {
      check_one_hot<T>({type, classes, 1, 1, 60});
      check_one_hot<T>({type, classes, 1, 1, 61, true, 1});
      check_one_hot<T>({type, classes, 1, 1, 60, true, 0, 3});
      check_one_hot<T>({type, classes, 1, 1, 60, true, -1});
      check_one_hot<T>({type, classes, 1, 1, 60, true, int64_t{1} << 32});
    }
  }
  /* Several turns of each block. */
  check_one_hot<T>({BM_INT64, 3, 1, 1, 70000});
}

TEST_CASE_TEMPLATE("labels of any shape are encoded as on the CPU", T, uint8_t, uint16_t, uint32_t, uint64_t) {
  for (int32_t type : kTypes) {
    for (int64_t inner : {1, 3, 16, 48, 50}) {
      for (int64_t depth : {0, 1, 2, 17}) check_one_hot<T>({type, 5, depth, inner, 3, depth > 0, 1});
    }
  }
  for (int64_t classes : {1, 2, 33, 70}) {
    for (int64_t inner : {1, 2, 16, 17, 64}) {
      for (int64_t depth : {1, 3, 20}) {
        check_one_hot<T>({BM_INT32, classes, depth, inner, 2});
        check_one_hot<T>({BM_INT64, classes, depth, inner, 3, true, classes - 1, 1});
      }
    }
  }
  /* Several turns of each block. */
  check_one_hot<T>({BM_UINT8, 3, 1, 70, 800});
  check_one_hot<T>({BM_UINT8, 3, 1, 80000, 2});
  check_one_hot<T>({BM_UINT8, 3, 20, 2, 300});
}

TEST_CASE("a label outside the classes gives a row of off") {
  const auto rows_of = [](const auto& labels, int32_t type, int64_t depth) {
    const DeviceMemory<typename std::decay<decltype(labels[0])>::type> from(labels);
    const auto vectors = static_cast<int64_t>(labels.size()) / depth;
    const DeviceMemory<uint8_t> out(static_cast<size_t>(3 * vectors));
    REQUIRE(bm_cuda_one_hot(from.get(), type, 3, 0, 0, depth, 1, vectors, out.get(), 1, 7, 2, 0, nullptr) == BM_OK);
    return std::vector<uint8_t>(out.get(), out.get() + 3 * vectors);
  };
  const std::vector<uint8_t> last(
      {2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 7, 2});
  const auto of = [&](auto... labels) {
    std::vector<typename std::common_type<decltype(labels)...>::type> all = {labels...};
    while (all.size() < 10) all.push_back(all[0]);
    all.push_back(1);
    return all;
  };
  CHECK(rows_of(of(int32_t{-1}, int32_t{3}, INT32_MIN, INT32_MAX), BM_INT32, 1) == last);
  CHECK(rows_of(of(int64_t{-1}, int64_t{3}, INT64_MIN, INT64_MAX, int64_t{1} << 32, (int64_t{1} << 32) + 1), BM_INT64, 1) ==
        last);
  CHECK(rows_of(of(int8_t{-1}, int8_t{3}, int8_t{-128}), BM_INT8, 1) == last);
  CHECK(rows_of(of(int16_t{-1}, int16_t{3}), BM_INT16, 1) == last);
  CHECK(rows_of(of(uint8_t{255}, uint8_t{3}), BM_UINT8, 1) == last);
  CHECK(rows_of(of(-1.0f, 3.0f, NAN, HUGE_VALF, -HUGE_VALF, 4294967297.0f, 0x1p32f), BM_FLOAT32, 1) == last);
  CHECK(rows_of(of(-1.0, 3.0, double{NAN}, HUGE_VAL, -HUGE_VAL, 4294967297.0, -1.5, 0x1p31), BM_FLOAT64, 1) == last);
  /* Where they are marked over a background. */
  std::vector<int32_t> many(60, -1);
  for (int i = 0; i < 40; ++i) many[static_cast<size_t>(i)] = i % 2 ? INT32_MAX : 3;
  many[25] = 2;
  CHECK(rows_of(many, BM_INT32, 20) == std::vector<uint8_t>{2, 2, 2, 2, 2, 7, 2, 2, 2});
}

namespace {

template <typename T>
void check_gather_one_hot(int32_t type, int64_t classes, int64_t count, bool descending, size_t offset) {
  CAPTURE(type);
  CAPTURE(classes);
  CAPTURE(count);
  const std::vector<uint8_t> labels = some_labels(type, classes, kSourceRows);
  const std::vector<int64_t> rows = some_rows(count, descending);
  const std::vector<uint8_t> chosen = gathered(labels, static_cast<int64_t>(bytes_of(type)), rows);
  const bm_labels all = {chosen.data(), type, 0, 0, classes};
  std::vector<T> expected(static_cast<size_t>(count * classes));
  REQUIRE(bm_one_hot(&all, 1, 1, expected.data(), sizeof(T), kOn, kOff, 0, count, 0) == BM_OK);
  const DeviceMemory<uint8_t> from(labels);
  const DeviceMemory<int64_t> numbers(rows);
  under_all_schedules([&] {
    const DeviceMemory<T> out(expected.size(), offset);
    const int32_t status =
        bm_cuda_gather_one_hot(from.get(), type, classes, numbers.get(), count, out.get(), sizeof(T), kOn, kOff, 0, nullptr);
    REQUIRE(out == expected);
    return status;
  });
}

}  // namespace

TEST_CASE_TEMPLATE("chosen labels are encoded as on the CPU", T, uint8_t, uint16_t, uint32_t, uint64_t) {
  for (int32_t type : kTypes) {
    for (int64_t classes : {1, 2, 10, 17, 1000}) {
      check_gather_one_hot<T>(type, classes, 60, false, 0);
      check_gather_one_hot<T>(type, classes, 61, true, 1);
    }
    for (int64_t count : {0, 1}) check_gather_one_hot<T>(type, 10, count, false, 0);
  }
  check_gather_one_hot<T>(BM_INT64, 3, 70000, false, 0);
}

TEST_CASE("wrong arguments for encoding are refused") {
  alignas(16) int64_t x[4] = {};
  constexpr int64_t kMany = int64_t{1} << 40;
  struct Arguments {
    const void* labels;
    int32_t type = BM_INT32;
    int64_t classes = 2, depth = 1, inner = 1, vectors = 2;
    void* out;
    int32_t element_size = 4;
  };
  const auto status = [](const Arguments& a) {
    return bm_cuda_one_hot(a.labels, a.type, a.classes, 0, 0, a.depth, a.inner, a.vectors, a.out, a.element_size, 1, 0, 0,
                           nullptr);
  };
  CHECK(status({nullptr, BM_INT32, 2, 1, 1, 0, nullptr}) == BM_OK);
  CHECK(status({nullptr, BM_INT32, 0, 1, 1, 2, nullptr}) == BM_OK);
  CHECK(status({nullptr, BM_INT32, 2, 1, 0, 2, nullptr}) == BM_OK);
  CHECK(status({nullptr, BM_INT32, 2, 0, 1, 2, x}) == BM_OK);
  CHECK(status({nullptr, BM_INT32, 2, 1, 1, 2, x}) == BM_INVALID_ARGUMENT);
  CHECK(status({x, BM_INT32, 2, 1, 1, 2, nullptr}) == BM_INVALID_ARGUMENT);
  CHECK(status({x, 10, 2, 1, 1, 2, x}) == BM_INVALID_ARGUMENT);
  CHECK(status({x, BM_INT32, -1, 1, 1, 2, x}) == BM_INVALID_ARGUMENT);
  CHECK(status({x, BM_INT32, int64_t{1} << 31, 1, 1, 2, x}) == BM_INVALID_ARGUMENT);
  CHECK(status({x, BM_INT32, 2, -1, 1, 2, x}) == BM_INVALID_ARGUMENT);
  CHECK(status({x, BM_INT32, 2, 1, -1, 2, x}) == BM_INVALID_ARGUMENT);
  CHECK(status({x, BM_INT32, 2, 1, 2, 3, x}) == BM_INVALID_ARGUMENT);
  CHECK(status({x, BM_INT32, 2, 1, 1, -1, x}) == BM_INVALID_ARGUMENT);
  CHECK(status({x, BM_INT32, 1 << 30, 1, 1, kMany, x}) == BM_INVALID_ARGUMENT);
  CHECK(status({x, BM_INT32, 2, kMany, 1, kMany, x}) == BM_INVALID_ARGUMENT);
  CHECK(status({x, BM_INT32, 2, 1, 1, 2, x, 3}) == BM_INVALID_ARGUMENT);
  CHECK(status({x, BM_INT32, 2, 1, 1, 2, reinterpret_cast<char*>(x) + 2}) == BM_INVALID_ARGUMENT);
  CHECK(status({reinterpret_cast<char*>(x) + 2, BM_INT32, 2, 1, 1, 2, x}) == BM_INVALID_ARGUMENT);
  CHECK(bm_cuda_gather_one_hot(x, BM_INT32, 2, nullptr, 2, x, 4, 1, 0, 0, nullptr) == BM_INVALID_ARGUMENT);
  CHECK(bm_cuda_gather_one_hot(x, BM_INT32, 2, nullptr, 0, x, 4, 1, 0, 0, nullptr) == BM_OK);
  CHECK(bm_cuda_gather_one_hot(x, BM_INT32, 2, x, -1, x, 4, 1, 0, 0, nullptr) == BM_INVALID_ARGUMENT);
}

TEST_CASE("quotients by any divisor equal division, by 1 too") {
  for (int64_t divisor : {0, 1, 2, 3, 1000}) {
    const batchmill::FastDivideAny divide(divisor);
    CHECK(divide.divisor() == (divisor == 0 ? 1 : divisor));
    for (int64_t n : {int64_t{0}, int64_t{1}, int64_t{999}, int64_t{1000}, INT64_MAX}) {
      CHECK(divide.quotient(n) == n / (divisor == 0 ? 1 : divisor));
    }
  }
}
