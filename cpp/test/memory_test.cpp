/* Pages are zero, aligned to huge pages, writable to their end, and go back, with their addresses or without. */
#include <doctest/doctest.h>
#include <stdint.h>

#include <initializer_list>

#include "batchmill/batchmill.h"

namespace {

constexpr int64_t kHugePage = int64_t{2} << 20;

unsigned char* memory_at(int64_t address) { return reinterpret_cast<unsigned char*>(static_cast<intptr_t>(address)); }

TEST_CASE("pages of any size can be written to their end") {
  for (const int64_t bytes : {int64_t{1}, kHugePage - 1, kHugePage, kHugePage + 1, 16 * kHugePage + 4097}) {
    CAPTURE(bytes);
    const int64_t address = bm_map_pages(bytes);
    REQUIRE(address != 0);
#if !defined(_WIN32)
    CHECK(address % kHugePage == 0);
#endif
    unsigned char* const memory = memory_at(address);
    int64_t nonzero = 0;
    for (int64_t i = 0; i < bytes; ++i) nonzero += memory[i] != 0;
    CHECK(nonzero == 0);
    for (int64_t i = 0; i < bytes; i += 4096) memory[i] = 1;
    memory[bytes - 1] = 2;
    CHECK(memory[bytes - 1] == 2);
    bm_unmap_pages(address, bytes);
  }
}

TEST_CASE("pages that were given back are zero when they come again") {
  for (int i = 0; i < 20; ++i) {
    const int64_t address = bm_map_pages(2 * kHugePage);
    REQUIRE(address != 0);
    CHECK(memory_at(address)[kHugePage] == 0);
    memory_at(address)[kHugePage] = 1;
    bm_unmap_pages(address, 2 * kHugePage);
  }
}

TEST_CASE("pages that were discarded can be used again, and hold nothing or what they held") {
  const int64_t bytes = 3 * kHugePage + 5;
  const int64_t address = bm_map_pages(bytes);
  REQUIRE(address != 0);
  unsigned char* const memory = memory_at(address);
  for (unsigned char round = 1; round < 4; ++round) {
    for (int64_t i = 0; i < bytes; ++i) memory[i] = round;
    bm_discard_pages(address, bytes);
    int64_t kept = 0, others = 0;
    for (int64_t i = 0; i < bytes; ++i) {
      kept += memory[i] == round;
      others += memory[i] != round && memory[i] != 0;
    }
    CHECK(others == 0);
#if defined(__linux__)
    CHECK(kept == 0);
#endif
  }
  bm_unmap_pages(address, bytes);
}

TEST_CASE("sizes that no memory has give none") {
  for (const int64_t bytes : {INT64_MIN, int64_t{-1}, int64_t{0}, int64_t{1} << 60, INT64_MAX}) CHECK(bm_map_pages(bytes) == 0);
  bm_unmap_pages(0, 1);
  bm_discard_pages(0, 1);
}

}  // namespace
