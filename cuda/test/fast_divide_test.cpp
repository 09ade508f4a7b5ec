#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
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
