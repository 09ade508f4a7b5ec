package dev.batchmill.internal.cli;

import dev.batchmill.io.ProgressListener;
import dev.batchmill.progress.ProgressBar;
import java.io.PrintStream;
import org.jspecify.annotations.Nullable;

/**
 * A progress bar over the kibibytes of a transfer or an extraction. It is drawn once that has
 * lasted a moment, or has succeeded: one that fails at once leaves only its error.
 */
final class TransferBar implements ProgressListener, AutoCloseable {
  private static final long KIBIBYTE = 1024;
  private static final long MOMENT_NANOSECONDS = 300_000_000;

  private final PrintStream err;
  private @Nullable ProgressBar bar;
  private long startedAt;
  private long kibibytes;
  private boolean drawn;

  TransferBar(PrintStream err) {
    this.err = err;
  }

  @Override
  public void onProgress(long bytes, long total) {
    if (bar == null) {
      startedAt = System.nanoTime();
      bar = newBar(total);
    }
    kibibytes = kibibytes(bytes);
    if (System.nanoTime() - startedAt >= MOMENT_NANOSECONDS) {
      drawn = true;
      bar.update(kibibytes);
    }
  }

  private ProgressBar newBar(long total) {
    ProgressBar.Builder builder = ProgressBar.builder().unit("KiB").output(err);
    if (total >= 0) {
      builder.target(kibibytes(total));
    }
    return builder.build();
  }

  private static long kibibytes(long bytes) {
    return bytes / KIBIBYTE + (bytes % KIBIBYTE == 0 ? 0 : 1);
  }

  /** Draws the end of what has succeeded. */
  void finish() {
    if (bar != null && !drawn) {
      drawn = true;
      bar.update(kibibytes, true);
    }
  }

  @Override
  public void close() {
    if (bar != null && drawn) {
      bar.close();
    }
  }
}
