package dev.batchmill.random;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The statistics of the orders, with fixed seeds: a fault of the scheme shows as a score far from
 * 0. All scores together, about 300, pass the limit of 5 by chance once in 5 000 choices of seeds.
 */
class PermutationQualityTest {
  static IntStream orders() {
    return Arrays.stream(PermutationStatistics.ORDERS);
  }

  static IntStream tables() {
    return Arrays.stream(PermutationStatistics.TABLES);
  }

  static LongStream samples() {
    return Arrays.stream(PermutationStatistics.SAMPLES);
  }

  static IntStream neighbours() {
    return Arrays.stream(PermutationStatistics.NEIGHBOURS);
  }

  static IntStream pairs() {
    return Arrays.stream(PermutationStatistics.PAIRS);
  }

  @ParameterizedTest
  @MethodSource("orders")
  void everyOrderOfFewIndicesIsEquallyLikely(int size) {
    assertRandom(PermutationStatistics.orders(size));
  }

  @ParameterizedTest
  @MethodSource("tables")
  void everyPositionTakesEveryIndexEquallyOften(int size) {
    assertRandom(PermutationStatistics.table(size));
  }

  @ParameterizedTest
  @MethodSource("samples")
  void somePositionsOfManyTakeEveryIndexEquallyOften(long size) {
    assertRandom(PermutationStatistics.samples(size));
  }

  @ParameterizedTest
  @MethodSource("neighbours")
  void neighbouringPositionsAreUnrelated(int size) {
    assertRandom(PermutationStatistics.neighbours(size));
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void neighbouringSeedsAndEpochsAreUnrelated(int size) {
    assertRandom(PermutationStatistics.pairs(size));
  }

  private static void assertRandom(double[] scores) {
    for (double score : scores) {
      assertTrue(
          Math.abs(score) < PermutationStatistics.LIMIT, () -> "scores " + Arrays.toString(scores));
    }
  }
}
