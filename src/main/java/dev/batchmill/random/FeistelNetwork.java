package dev.batchmill.random;

import dev.batchmill.internal.kernel.PermutationKernel;

/** A permutation of many indices as the key of a mixed-radix Feistel network. */
final class FeistelNetwork implements Bijection {
  private final long[] key;

  /** Draws the round keys from {@code random}. {@code size} is at least 1. */
  FeistelNetwork(long size, Philox random) {
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
    PermutationKernel.fill(key, first, out, from, to);
  }
}
