package dev.batchmill.internal.cli;

import dev.batchmill.io.ProgressListener;
import dev.batchmill.progress.ProgressBar;
import java.io.PrintStream;
import org.jspecify.annotations.Nullable;

/**
 * Progress bars over the kibibytes of a fetch: of its transfer, of the hashing of a cached file, of
 * the extraction; each begins on a line of its own. A bar is drawn once its work has lasted a
 * moment, or has succeeded: what fails at once leaves only its error, and what is verified at once
 * leaves nothing.
 */
final class TransferBar implements ProgressListener, AutoCloseable {
  private static final long UNKNOWN = -1;
  private static final long KIBIBYTE = 1024;
  private static final long MOMENT_NANOSECONDS = 300_000_000;

  /** What the bar shows. */
  private enum Work {
    TRANSFER,
    VERIFICATION,
    EXTRACTION
  }

  private final PrintStream err;
  private @Nullable Work work;
  private @Nullable ProgressBar bar;
  private long startedAt;
  private long kibibytes;
  private boolean drawn;

  TransferBar(PrintStream err) {
    this.err = err;
  }

  @Override
  public void onProgress(long bytes, long total) {
    update(Work.TRANSFER, bytes, total);
  }

  @Override
  public void onVerify(long bytes, long total) {
    update(Work.VERIFICATION, bytes, total);
  }

  @Override
  public void onExtract(long bytes) {
    update(Work.EXTRACTION, bytes, UNKNOWN);
  }

  private void update(Work next, long bytes, long total) {
    if (bar == null || work != next) {
      finish();
      close();
      work = next;
      bar = newBar(total);
      startedAt = System.nanoTime();
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
    if (bar != null && !drawn && work != Work.VERIFICATION) {
      drawn = true;
      bar.update(kibibytes, true);
    }
  }

  /** Ends the line. */
  @Override
  public void close() {
    if (bar != null && drawn) {
      bar.close();
    }
    bar = null;
    drawn = false;
  }
}
