package dev.batchmill.internal.demo;

import dev.batchmill.dataset.Batch;
import dev.batchmill.dataset.BatchDataset;
import dev.batchmill.loader.DataLoader;
import dev.batchmill.loader.LoaderState;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * The batches of all epochs, by a loader that is given up on the way as if its process had ended:
 * what it leaves is its state as JSON, from which another loader with one worker more goes on.
 */
final class Feed implements Iterator<Batch>, AutoCloseable {
  private final BatchDataset dataset;
  private final int workers;
  private final long stopAfter;
  private DataLoader loader;
  private @Nullable Iterator<Batch> batches;
  private long taken;
  private DemoResult.@Nullable Resumption resumption;

  /**
   * Makes the first loader.
   *
   * @param stopAfter the number of batches after which it is given up, 0 for never
   */
  Feed(BatchDataset dataset, int workers, long stopAfter) {
    this.dataset = dataset;
    this.workers = workers;
    this.stopAfter = stopAfter;
    this.loader = DataLoader.builder(dataset).workers(workers).build();
  }

  /** Begins the next epoch. */
  void beginEpoch() {
    batches = loader.iterator();
  }

  @Override
  public boolean hasNext() {
    return current().hasNext();
  }

  @Override
  public Batch next() {
    if (taken == stopAfter && taken > 0) {
      resume(loader.state().toJson());
    }
    taken++;
    return current().next();
  }

  private Iterator<Batch> current() {
    if (batches == null) {
      throw new IllegalStateException("no epoch has begun");
    }
    return batches;
  }

  private void resume(String state) {
    loader.close();
    loader = DataLoader.builder(dataset).workers(workers + 1).build();
    loader.resume(LoaderState.fromJson(state));
    batches = loader.iterator();
    resumption = new DemoResult.Resumption(taken, state, workers + 1);
  }

  /** Where the second loader went on; null if there was none. */
  DemoResult.@Nullable Resumption resumption() {
    return resumption;
  }

  @Override
  public void close() {
    loader.close();
  }
}
