package dev.batchmill.random;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongFunction;

/**
 * The statistics of the orders, with fixed seeds. Every score is a standard normal value if the
 * orders are random: chi-squares after Wilson and Hilferty, others by their mean and deviation.
 *
 * <p>{@link PermutationQualityTest} asserts them; {@link #main} prints the table in
 * docs/permutation-quality.md.
 */
final class PermutationStatistics {
  /** By chance a score lies beyond it once in 1.7 million. */
  static final double LIMIT = 5;

  /** Sizes whose every order is counted. */
  static final int[] ORDERS = {2, 3, 4, 5, 6, 7};

  /** Sizes whose every index is counted at every position. */
  static final int[] TABLES = {100, 1_000};

  /** Sizes some of whose positions are counted. */
  static final long[] SAMPLES = {
    65_536, 65_537, 66_049, 100_000, 262_145, 1_048_577, 1_000_000_000, 1_000_000_000_000L, 1L << 62
  };

  /** Sizes whose neighbouring positions are compared. */
  static final int[] NEIGHBOURS = {65_537, 66_049, 100_000, 262_145};

  /** Sizes whose neighbouring seeds and epochs are compared. */
  static final int[] PAIRS = {10, 100, 1_000, 65_536, 65_537, 100_000};

  private PermutationStatistics() {}

  /** All n! orders of consecutive seeds, and of consecutive epochs, come equally often. */
  static double[] orders(int size) {
    int count = 1;
    for (int i = 2; i <= size; i++) {
      count *= i;
    }
    int trials = 200 * count;
    List<Double> scores = new ArrayList<>();
    for (LongFunction<Permutation> family : families(size)) {
      long[] counts = new long[count];
      long[] order = new long[size];
      for (int trial = 0; trial < trials; trial++) {
        family.apply(trial).fill(0, order, 0, size);
        counts[rank(order)]++;
      }
      scores.add(uniformity(counts, trials));
    }
    return toArray(scores);
  }

  /** The permutations of consecutive seeds, and those of consecutive epochs. */
  private static List<LongFunction<Permutation>> families(long size) {
    return List.of(seed -> Permutation.of(size, seed, 1), epoch -> Permutation.of(size, 7, epoch));
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

  /**
   * Every index comes at every position equally often: of a table of counts whose rows and columns
   * each have the same sum.
   */
  static double[] table(int size) {
    int trials = 20_000;
    List<Double> scores = new ArrayList<>();
    for (LongFunction<Permutation> family : families(size)) {
      long[] counts = new long[size * size];
      long[] order = new long[size];
      for (int trial = 0; trial < trials; trial++) {
        family.apply(trial).fill(0, order, 0, size);
        for (int i = 0; i < size; i++) {
          counts[i * size + (int) order[i]]++;
        }
      }
      // The counts of one trial deviate by a projection of rank (size - 1)^2 over size - 1.
      double freedom = (size - 1.0) * (size - 1.0);
      scores.add(normal(squares(counts, (double) trials / size) * (size - 1) / trials, freedom));
    }
    return toArray(scores);
  }

  /** Some positions take every index equally often, one by one and in pairs. */
  static double[] samples(long size) {
    // A table is made as a whole.
    int trials = size <= 65_536 ? 5_000 : 200_000;
    int bins = size <= 65_536 ? 100 : 1_000;
    long[] positions = {0, 1, size / 2, size - 1};
    List<Double> scores = new ArrayList<>();
    for (LongFunction<Permutation> family : families(size)) {
      long[][] counts = new long[positions.length][bins];
      long[] pairs = new long[30 * 30];
      for (int trial = 0; trial < trials; trial++) {
        Permutation order = family.apply(trial);
        for (int i = 0; i < positions.length; i++) {
          counts[i][bin(order.indexAt(positions[i]), size, bins)]++;
        }
        int first = bin(order.indexAt(2), size, 30);
        pairs[first * 30 + bin(order.indexAt(3), size, 30)]++;
      }
      for (long[] count : counts) {
        scores.add(uniformity(count, trials));
      }
      if (size > 1_000_000) {
        // Of a smaller size no two positions are independent enough.
        scores.add(uniformity(pairs, trials));
      }
    }
    return toArray(scores);
  }

  private static int bin(long index, long size, int bins) {
    return (int) ((double) index * bins / size);
  }

  /**
   * Neighbours at several distances within one order, that order against those of the next seed and
   * epoch: the differences modulo the size are spread evenly over their whole range.
   */
  static double[] neighbours(int size) {
    int columns = (int) Math.ceil(Math.sqrt(size));
    int[] lags = {1, 2, 3, 16, columns - 1, columns, columns + 1, 2 * columns, size / 2};
    List<Double> scores = new ArrayList<>();
    for (int seed = 0; seed < 4; seed++) {
      long[] order = Permutation.of(size, seed).toArray();
      for (int lag : lags) {
        long[] counts = new long[size];
        for (int i = 0; i + lag < size; i++) {
          counts[Math.floorMod(order[i + lag] - order[i], size)]++;
        }
        // No two positions have the same index.
        scores.add(uniformity(Arrays.copyOfRange(counts, 1, size), size - lag));
      }
      for (Permutation other :
          new Permutation[] {Permutation.of(size, seed + 1), Permutation.of(size, seed, 1)}) {
        long[] counts = new long[size];
        for (int i = 0; i < size; i++) {
          counts[Math.floorMod(other.indexAt(i) - order[i], size)]++;
        }
        scores.add(uniformity(counts, size));
      }
    }
    return toArray(scores);
  }

  /**
   * The orders of seeds s and s + 1, and of epochs e and e + 1: their correlation, and the number
   * of positions at which they agree, both over many pairs.
   */
  static double[] pairs(int size) {
    int trials = Math.max(20, 1_000_000 / size);
    List<Double> scores = new ArrayList<>();
    for (LongFunction<Permutation> family : families(size)) {
      double correlation = 0;
      double agreeing = 0;
      double mean = (size - 1) / 2.0;
      double squares = size * ((double) size * size - 1) / 12;
      for (int trial = 0; trial < trials; trial++) {
        long[] order = family.apply(2L * trial).toArray();
        long[] next = family.apply(2L * trial + 1).toArray();
        double products = 0;
        for (int i = 0; i < size; i++) {
          products += (order[i] - mean) * (next[i] - mean);
          agreeing += order[i] == next[i] ? 1 : 0;
        }
        correlation += products / squares;
      }
      // A correlation has the variance 1 / (size - 1), the number of fixed points mean and
      // variance 1.
      scores.add(correlation * Math.sqrt((size - 1.0) / trials));
      scores.add((agreeing - trials) / Math.sqrt(trials));
    }
    return toArray(scores);
  }

  private static double uniformity(long[] counts, double total) {
    double expected = total / counts.length;
    return normal(squares(counts, expected) / expected, counts.length - 1);
  }

  private static double squares(long[] counts, double expected) {
    double sum = 0;
    for (long count : counts) {
      sum += (count - expected) * (count - expected);
    }
    return sum;
  }

  private static double normal(double chiSquare, double freedom) {
    double variance = 2 / (9 * freedom);
    return (Math.cbrt(chiSquare / freedom) - (1 - variance)) / Math.sqrt(variance);
  }

  private static double[] toArray(List<Double> scores) {
    return scores.stream().mapToDouble(Double::doubleValue).toArray();
  }

  /** Prints the table. */
  public static void main(String[] args) {
    System.out.println("| test | size | scores | largest |z| |".replace("|z|", "\\|z\\|"));
    System.out.println("|---|---|---|---|");
    for (int size : ORDERS) {
      print("all orders equally likely", size, orders(size));
    }
    for (int size : TABLES) {
      print("every index at every position", size, table(size));
    }
    for (long size : SAMPLES) {
      print("indices at some positions", size, samples(size));
    }
    for (int size : NEIGHBOURS) {
      print("neighbouring positions", size, neighbours(size));
    }
    for (int size : PAIRS) {
      print("seeds s, s + 1; epochs e, e + 1", size, pairs(size));
    }
  }

  private static void print(String test, long size, double[] scores) {
    double largest = Arrays.stream(scores).map(Math::abs).max().orElseThrow();
    System.out.printf("| %s | %d | %d | %.1f |%n", test, size, scores.length, largest);
  }
}
