package dev.batchmill.random;

import dev.batchmill.array.CudaStream;
import dev.batchmill.array.DeviceArray;

/** One of the two ways a {@link Permutation} maps positions to indices. Arguments are valid. */
sealed interface Bijection permits ShuffledTable, FeistelNetwork {
  /** The index at a position. */
  long indexAt(long position);

  /** The position of an index. */
  long positionOf(long index);

  /**
   * Writes the indices at {@code first, first + 1, …} to {@code out[from]} up to {@code out[to -
   * 1]}.
   */
  void fill(long first, long[] out, int from, int to);

  /** Writes the indices at {@code first, first + 1, …} to an array on a GPU, not an empty one. */
  void fill(long first, DeviceArray out, CudaStream stream);
}
