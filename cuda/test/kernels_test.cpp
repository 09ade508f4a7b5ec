/* The CUDA kernels on the simulator, under several schedules, against the CPU's: the same bits. */
#include <math.h>

#include <string>

#include "batchmill/permutation.h"
#include "simulated.h"

namespace {

using batchmill::DeviceMemory;
using batchmill::kSchedules;
using batchmill::random_numbers;
using batchmill::sim::Schedule;

constexpr double kOrders[] = {2, 1, 0, HUGE_VAL, -HUGE_VAL, 3, 0.5, 2.7, -1};

template <typename T>
constexpr int32_t kType = sizeof(T) == 4 ? BM_FLOAT32 : BM_FLOAT64;

template <typename T>
std::vector<T> normalized_by_cpu(const std::vector<T>& x, int64_t length, int64_t inner, double order, double epsilon) {
  std::vector<T> out(x.size());
  const int64_t vectors = length == 0 ? 0 : static_cast<int64_t>(x.size()) / length;
  REQUIRE(bm_normalize(x.data(), out.data(), kType<T>, length, inner, 0, vectors, order, epsilon, 0) == BM_OK);
  return out;
}

template <typename T>
void check_normalize(int64_t outer, int64_t length, int64_t inner, double order, size_t offset = 0, double epsilon = 0) {
  CAPTURE(outer);
  CAPTURE(length);
  CAPTURE(inner);
  CAPTURE(order);
  CAPTURE(offset);
  const std::vector<T> x = random_numbers<T>(static_cast<size_t>(outer * length * inner), static_cast<unsigned>(length));
  const std::vector<T> expected = normalized_by_cpu(x, length, inner, order, epsilon);
  const int64_t bytes = bm_cuda_normalize_workspace(kType<T>, length, inner, outer * inner, order);
  REQUIRE(bytes >= 0);
  for (Schedule schedule : kSchedules) {
    batchmill::sim::set_rules({schedule, 7, -1});
    const DeviceMemory<T> source(x, offset), out(x.size(), offset);
    const DeviceMemory<unsigned char> workspace(static_cast<size_t>(bytes));
    const int32_t status = bm_cuda_normalize(source.get(), out.get(), kType<T>, length, inner, outer * inner, order, epsilon,
                                             workspace.get(), bytes, 0, nullptr);
    REQUIRE_MESSAGE(status == BM_OK, std::string(batchmill::sim::last_error()));
    REQUIRE(source == x);
    REQUIRE(out == expected);
    /* In place. */
    REQUIRE(bm_cuda_normalize(source.get(), source.get(), kType<T>, length, inner, outer * inner, order, epsilon,
                              workspace.get(), bytes, 0, nullptr) == BM_OK);
    REQUIRE(source == expected);
  }
}

template <typename T>
void check_rows() {
  for (int64_t length :
       {1, 2, 3, 4, 5, 8, 17, 63, 64, 65, 127, 128, 129, 250, 256, 512, 515, 1000, 1024, 1028, 2048, 2049, 5000}) {
    for (double order : {2.0, 1.0, HUGE_VAL}) check_normalize<T>(length < 100 ? 71 : 3, length, 1, order);
  }
  for (double order : kOrders) {
    for (int64_t length : {7, 100, 300, 3000}) check_normalize<T>(5, length, 1, order);
  }
  for (size_t offset : {1, 2, 3}) {
    for (int64_t length : {4, 100, 256, 1000, 4096}) check_normalize<T>(3, length, 1, 2, offset);
  }
  check_normalize<T>(9, 100, 1, 2, 0, 9.5);
  check_normalize<T>(9, 100, 1, 1, 0, 9.5);
}

/* Every length up to where rows take two passes, with every order, at several strides and alignments: of this grid one point
 * in so many, or all of it where BATCHMILL_WHOLE_GRID is set. */
template <typename T>
void check_grid() {
  constexpr int64_t kLongest = 5000, kShare = 4001;
  const int64_t step = getenv("BATCHMILL_WHOLE_GRID") ? 1 : kShare;
  int64_t point = 0;
  for (int64_t length = 1; length <= kLongest; ++length) {
    for (int64_t inner : {1, 2, 33}) {
      for (double order : kOrders) {
        for (size_t offset : {0, 1}) {
          if (point++ % step == 0) check_normalize<T>(2, length, inner, order, offset);
        }
      }
    }
  }
}

template <typename T>
void check_columns() {
  for (int64_t inner : {2, 3, 31, 32, 33, 70}) {
    for (int64_t length : {1, 2, 3, 15, 16, 17, 100, 128, 129, 300}) check_normalize<T>(2, length, inner, 2);
  }
  for (double order : kOrders) check_normalize<T>(2, 150, 5, order);
  check_normalize<T>(3, 200, 40, 1, 1, 20);
  /* Two passes. */
  for (double order : {2.0, HUGE_VAL, 3.0}) {
    check_normalize<T>(2, 2049, 3, order);
    check_normalize<T>(1, 9000, 33, order);
  }
}

}  // namespace

TEST_CASE("a grid of shapes, float32") { check_grid<float>(); }
TEST_CASE("a grid of shapes, float64") { check_grid<double>(); }

TEST_CASE("rows are normalized as on the CPU") {
  SUBCASE("float32") { check_rows<float>(); }
  SUBCASE("float64") { check_rows<double>(); }
}

TEST_CASE("rows that no block holds are normalized as on the CPU") {
  for (double order : {2.0, -HUGE_VAL, 3.0}) {
    check_normalize<float>(2, 33000, 1, order);
    check_normalize<float>(1, 70001, 1, order);
    check_normalize<double>(2, 17000, 1, order);
  }
}

TEST_CASE("columns are normalized as on the CPU") {
  SUBCASE("float32") { check_columns<float>(); }
  SUBCASE("float64") { check_columns<double>(); }
}

TEST_CASE("more rows than there are threads are normalized in turn") {
  check_normalize<float>(20000, 3, 1, 2);
  check_normalize<float>(300, 129, 1, 2);
  check_normalize<float>(50, 1100, 1, 2);
  check_normalize<float>(1, 9, 2000, 2);
}

TEST_CASE("nothing to normalize is no work, and wrong arguments are refused") {
  float x[4] = {};
  CHECK(bm_cuda_normalize(x, x, BM_FLOAT32, 0, 1, 5, 2, 0, nullptr, 0, 0, nullptr) == BM_OK);
  CHECK(bm_cuda_normalize(x, x, BM_FLOAT32, 5, 1, 0, 2, 0, nullptr, 0, 0, nullptr) == BM_OK);
  CHECK(bm_cuda_normalize(x, x, BM_INT32, 2, 1, 2, 2, 0, nullptr, 0, 0, nullptr) == BM_INVALID_ARGUMENT);
  CHECK(bm_cuda_normalize(x, x, BM_FLOAT32, 2, 0, 2, 2, 0, nullptr, 0, 0, nullptr) == BM_INVALID_ARGUMENT);
  CHECK(bm_cuda_normalize(x, x, BM_FLOAT32, 2, 2, 3, 2, 0, nullptr, 0, 0, nullptr) == BM_INVALID_ARGUMENT);
  CHECK(bm_cuda_normalize(x, x, BM_FLOAT32, 2, 1, 2, NAN, 0, nullptr, 0, 0, nullptr) == BM_INVALID_ARGUMENT);
  CHECK(bm_cuda_normalize(nullptr, x, BM_FLOAT32, 2, 1, 2, 2, 0, nullptr, 0, 0, nullptr) == BM_INVALID_ARGUMENT);
  CHECK(bm_cuda_normalize(x, x, BM_FLOAT32, 100000, 1, 2, 2, 0, nullptr, 0, 0, nullptr) == BM_INVALID_ARGUMENT);
  CHECK(bm_cuda_normalize_workspace(BM_FLOAT32, 16384, 1, 10, 2) == 0);
  CHECK(bm_cuda_normalize_workspace(BM_FLOAT32, 16385, 1, 10, 2) == 10 * (9 * 4 + 4));
  CHECK(bm_cuda_normalize_workspace(BM_FLOAT32, 2049, 5, 10, 3) == 10 * (3 * 8 + 4));
}

namespace {

void check_gather(int64_t row_bytes, int64_t count, size_t offset) {
  CAPTURE(row_bytes);
  CAPTURE(count);
  constexpr int64_t kSourceRows = 50;
  std::mt19937 random(3);
  std::vector<uint8_t> source(static_cast<size_t>(kSourceRows * row_bytes));
  for (uint8_t& byte : source) byte = static_cast<uint8_t>(random());
  std::vector<int64_t> rows(static_cast<size_t>(count));
  for (int64_t& row : rows) row = random() % kSourceRows;
  std::vector<uint8_t> expected(static_cast<size_t>(count * row_bytes));
  REQUIRE(bm_gather(source.data(), row_bytes, rows.data(), count, expected.data()) == BM_OK);
  const DeviceMemory<uint8_t> from(source, offset);
  const DeviceMemory<int64_t> numbers(rows);
  for (Schedule schedule : kSchedules) {
    batchmill::sim::set_rules({schedule, 7, -1});
    const DeviceMemory<uint8_t> out(expected.size(), offset);
    const int32_t status = bm_cuda_gather(from.get(), row_bytes, numbers.get(), count, out.get(), 0, nullptr);
    REQUIRE_MESSAGE(status == BM_OK, std::string(batchmill::sim::last_error()));
    REQUIRE(out == expected);
  }
}

}  // namespace

TEST_CASE("rows are gathered as on the CPU") {
  for (int64_t row_bytes : {1, 2, 3, 4, 8, 12, 16, 48, 100, 512, 784}) {
    for (int64_t count : {1, 2, 255, 256, 257, 1000}) check_gather(row_bytes, count, 0);
    for (size_t offset : {1, 2, 4, 8}) check_gather(row_bytes, 20, offset);
  }
  /* Rows of several pieces: the last of them whole, short, and of bytes. */
  check_gather(32768, 3, 0);
  check_gather(40000, 70, 0);
  check_gather(5001, 3, 1);
}

TEST_CASE("permutations are those of the CPU") {
  for (uint64_t size : {uint64_t{1}, uint64_t{2}, uint64_t{100}, uint64_t{70000}, uint64_t{1} << 40, uint64_t{1} << 62}) {
    CAPTURE(size);
    const batchmill::PermutationKey key = batchmill::permutation_key(size, 1337, 3);
    int64_t words[19];
    memcpy(words, &key, sizeof words);
    const int64_t count = static_cast<int64_t>(size < 3000 ? size : 3000), first = static_cast<int64_t>(size) - count;
    std::vector<int64_t> expected(static_cast<size_t>(count));
    REQUIRE(bm_permutation_fill(words, first, count, expected.data()) == BM_OK);
    for (Schedule schedule : kSchedules) {
      batchmill::sim::set_rules({schedule, 7, -1});
      const DeviceMemory<int64_t> out(expected.size());
      REQUIRE(bm_cuda_permutation_fill(words, first, count, out.get(), 0, nullptr) == BM_OK);
      REQUIRE(out == expected);
    }
    CHECK(bm_cuda_permutation_fill(words, first, count + 1, nullptr, 0, nullptr) == BM_INVALID_ARGUMENT);
  }
}

namespace {

/* Runs a kernel with each of its barriers removed in turn; each must be missed, under one schedule at least. Not the last: it
 * stands at the end of a loop, and keeps its threads from the next turn, which there is none of. */
template <typename Run>
void check_barriers(int expected, Run run) {
  batchmill::sim::set_rules({});
  batchmill::sim::barriers_met();
  REQUIRE(run());
  const int barriers = batchmill::sim::barriers_met();
  REQUIRE(barriers == expected);
  for (int removed = 0; removed < barriers - 1; ++removed) {
    bool missed = false;
    for (Schedule schedule : kSchedules) {
      batchmill::sim::set_rules({schedule, 7, removed});
      missed = !run() || missed;
    }
    CAPTURE(removed);
    CHECK(missed);
  }
  batchmill::sim::set_rules({});
}

template <typename T>
bool is_normalized(int64_t outer, int64_t length, int64_t inner) {
  const std::vector<T> x = random_numbers<T>(static_cast<size_t>(outer * length * inner), 1);
  const std::vector<T> expected = normalized_by_cpu(x, length, inner, 2, 0);
  const DeviceMemory<T> source(x), out(x.size());
  const int64_t bytes = bm_cuda_normalize_workspace(kType<T>, length, inner, outer * inner, 2);
  const DeviceMemory<unsigned char> workspace(static_cast<size_t>(bytes));
  return bm_cuda_normalize(source.get(), out.get(), kType<T>, length, inner, outer * inner, 2, 0, workspace.get(), bytes, 0,
                           nullptr) == BM_OK &&
         out == expected;
}

bool is_gathered(int64_t count) {
  const std::vector<uint8_t> source = {1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233};
  std::vector<int64_t> rows(static_cast<size_t>(count));
  for (size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<int64_t>((i * i + i / 256) % (source.size() / 3));
  std::vector<uint8_t> expected;
  for (int64_t row : rows) expected.insert(expected.end(), source.begin() + 3 * row, source.begin() + 3 * (row + 1));
  const DeviceMemory<uint8_t> from(source), out(expected.size());
  const DeviceMemory<int64_t> numbers(rows);
  return bm_cuda_gather(from.get(), 3, numbers.get(), count, out.get(), 0, nullptr) == BM_OK && out == expected;
}

}  // namespace

TEST_CASE("a kernel without one of its barriers is found out") {
  /* Two rows or tiles for each block, so that the barrier at the end of the loop matters. */
  const int64_t rows = BM_MOST_BLOCKS + 4;
  SUBCASE("block_rows") {
    check_barriers(4, [&] { return is_normalized<float>(rows, 2052, 1); });
  }
  SUBCASE("short_columns") {
    check_barriers(4, [&] { return is_normalized<float>(1, 20, rows * 32); });
  }
  SUBCASE("gather") {
    check_barriers(4, [&] { return is_gathered(BM_MOST_BLOCKS * 256 + 300); });
  }
  SUBCASE("chunk_columns") {
    /* One turn: two would take 65 536 chunks. */
    check_barriers(2, [&] { return is_normalized<float>(1, 2100, 33); });
  }
}
