package dev.batchmill.internal.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Times calls.
 *
 * <p>The calls that are given together are sampled in turn, round after round: when the speed of a
 * shared machine drifts, it drifts for all of them, so their ratios hold. Each is warmed up first.
 */
final class Sampler {
  private final LongSupplier clock;
  private final LongSupplier allocated;

  /**
   * Makes a sampler.
   *
   * @param clock the time in nanoseconds
   * @param allocated the bytes that have been allocated so far
   */
  Sampler(LongSupplier clock, LongSupplier allocated) {
    this.clock = clock;
    this.allocated = allocated;
  }

  /** Warms the calls up and times them; the results stand in the calls' order. */
  List<Timing> sample(List<Runnable> calls, Plan plan) {
    List<Series> all = new ArrayList<>();
    for (Runnable call : calls) {
      all.add(new Series(call, warmUp(call, plan)));
    }
    for (int round = 0; round < plan.maxSamples(); round++) {
      for (Series series : all) {
        if (round < plan.minSamples() || series.nanos < plan.budgetNanos()) {
          series.add();
        }
      }
    }
    return all.stream().map(Series::timing).toList();
  }

  /** Calls until it is warm; the number of calls in a sample. */
  private long warmUp(Runnable call, Plan plan) {
    long calls = 0;
    long nanos = 0;
    long batch = 1;
    while (true) {
      long time = time(call, batch);
      calls += batch;
      nanos += time;
      if (calls >= plan.warmUpCalls() && nanos >= plan.warmUpNanos()) {
        // The last batch: what came before it was colder.
        return Math.max(
            1, (long) Math.ceil((double) plan.sampleNanos() * batch / Math.max(1, time)));
      }
      if (time < plan.sampleNanos()) {
        batch *= 2;
      }
    }
  }

  private long time(Runnable call, long calls) {
    long start = clock.getAsLong();
    for (long i = 0; i < calls; i++) {
      call.run();
    }
    return clock.getAsLong() - start;
  }

  /** The samples of one call. */
  private final class Series {
    private final Runnable call;
    private final long batch;
    private final List<Double> samples = new ArrayList<>();
    private long nanos;
    private long bytes;

    Series(Runnable call, long batch) {
      this.call = call;
      this.batch = batch;
    }

    void add() {
      long before = allocated.getAsLong();
      long time = time(call, batch);
      bytes += allocated.getAsLong() - before;
      nanos += time;
      samples.add((double) time / batch);
    }

    Timing timing() {
      return Timing.of(
          samples.stream().mapToDouble(Double::doubleValue).toArray(),
          bytes / (batch * samples.size()));
    }
  }
}
