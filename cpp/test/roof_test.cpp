/* The roofs move the bytes they are given, all of them and no others. */
#include <doctest/doctest.h>
#include <stdint.h>
#include <string.h>

#include <memory>
#include <vector>

#include "batchmill/batchmill.h"
#include "kernels.h"

namespace {

using batchmill::Kernels;
using Bytes = std::vector<unsigned char>;

const int64_t kSizes[] = {0,   1,   7,   8,   9,   63,   64,   65,   127,   128,   129,   255,
                          256, 257, 511, 512, 513, 4095, 4096, 4097, 16383, 16384, 16385, 65537};
const int64_t kOffsets[] = {0, 1, 8, 63};
constexpr int64_t kMargin = 64;
constexpr unsigned char kUntouched = 0xee;

std::vector<const Kernels*> builds() {
  const Kernels* all[batchmill::kMaxBuilds];
  return {all, all + batchmill::supported_kernels(all)};
}

Bytes numbered(int64_t size) {
  Bytes bytes(static_cast<size_t>(size));
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<unsigned char>(i * 37 + i / 256 + 1);
  return bytes;
}

uint64_t sum_of_words(const Bytes& bytes) {
  uint64_t sum = 0;
  for (size_t i = 0; i < bytes.size(); ++i) sum += static_cast<uint64_t>(bytes[i]) << 8 * (i % 8);
  return sum;
}

/* Runs a kind on memory at an offset from a line; gives what lies there then and checks that nothing around it was written. */
Bytes written(const Kernels& kernels, int32_t kind, const Bytes& x, int64_t offset) {
  const size_t size = x.size();
  Bytes memory(size + 3 * kMargin, kUntouched);
  const int64_t to_line = static_cast<int64_t>(-reinterpret_cast<uintptr_t>(memory.data()) % kMargin);
  unsigned char* const out = memory.data() + to_line + offset;
  CHECK(kernels.roof(kind, x.data(), out, static_cast<int64_t>(size)) == 0);
  const Bytes result(out, out + size);
  memset(out, kUntouched, size);
  CHECK(memory == Bytes(memory.size(), kUntouched));
  return result;
}

}  // namespace

TEST_CASE("roof: reading gives the sum of all words") {
  for (const Kernels* kernels : builds()) {
    for (const int64_t size : kSizes) {
      for (const int64_t offset : kOffsets) {
        const Bytes x = numbered(size);
        /* Exactly as long as what is read, so that the address sanitizer sees the first step beyond it. */
        const std::unique_ptr<unsigned char[]> memory(new unsigned char[static_cast<size_t>(offset + size)]);
        if (size > 0) memcpy(memory.get() + offset, x.data(), x.size());
        CAPTURE(kernels->isa);
        CAPTURE(size);
        CAPTURE(offset);
        CHECK(kernels->roof(BM_ROOF_READ, memory.get() + offset, nullptr, size) == sum_of_words(x));
      }
    }
  }
}

TEST_CASE("roof: writes fill and copies copy all bytes and no others") {
  for (const Kernels* kernels : builds()) {
    for (const int64_t size : kSizes) {
      for (const int64_t offset : kOffsets) {
        const Bytes x = numbered(size);
        CAPTURE(kernels->isa);
        CAPTURE(size);
        CAPTURE(offset);
        CHECK(written(*kernels, BM_ROOF_COPY, x, offset) == x);
        CHECK(written(*kernels, BM_ROOF_STREAM_COPY, x, offset) == x);
        const Bytes filled(x.size(), 0x5a);
        CHECK(written(*kernels, BM_ROOF_WRITE, x, offset) == filled);
        CHECK(written(*kernels, BM_ROOF_STREAM_WRITE, x, offset) == filled);
      }
    }
  }
}

TEST_CASE("roof: the ABI refuses what is no kind, has no bytes or lacks memory") {
  Bytes x = numbered(64), out(64, kUntouched);
  CHECK(bm_roof(BM_ROOF_READ, x.data(), nullptr, 64) == sum_of_words(x));
  CHECK(bm_roof(BM_ROOF_READ, nullptr, out.data(), 64) == 0);
  CHECK(bm_roof(BM_ROOF_READ, x.data(), nullptr, -1) == 0);
  for (const int32_t kind : {-1, 5}) CHECK(bm_roof(kind, x.data(), out.data(), 64) == 0);
  CHECK(bm_roof(BM_ROOF_COPY, nullptr, out.data(), 64) == 0);
  CHECK(bm_roof(BM_ROOF_STREAM_COPY, x.data(), nullptr, 64) == 0);
  CHECK(bm_roof(BM_ROOF_WRITE, nullptr, nullptr, 64) == 0);
  CHECK(bm_roof(BM_ROOF_WRITE, nullptr, out.data(), 0) == 0);
  CHECK(out == Bytes(64, kUntouched));
  bm_roof(BM_ROOF_COPY, x.data(), out.data(), 64);
  CHECK(out == x);
}
