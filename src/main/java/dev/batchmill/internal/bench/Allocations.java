package dev.batchmill.internal.bench;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;

/** What the thread that measures, and those that are made here, allocate on the heap. */
final class Allocations implements ThreadFactory {
  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final List<Thread> running = new ArrayList<>();
  private long ended;

  /** Makes a daemon thread whose allocations count. */
  @Override
  public Thread newThread(Runnable work) {
    Thread thread = new Thread(() -> counted(work));
    thread.setDaemon(true);
    return thread;
  }

  private void counted(Runnable work) {
    Thread thread = Thread.currentThread();
    synchronized (this) {
      running.add(thread);
    }
    try {
      work.run();
    } finally {
      synchronized (this) {
        running.remove(thread);
        ended += threads.getCurrentThreadAllocatedBytes();
      }
    }
  }

  /** The bytes so far. Only the thread that measures asks. */
  synchronized long bytes() {
    long bytes = ended + threads.getCurrentThreadAllocatedBytes();
    for (Thread thread : running) {
      bytes += threads.getThreadAllocatedBytes(thread.getId());
    }
    return bytes;
  }
}
