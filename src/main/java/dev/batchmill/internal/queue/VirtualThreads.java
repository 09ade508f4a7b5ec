package dev.batchmill.internal.queue;

import java.util.Optional;
import java.util.concurrent.ThreadFactory;

/** Virtual threads. Java has them from release 21 on, and this is compiled for an older one. */
final class VirtualThreads {
  private VirtualThreads() {}

  /** Makes virtual threads with the names PREFIX1, PREFIX2, …; empty where there are none. */
  static Optional<ThreadFactory> factory(String namePrefix) {
    try {
      Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
      Class<?> type = Class.forName("java.lang.Thread$Builder");
      Object named =
          type.getMethod("name", String.class, long.class).invoke(builder, namePrefix, 1L);
      return Optional.of((ThreadFactory) type.getMethod("factory").invoke(named));
    } catch (ReflectiveOperationException e) {
      return Optional.empty();
    }
  }
}
