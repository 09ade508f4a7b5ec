package dev.batchmill.internal.kernel;

/** When outputs go past the caches. */
public final class Streaming {
  /** Outputs from this size on are out of the caches before anybody reads them. */
  private static final long THRESHOLD_BYTES = 8L << 20;

  private Streaming() {}

  /**
   * Whether an output of this size, all calls that write it together, should be written past the
   * caches. One that is written in place should not: its lines are in the caches.
   */
  public static boolean pays(long bytes) {
    return bytes >= THRESHOLD_BYTES;
  }
}
