package dev.batchmill.internal.process;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * In a worker process: two threads that watch the process which started it. One reads what that
 * process cancels, or asks, until its end of the pipe is closed; the other looks now and then
 * whether it is alive. Either halts this process when that one is gone, and deletes the files that
 * it would have deleted. Thread-safe.
 */
final class ParentWatch {
  /** In the place of a request to cancel: print what the maker does. */
  static final long TELL_WHEREABOUTS = -1;

  /** In the place of a request to cancel: the socket is there. */
  static final long CONNECT = -2;

  private static final int PARENT_IS_GONE = 1;
  private static final long POLL_MILLIS = TimeUnit.SECONDS.toMillis(1);
  private static final long NONE = 0;

  private final Optional<ProcessHandle> parent;
  private final Thread maker;
  private final CountDownLatch canConnect = new CountDownLatch(1);
  private final List<Path> files = new ArrayList<>();
  private long making = NONE;
  private long cancelled = NONE;

  /**
   * Begins to watch.
   *
   * @param parent the process' number
   * @param control what it writes
   * @param maker the thread that a cancel interrupts
   * @param toDelete what is deleted when the parent is gone
   */
  ParentWatch(long parent, DataInputStream control, Thread maker, List<Path> toDelete) {
    this.parent = ProcessHandle.of(parent);
    this.maker = maker;
    files.addAll(toDelete);
    start("batchmill-control", () -> listen(control));
    start("batchmill-parent", this::poll);
  }

  private static void start(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }

  private void listen(DataInputStream control) {
    try {
      while (true) {
        long request = control.readLong();
        if (request == TELL_WHEREABOUTS) {
          tellWhereabouts();
        } else if (request == CONNECT) {
          canConnect.countDown();
        } else {
          cancel(request);
        }
      }
    } catch (IOException e) {
      halt();
    }
  }

  boolean parentIsAlive() {
    return parent.isPresent() && parent.get().isAlive();
  }

  private void poll() {
    try {
      while (parentIsAlive()) {
        Thread.sleep(POLL_MILLIS);
      }
    } catch (InterruptedException e) {
      // Nobody else interrupts this thread than code that wants this process to end.
    }
    halt();
  }

  /** Waits for the socket; if it never comes, this process is halted. */
  void awaitConnect() throws InterruptedException {
    canConnect.await();
  }

  /** Ends this process at once; no hook of the user's can hold it up. */
  synchronized void halt() {
    files.forEach(SharedMemory::delete);
    Runtime.getRuntime().halt(PARENT_IS_GONE);
  }

  private synchronized void cancel(long request) {
    cancelled = Math.max(cancelled, request);
    if (making == request) {
      maker.interrupt();
    }
  }

  private void tellWhereabouts() {
    StringBuilder text =
        new StringBuilder("batchmill: worker process is here: pid=")
            .append(ProcessHandle.current().pid());
    for (StackTraceElement frame : maker.getStackTrace()) {
      text.append(System.lineSeparator()).append("\tat ").append(frame);
    }
    System.err.println(text);
  }

  /** Runs code of the user's for a request, so that a cancel of the request interrupts it. */
  <T> T run(long request, Callable<T> code) throws Exception {
    synchronized (this) {
      making = request;
      if (cancelled >= request) {
        maker.interrupt();
      }
    }
    try {
      return code.call();
    } finally {
      synchronized (this) {
        making = NONE;
      }
      Thread.interrupted();
    }
  }

  /** Creates a file that is deleted if the parent is gone before {@link #leaveFiles}. */
  synchronized FileChannel create(Path file) throws IOException {
    files.add(file);
    return SharedMemory.create(file);
  }

  /** Leaves all files to the parent, which has deleted them. */
  synchronized void leaveFiles() {
    files.clear();
  }
}
