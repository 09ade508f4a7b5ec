package dev.batchmill.loader;

import dev.batchmill.internal.queue.OrderedQueue;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/**
 * The events that a loader leaves in Java's flight recorder, where that is on and there is one:
 *
 * <pre>{@code
 * java -XX:StartFlightRecording:filename=run.jfr …
 * jfr summary run.jfr
 * jfr print --events batchmill.BatchLoad,batchmill.ConsumerWait,batchmill.QueueDepth run.jfr
 * }</pre>
 */
final class LoaderEvents {
  private static final boolean PRESENT = isPresent();

  private LoaderEvents() {}

  private static boolean isPresent() {
    try {
      Class.forName("jdk.jfr.Event", false, LoaderEvents.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException | LinkageError e) {
      return false;
    }
  }

  @Name("batchmill.BatchLoad")
  @Label("Batch Load")
  @Description("A worker made a batch")
  @Category("Batchmill")
  @StackTrace(false)
  static final class BatchLoad extends Event {
    @Label("Epoch")
    long epoch;

    @Label("Batch")
    long batch;
  }

  @Name("batchmill.ConsumerWait")
  @Label("Consumer Wait")
  @Description("The consumer took a batch, after waiting for it if it was not ready")
  @Category("Batchmill")
  @StackTrace(false)
  static final class ConsumerWait extends Event {
    @Label("Epoch")
    long epoch;

    @Label("Batches Taken")
    long taken;
  }

  @Name("batchmill.QueueDepth")
  @Label("Queue Depth")
  @Description("The batches that were ready when the consumer had taken one")
  @Category("Batchmill")
  @StackTrace(false)
  static final class QueueDepth extends Event {
    @Label("Epoch")
    long epoch;

    @Label("Batches Ready")
    int ready;
  }

  /** Begins the making of a batch; null where nobody records it. */
  static @Nullable Object beginLoad() {
    return PRESENT ? Recorder.beginLoad() : null;
  }

  static void endLoad(@Nullable Object event, long epoch, long batch) {
    if (event != null) {
      Recorder.endLoad((BatchLoad) event, epoch, batch);
    }
  }

  /** Begins the taking of a batch; null where nobody records it. */
  static @Nullable Object beginWait() {
    return PRESENT ? Recorder.beginWait() : null;
  }

  static void endWait(@Nullable Object event, long epoch, OrderedQueue<?> queue) {
    if (event != null) {
      Recorder.endWait((ConsumerWait) event, epoch, queue);
    }
  }

  /** Linked only where there is a flight recorder. */
  private static final class Recorder {
    static @Nullable BatchLoad beginLoad() {
      BatchLoad event = new BatchLoad();
      if (!event.isEnabled()) {
        return null;
      }
      event.begin();
      return event;
    }

    static void endLoad(BatchLoad event, long epoch, long batch) {
      event.epoch = epoch;
      event.batch = batch;
      event.commit();
    }

    static @Nullable ConsumerWait beginWait() {
      ConsumerWait event = new ConsumerWait();
      if (!event.isEnabled()) {
        return null;
      }
      event.begin();
      return event;
    }

    static void endWait(ConsumerWait event, long epoch, OrderedQueue<?> queue) {
      event.epoch = epoch;
      event.taken = queue.taken();
      event.commit();
      QueueDepth depth = new QueueDepth();
      if (depth.isEnabled()) {
        depth.epoch = epoch;
        depth.ready = queue.ready();
        depth.commit();
      }
    }
  }
}
