package dev.batchmill.random;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The statistics of the orders, with fixed seeds: a fault of the scheme shows as a chi-square far
 * from its degrees of freedom. Chi-squares are judged as standard normal values after Wilson and
 * Hilferty; the limit of 5 is passed by chance in 1 of 1.7 million.
 */
class PermutationQualityTest {
  private static final double LIMIT = 5;

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 5, 6})
  void everyOrderOfFewIndicesIsEquallyLikely(int size) {
    int orders = 1;
    for (int i = 2; i <= size; i++) {
      orders *= i;
    }
    int trials = 200 * orders;
    long[] counts = new long[orders];
    long[] order = new long[size];
    for (int seed = 0; seed < trials; seed++) {
      Permutation.of(size, seed, 1).fill(0, order, 0, size);
      counts[rank(order)]++;
    }
    assertUniform(counts, trials);
  }

  /** The place of an order in the list of all, by its Lehmer code. */
  private static int rank(long[] order) {
    int rank = 0;
    for (int i = 0; i < order.length; i++) {
      int smaller = 0;
      for (int j = i + 1; j < order.length; j++) {
        smaller += order[j] < order[i] ? 1 : 0;
      }
      rank = rank * (order.length - i) + smaller;
    }
    return rank;
  }

  /** Consecutive seeds, then consecutive epochs. */
  @ParameterizedTest
  @ValueSource(longs = {100, 1_000, 65_537, 66_049, 100_000, 1_048_577, 1_000_000_000_000L})
  void everyPositionTakesEveryIndexEquallyOften(long size) {
    int trials = size <= 1_000 ? 20_000 : 200_000;
    int bins = (int) Math.min(size, 1_000);
    long[] positions = {0, 1, size / 2, size - 1};
    for (boolean epochs : new boolean[] {false, true}) {
      long[][] counts = new long[positions.length][bins];
      long[] pairs = new long[30 * 30];
      for (int trial = 0; trial < trials; trial++) {
        Permutation order =
            epochs ? Permutation.of(size, 7, trial) : Permutation.of(size, trial, 0);
        for (int i = 0; i < positions.length; i++) {
          counts[i][bin(order.indexAt(positions[i]), size, bins)]++;
        }
        int first = bin(order.indexAt(2), size, 30);
        pairs[first * 30 + bin(order.indexAt(3), size, 30)]++;
      }
      for (long[] count : counts) {
        assertUniform(count, trials);
      }
      if (size > 1_000_000) {
        assertUniform(pairs, trials);
      }
    }
  }

  private static int bin(long index, long size, int bins) {
    return (int) ((double) index * bins / size);
  }

  /**
   * Neighbours at several distances within one order, that order against those of the next seed and
   * epoch: the differences modulo the size are spread evenly over their whole range.
   */
  @ParameterizedTest
  @ValueSource(ints = {65_537, 66_049, 100_000, 262_145})
  void neighboursAreUnrelated(int size) {
    int columns = (int) Math.ceil(Math.sqrt(size));
    int[] lags = {1, 2, 3, 16, columns - 1, columns, columns + 1, 2 * columns, size / 2};
    for (int seed = 0; seed < 4; seed++) {
      long[] order = Permutation.of(size, seed).toArray();
      for (int lag : lags) {
        long[] counts = new long[size];
        for (int i = 0; i + lag < size; i++) {
          counts[Math.floorMod(order[i + lag] - order[i], size)]++;
        }
        assertEquals(0, counts[0]);
        assertUniform(Arrays.copyOfRange(counts, 1, size), size - lag);
      }
      for (Permutation other :
          new Permutation[] {Permutation.of(size, seed + 1), Permutation.of(size, seed, 1)}) {
        long[] counts = new long[size];
        for (int i = 0; i < size; i++) {
          counts[Math.floorMod(other.indexAt(i) - order[i], size)]++;
        }
        assertUniform(counts, size);
      }
    }
  }

  private static void assertUniform(long[] counts, double total) {
    double expected = total / counts.length;
    double chiSquare = 0;
    for (long count : counts) {
      chiSquare += (count - expected) * (count - expected) / expected;
    }
    double freedom = counts.length - 1;
    double variance = 2 / (9 * freedom);
    double z = (Math.cbrt(chiSquare / freedom) - (1 - variance)) / Math.sqrt(variance);
    assertTrue(
        Math.abs(z) < LIMIT,
        "chi-square %.0f on %.0f degrees of freedom, z=%.1f".formatted(chiSquare, freedom, z));
  }
}
