package dev.batchmill.internal.kernel;

/** When an output goes past the caches: one place for all transforms. */
public final class Streaming {
  /** What is larger than this has left the caches before it is read again. */
  private static final long THRESHOLD_BYTES = 8L << 20;

  private Streaming() {}

  /** Whether an output of so many bytes in total, which is not the input, is better streamed. */
  public static boolean pays(long bytes) {
    return bytes >= THRESHOLD_BYTES;
  }
}
