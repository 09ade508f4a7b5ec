package dev.batchmill.internal.bench;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What is measured, and how.
 *
 * @param filter found in the labels of the operations that are measured; null for all of them
 * @param kernels the only backend that is measured; null for the ones each operation is about
 * @param quick whether everything is tiny, to see that it runs
 * @param threads the most threads that an operation may use; null for the default
 * @param forks how many processes measure each group one after another; 0: this one measures
 */
public record BenchOptions(
    @Nullable Pattern filter,
    @Nullable String kernels,
    boolean quick,
    @Nullable Integer threads,
    int forks) {
  /** Checks the options. */
  public BenchOptions {
    if (threads != null && threads < 1) {
      throw new IllegalArgumentException("threads must be at least 1: threads=" + threads);
    }
    if (forks < 0) {
      throw new IllegalArgumentException("forks must be at least 0: forks=" + forks);
    }
  }

  Scale scale() {
    return quick ? Scale.QUICK : Scale.FULL;
  }
}
