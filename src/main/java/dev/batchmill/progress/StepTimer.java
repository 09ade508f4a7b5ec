package dev.batchmill.progress;

import java.util.function.LongSupplier;

/** The seconds since a bar was made, and the time one step takes. */
final class StepTimer {
  private static final double NANOS_PER_SECOND = 1e9;

  private final LongSupplier nanoClock;
  private final long startNanos;
  private double afterFirstStep = Double.NaN;

  StepTimer(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    this.startNanos = nanoClock.getAsLong();
  }

  double elapsed() {
    return (nanoClock.getAsLong() - startNanos) / NANOS_PER_SECOND;
  }

  /** Estimates the seconds per step; the first step, seldom a typical one, counts only at first. */
  double perStep(long current, double elapsed) {
    if (current == 0) {
      return 0;
    }
    double estimate =
        Double.isNaN(afterFirstStep) || current == 1
            ? elapsed / current
            : (elapsed - afterFirstStep) / (current - 1);
    if (current == 1) {
      afterFirstStep = elapsed;
    }
    return estimate;
  }
}
