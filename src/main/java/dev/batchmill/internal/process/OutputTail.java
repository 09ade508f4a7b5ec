package dev.batchmill.internal.process;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.util.concurrent.TimeUnit;

/**
 * Passes what a process prints on to this process' standard error, and remembers the end of it.
 * Thread-safe.
 */
final class OutputTail {
  private static final int MAX_BYTES = 1 << 12;

  private final byte[] tail = new byte[MAX_BYTES];
  private long written;
  private final Thread thread;

  private OutputTail(InputStream output, String name) {
    thread = new Thread(() -> pass(output), name);
    thread.setDaemon(true);
  }

  /** Starts to listen; ends with the stream. */
  static OutputTail of(InputStream output, String name) {
    OutputTail tail = new OutputTail(output, name);
    tail.thread.start();
    return tail;
  }

  private void pass(InputStream output) {
    byte[] bytes = new byte[MAX_BYTES];
    try (output) {
      for (int count = output.read(bytes); count >= 0; count = output.read(bytes)) {
        remember(bytes, count);
        System.err.write(bytes, 0, count);
        System.err.flush();
      }
    } catch (IOException e) {
      // The process is gone; there is nothing more to tell.
      return;
    }
  }

  private synchronized void remember(byte[] bytes, int count) {
    for (int i = 0; i < count; i++) {
      tail[(int) (written % MAX_BYTES)] = bytes[i];
      written++;
    }
  }

  /** The end of what was printed, without the white space around it. */
  synchronized String text() {
    int count = (int) Math.min(written, MAX_BYTES);
    byte[] bytes = new byte[count];
    for (int i = 0; i < count; i++) {
      bytes[i] = tail[(int) ((written - count + i) % MAX_BYTES)];
    }
    return new String(bytes, Charset.defaultCharset()).strip();
  }

  /** Waits until all was heard. */
  void join(long nanos) throws InterruptedException {
    TimeUnit.NANOSECONDS.timedJoin(thread, nanos);
  }
}
