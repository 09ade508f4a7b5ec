package dev.batchmill.internal.bench;

/**
 * How long a call is warmed up and how often it is timed.
 *
 * @param warmUpCalls the least number of calls before the first sample
 * @param warmUpNanos the least time of those calls
 * @param sampleNanos the least time of a sample: a shorter call is repeated within it
 * @param minSamples the least number of samples
 * @param maxSamples the largest number of samples
 * @param budgetNanos the time after which a call that has its least number gets no more samples
 */
record Plan(
    long warmUpCalls,
    long warmUpNanos,
    long sampleNanos,
    int minSamples,
    int maxSamples,
    long budgetNanos) {
  /**
   * For figures: a JIT compiler, whose threads take a processor from the operation, is done after
   * the warm-up; medians hold still.
   */
  static final Plan FULL = new Plan(3, 1_000_000_000, 1_000_000, 5, 51, 1_000_000_000);

  /** To see that everything runs. */
  static final Plan QUICK = new Plan(1, 0, 0, 2, 2, 0);
}
