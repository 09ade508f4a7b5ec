package dev.batchmill.dataset;

import dev.batchmill.error.LoaderException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.OptionalLong;

/**
 * A data set that yields complete batches by index.
 *
 * <p><b>Threads.</b> {@code dev.batchmill.loader.DataLoader} calls {@link #batch} from many threads
 * at the same time, in no particular order of the indices, so it must be safe for that; a loader
 * without workers calls it on one thread only. The hooks and {@link #batchCount} are called by one
 * thread at a time and never while a batch is being made: what {@link #onEpochBegin} wrote is seen
 * by every {@code batch} of the epoch, and what those wrote is seen by {@link #onEpochEnd}, without
 * further synchronisation.
 *
 * <p><b>Results.</b> A batch should depend on the epoch and the index alone, never on the thread or
 * on the order of the calls: then any number of workers gives the same batches. Each call returns a
 * new batch, which the caller owns and closes.
 *
 * <p><b>Iterating.</b> {@link #iterator} makes the batches one after another on the calling thread.
 * Workers, shuffling, hooks and everything else are the loader's.
 *
 * <p><b>Random numbers.</b> What is random about a sample should be drawn from a stream of its own,
 * such as {@code PhiloxRandom.of(seed).split("augment", epoch, sample)}; {@link SampleBatches}
 * hands one out with each sample.
 *
 * <p><b>Ending.</b> A loader that is closed interrupts its workers; a {@code batch} that waits
 * should let the {@link InterruptedException} through.
 *
 * @see ArrayDataset
 * @see SampleBatches
 * @see <a href="https://keras.io/api/utils/python_utils/#pydataset-class">keras.utils.PyDataset</a>
 */
public interface BatchDataset extends Iterable<Batch> {
  /**
   * Makes one batch ({@code __getitem__}).
   *
   * @param index the index of the batch in the epoch, from 0 to the count − 1; in an infinite data
   *     set it goes on growing from epoch to epoch
   * @return the batch, not null; the caller closes it
   * @throws Exception if the batch cannot be made; a loader hands it to its consumer
   */
  Batch batch(long index) throws Exception;

  /**
   * Returns the number of batches in an epoch ({@code num_batches}, {@code __len__}). A loader asks
   * once in each epoch, after {@link #onEpochBegin}.
   *
   * @return the number, not negative; empty if the data set is infinite
   */
  OptionalLong batchCount();

  /**
   * Returns what tells this data set from others: the state of a loader is resumed only on a data
   * set with the same fingerprint. It must be the same text in another process.
   *
   * @return the name of the class and the number of batches, unless overridden
   */
  default String fingerprint() {
    return getClass().getName() + " batchCount=" + batchCount();
  }

  /**
   * Walks over the batches, from index 0 on, as many as {@link #batchCount} says at the beginning;
   * for ever if the data set is infinite. No hook is called.
   *
   * @return an iterator that makes each batch when it is asked for; the caller closes the batches.
   *     What {@link #batch} throws is the cause of a {@link LoaderException}.
   */
  @Override
  default Iterator<Batch> iterator() {
    OptionalLong count = batchCount();
    return new Iterator<>() {
      private long index;

      @Override
      public boolean hasNext() {
        return count.isEmpty() || index < count.getAsLong();
      }

      @Override
      public Batch next() {
        if (!hasNext()) {
          throw new NoSuchElementException("there are no more batches: batchCount=" + index);
        }
        try {
          Batch batch = batch(index);
          index++;
          return batch;
        } catch (Exception e) {
          if (e instanceof InterruptedException) {
            Thread.currentThread().interrupt();
          }
          throw new LoaderException("batch could not be made: batch=" + index + " failure=" + e, e);
        }
      }
    };
  }

  /**
   * Called before the first batch of an epoch is made.
   *
   * @param epoch the number of the epoch, not negative
   */
  default void onEpochBegin(long epoch) {}

  /**
   * Called once for each {@link #onEpochBegin} that returned, when no batch of the epoch is being
   * made any more, whether the epoch was walked to its end or not.
   *
   * @param epoch the number of the epoch
   */
  default void onEpochEnd(long epoch) {}
}
