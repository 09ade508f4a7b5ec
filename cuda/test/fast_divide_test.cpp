#include "fast_divide.h"

#include <doctest/doctest.h>

#include <random>

TEST_CASE("quotients equal division around every multiple and at random") {
  constexpr uint32_t kTop = (1u << 31) - 1;
  std::mt19937 random(1);
  for (int i = 0; i < 20000; ++i) {
    const uint32_t divisor = i < 2000 ? i + 1 : i < 2031 ? 1u << (i - 2000) : random() % kTop + 1;
    const batchmill::FastDivide divide(divisor);
    for (int j = 0; j < 200; ++j) {
      const uint32_t n = random() & kTop;
      REQUIRE(divide.quotient(n) == n / divisor);
      const uint32_t multiple = n / divisor * divisor;
      REQUIRE(divide.quotient(multiple) == multiple / divisor);
      if (multiple > 0) REQUIRE(divide.quotient(multiple - 1) == (multiple - 1) / divisor);
    }
    REQUIRE(divide.quotient(0) == 0);
    REQUIRE(divide.quotient(kTop) == kTop / divisor);
  }
}

TEST_CASE("long quotients equal division around every multiple and at random") {
  constexpr int64_t kTop = INT64_MAX;
  std::mt19937_64 random(1);
  for (int i = 0; i < 4000; ++i) {
    int64_t divisor = i < 1000 ? i + 2 : static_cast<int64_t>(random() >> (2 + i % 60));
    if (divisor < 2) divisor = 2;
    const batchmill::FastDivideLong divide(divisor);
    bool same = divide.quotient(0) == 0 && divide.quotient(kTop) == kTop / divisor;
    for (int j = 0; j < 200; ++j) {
      const int64_t n = static_cast<int64_t>(random() >> (1 + j % 60)), multiple = n / divisor * divisor;
      same = same && divide.quotient(n) == n / divisor && divide.quotient(multiple) == multiple / divisor;
      same = same && (multiple == 0 || divide.quotient(multiple - 1) == (multiple - 1) / divisor);
    }
    CAPTURE(divisor);
    REQUIRE(same);
  }
}
