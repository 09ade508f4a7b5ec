package dev.batchmill.transform;

import dev.batchmill.internal.kernel.CallLimit;
import dev.batchmill.internal.kernel.ElementType;
import dev.batchmill.internal.kernel.Kernels;
import dev.batchmill.internal.kernel.NormTree;
import dev.batchmill.internal.kernel.Parallel;
import java.nio.Buffer;

/**
 * Passes over one large block of floats or doubles, cut so that all threads have work and no call
 * of a kernel takes long. How a block is cut has no effect on the result.
 */
final class Blocks {
  /**
   * Elements one parallel task handles at least: large against the cost of a call, small against a
   * cache.
   */
  static final long GRAIN = 1 << 16;

  /**
   * Elements that one call handles at most where arrays on the heap are held: a megabyte of floats.
   */
  static final long CALL = 1 << 18;

  /** Cuts lie at multiples of so many elements: whole cache lines and pages. */
  static final long UNIT = 1024;

  /** Tasks for each thread: enough that a late thread does not hold up the others for long. */
  private static final int TASKS_PER_THREAD = 4;

  /** Neighbouring columns that are not cut apart: those that kernels handle together. */
  private static final long COLUMNS = 128;

  private Blocks() {}

  /**
   * Sums the columns of a block of shape [length, inner] as {@link Kernels#normSums} does.
   *
   * <p>The block is cut into pieces of 2^k chunks of rows, whose sums are whole subtrees of the
   * columns' sums, and where one chunk is already large, into ranges of columns.
   *
   * @return the sums of the columns, and after them what was needed on the way
   */
  static double[] sums(
      Kernels kernels,
      Buffer x,
      ElementType type,
      long start,
      long length,
      long inner,
      double order) {
    NormTree tree = new NormTree(type, order);
    long wanted = length * inner / ((long) Parallel.threads() * TASKS_PER_THREAD);
    long elements = Math.min(CALL, Math.max(GRAIN, wanted));
    long rows = tree.pieceLength();
    while (rows < length && 2 * rows * inner <= elements) {
      rows *= 2;
    }
    long pieceRows = rows;
    long columns =
        Math.min(inner, Math.max(1, elements / Math.min(rows, length) / COLUMNS) * COLUMNS);
    long ranges = ceilDivide(inner, columns);
    long pieces = ceilDivide(length, rows);
    double[] sums = new double[Math.toIntExact(pieces * inner)];
    Parallel.forRange(
        pieces * ranges,
        1,
        (from, to) -> {
          for (long task = from; task < to; task++) {
            long top = task / ranges * pieceRows;
            long left = task % ranges * columns;
            kernels.normSums(
                x,
                start + top * inner,
                Math.min(pieceRows, length - top),
                inner,
                left,
                Math.min(left + columns, inner),
                order,
                sums,
                (int) (task / ranges * inner + left));
          }
        });
    tree.combine(sums, (int) pieces, (int) inner);
    return sums;
  }

  /** Divides the elements of a block by {@code divisors[e % inner]}, in parallel. */
  static void divide(
      Kernels kernels,
      Buffer x,
      long xStart,
      Buffer out,
      long outStart,
      double[] divisors,
      long inner,
      long elements,
      boolean streaming) {
    Parallel.forRange(
        ceilDivide(elements, UNIT),
        GRAIN / UNIT,
        CALL / UNIT, // The divisors are an array on the heap.
        (from, to) -> {
          long end = Math.min(to * UNIT, elements);
          kernels.divide(x, xStart, out, outStart, divisors, inner, from * UNIT, end, streaming);
        });
  }

  /** Converts elements, in parallel. */
  static void convert(
      Kernels kernels,
      Buffer x,
      ElementType xType,
      long xStart,
      Buffer out,
      ElementType outType,
      long outStart,
      long elements,
      boolean streaming) {
    Parallel.forRange(
        ceilDivide(elements, UNIT),
        GRAIN / UNIT,
        CallLimit.of(UNIT * Math.max(xType.bytes(), outType.bytes()), x, out),
        (from, to) -> {
          long at = from * UNIT;
          long end = Math.min(to * UNIT, elements);
          kernels.convert(x, xType, xStart + at, out, outType, outStart + at, end - at, streaming);
        });
  }

  static long ceilDivide(long a, long b) {
    return (a + b - 1) / b;
  }
}
