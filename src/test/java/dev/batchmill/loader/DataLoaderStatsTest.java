package dev.batchmill.loader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.batchmill.dataset.Batch;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** What a loader tells about itself. */
@Isolated("counts threads, records events")
@Timeout(60)
class DataLoaderStatsTest {
  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aSlowProducerIsWaitedFor() {
    RecordingDataset dataset = RecordingDataset.of(10, index -> Thread.sleep(20));
    try (DataLoader loader = DataLoader.builder(dataset).workers(1).build()) {
      loader.forEach(Batch::close);
      LoaderStats stats = loader.stats();
      assertEquals(10, stats.batches());
      assertEquals(10 * 16, stats.bytes());
      assertTrue(stats.consumerWait().compareTo(Duration.ofMillis(100)) > 0, stats.toString());
      assertTrue(stats.elapsed().compareTo(stats.consumerWait()) >= 0, stats.toString());
      assertTrue(stats.bytesPerSecond() > 0 && stats.bytesPerSecond() < 160 / 0.1);
      assertEquals(LoaderStats.Verdict.PRODUCER_BOUND, stats.verdict());
      loader.forEach(Batch::close);
      assertEquals(20, loader.stats().batches());
    }
  }

  @Test
  void aSlowConsumerIsWaitedFor() {
    RecordingDataset dataset = RecordingDataset.of(12);
    try (DataLoader loader = DataLoader.builder(dataset).workers(2).queueCapacity(2).build()) {
      for (Batch batch : loader) {
        sleep(20);
        batch.close();
      }
      assertEquals(LoaderStats.Verdict.CONSUMER_BOUND, loader.stats().verdict());
    }
  }

  @Test
  void nothingIsToldBeforeTheFirstEpoch() {
    try (DataLoader loader = DataLoader.builder(RecordingDataset.of(1)).build()) {
      LoaderStats stats = loader.stats();
      assertEquals(0, stats.batches());
      assertEquals(0, stats.bytesPerSecond());
      assertEquals(LoaderStats.Verdict.BALANCED, stats.verdict());
      assertEquals("no epoch is being walked\n", loader.dump());
    }
  }

  @Test
  void theDumpShowsWhatAWorkerDoes() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    RecordingDataset dataset =
        RecordingDataset.of(
            3,
            index -> {
              if (index == 1) {
                begun.countDown();
                go.await();
              }
            });
    try (DataLoader loader = DataLoader.builder(dataset).workers(1).build()) {
      Iterator<Batch> batches = loader.iterator();
      batches.next().close();
      begun.await();
      String dump = loader.dump();
      while (!dump.contains("CountDownLatch.await")) {
        sleep(1); // the test's time limit ends this
        dump = loader.dump();
      }
      assertTrue(dump.startsWith("epoch=0 taken=1 ready=0\n"), dump);
      assertTrue(dump.contains("\nbatchmill-loader-1 batch=1 for "), dump);
      go.countDown();
      batches.next().close();
    }
  }

  @Test
  void theFlightRecorderHasBatchesAndWaits(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("run.jfr");
    try (Recording recording = new Recording()) {
      recording.enable("batchmill.BatchLoad").withoutThreshold();
      recording.enable("batchmill.ConsumerWait").withoutThreshold();
      recording.enable("batchmill.QueueDepth");
      recording.start();
      RecordingDataset dataset = RecordingDataset.of(5, index -> Thread.sleep(2));
      try (DataLoader loader = DataLoader.builder(dataset).workers(2).build()) {
        loader.forEach(Batch::close);
      }
      recording.stop();
      recording.dump(file);
    }
    List<RecordedEvent> events = RecordingFile.readAllEvents(file);
    List<Long> loaded =
        events.stream()
            .filter(event -> event.getEventType().getName().equals("batchmill.BatchLoad"))
            .map(event -> event.getLong("batch"))
            .sorted()
            .toList();
    assertEquals(List.of(0L, 1L, 2L, 3L, 4L), loaded);
    assertEquals(5, count(events, "batchmill.ConsumerWait"));
    assertEquals(5, count(events, "batchmill.QueueDepth"));
    assertTrue(
        events.stream()
            .filter(event -> event.getEventType().getName().equals("batchmill.BatchLoad"))
            .allMatch(event -> event.getDuration().compareTo(Duration.ofMillis(1)) > 0));
  }

  private static long count(List<RecordedEvent> events, String name) {
    return events.stream().filter(event -> event.getEventType().getName().equals(name)).count();
  }
}
