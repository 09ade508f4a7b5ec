/* The random numbers of every build against philox.h, one at a time. */
#include <doctest/doctest.h>
#include <string.h>

#include <vector>

#include "batchmill/batchmill.h"
#include "batchmill/philox.h"
#include "kernels.h"

using namespace batchmill;

namespace {

constexpr uint64_t kKey = UINT64_C(0x299f31d0a4093822);
constexpr uint64_t kStream = UINT64_C(0x0370734413198a2e);

uint32_t word_at(uint64_t block, uint64_t word) {
  const uint64_t counter = block + word / 4;
  return philox(kKey, {{static_cast<uint32_t>(counter), static_cast<uint32_t>(counter >> 32), static_cast<uint32_t>(kStream),
                        static_cast<uint32_t>(kStream >> 32)}})
      .word[word % 4];
}

template <typename T>
T number(uint64_t block, uint64_t first);

template <>
uint32_t number(uint64_t block, uint64_t first) {
  return word_at(block, first);
}
template <>
uint64_t number(uint64_t block, uint64_t first) {
  return word_at(block, first) | static_cast<uint64_t>(word_at(block, first + 1)) << 32;
}
template <>
float number(uint64_t block, uint64_t first) {
  return static_cast<float>(word_at(block, first) >> 8) / 16777216.0f;
}
template <>
double number(uint64_t block, uint64_t first) {
  return static_cast<double>(number<uint64_t>(block, first) >> 11) / 9007199254740992.0;
}

template <typename T>
void check(const Kernels& build, int32_t type, uint64_t block, int32_t word, int64_t count, bool streaming, int64_t start) {
  CAPTURE(build.isa);
  CAPTURE(type);
  CAPTURE(word);
  CAPTURE(count);
  T guard;
  memset(&guard, 0x77, sizeof guard);
  std::vector<T> out(static_cast<size_t>(start + count + 1), guard);
  build.random_fill(kKey, kStream, block, word, out.data() + start, type, count, streaming);
  CHECK(memcmp(&out.back(), &guard, sizeof guard) == 0);
  if (start > 0) CHECK(memcmp(&out[static_cast<size_t>(start - 1)], &guard, sizeof guard) == 0);
  for (int64_t i = 0; i < count; ++i) {
    const T expected = number<T>(block, static_cast<uint64_t>(word) + static_cast<uint64_t>(i) * (sizeof(T) / 4));
    if (memcmp(&expected, &out[static_cast<size_t>(start + i)], sizeof expected) != 0) FAIL("element " << i);
  }
}

}  // namespace

TEST_CASE("random numbers are those of single counters wherever a fill begins and ends") {
  const Kernels* builds[kMaxBuilds];
  const int supported = supported_kernels(builds);
  for (int i = 0; i < supported; ++i) {
    for (int64_t count : {0, 1, 2, 3, 4, 5, 15, 16, 17, 31, 32, 33, 63, 64, 65, 1023, 1024, 1025, 2047, 2048, 2049, 5000}) {
      for (int32_t word = 0; word < 4; ++word) {
        for (uint64_t block : {UINT64_C(0), UINT64_C(0xFFFFFFFE), UINT64_C(0xFFFFFFFFFFFFFFF0)}) {
          const bool streaming = count % 2 == 1;
          const int64_t start = (count + word) % 17;
          check<uint32_t>(*builds[i], BM_INT32, block, word, count, streaming, start);
          check<uint64_t>(*builds[i], BM_INT64, block, word, count, streaming, start);
          check<float>(*builds[i], BM_FLOAT32, block, word, count, streaming, start);
          check<double>(*builds[i], BM_FLOAT64, block, word, count, streaming, start);
        }
      }
    }
  }
}

TEST_CASE("bm_random_fill refuses what it can see to be wrong") {
  uint64_t out = 0;
  CHECK(bm_random_fill(1, 2, 3, 0, &out, BM_INT64, 1, 0) == BM_OK);
  CHECK(out == (philox(1, {{3, 0, 2, 0}}).word[0] | static_cast<uint64_t>(philox(1, {{3, 0, 2, 0}}).word[1]) << 32));
  CHECK(bm_random_fill(1, 2, 3, 0, nullptr, BM_INT64, 0, 0) == BM_OK);
  CHECK(bm_random_fill(1, 2, 3, 0, nullptr, BM_INT64, 1, 0) == BM_INVALID_ARGUMENT);
  CHECK(bm_random_fill(1, 2, 3, 4, &out, BM_INT64, 1, 0) == BM_INVALID_ARGUMENT);
  CHECK(bm_random_fill(1, 2, 3, -1, &out, BM_INT64, 1, 0) == BM_INVALID_ARGUMENT);
  CHECK(bm_random_fill(1, 2, 3, 0, &out, BM_INT64, -1, 0) == BM_INVALID_ARGUMENT);
  for (int32_t type : {BM_FLOAT16, BM_BFLOAT16, BM_INT8, BM_INT16, BM_UINT8, BM_BOOL}) {
    CHECK(bm_random_fill(1, 2, 3, 0, &out, type, 1, 0) == BM_INVALID_ARGUMENT);
  }
}
