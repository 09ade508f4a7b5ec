package dev.batchmill.internal.bench;

import dev.batchmill.array.DType;
import dev.batchmill.array.Shape;
import dev.batchmill.internal.bench.Operation.Where;
import dev.batchmill.random.Permutation;
import dev.batchmill.random.PhiloxRandom;
import java.util.List;

/** {@link Permutation}: the whole order and single places; {@link PhiloxRandom#fill(float[])}. */
final class PermutationGroups {
  private static final long SEED = 7;
  private static final long HUGE = 1_000_000_000_000L;

  private PermutationGroups() {}

  static List<Group> groups(Scale scale) {
    return List.of(
        Group.of(fill(scale.rows(100_000_000))),
        Group.of(indexAt()),
        Group.of(uniform(scale.rows(100_000_000))));
  }

  private static Operation fill(int size) {
    return new Operation(
        "permutation/fill",
        DType.INT64,
        Shape.of(size),
        Where.HEAP,
        new Traffic(Roof.STREAM_WRITE, 0, (long) size * Long.BYTES),
        memory -> {
          Permutation permutation = Permutation.of(size, SEED);
          long[] out = new long[size];
          return () -> permutation.fill(0, out, 0, size);
        });
  }

  private static Operation indexAt() {
    return new Operation(
        "permutation/index-at",
        DType.INT64,
        Shape.of(HUGE),
        Where.HEAP,
        null,
        memory -> new Places(Permutation.of(HUGE, SEED)));
  }

  /** Asks for one index with each call, at a place that does not depend on the one before. */
  private static final class Places implements Runnable {
    private static final long STRIDE = 618_033_988_751L;

    private final Permutation permutation;
    private long position;
    private long sum;

    Places(Permutation permutation) {
      this.permutation = permutation;
    }

    @Override
    public void run() {
      position = (position + STRIDE) % HUGE;
      sum += permutation.indexAt(position);
    }

    /** Keeps the indices from being dead code. */
    @Override
    public String toString() {
      return "sum=" + sum;
    }
  }

  private static Operation uniform(int size) {
    return new Operation(
        "uniform",
        DType.FLOAT32,
        Shape.of(size),
        Where.HEAP,
        new Traffic(Roof.STREAM_WRITE, 0, (long) size * Float.BYTES),
        memory -> {
          PhiloxRandom random = PhiloxRandom.of(SEED);
          float[] out = new float[size];
          return () -> random.fill(out);
        });
  }
}
