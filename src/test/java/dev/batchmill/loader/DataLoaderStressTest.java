package dev.batchmill.loader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.batchmill.dataset.Batch;
import dev.batchmill.error.LoaderException;
import java.util.Iterator;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;

/** Thousands of epochs that end in every way there is. */
@Isolated("counts threads")
@Timeout(30)
class DataLoaderStressTest {
  @AfterEach
  void noThreadIsLeft() {
    LoaderThreads.assertNone();
  }

  @Test
  void manyEpochsThatAreWalkedLeftOrFail() {
    SplittableRandom random = new SplittableRandom(3);
    for (int round = 0; round < 400; round++) {
      int count = random.nextInt(12);
      int failing = random.nextInt(60);
      RecordingDataset dataset =
          RecordingDataset.of(
              count,
              index -> {
                if (index == failing) {
                  throw new IllegalStateException("as the test wants it");
                }
              });
      int epochs = 5;
      try (DataLoader loader =
          DataLoader.builder(dataset)
              .workers(random.nextInt(5))
              .queueCapacity(random.nextInt(1, 6))
              .build()) {
        for (int epoch = 0; epoch < epochs; epoch++) {
          walk(loader.iterator(), epoch, random.nextInt(1 + 2 * count), count, failing);
        }
      }
      assertEquals(2 * epochs, dataset.events().size());
      dataset.assertClean();
    }
  }

  /** Walks at most {@code stop} batches. */
  private static void walk(Iterator<Batch> batches, int epoch, int stop, int count, int failing) {
    for (int index = 0; index < stop && batches.hasNext(); index++) {
      if (index == failing) {
        assertThrows(LoaderException.class, batches::next);
        return;
      }
      assertEquals(epoch + ":" + index, RecordingDataset.consume(batches.next()));
      assertTrue(index < count);
    }
  }

  @Test
  void aLongEpochThroughANarrowQueue() {
    RecordingDataset dataset = RecordingDataset.of(30_000);
    long next = 0;
    try (DataLoader loader = DataLoader.builder(dataset).workers(4).queueCapacity(3).build()) {
      for (Batch batch : loader) {
        assertEquals("0:" + next++, RecordingDataset.consume(batch));
      }
    }
    assertEquals(30_000, next);
    dataset.assertClean();
  }
}
