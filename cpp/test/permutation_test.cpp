/* Philox against its published vectors; the permutation against its golden vectors, on every instruction set of the machine. */
#include "batchmill/permutation.h"

#include <doctest/doctest.h>
#include <inttypes.h>
#include <string.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "kernels.h"

using namespace batchmill;

namespace {

constexpr uint64_t kTableSize = 65536;
constexpr uint64_t kMaxSize = UINT64_C(1) << 62;

std::vector<int64_t> fill(const Kernels& build, const PermutationKey& key, int64_t first, int64_t count) {
  int64_t packed[sizeof(key) / sizeof(int64_t)];
  memcpy(packed, &key, sizeof(key));
  std::vector<int64_t> out(count + 1, -1);
  build.permutation_fill(packed, first, count, out.data());
  CHECK(out.back() == -1);
  out.pop_back();
  return out;
}

uint64_t fnv1a(const std::vector<int64_t>& values) {
  uint64_t hash = UINT64_C(0xCBF29CE484222325);
  for (int64_t value : values) {
    for (int shift = 0; shift < 64; shift += 8) {
      hash = (hash ^ (static_cast<uint64_t>(value) >> shift & 0xFF)) * UINT64_C(0x100000001B3);
    }
  }
  return hash;
}

template <typename Check>
void on_every_build(Check check) {
  const Kernels* builds[kMaxBuilds];
  const int count = supported_kernels(builds);
  for (int i = 0; i < count; ++i) {
    CAPTURE(builds[i]->isa);
    check(*builds[i]);
  }
}

}  // namespace

TEST_CASE("philox equals the lines \"philox4x32 10\" of Random123's kat_vectors") {
  struct {
    uint64_t key;
    PhiloxBlock counter;
    PhiloxBlock answer;
  } const vectors[] = {
      {0, {{0, 0, 0, 0}}, {{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}}},
      {UINT64_MAX, {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}}, {{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}}},
      {UINT64_C(0x299f31d0a4093822),
       {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}},
       {{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}}},
  };
  for (const auto& vector : vectors) {
    const PhiloxBlock answer = philox(vector.key, vector.counter);
    for (int i = 0; i < 4; ++i) CHECK(answer.word[i] == vector.answer.word[i]);
  }
}

TEST_CASE("the permutation equals its golden vectors") {
  std::ifstream file(BM_TEST_RESOURCES "/dev/batchmill/random/permutation.golden");
  REQUIRE(file.is_open());
  int checked = 0;
  for (std::string line; std::getline(file, line);) {
    if (line[0] == '#') continue;
    std::istringstream fields(line);
    uint64_t size;
    int64_t seed;
    int64_t epoch;
    std::string sha256;
    std::string hash;
    std::string pairs;
    fields >> size >> seed >> epoch >> sha256 >> hash >> pairs;
    if (size <= kTableSize) continue;
    CAPTURE(line);
    const PermutationKey key = permutation_key(size, seed, epoch);
    std::istringstream list(pairs);
    for (std::string pair; std::getline(list, pair, ',');) {
      uint64_t position;
      uint64_t index;
      REQUIRE(sscanf(pair.c_str(), "%" SCNu64 ":%" SCNu64, &position, &index) == 2);
      CHECK(permutation_apply(key, position) == index);
      CHECK(permutation_invert(key, index) == position);
      ++checked;
    }
    if (hash != "-") {
      on_every_build([&](const Kernels& build) { CHECK(fnv1a(fill(build, key, 0, size)) == std::stoull(hash, nullptr, 16)); });
    }
  }
  CHECK(checked > 1000);
}

TEST_CASE("a range equals the single indices wherever it starts and ends") {
  for (uint64_t size : {UINT64_C(1), UINT64_C(2), UINT64_C(17), UINT64_C(1000), kTableSize + 1, UINT64_C(66049),
                        UINT64_C(1000003), UINT64_C(1000000000000), kMaxSize - 1, kMaxSize}) {
    const PermutationKey key = permutation_key(size, 7, 1);
    for (uint64_t count : {0, 1, 2, 15, 16, 17, 31, 32, 33, 300, 2047, 2048, 2049, 5000}) {
      if (count > size) continue;
      for (uint64_t first : {UINT64_C(0), key.columns - 1, size / 2, size - count}) {
        if (first > size - count) continue;
        on_every_build([&](const Kernels& build) {
          const std::vector<int64_t> indices = fill(build, key, first, count);
          for (uint64_t i = 0; i < count; ++i) {
            if (static_cast<uint64_t>(indices[i]) != permutation_apply(key, first + i)) FAIL("position " << first + i);
            if (permutation_invert(key, indices[i]) != first + i) FAIL("index " << indices[i]);
          }
        });
      }
    }
  }
}
