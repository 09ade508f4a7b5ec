package dev.batchmill.internal.bench;

import dev.batchmill.array.DType;
import dev.batchmill.array.NDArray;
import dev.batchmill.array.Shape;
import dev.batchmill.dataset.Batch;
import dev.batchmill.dataset.BatchDataset;
import dev.batchmill.internal.bench.Operation.Where;
import dev.batchmill.loader.DataLoader;
import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Batches of 1 MiB on their way from worker processes: a call takes many of them, so that those
 * which were ready before it do not count. The processes make nothing, the consumer reads nothing:
 * what is timed is the way.
 */
final class ProcessGroups {
  private static final int ROWS = 256;
  private static final int COLUMNS = 1024;
  private static final int PROCESSES = 2;
  private static final int QUEUE_CAPACITY = 4;
  private static final long SHARED_MEMORY = 1L << 28;

  /** So many batches until the compilers of all processes have seen their loops. */
  private static final int WARM_UP = 4096;

  private ProcessGroups() {}

  static List<Group> groups(Scale scale) {
    int batches = scale.rows(256);
    return List.of(
        Group.of(loader("loader/processes", batches, SHARED_MEMORY)),
        Group.of(loader("loader/processes-socket", batches, 0)));
  }

  private static Operation loader(String name, int batches, long sharedMemory) {
    Shape shape = Shape.of(batches, ROWS, COLUMNS);
    return new Operation(
        name,
        DType.FLOAT32,
        shape,
        Where.DIRECT,
        new Traffic(Roof.WRITE, 0, shape.size() * Float.BYTES),
        (long) batches,
        memory -> {
          DataLoader loader =
              DataLoader.builder(new SameBatch())
                  .workerProcesses(PROCESSES)
                  .queueCapacity(QUEUE_CAPACITY)
                  .sharedMemory(sharedMemory)
                  .threadFactory(memory.allocations())
                  .build();
          memory.closeAtEnd(loader::close);
          Iterator<Batch> all = loader.iterator();
          LoaderGroups.take(all, Math.min(WARM_UP, 16 * batches));
          return () -> LoaderGroups.take(all, batches);
        });
  }

  /** An endless data set whose batches are views of one array. */
  private static final class SameBatch implements BatchDataset, Serializable {
    private static final long serialVersionUID = 1L;

    private transient @Nullable NDArray array;

    @Override
    public Batch batch(long index) {
      NDArray same = array;
      if (same == null) {
        same = NDArray.allocate(DType.FLOAT32, ROWS, COLUMNS);
        array = same;
      }
      return Batch.of(same.reshape(ROWS, COLUMNS));
    }

    @Override
    public OptionalLong batchCount() {
      return OptionalLong.empty();
    }
  }
}
