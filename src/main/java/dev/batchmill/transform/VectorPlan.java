package dev.batchmill.transform;

import dev.batchmill.array.DType;
import dev.batchmill.array.NDArray;
import dev.batchmill.internal.kernel.ArrayMemory;
import dev.batchmill.internal.kernel.CallLimit;
import dev.batchmill.internal.kernel.ElementType;
import dev.batchmill.internal.kernel.KernelRegistry;
import dev.batchmill.internal.kernel.Kernels;
import dev.batchmill.internal.kernel.NormTree;
import dev.batchmill.internal.kernel.Parallel;
import dev.batchmill.internal.kernel.Scratch;
import dev.batchmill.internal.kernel.Streaming;
import java.nio.Buffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;

/**
 * Scales the vectors along the middle axis of an array [outer, length, inner] to unit norm: which
 * parts of it go to the kernels, in which order and on how many threads. The result is always that
 * of one call over everything.
 *
 * <ul>
 *   <li>Many blocks [length, inner] of a moderate size, such as rows: ranges of whole blocks.
 *   <li>A large block of short columns: ranges of columns.
 *   <li>Any other large block, such as one long vector or few tall columns: the sums of pieces,
 *       then their combination, then the division. That reads the block twice, as a call over it
 *       would, but on all threads.
 *   <li>Types that are not computed in: blocks are converted on the way, as many at a time as lie
 *       in a cache, so that memory is read and written once; a block that is larger is converted
 *       first.
 * </ul>
 */
final class VectorPlan {
  /** Elements of the largest block that one thread handles alone: some milliseconds. */
  private static final long LARGE_BLOCK = 1 << 21;

  /**
   * Elements of the longest columns that are handled in ranges of columns: tiles of neighbouring
   * columns stay in the cache between the sum and the division.
   */
  private static final long LONG_COLUMN = 512;

  /** Bytes of what is converted at a time: small against a second-level cache. */
  private static final int TILE_BYTES = 1 << 18;

  private final Kernels kernels;
  private final ElementType computed;
  private final long length;
  private final long inner;
  private final double order;
  private final double epsilon;

  private VectorPlan(
      Kernels kernels,
      ElementType computed,
      long length,
      long inner,
      double order,
      double epsilon) {
    this.kernels = kernels;
    this.computed = computed;
    this.length = length;
    this.inner = inner;
    this.order = order;
    this.epsilon = epsilon;
  }

  /** The type that is computed in: double where it is the type of the array or of the result. */
  static DType computedIn(DType x, DType out) {
    return x == DType.FLOAT64 || out == DType.FLOAT64 ? DType.FLOAT64 : DType.FLOAT32;
  }

  /**
   * Scales all vectors. What is small goes to the kernel without an object being made.
   *
   * @param x a contiguous array of outer · length · inner elements
   * @param out a contiguous array of as many: x itself or one that does not overlap it
   */
  static void run(
      NDArray x, NDArray out, long outer, long length, long inner, double order, double epsilon) {
    long elements = x.size();
    if (elements == 0) {
      return;
    }
    Kernels kernels = KernelRegistry.active();
    ElementType xType = elementType(x.dtype());
    ElementType outType = elementType(out.dtype());
    ElementType computed = elementType(computedIn(x.dtype(), out.dtype()));
    Buffer from = ArrayMemory.of(x);
    Buffer to = ArrayMemory.of(out);
    if (elements >= 2 * Blocks.GRAIN) {
      boolean streaming = x != out && Streaming.pays(elements * outType.bytes());
      new VectorPlan(kernels, computed, length, inner, order, epsilon)
          .large(from, xType, x.offset(), to, outType, out.offset(), outer, streaming);
    } else if (xType == computed && outType == computed) {
      kernels.normalize(
          from,
          x.offset(),
          to,
          out.offset(),
          length,
          inner,
          0,
          outer * inner,
          order,
          epsilon,
          false);
    } else {
      inTiles(
          kernels,
          computed,
          from,
          xType,
          x.offset(),
          to,
          outType,
          out.offset(),
          length,
          inner,
          outer,
          order,
          epsilon,
          false);
    }
  }

  static ElementType elementType(DType type) {
    return ElementType.valueOf(type.name());
  }

  private void large(
      Buffer x,
      ElementType xType,
      long xStart,
      Buffer out,
      ElementType outType,
      long outStart,
      long outer,
      boolean streaming) {
    long block = length * inner;
    if (xType == computed && outType == computed) {
      scale(x, xStart, out, outStart, outer, streaming);
    } else if (block * computed.bytes() <= Scratch.BYTES) {
      Parallel.forRange(
          outer,
          Math.max(1, Blocks.GRAIN / block),
          (first, last) ->
              inTiles(
                  kernels,
                  computed,
                  x,
                  xType,
                  xStart + first * block,
                  out,
                  outType,
                  outStart + first * block,
                  length,
                  inner,
                  last - first,
                  order,
                  epsilon,
                  streaming));
    } else if (outType == computed) {
      Blocks.convert(kernels, x, xType, xStart, out, outType, outStart, outer * block, false);
      scale(out, outStart, out, outStart, outer, false);
    } else {
      Buffer wide =
          computed == ElementType.FLOAT32
              ? FloatBuffer.allocate(Math.toIntExact(block))
              : DoubleBuffer.allocate(Math.toIntExact(block));
      for (long at = 0; at < outer * block; at += block) {
        if (xType == computed) {
          scale(x, xStart + at, wide, 0, 1, false);
        } else {
          Blocks.convert(kernels, x, xType, xStart + at, wide, computed, 0, block, false);
          scale(wide, 0, wide, 0, 1, false);
        }
        Blocks.convert(kernels, wide, computed, 0, out, outType, outStart + at, block, streaming);
      }
    }
  }

  /** Scales blocks of the computed type. */
  private void scale(
      Buffer x, long xStart, Buffer out, long outStart, long outer, boolean streaming) {
    long block = length * inner;
    int threads = Parallel.threads();
    if (block <= Blocks.GRAIN || (block <= LARGE_BLOCK && outer >= threads)) {
      scaleBlocks(x, xStart, out, outStart, outer, streaming);
    } else if (length <= LONG_COLUMN && inner >= threads * Blocks.UNIT) {
      scaleColumns(x, xStart, out, outStart, outer, streaming);
    } else {
      for (long at = 0; at < outer * block; at += block) {
        scaleInPieces(x, xStart + at, out, outStart + at, streaming);
      }
    }
  }

  private void scaleBlocks(
      Buffer x, long xStart, Buffer out, long outStart, long outer, boolean streaming) {
    long block = length * inner;
    Parallel.forRange(
        outer,
        Math.max(1, Blocks.GRAIN / block),
        CallLimit.of(block * computed.bytes(), x, out),
        (from, to) -> scaleVectors(x, xStart, out, outStart, from * inner, to * inner, streaming));
  }

  private void scaleColumns(
      Buffer x, long xStart, Buffer out, long outStart, long outer, boolean streaming) {
    long units = Blocks.ceilDivide(inner, Blocks.UNIT);
    Parallel.forRange(
        outer * units,
        Math.max(1, Blocks.GRAIN / (length * Blocks.UNIT)),
        CallLimit.of(length * Blocks.UNIT * computed.bytes(), x, out),
        (from, to) -> {
          long first = startOfUnit(from, units);
          long last = startOfUnit(to, units);
          scaleVectors(x, xStart, out, outStart, first, last, streaming);
        });
  }

  /** The first vector of a unit of columns, of which a block has so many. */
  private long startOfUnit(long at, long units) {
    return at / units * inner + at % units * Blocks.UNIT;
  }

  private void scaleVectors(
      Buffer x, long xStart, Buffer out, long outStart, long first, long last, boolean streaming) {
    kernels.normalize(
        x, xStart, out, outStart, length, inner, first, last, order, epsilon, streaming);
  }

  private void scaleInPieces(Buffer x, long xStart, Buffer out, long outStart, boolean streaming) {
    double[] divisors = Blocks.sums(kernels, x, computed, xStart, length, inner, order);
    NormTree tree = new NormTree(computed, order);
    for (int i = 0; i < inner; i++) {
      divisors[i] = tree.divisor(tree.norm(divisors[i]), epsilon);
    }
    Blocks.divide(kernels, x, xStart, out, outStart, divisors, inner, length * inner, streaming);
  }

  /** Scales blocks that fit the scratch memory, converting from one type and to the other. */
  private static void inTiles(
      Kernels kernels,
      ElementType computed,
      Buffer x,
      ElementType xType,
      long xStart,
      Buffer out,
      ElementType outType,
      long outStart,
      long length,
      long inner,
      long outer,
      double order,
      double epsilon,
      boolean streaming) {
    long block = length * inner;
    long step = Math.max(1, TILE_BYTES / (block * computed.bytes()));
    Scratch scratch = Scratch.take();
    try {
      Buffer tile = scratch.as(computed);
      for (long at = 0; at < outer; at += step) {
        long blocks = Math.min(step, outer - at);
        long xAt = xStart + at * block;
        long outAt = outStart + at * block;
        Buffer from = x;
        long fromAt = xAt;
        if (xType != computed) {
          kernels.convert(x, xType, xAt, tile, computed, 0, blocks * block, false);
          from = tile;
          fromAt = 0;
        }
        boolean direct = outType == computed;
        kernels.normalize(
            from,
            fromAt,
            direct ? out : tile,
            direct ? outAt : 0,
            length,
            inner,
            0,
            blocks * inner,
            order,
            epsilon,
            direct && streaming);
        if (!direct) {
          kernels.convert(tile, computed, 0, out, outType, outAt, blocks * block, streaming);
        }
      }
    } finally {
      scratch.giveBack();
    }
  }
}
