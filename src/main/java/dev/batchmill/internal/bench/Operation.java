package dev.batchmill.internal.bench;

import dev.batchmill.array.DType;
import dev.batchmill.array.Shape;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One line of the benchmark.
 *
 * @param name what is done; it does not change from version to version
 * @param dtype the type of the input
 * @param shape the shape of the input; for one-hot, of the result
 * @param where whether input and output lie on the heap, off it, one on each, or on a GPU
 * @param traffic the memory it must move and the roof over it; null where that is not the point
 * @param items how many a call handles, where their number in a second is the point; else null
 * @param call makes the call that is timed; null for a line that tells the roof itself
 */
record Operation(
    String name,
    DType dtype,
    Shape shape,
    Where where,
    @Nullable Traffic traffic,
    @Nullable Long items,
    @Nullable Function<Memory, Runnable> call) {
  /** The end of the name of an operation that allocates its result. */
  static final String FRESH = "/fresh";

  /** An operation that is one thing. */
  Operation(
      String name,
      DType dtype,
      Shape shape,
      Where where,
      @Nullable Traffic traffic,
      @Nullable Function<Memory, Runnable> call) {
    this(name, dtype, shape, where, traffic, null, call);
  }

  /** Where the arrays of an operation lie. */
  enum Where {
    HEAP("heap"),
    DIRECT("direct"),
    HEAP_TO_DIRECT("heap-to-direct"),
    DEVICE("device");

    private final String label;

    Where(String label) {
      this.label = label;
    }

    String label() {
      return label;
    }
  }
}
