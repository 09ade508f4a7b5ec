package dev.batchmill.internal.demo;

import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * What a run of the demo depends on.
 *
 * @param seed the seed of the split, the weights and the order of the batches
 * @param epochs how often the training rows are walked, at least 1
 * @param batchSize the rows in a batch, at least 1
 * @param workers the threads that make batches; 0 makes them on the training thread
 * @param stopAfter the number of batches after which the loader is given up and another one goes on
 *     from its state; 0 for never, empty for the middle of the middle epoch
 * @param cacheDirectory where the archive is cached
 */
public record DemoOptions(
    long seed,
    int epochs,
    int batchSize,
    int workers,
    OptionalLong stopAfter,
    Path cacheDirectory) {
  /**
   * Creates the options.
   *
   * @throws IllegalArgumentException if a number is out of range
   */
  public DemoOptions {
    requireAtLeast("epochs", epochs, 1);
    requireAtLeast("batchSize", batchSize, 1);
    requireAtLeast("workers", workers, 0);
    stopAfter.ifPresent(batches -> requireAtLeast("stopAfter", batches, 0));
  }

  private static void requireAtLeast(String name, long value, long least) {
    if (value < least) {
      throw new IllegalArgumentException(
          name + " must be at least " + least + ": " + name + "=" + value);
    }
  }
}
