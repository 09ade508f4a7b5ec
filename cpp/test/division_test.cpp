/* Quotients are those of division, bit for bit, where they are hardest to round and where numbers are at their limits. */
#include <doctest/doctest.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include <algorithm>
#include <random>
#include <vector>

#include "batchmill/batchmill.h"
#include "kernels.h"

namespace {

using batchmill::Kernels;

template <typename T>
struct Format;
template <>
struct Format<float> {
  using Bits = uint32_t;
  static constexpr int kDigits = 24;
  static constexpr bm_type kType = BM_FLOAT32;
};
template <>
struct Format<double> {
  using Bits = uint64_t;
  static constexpr int kDigits = 53;
  static constexpr bm_type kType = BM_FLOAT64;
};

std::vector<const Kernels*> builds() {
  const Kernels* all[batchmill::kMaxBuilds];
  return {all, all + batchmill::supported_kernels(all)};
}

/* The number that m * inverse is 1 for, modulo 2^64; m is odd. */
uint64_t inverse(uint64_t m) {
  uint64_t inverse = m;
  for (int i = 0; i < 6; ++i) inverse *= 2 - m * inverse;
  return inverse;
}

/* Dividends whose quotient by d is as near as can be to the middle of two neighbouring numbers, or to a number: with p digits,
 * M * D = x * 2^p + c for an M of p + 1 digits and a small c. All are scaled to be less than d. */
template <typename T>
void add_hard_dividends(T d, std::vector<T>& dividends) {
  constexpr int p = Format<T>::kDigits;
  int exponent;
  const uint64_t D = static_cast<uint64_t>(ldexp(static_cast<double>(frexp(d, &exponent)), p)) | 1;
  for (int c = -9; c <= 9; ++c) {
    for (const int modulus : {p, p + 1}) {
      const uint64_t mask = (uint64_t{1} << modulus) - 1;
      const uint64_t low = inverse(D) * static_cast<uint64_t>(static_cast<int64_t>(c)) & mask;
      for (uint64_t M = low; M < uint64_t{1} << (p + 1); M += mask + 1) {
        const unsigned __int128 product = static_cast<unsigned __int128>(M) * D;
        const uint64_t x = static_cast<uint64_t>((product + (uint64_t{1} << (modulus - 1))) >> modulus);
        if (x == 0 || x >> p) continue;
        const T dividend = static_cast<T>(ldexp(static_cast<T>(x), exponent - p - 1));
        dividends.push_back(dividend);
        dividends.push_back(-dividend);
      }
    }
  }
}

template <typename T>
void add_dividends_at_limits(T d, std::vector<T>& dividends) {
  for (int e = 0; e < (sizeof(T) == 4 ? 150 : 1080); e += 1) {
    for (const T m : {T(1), std::nextafter(T(1), T(0)), std::nextafter(T(1), T(2)), T(1.37)}) {
      dividends.push_back(static_cast<T>(ldexp(d / 2 * m, -e)));
      dividends.push_back(-dividends.back());
    }
  }
  dividends.push_back(T(0));
  dividends.push_back(-T(0));
}

template <typename T>
bool same_bits(const std::vector<T>& a, const std::vector<T>& b) {
  return memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0;
}

/* Normalises by the greatest magnitude, which is d, as one row and as the columns of a block. */
template <typename T>
void check(T d, const std::vector<T>& dividends) {
  constexpr int64_t kInner = 48;
  std::vector<T> x;
  for (const T dividend : dividends) {
    if (dividend <= d && dividend >= -d) x.push_back(dividend);
  }
  x.push_back(d);
  std::vector<T> expected(x.size()), out(x.size());
  for (size_t i = 0; i < x.size(); ++i) expected[i] = x[i] / d;
  std::vector<T> block(x.size() * kInner), block_expected(block.size()), block_out(block.size());
  for (size_t i = 0; i < block.size(); ++i) {
    block[i] = x[i / kInner];
    block_expected[i] = expected[i / kInner];
  }
  const int64_t n = static_cast<int64_t>(x.size());
  for (const Kernels* kernels : builds()) {
    CAPTURE(kernels->isa);
    CAPTURE(static_cast<double>(d));
    for (const bool streaming : {false, true}) {
      kernels->normalize(x.data(), out.data(), Format<T>::kType, n, 1, 0, 1, HUGE_VAL, 0, streaming);
      CHECK(same_bits(out, expected));
      kernels->normalize(block.data(), block_out.data(), Format<T>::kType, n, kInner, 0, kInner, HUGE_VAL, 0, streaming);
      CHECK(same_bits(block_out, block_expected));
    }
  }
}

template <typename T>
void check_divisors() {
  std::mt19937_64 random(7);
  std::vector<T> divisors = {1, 3, std::nextafter(T(2), T(1)), std::nextafter(T(1), T(2))};
  for (const int limit : {-60, 47, 60}) {
    const T power = static_cast<T>(ldexp(1.0, limit));
    divisors.insert(divisors.end(), {power, std::nextafter(power, T(0)), 2 * power, power / 2});
  }
  for (int i = 0; i < 400; ++i) {
    divisors.push_back(
        static_cast<T>(ldexp(1 + static_cast<double>(random() >> 11) * 0x1p-53, static_cast<int>(random() % 126) - 63)));
  }
  for (const T d : divisors) {
    std::vector<T> dividends;
    add_hard_dividends(d, dividends);
    add_dividends_at_limits(d, dividends);
    for (int i = 0; i < 1000; ++i) dividends.push_back(static_cast<T>(static_cast<double>(random() >> 11) * 0x1p-53) * d);
    check(d, dividends);
  }
}

TEST_CASE("quotients by one number are those of division, float32") { check_divisors<float>(); }
TEST_CASE("quotients by one number are those of division, float64") { check_divisors<double>(); }

TEST_CASE("numbers that are not finite are divided as always") {
  const float x[] = {1, NAN, INFINITY, -INFINITY, 0, -0.0f, 2, 3};
  for (const Kernels* kernels : builds()) {
    CAPTURE(kernels->isa);
    float row[64], out[64];
    for (int i = 0; i < 64; ++i) row[i] = x[i % 8];
    kernels->normalize(row, out, BM_FLOAT32, 64, 1, 0, 1, 2, 0, false);
    for (int i = 0; i < 64; ++i) CHECK(isnan(out[i]));
    for (int i = 0; i < 64; ++i) row[i] = isnan(x[i % 8]) ? 5 : x[i % 8];
    /* The smallest magnitude is 0, the divisor one. */
    kernels->normalize(row, out, BM_FLOAT32, 64, 1, 0, 1, -HUGE_VAL, 0, false);
    CHECK(memcmp(out, row, sizeof out) == 0);
    kernels->normalize(row, out, BM_FLOAT32, 64, 1, 0, 1, HUGE_VAL, 0, false);
    for (int i = 0; i < 64; ++i) CHECK((isinf(row[i]) ? isnan(out[i]) : out[i] == 0));
  }
}

}  // namespace
