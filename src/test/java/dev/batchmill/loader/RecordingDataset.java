package dev.batchmill.loader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.batchmill.array.DType;
import dev.batchmill.array.NDArray;
import dev.batchmill.dataset.Batch;
import dev.batchmill.dataset.BatchDataset;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A data set for tests: batch i of epoch e is the off-heap array {@code [e, i]}, made after a step
 * that the test gives. It records its hooks, checks that they do not overlap the making of batches,
 * and knows every batch it made.
 */
final class RecordingDataset implements BatchDataset {
  /** What happens before a batch is made. */
  interface Step {
    void run(long index) throws Exception;
  }

  private final OptionalLong count;
  private final Step step;
  private final AtomicInteger making = new AtomicInteger();
  private final Queue<NDArray> made = new ConcurrentLinkedQueue<>();
  private final Queue<String> violations = new ConcurrentLinkedQueue<>();

  /** Written by the hooks only, without synchronisation: the loader has to order it. */
  private final List<String> events = new ArrayList<>();

  private long epoch = -1;

  private RecordingDataset(OptionalLong count, Step step) {
    this.count = count;
    this.step = step;
  }

  static RecordingDataset of(long count, Step step) {
    return new RecordingDataset(OptionalLong.of(count), step);
  }

  static RecordingDataset of(long count) {
    return of(count, index -> {});
  }

  static RecordingDataset infinite(Step step) {
    return new RecordingDataset(OptionalLong.empty(), step);
  }

  @Override
  public Batch batch(long index) throws Exception {
    making.incrementAndGet();
    try {
      if (epoch < 0) {
        violations.add("batch " + index + " was made outside of an epoch");
      }
      step.run(index);
      NDArray x = NDArray.allocate(DType.INT64, 1, 2);
      made.add(x);
      x.setLong(epoch, 0, 0);
      x.setLong(index, 0, 1);
      return Batch.of(x);
    } finally {
      making.decrementAndGet();
    }
  }

  @Override
  public OptionalLong batchCount() {
    return count;
  }

  @Override
  public void onEpochBegin(long number) {
    record("begin " + number);
    epoch = number;
  }

  @Override
  public void onEpochEnd(long number) {
    record("end " + number);
    epoch = -1;
  }

  private void record(String event) {
    if (making.get() != 0) {
      violations.add(event + " while batches were being made");
    }
    events.add(event);
  }

  /** The hooks called so far. */
  List<String> events() {
    return List.copyOf(events);
  }

  /** Checks that hooks and batches never overlapped, and that no batch is open any more. */
  void assertClean() {
    assertEquals(List.of(), List.copyOf(violations));
    assertTrue(made.stream().allMatch(NDArray::isClosed), "a batch is open");
  }

  /** Closes a batch and tells which one it was, such as {@code 0:17}. */
  static String consume(Batch batch) {
    try (batch) {
      return batch.x().getLong(0, 0) + ":" + batch.x().getLong(0, 1);
    }
  }
}
