package dev.batchmill.internal.kernel;

import dev.batchmill.internal.bind.NativeKernels;
import dev.batchmill.internal.bind.NativeLibrary;
import dev.batchmill.internal.status.NativeStatus;
import java.lang.ref.Reference;
import java.nio.Buffer;
import java.nio.LongBuffer;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The kernels in C++, built for this machine's instruction set.
 *
 * <p>Heap arrays are not copied: the garbage collector may have to wait for the end of a call, so
 * callers cut large work into ranges. A heap buffer whose array is out of reach (a read-only one, a
 * view of a heap {@link java.nio.ByteBuffer}) goes to {@link JavaKernels}.
 */
public final class CpuKernels implements Kernels {
  /**
   * Held during calls over heap arrays when the virtual machine hands out copies of them, as it
   * does under {@code -Xcheck:jni}: two calls at a time would lose each other's results.
   */
  private static final ReentrantLock COPIES = new ReentrantLock();

  private final boolean copiesArrays;
  private final String isa;

  /**
   * Takes the kernels of the native library.
   *
   * @throws dev.batchmill.error.NativeUnavailableException if it is not loaded
   */
  public CpuKernels() {
    NativeLibrary.requireLoaded();
    copiesArrays = !NativeKernels.sharesArrays();
    isa = NativeKernels.isa();
  }

  @Override
  public String name() {
    return "cpu";
  }

  @Override
  public String description() {
    return "cpu (native, " + isa + ")";
  }

  /** The instruction set in use: {@code baseline}, {@code avx2} or {@code avx512}. */
  public String isa() {
    return isa;
  }

  @Override
  public void normalize(
      Buffer x,
      long xStart,
      Buffer out,
      long outStart,
      long length,
      long inner,
      long first,
      long last,
      double order,
      double epsilon,
      boolean streaming) {
    Arguments.checkNormalize(x, xStart, out, outStart, length, inner, first, last, order, epsilon);
    if (unreachable(x) || unreachable(out)) {
      JavaKernels.INSTANCE.normalize(
          x, xStart, out, outStart, length, inner, first, last, order, epsilon, streaming);
      return;
    }
    boolean alone = enter(x.hasArray() || out.hasArray());
    try {
      NativeStatus.check(
          NativeKernels.normalize(
              base(x),
              at(x, xStart),
              base(out),
              at(out, outStart),
              Arguments.computedType(x).code(),
              length,
              inner,
              first,
              last,
              order,
              epsilon,
              streaming));
    } finally {
      leave(alone);
      Reference.reachabilityFence(x);
      Reference.reachabilityFence(out);
    }
  }

  @Override
  public void normSums(
      Buffer x,
      long xStart,
      long length,
      long inner,
      long first,
      long last,
      double order,
      double[] sums,
      int at) {
    Arguments.checkNormSums(x, xStart, length, inner, first, last, order, sums, at);
    if (unreachable(x)) {
      JavaKernels.INSTANCE.normSums(x, xStart, length, inner, first, last, order, sums, at);
      return;
    }
    boolean alone = enter(true);
    try {
      NativeStatus.check(
          NativeKernels.normSums(
              base(x),
              at(x, xStart),
              Arguments.computedType(x).code(),
              length,
              inner,
              first,
              last,
              order,
              sums,
              (long) at * Double.BYTES));
    } finally {
      leave(alone);
      Reference.reachabilityFence(x);
    }
  }

  @Override
  public void divide(
      Buffer x,
      long xStart,
      Buffer out,
      long outStart,
      double[] divisors,
      long inner,
      long first,
      long last,
      boolean streaming) {
    Arguments.checkDivide(x, xStart, out, outStart, divisors, inner, first, last);
    if (unreachable(x) || unreachable(out)) {
      JavaKernels.INSTANCE.divide(
          x, xStart, out, outStart, divisors, inner, first, last, streaming);
      return;
    }
    boolean alone = enter(true);
    try {
      NativeStatus.check(
          NativeKernels.divide(
              base(x),
              at(x, xStart),
              base(out),
              at(out, outStart),
              Arguments.computedType(x).code(),
              divisors,
              inner,
              first,
              last,
              streaming));
    } finally {
      leave(alone);
      Reference.reachabilityFence(x);
      Reference.reachabilityFence(out);
    }
  }

  @Override
  public void convert(
      Buffer x,
      ElementType xType,
      long xStart,
      Buffer out,
      ElementType outType,
      long outStart,
      long count,
      boolean streaming) {
    Arguments.checkConvert(x, xType, xStart, out, outType, outStart, count);
    if (unreachable(x) || unreachable(out)) {
      JavaKernels.INSTANCE.convert(x, xType, xStart, out, outType, outStart, count, streaming);
      return;
    }
    boolean alone = enter(x.hasArray() || out.hasArray());
    try {
      NativeStatus.check(
          NativeKernels.convert(
              base(x),
              at(x, xStart),
              xType.code(),
              base(out),
              at(out, outStart),
              outType.code(),
              count,
              streaming));
    } finally {
      leave(alone);
      Reference.reachabilityFence(x);
      Reference.reachabilityFence(out);
    }
  }

  @Override
  public void gather(
      Buffer source,
      long sourceStart,
      long rowElements,
      long[] rows,
      int from,
      int to,
      Buffer out,
      long outStart) {
    Arguments.checkGather(source, sourceStart, rowElements, rows, from, to, out, outStart);
    if (unreachable(source) || unreachable(out)) {
      JavaKernels.INSTANCE.gather(source, sourceStart, rowElements, rows, from, to, out, outStart);
      return;
    }
    boolean alone = enter(true);
    try {
      NativeStatus.check(
          NativeKernels.gather(
              base(source),
              at(source, sourceStart),
              rowElements * Arguments.elementBytes(source),
              rows,
              from,
              to - from,
              base(out),
              at(out, outStart)));
    } finally {
      leave(alone);
      Reference.reachabilityFence(source);
      Reference.reachabilityFence(out);
    }
  }

  @Override
  public void fillPermutation(long[] key, long first, long[] out, int from, int to) {
    Arguments.checkPermutation(key, first, out, from, to);
    boolean alone = enter(true);
    try {
      NativeStatus.check(NativeKernels.permutationFill(key, first, out, from, to - from));
    } finally {
      if (alone) {
        COPIES.unlock();
      }
    }
  }

  @Override
  public void normalize(float[] x, float[] out, int length, double order, double epsilon) {
    Arguments.checkRows(x.length, out.length, length, order, epsilon);
    normalizeRows(x, out, ElementType.FLOAT32, length, x.length / length, order, epsilon);
  }

  @Override
  public void normalize(double[] x, double[] out, int length, double order, double epsilon) {
    Arguments.checkRows(x.length, out.length, length, order, epsilon);
    normalizeRows(x, out, ElementType.FLOAT64, length, x.length / length, order, epsilon);
  }

  private void normalizeRows(
      Object x, Object out, ElementType type, int length, int rows, double order, double epsilon) {
    boolean alone = enter(true);
    try {
      NativeStatus.check(
          NativeKernels.normalize(
              x, 0, out, 0, type.code(), length, 1, 0, rows, order, epsilon, false));
    } finally {
      leave(alone);
    }
  }

  @Override
  public void scanLabels(Labels labels, long first, long last, long[] found) {
    Arguments.checkScan(labels, first, last, found);
    Buffer values = labels.values();
    if (unreachable(values)) {
      JavaKernels.INSTANCE.scanLabels(labels, first, last, found);
      return;
    }
    boolean alone = enter(true);
    try {
      NativeStatus.check(
          NativeKernels.scanLabels(
              base(values),
              at(values, labels.start()),
              labels.type().code(),
              labels.classes(),
              labels.ignoring(),
              labels.ignored(),
              first,
              last,
              found));
    } finally {
      leave(alone);
      Reference.reachabilityFence(values);
    }
  }

  @Override
  public void oneHot(
      Labels labels,
      long depth,
      long inner,
      Buffer out,
      long outStart,
      long onBits,
      long offBits,
      long first,
      long last,
      boolean streaming) {
    Arguments.checkEncode(labels, depth, inner, out, outStart, first, last);
    Buffer values = labels.values();
    if (unreachable(values) || unreachable(out)) {
      JavaKernels.INSTANCE.oneHot(
          labels, depth, inner, out, outStart, onBits, offBits, first, last, streaming);
      return;
    }
    boolean alone = enter(values.hasArray() || out.hasArray());
    try {
      NativeStatus.check(
          NativeKernels.oneHot(
              base(values),
              at(values, labels.start()),
              labels.type().code(),
              labels.classes(),
              labels.ignoring(),
              labels.ignored(),
              depth,
              inner,
              base(out),
              at(out, outStart),
              Arguments.elementBytes(out),
              onBits,
              offBits,
              first,
              last,
              streaming));
    } finally {
      leave(alone);
      Reference.reachabilityFence(values);
      Reference.reachabilityFence(out);
    }
  }

  @Override
  public void countLabels(
      Labels labels,
      long depth,
      long inner,
      Buffer out,
      ElementType outType,
      long outStart,
      long first,
      long last,
      boolean streaming) {
    Arguments.checkCount(labels, depth, inner, out, outType, outStart, first, last);
    Buffer values = labels.values();
    if (unreachable(values) || unreachable(out)) {
      JavaKernels.INSTANCE.countLabels(
          labels, depth, inner, out, outType, outStart, first, last, streaming);
      return;
    }
    boolean alone = enter(values.hasArray() || out.hasArray());
    try {
      NativeStatus.check(
          NativeKernels.countLabels(
              base(values),
              at(values, labels.start()),
              labels.type().code(),
              labels.classes(),
              labels.ignoring(),
              labels.ignored(),
              depth,
              inner,
              base(out),
              at(out, outStart),
              outType.code(),
              first,
              last,
              streaming));
    } finally {
      leave(alone);
      Reference.reachabilityFence(values);
      Reference.reachabilityFence(out);
    }
  }

  @Override
  public void argMax(
      Buffer x,
      ElementType type,
      long xStart,
      long length,
      long inner,
      LongBuffer out,
      long outStart,
      long first,
      long last) {
    Arguments.checkArgMax(x, type, xStart, length, inner, out, outStart, first, last);
    if (unreachable(x) || unreachable(out)) {
      JavaKernels.INSTANCE.argMax(x, type, xStart, length, inner, out, outStart, first, last);
      return;
    }
    boolean alone = enter(x.hasArray() || out.hasArray());
    try {
      NativeStatus.check(
          NativeKernels.argMax(
              base(x),
              at(x, xStart),
              type.code(),
              length,
              inner,
              first,
              last,
              base(out),
              at(out, outStart + first)));
    } finally {
      leave(alone);
      Reference.reachabilityFence(x);
      Reference.reachabilityFence(out);
    }
  }

  @Override
  public void rescale(
      Buffer x,
      ElementType xType,
      long xStart,
      Buffer out,
      long outStart,
      boolean divide,
      double[] a,
      double[] b,
      long inner,
      long first,
      long last,
      double low,
      double high,
      boolean streaming) {
    Arguments.checkRescale(x, xType, xStart, out, outStart, a, b, inner, first, last, low, high);
    if (unreachable(x) || unreachable(out)) {
      JavaKernels.INSTANCE.rescale(
          x, xType, xStart, out, outStart, divide, a, b, inner, first, last, low, high, streaming);
      return;
    }
    boolean alone = enter(true);
    try {
      NativeStatus.check(
          NativeKernels.rescale(
              base(x),
              at(x, xStart),
              xType.code(),
              base(out),
              at(out, outStart),
              Arguments.computedType(out).code(),
              divide,
              a,
              b,
              a.length,
              inner,
              first,
              last,
              low,
              high,
              streaming));
    } finally {
      leave(alone);
      Reference.reachabilityFence(x);
      Reference.reachabilityFence(out);
    }
  }

  @Override
  public void moments(
      Buffer x,
      ElementType type,
      long xStart,
      long rows,
      long rowStride,
      long features,
      long featureStride,
      long inner,
      double[] pivots,
      double[] means,
      double[] squares) {
    Arguments.checkTile(
        x, type, xStart, rows, rowStride, features, featureStride, inner, pivots, means, squares);
    if (unreachable(x)) {
      JavaKernels.INSTANCE.moments(
          x, type, xStart, rows, rowStride, features, featureStride, inner, pivots, means, squares);
      return;
    }
    boolean alone = enter(true);
    try {
      NativeStatus.check(
          NativeKernels.moments(
              base(x),
              at(x, xStart),
              type.code(),
              rows,
              rowStride,
              features,
              featureStride,
              inner,
              pivots,
              means,
              squares));
    } finally {
      leave(alone);
      Reference.reachabilityFence(x);
    }
  }

  @Override
  public void extremes(
      Buffer x,
      ElementType type,
      long xStart,
      long rows,
      long rowStride,
      long features,
      long featureStride,
      long inner,
      double[] least,
      double[] greatest) {
    Arguments.checkTile(
        x, type, xStart, rows, rowStride, features, featureStride, inner, least, greatest);
    if (unreachable(x)) {
      JavaKernels.INSTANCE.extremes(
          x, type, xStart, rows, rowStride, features, featureStride, inner, least, greatest);
      return;
    }
    boolean alone = enter(true);
    try {
      NativeStatus.check(
          NativeKernels.extremes(
              base(x),
              at(x, xStart),
              type.code(),
              rows,
              rowStride,
              features,
              featureStride,
              inner,
              least,
              greatest));
    } finally {
      leave(alone);
      Reference.reachabilityFence(x);
    }
  }

  @Override
  public void fillRandom(
      long key,
      long stream,
      long block,
      int word,
      Buffer out,
      long outStart,
      long count,
      boolean streaming) {
    ElementType type = Arguments.checkRandom(word, out, outStart, count);
    if (unreachable(out)) {
      JavaKernels.INSTANCE.fillRandom(key, stream, block, word, out, outStart, count, streaming);
      return;
    }
    boolean alone = enter(out.hasArray());
    try {
      NativeStatus.check(
          NativeKernels.randomFill(
              base(out),
              at(out, outStart),
              type.code(),
              count,
              key,
              stream,
              block,
              word,
              streaming));
    } finally {
      leave(alone);
      Reference.reachabilityFence(out);
    }
  }

  /**
   * Waits for its turn where calls over arrays must not overlap; true when it has to give it up.
   */
  private boolean enter(boolean overArrays) {
    boolean alone = copiesArrays && overArrays;
    if (alone) {
      COPIES.lock();
    }
    return alone;
  }

  /** Ends what {@link #enter} began. */
  private static void leave(boolean alone) {
    if (alone) {
      COPIES.unlock();
    }
  }

  private static boolean unreachable(Buffer buffer) {
    return !buffer.isDirect() && !buffer.hasArray();
  }

  /** The buffer's array; null for memory off the heap. */
  private static @Nullable Object base(Buffer buffer) {
    return buffer.isDirect() ? null : buffer.array();
  }

  /** Where an element lies: bytes from the beginning of the buffer's array, or the address. */
  private static long at(Buffer buffer, long element) {
    int size = Arguments.elementBytes(buffer);
    return buffer.isDirect()
        ? NativeKernels.addressOf(buffer) + element * size
        : (buffer.arrayOffset() + element) * size;
  }
}
