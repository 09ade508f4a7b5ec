/* Roofs: memory moved in plain loops, for the benchmark to measure the kernels against. */
#include <string.h>

#include "batchmill/batchmill.h"
#include "build.h"
#include "streaming.h"

namespace batchmill {
namespace BM_BUILD {
namespace {

/* What is moved in one go. */
constexpr int64_t kBlock = 4 * kLineBytes;

/* Reads walk so many pages side by side, a line of each in turn: the processor fetches ahead within a page, and from each. */
constexpr int64_t kPages = 4;
constexpr int64_t kPage = 4096;

/* Filled so that a page of zeros cannot stand for it. */
constexpr unsigned char kFilling = 0x5a;

/* A register's worth of words at any address. */
typedef uint64_t Words __attribute__((vector_size(BM_VECTOR_BYTES), aligned(1), may_alias));

constexpr int kVectors = kBlock / BM_VECTOR_BYTES;

/* Keeps the compiler from making one call of memcpy or memset out of a loop: those choose their stores by themselves. */
inline void keep_loop() { __asm__ volatile("" ::: "memory"); }

uint64_t read_bytes(const char* x, int64_t bytes) {
  constexpr int kLine = kLineBytes / BM_VECTOR_BYTES;
  Words sums[kPages][kLine] = {};
  int64_t i = 0;
  for (; i + kPages * kPage <= bytes; i += kPages * kPage) {
    for (int64_t line = i; line < i + kPage; line += kLineBytes) {
      for (int page = 0; page < kPages; ++page) {
        const Words* const from = reinterpret_cast<const Words*>(x + line + page * kPage);
        for (int k = 0; k < kLine; ++k) sums[page][k] += from[k];
      }
    }
  }
  for (; i + kLineBytes <= bytes; i += kLineBytes) {
    const Words* const from = reinterpret_cast<const Words*>(x + i);
    for (int k = 0; k < kLine; ++k) sums[0][k] += from[k];
  }
  uint64_t sum = 0;
  for (int page = 0; page < kPages; ++page) {
    for (int k = 0; k < kLine; ++k) {
      for (size_t lane = 0; lane < sizeof(Words) / sizeof(uint64_t); ++lane) sum += sums[page][k][lane];
    }
  }
  for (; i < bytes; i += sizeof(uint64_t)) {
    uint64_t word = 0;
    memcpy(&word, x + i, bytes - i < 8 ? static_cast<size_t>(bytes - i) : 8);
    sum += word;
  }
  return sum;
}

void write_bytes(char* out, int64_t bytes) {
  Words filling;
  memset(&filling, kFilling, sizeof filling);
  int64_t i = 0;
  for (; i + kBlock <= bytes; i += kBlock) {
    Words* const block = reinterpret_cast<Words*>(out + i);
    for (int k = 0; k < kVectors; ++k) block[k] = filling;
    keep_loop();
  }
  memset(out + i, kFilling, static_cast<size_t>(bytes - i));
}

void copy_bytes(const char* x, char* out, int64_t bytes) {
  int64_t i = 0;
  for (; i + kBlock <= bytes; i += kBlock) {
    const Words* const from = reinterpret_cast<const Words*>(x + i);
    Words* const to = reinterpret_cast<Words*>(out + i);
    for (int k = 0; k < kVectors; ++k) to[k] = from[k];
    keep_loop();
  }
  memcpy(out + i, x + i, static_cast<size_t>(bytes - i));
}

/* The bytes before the first whole line of out. */
int64_t bytes_to_line(const char* out, int64_t bytes) {
  const int64_t head = static_cast<int64_t>(-reinterpret_cast<uintptr_t>(out) % kLineBytes);
  return head < bytes ? head : bytes;
}

void stream_write(char* out, int64_t bytes) {
  char line[kLineBytes];
  memset(line, kFilling, sizeof line);
  int64_t i = bytes_to_line(out, bytes);
  memset(out, kFilling, static_cast<size_t>(i));
  for (; i + kLineBytes <= bytes; i += kLineBytes) store_lines(out + i, line, 1);
  memset(out + i, kFilling, static_cast<size_t>(bytes - i));
  end_stream();
}

void stream_copy(const char* x, char* out, int64_t bytes) {
  int64_t i = bytes_to_line(out, bytes);
  memcpy(out, x, static_cast<size_t>(i));
  for (; i + kPages * kPage <= bytes; i += kPages * kPage) {
    for (int64_t line = i; line < i + kPage; line += kLineBytes) {
      for (int64_t at = line; at < line + kPages * kPage; at += kPage) store_lines(out + at, x + at, 1);
    }
  }
  const int64_t lines = (bytes - i) / kLineBytes;
  store_lines(out + i, x + i, lines);
  i += lines * kLineBytes;
  memcpy(out + i, x + i, static_cast<size_t>(bytes - i));
  end_stream();
}

}  // namespace

uint64_t roof(int32_t kind, const void* x, void* out, int64_t bytes) {
  /* The pointers of an empty range may be null, which memcpy does not allow. */
  if (bytes == 0) return 0;
  const char* const from = static_cast<const char*>(x);
  char* const to = static_cast<char*>(out);
  switch (kind) {
    case BM_ROOF_READ:
      return read_bytes(from, bytes);
    case BM_ROOF_WRITE:
      write_bytes(to, bytes);
      break;
    case BM_ROOF_STREAM_WRITE:
      stream_write(to, bytes);
      break;
    case BM_ROOF_COPY:
      copy_bytes(from, to, bytes);
      break;
    case BM_ROOF_STREAM_COPY:
      stream_copy(from, to, bytes);
      break;
  }
  return 0;
}

}  // namespace BM_BUILD
}  // namespace batchmill
