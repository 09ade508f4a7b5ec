/* Every build of the kernels against the first one, on inputs that a fuzzer makes up: the same bits, nothing written beyond the
 * output, whatever the shape, the alignment, the split into ranges and the way to memory.
 *
 * The first bytes of an input choose the kernel and its arguments, the rest is the data, repeated as often as needed. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <memory>
#include <vector>

#include "batchmill/batchmill.h"
#include "kernels.h"

namespace {

using batchmill::Kernels;

class Input {
 public:
  Input(const uint8_t* data, size_t size) : data_(data), size_(size) {}

  uint8_t byte() { return size_ == 0 ? 0 : data_[at_++ % size_]; }

  /* A number in [0, most]; small ones are as likely as large ones. */
  int64_t number(int64_t most) {
    const int64_t value = byte() | byte() << 8;
    return value % ((byte() & 1 ? most : most < 70 ? most : 70) + 1);
  }

 private:
  const uint8_t* data_;
  size_t size_;
  size_t at_ = 0;
};

/* Memory of exactly so many bytes, for the address sanitizer, that begins `offset` elements after a cache line. */
class Memory {
 public:
  Memory(int64_t bytes, int64_t offset)
      : bytes_(bytes), memory_(static_cast<char*>(malloc(static_cast<size_t>(bytes + offset + 64)))) {
    at_ = memory_ + 64 - reinterpret_cast<uintptr_t>(memory_) % 64 + offset;
    /* What follows must end with the allocation. */
    char* const exact = static_cast<char*>(realloc(memory_, static_cast<size_t>(at_ - memory_ + bytes)));
    at_ = exact + (at_ - memory_);
    memory_ = exact;
  }
  ~Memory() { free(memory_); }
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;

  void* at() const { return at_; }

  void fill(Input& input) {
    for (int64_t i = 0; i < bytes_; ++i) at_[i] = static_cast<char>(input.byte());
  }

  void copy(const Memory& other) { memcpy(at_, other.at_, static_cast<size_t>(bytes_)); }

 private:
  int64_t bytes_;
  char* memory_;
  char* at_;
};

template <typename T>
bool same(const void* a, const void* b, int64_t count) {
  const T* x = static_cast<const T*>(a);
  const T* y = static_cast<const T*>(b);
  for (int64_t i = 0; i < count; ++i) {
    /* The payload of a NaN is not part of the contract. */
    if (memcmp(x + i, y + i, sizeof(T)) != 0 && !(x[i] != x[i] && y[i] != y[i])) return false;
  }
  return true;
}

bool is_nan_of_half(uint16_t pattern, int32_t type) {
  return type == BM_FLOAT16 ? (pattern & 0x7fff) > 0x7c00 : (pattern & 0x7fff) > 0x7f80;
}

int64_t bytes_of(int32_t type) {
  switch (type) {
    case BM_FLOAT64:
    case BM_INT64:
      return 8;
    case BM_FLOAT32:
    case BM_INT32:
      return 4;
    case BM_INT8:
    case BM_UINT8:
    case BM_BOOL:
      return 1;
    default:
      return 2;
  }
}

bool same_elements(int32_t type, const void* a, const void* b, int64_t count) {
  if (type == BM_FLOAT32) return same<float>(a, b, count);
  if (type == BM_FLOAT64) return same<double>(a, b, count);
  if (type != BM_FLOAT16 && type != BM_BFLOAT16) return !memcmp(a, b, static_cast<size_t>(count * bytes_of(type)));
  const uint16_t* x = static_cast<const uint16_t*>(a);
  const uint16_t* y = static_cast<const uint16_t*>(b);
  for (int64_t i = 0; i < count; ++i) {
    if (x[i] != y[i] && !(is_nan_of_half(x[i], type) && is_nan_of_half(y[i], type))) return false;
  }
  return true;
}

void require(bool good, const char* kernel, const Kernels& build) {
  if (good) return;
  fprintf(stderr, "%s differs: isa=%s\n", kernel, build.isa);
  abort();
}

double order_of(Input& input) {
  const double orders[] = {0, 1, 2, HUGE_VAL, -HUGE_VAL, 3, 0.5, 2.5, -1, 2.7, -0.3, 17};
  return orders[input.byte() % (sizeof orders / sizeof *orders)];
}

void normalize(Input& input, const Kernels* const* builds, int count) {
  const int32_t type = input.byte() & 1 ? BM_FLOAT32 : BM_FLOAT64;
  const double order = order_of(input);
  const double epsilon = input.byte() & 1 ? 0 : input.byte() / 16.0;
  const int64_t inner = 1 + (input.byte() & 1 ? 0 : input.number(1100));
  const int64_t length = 1 + input.number(inner < 40 ? 5000 : 300);
  const int64_t outer = 1 + input.number(inner * length < 500 ? 40 : 2);
  const int64_t elements = outer * length * inner;
  const int64_t lines = outer * inner;
  const int64_t middle = input.number(lines);
  const bool in_place = input.byte() & 1;
  const int64_t x_offset = input.byte() % 16 * bytes_of(type);
  const int64_t out_offset = input.byte() % 16 * bytes_of(type);
  Memory x(elements * bytes_of(type), x_offset);
  x.fill(input);
  Memory first(elements * bytes_of(type), 0);
  builds[0]->normalize(x.at(), first.at(), type, length, inner, 0, lines, order, epsilon, false);
  for (int i = 0; i < count; ++i) {
    for (const bool streaming : {false, true}) {
      Memory out(elements * bytes_of(type), out_offset);
      if (in_place) out.copy(x);
      const void* from = in_place ? out.at() : x.at();
      builds[i]->normalize(from, out.at(), type, length, inner, middle, lines, order, epsilon, streaming && !in_place);
      builds[i]->normalize(from, out.at(), type, length, inner, 0, middle, order, epsilon, streaming && !in_place);
      require(same_elements(type, first.at(), out.at(), elements), "normalize", *builds[i]);
    }
  }
}

void sum_and_divide(Input& input, const Kernels* const* builds, int count) {
  const int32_t type = input.byte() & 1 ? BM_FLOAT32 : BM_FLOAT64;
  const double order = order_of(input);
  const int64_t inner = 1 + input.number(1100);
  const int64_t length = 1 + input.number(inner < 40 ? 5000 : 300);
  const int64_t elements = length * inner;
  const int64_t middle = input.number(inner);
  const int64_t cut = input.number(elements);
  Memory x(elements * bytes_of(type), input.byte() % 16 * bytes_of(type));
  x.fill(input);
  std::vector<double> first(static_cast<size_t>(inner));
  Memory quotients(elements * bytes_of(type), 0);
  for (int i = 0; i < count; ++i) {
    std::vector<double> sums(static_cast<size_t>(inner));
    builds[i]->norm_sums(x.at(), type, length, inner, 0, middle, order, sums.data());
    builds[i]->norm_sums(x.at(), type, length, inner, middle, inner, order, sums.data() + middle);
    if (i == 0) first = sums;
    require(same<double>(first.data(), sums.data(), inner), "norm_sums", *builds[i]);
    for (const bool streaming : {false, true}) {
      Memory out(elements * bytes_of(type), input.byte() % 16 * bytes_of(type));
      builds[i]->divide(x.at(), out.at(), type, first.data(), inner, 0, cut, streaming);
      builds[i]->divide(x.at(), out.at(), type, first.data(), inner, cut, elements, streaming);
      if (i == 0 && !streaming) quotients.copy(out);
      require(same_elements(type, quotients.at(), out.at(), elements), "divide", *builds[i]);
    }
  }
}

void convert(Input& input, const Kernels* const* builds, int count) {
  const int32_t x_type = input.byte() % 10;
  const int32_t out_type = input.byte() % 10;
  const int64_t elements = input.number(5000);
  Memory x(elements * bytes_of(x_type), input.byte() % 16 * bytes_of(x_type));
  x.fill(input);
  Memory first(elements * bytes_of(out_type), 0);
  for (int i = 0; i < count; ++i) {
    for (const bool streaming : {false, true}) {
      Memory out(elements * bytes_of(out_type), input.byte() % 16 * bytes_of(out_type));
      builds[i]->convert(x.at(), x_type, out.at(), out_type, elements, streaming);
      if (i == 0 && !streaming) first.copy(out);
      require(same_elements(out_type, first.at(), out.at(), elements), "convert", *builds[i]);
    }
  }
}

void labels(Input& input, const Kernels* const* builds, int count) {
  const int32_t type = input.byte() % 10;
  const int64_t classes = 1 + input.number(1200);
  const int64_t depth = input.byte() & 1 ? 1 : input.number(4);
  const int64_t inner = input.byte() & 1 ? 1 : 1 + input.number(150);
  const int64_t outer = 1 + input.number(classes * inner < 2000 ? 40 : 2);
  const int64_t lines = outer * inner, elements = lines * classes, middle = input.number(lines);
  const int64_t size = INT64_C(1) << input.byte() % 4;
  Memory values(lines * depth * bytes_of(type), input.byte() % 16 * bytes_of(type));
  values.fill(input);
  const bm_labels labels = {values.at(), type, input.byte() & 1, input.byte() % 4 - 1, classes};
  int64_t found[2] = {};
  builds[0]->scan_labels(labels, 0, lines * depth, found);
  const bool good = found[0] == lines * depth;
  Memory ones(elements * size, 0), counts(elements * 4, 0);
  for (int i = 0; i < count; ++i) {
    int64_t seen[2] = {};
    builds[i]->scan_labels(labels, 0, lines * depth, seen);
    require(seen[0] == found[0] && seen[1] == found[1], "scan_labels", *builds[i]);
    for (const bool streaming : {false, true}) {
      Memory out(elements * size, input.byte() % 16 * size), sums(elements * 4, input.byte() % 16 * 4);
      bool encoded = true, counted = true;
      const int64_t parts[][2] = {{0, middle}, {middle, lines}};
      for (const auto& part : parts) {
        encoded = builds[i]->one_hot(labels, depth, inner, out.at(), static_cast<int32_t>(size), 0x0102030405060708,
                                     0x1112131415161718, part[0], part[1], streaming) &&
                  encoded;
        counted = builds[i]->count_labels(labels, depth, inner, sums.at(), BM_INT32, part[0], part[1], streaming) && counted;
      }
      require(encoded == good && counted == good, "one_hot", *builds[i]);
      if (!good) continue;
      if (i == 0 && !streaming) {
        ones.copy(out);
        counts.copy(sums);
      }
      require(!memcmp(ones.at(), out.at(), static_cast<size_t>(elements * size)), "one_hot", *builds[i]);
      require(!memcmp(counts.at(), sums.at(), static_cast<size_t>(elements * 4)), "count_labels", *builds[i]);
    }
  }
}

void arg_max(Input& input, const Kernels* const* builds, int count) {
  const int32_t type = input.byte() % 10;
  const int64_t length = 1 + input.number(3000);
  const int64_t inner = input.byte() & 1 ? 1 : 1 + input.number(100);
  const int64_t outer = 1 + input.number(length * inner < 1000 ? 30 : 2);
  const int64_t lines = outer * inner, middle = input.number(lines);
  Memory x(lines * length * bytes_of(type), input.byte() % 16 * bytes_of(type));
  x.fill(input);
  std::vector<int64_t> first(static_cast<size_t>(lines));
  for (int i = 0; i < count; ++i) {
    std::vector<int64_t> seen(static_cast<size_t>(lines));
    builds[i]->arg_max(x.at(), type, length, inner, 0, middle, seen.data());
    builds[i]->arg_max(x.at(), type, length, inner, middle, lines, seen.data() + middle);
    if (i == 0) first = seen;
    require(first == seen, "arg_max", *builds[i]);
  }
}

void features(Input& input, const Kernels* const* builds, int count) {
  const int32_t type = input.byte() % 10;
  const int32_t out_type = input.byte() & 1 ? BM_FLOAT32 : BM_FLOAT64;
  const int64_t features = 1 + input.number(1100);
  const int64_t inner = input.byte() & 1 ? 1 : 1 + input.number(100);
  const int64_t rows = 1 + input.number(features * inner < 1000 ? 60 : 3);
  const int64_t row = features * inner, elements = rows * row, cut = input.number(elements);
  Memory x(elements * bytes_of(type), input.byte() % 16 * bytes_of(type));
  x.fill(input);
  std::vector<double> a(static_cast<size_t>(features)), b(a), pivots(a);
  for (size_t k = 0; k < a.size(); ++k) {
    a[k] = input.byte() / 8.0 - 16;
    b[k] = 1 + input.byte() / 16.0;
    pivots[k] = input.byte() - 128.0;
  }
  const bool divide = input.byte() & 1, bounded = input.byte() & 1;
  const double low = bounded ? -3 : -HUGE_VAL, high = bounded ? 5 : HUGE_VAL;
  Memory scaled(elements * bytes_of(out_type), 0);
  std::vector<double> first[4];
  for (int i = 0; i < count; ++i) {
    std::vector<double> seen[4] = {a, a, a, a};
    builds[i]->moments(x.at(), type, rows, row, features, inner, inner, pivots.data(), seen[0].data(), seen[1].data());
    builds[i]->extremes(x.at(), type, rows, row, features, inner, inner, seen[2].data(), seen[3].data());
    for (int k = 0; k < 4; ++k) {
      if (i == 0) first[k] = seen[k];
      require(same<double>(first[k].data(), seen[k].data(), features), k < 2 ? "moments" : "extremes", *builds[i]);
    }
    for (const bool streaming : {false, true}) {
      Memory out(elements * bytes_of(out_type), input.byte() % 16 * bytes_of(out_type));
      builds[i]->rescale(x.at(), type, out.at(), out_type, divide, a.data(), b.data(), features, inner, 0, cut, low, high,
                         streaming);
      builds[i]->rescale(x.at(), type, out.at(), out_type, divide, a.data(), b.data(), features, inner, cut, elements, low,
                         high, streaming);
      if (i == 0 && !streaming) scaled.copy(out);
      require(same_elements(out_type, scaled.at(), out.at(), elements), "rescale", *builds[i]);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Input input(data, size);
  const Kernels* builds[batchmill::kMaxBuilds];
  const int count = batchmill::supported_kernels(builds);
  using Check = void (*)(Input&, const Kernels* const*, int);
  constexpr Check checks[] = {normalize, sum_and_divide, convert, labels, arg_max, features};
  checks[input.byte() % (sizeof checks / sizeof *checks)](input, builds, count);
  return 0;
}
