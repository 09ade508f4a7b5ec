package dev.batchmill.internal.queue;

import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What gives workers their threads. */
@FunctionalInterface
public interface Launcher {
  /**
   * Has a thread run a worker.
   *
   * @return the thread if it was made for this worker, null if it is lent or not known yet
   */
  @Nullable Thread launch(Runnable worker);

  /** Makes a new thread for each worker. */
  static Launcher threads(ThreadFactory factory) {
    return worker -> {
      Thread thread =
          Objects.requireNonNull(factory.newThread(worker), "threadFactory must not return null");
      thread.start();
      return thread;
    };
  }

  /** Makes a new daemon thread for each worker, with the names PREFIX1, PREFIX2, … */
  static Launcher daemonThreads(String namePrefix) {
    AtomicInteger number = new AtomicInteger();
    return threads(
        worker -> {
          Thread thread = new Thread(worker, namePrefix + number.incrementAndGet());
          thread.setDaemon(true);
          return thread;
        });
  }

  /** Makes a new virtual thread for each worker; a daemon thread where this Java has none. */
  static Launcher virtualThreads(String namePrefix) {
    return VirtualThreads.factory(namePrefix)
        .map(Launcher::threads)
        .orElseGet(() -> daemonThreads(namePrefix));
  }

  /** Borrows an executor's threads. */
  static Launcher borrowing(Executor executor) {
    return worker -> {
      executor.execute(worker);
      return null;
    };
  }
}
