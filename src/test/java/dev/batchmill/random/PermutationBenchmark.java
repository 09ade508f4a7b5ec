package dev.batchmill.random;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.function.LongSupplier;

/**
 * The figures of docs/permutation-quality.md: processor time of one thread in nanoseconds an index,
 * the best of several runs. Run it with {@code -Dbatchmill.threads=1}, so that the one thread does
 * all.
 */
final class PermutationBenchmark {
  private static final ThreadMXBean PROCESSOR = ManagementFactory.getThreadMXBean();
  private static final int RUNS = 7;
  private static final int BULK = 100_000_000;
  private static final int SINGLE = 5_000_000;

  private PermutationBenchmark() {}

  /** Prints one line for each figure. */
  public static void main(String[] args) {
    long[] out = new long[BULK];
    Permutation bulk = Permutation.of(BULK, 7);
    Permutation huge = Permutation.of(1_000_000_000_000L, 7);
    report(
        "fill, size 10^8",
        BULK,
        () -> {
          bulk.fill(0, out, 0, BULK);
          return out[BULK / 2];
        });
    report(
        "indexAt, size 10^12, each after the one before",
        SINGLE,
        () -> {
          long index = 1;
          for (int i = 0; i < SINGLE; i++) {
            index = huge.indexAt(index);
          }
          return index;
        });
    report(
        "indexAt, size 10^12, independent",
        SINGLE,
        () -> {
          long sum = 0;
          for (int i = 0; i < SINGLE; i++) {
            sum += huge.indexAt(i * 100_003L);
          }
          return sum;
        });
    report(
        "positionOf, size 10^12, independent",
        SINGLE,
        () -> {
          long sum = 0;
          for (int i = 0; i < SINGLE; i++) {
            sum += huge.positionOf(i * 100_003L);
          }
          return sum;
        });
    report("of, size 65536", 65_536, () -> Permutation.of(65_536, 7).indexAt(0));
    PhiloxRandom random = PhiloxRandom.of(7);
    report(
        "PhiloxRandom.fill, 10^8 longs",
        BULK,
        () -> {
          random.fill(out);
          return out[BULK / 2];
        });
    float[] floats = new float[BULK / 4];
    report(
        "PhiloxRandom.fill, 2.5 10^7 floats",
        floats.length,
        () -> {
          random.fill(floats);
          return (long) floats[BULK / 8];
        });
    double[] doubles = new double[BULK / 8];
    report(
        "PhiloxRandom.fill, 1.25 10^7 doubles",
        doubles.length,
        () -> {
          random.fill(doubles);
          return (long) doubles[BULK / 16];
        });
    report(
        "PhiloxRandom.nextLong",
        SINGLE,
        () -> {
          long sum = 0;
          for (int i = 0; i < SINGLE; i++) {
            sum += random.nextLong();
          }
          return sum;
        });
    report(
        "PhiloxRandom.split of a name and two numbers",
        SINGLE,
        () -> {
          long sum = 0;
          for (int i = 0; i < SINGLE; i++) {
            sum += random.split("augment", 3, i).nextInt();
          }
          return sum;
        });
    for (SeedDialect dialect : SeedDialect.values()) {
      report(dialect + ", size 10^7", 10_000_000, () -> dialect.permutation(10_000_000, 1337)[0]);
    }
  }

  private static void report(String name, int indices, LongSupplier run) {
    double best = Double.POSITIVE_INFINITY;
    long result = 0;
    for (int i = 0; i < RUNS; i++) {
      long start = PROCESSOR.getCurrentThreadCpuTime();
      result += run.getAsLong();
      best = Math.min(best, (double) (PROCESSOR.getCurrentThreadCpuTime() - start));
    }
    System.out.printf("%-50s %8.2f ns  (%d)%n", name, best / indices, result & 1);
  }
}
