package dev.batchmill.internal.kernel;

/** When an output is worth writing past the caches. */
public final class Streaming {
  /** More than the caches keep: what is written is gone from them before it is read again. */
  private static final long THRESHOLD_BYTES = 8L << 20;

  private Streaming() {}

  /** Whether an output of so many bytes, which is not the input, should go past the caches. */
  public static boolean pays(long bytes) {
    return bytes >= THRESHOLD_BYTES;
  }
}
