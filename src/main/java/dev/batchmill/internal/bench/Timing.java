package dev.batchmill.internal.bench;

import java.util.Arrays;

/**
 * What the samples of a call say.
 *
 * @param medianNanos the median time of a call
 * @param minNanos the shortest
 * @param p90Nanos the shortest that nine of ten samples do not exceed
 * @param samples the number of samples
 * @param allocatedBytes what a call allocates on the heap, on the threads that {@link Allocations}
 *     counts
 */
record Timing(
    double medianNanos, double minNanos, double p90Nanos, int samples, long allocatedBytes) {
  /** Sums up samples of the time per call, at least one. */
  static Timing of(double[] nanosPerCall, long allocatedBytes) {
    double[] sorted = nanosPerCall.clone();
    Arrays.sort(sorted);
    int nineOfTen = (sorted.length * 9 + 9) / 10;
    return new Timing(
        median(sorted), sorted[0], sorted[nineOfTen - 1], sorted.length, allocatedBytes);
  }

  /** The median of some numbers, at least one. */
  static double median(double... numbers) {
    double[] sorted = numbers.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
