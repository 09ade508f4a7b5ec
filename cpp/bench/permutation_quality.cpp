/* The statistics behind docs/permutation-quality.md: the round function of permutation.h and cheaper ones, with few rounds to
 * many.
 *
 *   g++ -std=c++17 -O3 -Icpp/include cpp/bench/permutation_quality.cpp -o permutation_quality && ./permutation_quality 60
 *
 * The argument is the number of seeds. Each line gives the largest of the tests' z values (standard normal if the orders are
 * random; a few dozen tests reach 3 now and then) and the mean of their squares (1 if they are random). The tests, over all
 * seeds together:
 *
 *   difference   p(i + lag) - p(i) mod size for every i of an order, at lags that move one digit or both: chi-square over all
 *                values, summed over the orders
 *   digits       the same for the pair of digit differences, summed over the orders
 *   drift        the same after adding up the orders' histograms
 *   collision    all pairs of positions that share a digit, at size 257 * 257: how often their indices share a digit, or share
 *                one and repeat the other's difference (the statistic of Patarin's attacks)
 *   ascents, fixed points, and the difference to the order of the next seed and the next epoch */
#include <stdio.h>
#include <stdlib.h>

#include <cmath>
#include <numeric>
#include <utility>
#include <vector>

#include "batchmill/permutation.h"

namespace batchmill {
namespace {

constexpr int kMostRounds = 16;

enum class Function {
  kShuffle,     /* no network: a Fisher-Yates shuffle, as the control */
  kChosen,      /* permutation_scatter */
  kFold,        /* without its second multiplication */
  kFixedFold,   /* a fixed multiplier after an exclusive-or with the key, folded */
  kMultiplyAdd, /* multiply-add-shift: universal, but linear */
};

constexpr const char* kNames[] = {"shuffle", "chosen", "fold", "fixed-fold", "multiply-add"};

uint64_t scatter(Function function, uint64_t digit, PermutationRound round, uint64_t radix) {
  uint64_t product;
  switch (function) {
    case Function::kFold:
      product = digit * round.multiplier + round.addend;
      return ((product ^ product >> 32) & 0xFFFFFFFF) * radix >> 32;
    case Function::kFixedFold:
      product = (digit ^ round.multiplier) * 0xD2511F53;
      return ((product ^ product >> 32) & 0xFFFFFFFF) * radix >> 32;
    case Function::kMultiplyAdd:
      product = digit * (round.multiplier | round.addend << 32) + round.addend;
      return (product >> 32) * radix >> 32;
    default:
      return permutation_scatter(digit, round, radix);
  }
}

PhiloxStream stream_of(uint64_t size, uint64_t seed, uint64_t epoch) {
  const PhiloxBlock words = philox(seed, {{static_cast<uint32_t>(epoch), static_cast<uint32_t>(epoch >> 32),
                                           static_cast<uint32_t>(size), static_cast<uint32_t>(size >> 32)}});
  return {words.word[0] | static_cast<uint64_t>(words.word[1]) << 32, words.word[2], words.word[3], 0, {}};
}

struct Scheme {
  Function function;
  int rounds;

  std::vector<uint32_t> order(uint64_t size, uint64_t seed, uint64_t epoch) const {
    std::vector<uint32_t> result(size);
    PhiloxStream stream = stream_of(size, seed, epoch);
    if (function == Function::kShuffle) {
      std::iota(result.begin(), result.end(), 0);
      for (uint64_t i = size - 1; i > 0; --i) std::swap(result[i], result[philox_next(&stream) * (i + 1) >> 32]);
      return result;
    }
    const PermutationKey base = permutation_key(size, seed, epoch);
    PermutationRound round[kMostRounds];
    for (PermutationRound& each : round) {
      each.multiplier = philox_next(&stream) | 1;
      const uint64_t low = philox_next(&stream);
      each.addend = low | static_cast<uint64_t>(philox_next(&stream)) << 32;
    }
    for (uint64_t i = 0; i < size; ++i) {
      uint64_t value = i;
      do {
        uint64_t upper = value / base.columns;
        uint64_t lower = value % base.columns;
        for (int k = 0; k < rounds; ++k) {
          if (k % 2 == 0) {
            upper = (upper + scatter(function, lower, round[k], base.rows)) % base.rows;
          } else {
            lower = (lower + scatter(function, upper, round[k], base.columns)) % base.columns;
          }
        }
        value = upper * base.columns + lower;
      } while (value >= size);
      result[i] = static_cast<uint32_t>(value);
    }
    return result;
  }
};

/* Gathers the z values of one line. */
class Line {
 public:
  void note(double z, const char* test, uint64_t lag) {
    ++count_;
    squares_ += z * z;
    if (std::fabs(z) > std::fabs(worst_)) {
      worst_ = z;
      test_ = test;
      lag_ = lag;
    }
  }

  void print(Scheme scheme, uint64_t size) const {
    printf("%-12s %2d rounds  size %7llu  worst z %12.2f (%s, lag %llu)  mean z^2 %.2f of %d\n",
           kNames[static_cast<int>(scheme.function)], scheme.rounds, static_cast<unsigned long long>(size), worst_, test_,
           static_cast<unsigned long long>(lag_), squares_ / count_, count_);
    fflush(stdout);
  }

 private:
  int count_ = 0;
  double squares_ = 0;
  double worst_ = 0;
  const char* test_ = "";
  uint64_t lag_ = 0;
};

/* Chi-square of the counts from `from` on, less its degrees of freedom. */
double excess(const std::vector<uint64_t>& counts, size_t from) {
  const double cells = static_cast<double>(counts.size() - from);
  const double expected = std::accumulate(counts.begin() + from, counts.end(), 0.0) / cells;
  double sum = 0;
  for (size_t i = from; i < counts.size(); ++i) sum += (counts[i] - expected) * (counts[i] - expected) / expected;
  return sum - (cells - 1);
}

uint64_t minus(uint64_t a, uint64_t b, uint64_t radix) { return a >= b ? a - b : a + radix - b; }

void differences(Scheme scheme, uint64_t size, int seeds) {
  const PermutationKey key = permutation_key(size, 0, 0);
  const uint64_t cells = key.rows * key.columns;
  const std::vector<uint64_t> lags = {1,
                                      2,
                                      3,
                                      4,
                                      7,
                                      8,
                                      16,
                                      64,
                                      key.columns - 1,
                                      key.columns,
                                      key.columns + 1,
                                      2 * key.columns,
                                      3 * key.columns,
                                      16 * key.columns,
                                      size / 2};
  std::vector<double> whole(lags.size());
  std::vector<double> digits(lags.size());
  std::vector<std::vector<uint64_t>> total(lags.size(), std::vector<uint64_t>(cells));
  double ascents = 0;
  double fixed = 0;
  double next_seed = 0;
  double next_epoch = 0;
  std::vector<uint32_t> p = scheme.order(size, 0, 0);
  for (int seed = 0; seed < seeds; ++seed) {
    for (size_t k = 0; k < lags.size(); ++k) {
      std::vector<uint64_t> by_difference(size);
      std::vector<uint64_t> by_digits(cells);
      for (uint64_t i = 0; i + lags[k] < size; ++i) {
        const uint32_t a = p[i];
        const uint32_t b = p[i + lags[k]];
        const uint64_t cell = minus(b / key.columns, a / key.columns, key.rows) * key.columns +
                              minus(b % key.columns, a % key.columns, key.columns);
        ++by_difference[minus(b, a, size)];
        ++by_digits[cell];
        ++total[k][cell];
      }
      whole[k] += excess(by_difference, 1);
      digits[k] += excess(by_digits, 1);
    }
    const std::vector<uint32_t> later = scheme.order(size, seed, 1);
    const std::vector<uint32_t> neighbour = scheme.order(size, seed + 1, 0);
    std::vector<uint64_t> to_later(size);
    std::vector<uint64_t> to_neighbour(size);
    for (uint64_t i = 0; i < size; ++i) {
      ascents += i > 0 && p[i - 1] < p[i];
      fixed += p[i] == i;
      ++to_later[minus(later[i], p[i], size)];
      ++to_neighbour[minus(neighbour[i], p[i], size)];
    }
    next_epoch += excess(to_later, 0);
    next_seed += excess(to_neighbour, 0);
    p = neighbour;
  }
  Line line;
  for (size_t k = 0; k < lags.size(); ++k) {
    line.note(whole[k] / std::sqrt(2.0 * size * seeds), "difference", lags[k]);
    line.note(digits[k] / std::sqrt(2.0 * cells * seeds), "digits", lags[k]);
    line.note(excess(total[k], 1) / std::sqrt(2.0 * cells), "drift", lags[k]);
  }
  line.note((ascents - seeds * (size - 1) / 2.0) / std::sqrt(seeds * (size + 1) / 12.0), "ascents", 1);
  line.note((fixed - seeds) / std::sqrt(seeds), "fixed points", 0);
  line.note(next_seed / std::sqrt(2.0 * size * seeds), "next seed", 0);
  line.note(next_epoch / std::sqrt(2.0 * size * seeds), "next epoch", 0);
  line.print(scheme, size);
}

/* Judged by the spread between the orders, since the pairs of one order are not independent. */
void collisions(Scheme scheme, int seeds) {
  constexpr uint64_t kRadix = 257;
  constexpr uint64_t kSize = kRadix * kRadix;
  constexpr int kTests = 8;
  const double pairs = kSize * (kRadix - 1) / 2.0;
  double sum[kTests] = {};
  double squares[kTests] = {};
  for (int seed = 0; seed < seeds; ++seed) {
    const std::vector<uint32_t> p = scheme.order(kSize, seed, 0);
    double count[kTests] = {};
    for (uint64_t shared = 0; shared < kRadix; ++shared) {
      for (uint64_t u = 0; u < kRadix; ++u) {
        for (uint64_t v = u + 1; v < kRadix; ++v) {
          for (int digit = 0; digit < 2; ++digit) {
            const uint32_t a = p[digit == 0 ? u * kRadix + shared : shared * kRadix + u];
            const uint32_t b = p[digit == 0 ? v * kRadix + shared : shared * kRadix + v];
            const uint64_t upper = minus(b / kRadix, a / kRadix, kRadix);
            const uint64_t lower = minus(b % kRadix, a % kRadix, kRadix);
            count[4 * digit + 0] += lower == 0;
            count[4 * digit + 1] += lower == 0 && upper == v - u;
            count[4 * digit + 2] += upper == 0;
            count[4 * digit + 3] += upper == 0 && lower == v - u;
          }
        }
      }
    }
    for (int k = 0; k < kTests; ++k) {
      const double excess = count[k] - pairs * (k % 2 == 0 ? kRadix - 1 : 1) / (kSize - 1);
      sum[k] += excess;
      squares[k] += excess * excess;
    }
  }
  Line line;
  for (int k = 0; k < kTests; ++k) line.note(sum[k] / std::sqrt(squares[k]), "collision", k);
  line.print(scheme, kSize);
}

}  // namespace
}  // namespace batchmill

int main(int argc, char** argv) {
  using namespace batchmill;
  const int seeds = argc > 1 ? atoi(argv[1]) : 0;
  if (seeds < 2) {
    fprintf(stderr, "usage: permutation_quality SEEDS\n");
    return 2;
  }
  const Scheme schemes[] = {{Function::kShuffle, 0},
                            {Function::kMultiplyAdd, 8},
                            {Function::kFold, 6},
                            {Function::kFold, 8},
                            {Function::kFixedFold, 6},
                            {Function::kFixedFold, 8},
                            {Function::kChosen, 3},
                            {Function::kChosen, 4},
                            {Function::kChosen, 5},
                            {Function::kChosen, 6},
                            {Function::kChosen, kPermutationRounds}};
  for (const Scheme& scheme : schemes) {
    for (uint64_t size : {65537, 66049, 100000, 1048577}) {
      if (size < 1000000 || seeds >= 20) differences(scheme, size, size < 1000000 ? seeds : seeds / 20);
    }
    collisions(scheme, seeds);
  }
  return 0;
}
