package dev.batchmill.random;

import dev.batchmill.array.CudaStream;
import dev.batchmill.array.DeviceArray;
import dev.batchmill.internal.cuda.CudaLaunch;
import dev.batchmill.internal.kernel.CallLimit;
import dev.batchmill.internal.kernel.KernelRegistry;
import dev.batchmill.internal.kernel.Kernels;
import dev.batchmill.internal.kernel.Parallel;
import dev.batchmill.internal.kernel.PermutationKernel;

/** A permutation of many indices as the key of a mixed-radix Feistel network. */
final class FeistelNetwork implements Bijection {
  /**
   * Indices to a call: about a millisecond, since the garbage collector may have to wait for it.
   */
  private static final int GRAIN = 1 << 17;

  private final long[] key;

  /** Draws the round keys from {@code random}. {@code size} is at least 1. */
  FeistelNetwork(long size, PhiloxRandom random) {
    long rows = ceilSqrt(size);
    long columns = (size + rows - 1) / rows;
    key = PermutationKernel.newKey(size, rows, columns);
    for (int round = 0; round < PermutationKernel.ROUNDS; round++) {
      PermutationKernel.setRound(key, round, random.nextInt() | 1, random.nextLong());
    }
  }

  /** The smallest value whose square is at least {@code size}. */
  static long ceilSqrt(long size) {
    long root = (long) Math.sqrt((double) size);
    while (root * root < size) {
      root++;
    }
    while ((root - 1) * (root - 1) >= size) {
      root--;
    }
    return root;
  }

  @Override
  public long indexAt(long position) {
    return PermutationKernel.apply(key, position);
  }

  @Override
  public long positionOf(long index) {
    return PermutationKernel.invert(key, index);
  }

  @Override
  public void fill(long first, long[] out, int from, int to) {
    Kernels kernels = KernelRegistry.active();
    Parallel.forRange(
        to - from,
        GRAIN,
        CallLimit.held(Long.BYTES),
        (begin, end) ->
            kernels.fillPermutation(key, first + begin, out, from + (int) begin, from + (int) end));
  }

  @Override
  public void fill(long first, DeviceArray out, CudaStream stream) {
    CudaLaunch.fillPermutation(
        key,
        first,
        out.size(),
        out.pointer(),
        new CudaLaunch.Place(stream.device().index(), stream.handle()));
  }
}
