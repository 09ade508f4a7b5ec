package dev.batchmill.loader;

import dev.batchmill.array.NDArray;
import dev.batchmill.dataset.Batch;
import dev.batchmill.dataset.BatchDataset;
import java.util.OptionalLong;

/**
 * Prints how many trivial batches a second pass a loader, for 0, 1, 2 and 4 workers: the cost of
 * the queue alone. Run it as {@code java -cp CLASSPATH dev.batchmill.loader.LoaderThroughput}.
 */
public final class LoaderThroughput {
  private static final int BATCHES = 400_000;
  private static final int ROUNDS = 5;

  private LoaderThroughput() {}

  private record Trivial(Batch only) implements BatchDataset {
    @Override
    public Batch batch(long index) {
      return only;
    }

    @Override
    public OptionalLong batchCount() {
      return OptionalLong.of(BATCHES);
    }
  }

  /** Runs the measurement; the last of several rounds is printed. */
  public static void main(String[] arguments) {
    BatchDataset dataset = new Trivial(Batch.of(NDArray.of(new float[1])));
    for (int workers : new int[] {0, 1, 2, 4}) {
      double perSecond = 0;
      for (int round = 0; round < ROUNDS; round++) {
        try (DataLoader loader = DataLoader.builder(dataset).workers(workers).build()) {
          long start = System.nanoTime();
          long size = 0;
          for (Batch batch : loader) {
            size += batch.size();
          }
          perSecond = size / ((System.nanoTime() - start) * 1e-9);
        }
      }
      System.out.printf("workers=%d batches/s=%,.0f%n", workers, perSecond);
    }
  }
}
