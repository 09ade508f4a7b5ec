package consumer;

import dev.batchmill.array.NDArray;
import dev.batchmill.dataset.Batch;
import dev.batchmill.dataset.BatchDataset;
import dev.batchmill.loader.DataLoader;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** What a user whose code is not safe for threads would write: batches from other processes. */
public final class Processes {
  private Processes() {}

  private record Squares(long batches) implements BatchDataset, Serializable {
    @Override
    public Batch batch(long index) {
      System.out.println("noise");
      return Batch.of(NDArray.of(new long[] {index * index}));
    }

    @Override
    public OptionalLong batchCount() {
      return OptionalLong.of(batches);
    }
  }

  public static void main(String[] args) {
    List<Long> seen = new ArrayList<>();
    try (DataLoader loader = DataLoader.builder(new Squares(6)).workerProcesses(2).build()) {
      for (Batch batch : loader) {
        try (batch) {
          seen.add(batch.x().getLong(0));
        }
      }
    }
    System.out.println("PROCESSES " + seen);
  }
}
