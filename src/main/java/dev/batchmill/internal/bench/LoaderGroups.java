package dev.batchmill.internal.bench;

import dev.batchmill.array.DType;
import dev.batchmill.array.NDArray;
import dev.batchmill.array.Shape;
import dev.batchmill.dataset.ArrayDataset;
import dev.batchmill.dataset.Batch;
import dev.batchmill.dataset.BatchDataset;
import dev.batchmill.internal.bench.Operation.Where;
import dev.batchmill.internal.kernel.Parallel;
import dev.batchmill.loader.DataLoader;
import dev.batchmill.transform.Normalizer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.BiConsumer;

/**
 * {@link DataLoader} with threads. {@code loader/trivial-N}: batches that cost nothing, made by N
 * workers, so that what is timed is the queue. {@code loader/arrays}: an epoch of an array's rows
 * in a random order, with as many workers as there are threads, alone, with labels, and scaled to
 * unit length on their way.
 */
final class LoaderGroups {
  private static final long SEED = 1337;
  private static final int[] WORKERS = {0, 1, 2, 4};
  private static final int BATCH_SIZE = 256;

  private LoaderGroups() {}

  static List<Group> groups(Scale scale) {
    List<Group> groups = new ArrayList<>();
    for (int workers : WORKERS) {
      groups.add(Group.of(trivial(scale.rows(20_000), workers)));
    }
    Shape shape = Shape.of(scale.rows(1_000_000), 128);
    groups.add(
        Group.of(
            arrays("loader/arrays", shape, (builder, memory) -> {}),
            arrays("loader/arrays-y", shape, (builder, memory) -> builder.y(labels(memory, shape))),
            arrays(
                "loader/arrays-normalize-l2",
                shape,
                (builder, memory) -> builder.transformX(Normalizer.builder().build()))));
    return groups;
  }

  private static Operation trivial(int batches, int workers) {
    return new Operation(
        "loader/trivial-" + workers,
        DType.FLOAT32,
        Shape.of(batches, 1),
        Where.HEAP,
        null,
        (long) batches,
        memory -> {
          DataLoader loader =
              DataLoader.builder(new Same(Batch.of(NDArray.of(new float[1]))))
                  .workers(workers)
                  .threadFactory(memory.allocations())
                  .build();
          memory.closeAtEnd(loader::close);
          Iterator<Batch> all = loader.iterator();
          return () -> take(all, batches);
        });
  }

  /** Takes some of the batches and closes them. */
  static void take(Iterator<Batch> all, int batches) {
    for (int i = 0; i < batches; i++) {
      all.next().close();
    }
  }

  /** An endless data set whose batches are one; there is nothing in it to be closed. */
  private record Same(Batch only) implements BatchDataset {
    @Override
    public Batch batch(long index) {
      return only;
    }

    @Override
    public OptionalLong batchCount() {
      return OptionalLong.empty();
    }
  }

  /** The traffic is that of the rows alone: labels, where there are any, add less than 1 %. */
  private static Operation arrays(
      String name, Shape shape, BiConsumer<ArrayDataset.Builder, Memory> settings) {
    long bytes = shape.size() * Float.BYTES;
    return new Operation(
        name,
        DType.FLOAT32,
        shape,
        Where.DIRECT,
        new Traffic(Roof.GATHER, bytes, bytes),
        (shape.dim(0) + BATCH_SIZE - 1) / BATCH_SIZE,
        memory -> {
          ArrayDataset.Builder builder =
              ArrayDataset.builder(memory.input(DType.FLOAT32, shape))
                  .batchSize(BATCH_SIZE)
                  .shuffle(SEED);
          settings.accept(builder, memory);
          DataLoader loader =
              DataLoader.builder(builder.build())
                  .workers(Parallel.threads())
                  .threadFactory(memory.allocations())
                  .build();
          memory.closeAtEnd(loader::close);
          return () -> loader.forEach(Batch::close);
        });
  }

  private static NDArray labels(Memory memory, Shape shape) {
    return memory.input(DType.INT32, Shape.of(shape.dim(0)));
  }
}
