/* Races in the kernels, found by ThreadSanitizer, to which every CUDA thread is a thread: none as they are, some without one of
 * their barriers. The inputs are small: every block takes new threads, which are dear. */
#include "fiber.h"
#include "simulated.h"

namespace {

using batchmill::DeviceMemory;
using batchmill::random_numbers;

/* Runs the work under the rules; how many races were reported. */
template <typename Work>
int races_of(int removed_barrier, Work work) {
  const int before = batchmill::sim::reported_races();
  batchmill::sim::set_rules({batchmill::sim::Schedule::kShuffled, 3, removed_barrier});
  work();
  return batchmill::sim::reported_races() - before;
}

/* The last barrier of a loop keeps its threads from the next turn: without one there is no race. */
template <typename Work>
void check(int barriers, Work work) {
  batchmill::sim::barriers_met();
  CHECK(races_of(-1, work) == 0);
  REQUIRE(batchmill::sim::barriers_met() == barriers);
  for (int removed = 0; removed < barriers - 1; ++removed) {
    CAPTURE(removed);
    CHECK(races_of(removed, work) > 0);
  }
}

void normalize(int64_t outer, int64_t length, int64_t inner, double order) {
  const std::vector<float> x = random_numbers<float>(static_cast<size_t>(outer * length * inner), 5);
  const DeviceMemory<float> source(x), out(x.size());
  const int64_t bytes = bm_cuda_normalize_workspace(BM_FLOAT32, length, inner, outer * inner, order);
  const DeviceMemory<unsigned char> workspace(static_cast<size_t>(bytes));
  static_cast<void>(bm_cuda_normalize(source.get(), out.get(), BM_FLOAT32, length, inner, outer * inner, order, 0,
                                      workspace.get(), bytes, 0, nullptr));
  static_cast<void>(cudaGetLastError());
}

void gather(int64_t count) {
  const DeviceMemory<uint8_t> source(std::vector<uint8_t>(30, 7)), out(static_cast<size_t>(3 * count));
  const DeviceMemory<int64_t> rows(std::vector<int64_t>(static_cast<size_t>(count), 4));
  static_cast<void>(bm_cuda_gather(source.get(), 3, rows.get(), count, out.get(), 0, nullptr));
  static_cast<void>(cudaGetLastError());
}

/* Two words a row: of one, a thread would read the number that it has written. */
void gather_convert(int64_t count) {
  const DeviceMemory<uint8_t> source(std::vector<uint8_t>(40, 7));
  const DeviceMemory<float> out(static_cast<size_t>(8 * count));
  const DeviceMemory<int64_t> rows(std::vector<int64_t>(static_cast<size_t>(count), 4));
  static_cast<void>(bm_cuda_gather_convert(source.get(), BM_UINT8, 8, rows.get(), count, out.get(), BM_FLOAT32, 0, nullptr));
  static_cast<void>(cudaGetLastError());
}

}  // namespace

/* One block: what follows it would make the same races again. */
TEST_CASE("the kernels race only without their barriers") {
  SUBCASE("short_rows") {
    check(0, [] { normalize(50, 12, 1, 2); });
  }
  SUBCASE("warp_rows") {
    check(0, [] { normalize(5, 700, 1, 2); });
  }
  SUBCASE("block_rows, two rows a block") {
    check(4, [] { normalize(BM_MOST_BLOCKS + 1, 2100, 1, 2); });
  }
  SUBCASE("short_columns, two tiles a block") {
    check(4, [] { normalize(1, 9, 32 * (BM_MOST_BLOCKS + 1), 2); });
  }
  SUBCASE("chunk_columns") {
    check(2, [] { normalize(1, 2100, 3, 1); });
  }
  SUBCASE("chunk_rows") {
    check(0, [] { normalize(2, 33000, 1, 2); });
  }
  SUBCASE("gather, two tiles a block") {
    check(4, [] { gather(BM_MOST_BLOCKS * 256 + 20); });
  }
  SUBCASE("gather with a change, two tiles a block") {
    check(4, [] { gather_convert(BM_MOST_BLOCKS * 256 + 20); });
  }
}
