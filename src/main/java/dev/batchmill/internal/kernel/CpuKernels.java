package dev.batchmill.internal.kernel;

import dev.batchmill.internal.bind.NativeKernels;
import dev.batchmill.internal.bind.NativeLibrary;
import dev.batchmill.internal.status.NativeStatus;
import java.lang.ref.Reference;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The kernels in C++, built for this machine's instruction set.
 *
 * <p>Heap arrays are not copied: the garbage collector may have to wait for the end of a call, so
 * callers cut large work into ranges. A heap buffer whose array is out of reach (a read-only one, a
 * view of a heap {@link ByteBuffer}) goes to {@link JavaKernels}.
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
      double order) {
    Arguments.checkNormalize(x, xStart, out, outStart, length, inner, first, last, order);
    if (unreachable(x) || unreachable(out)) {
      JavaKernels.INSTANCE.normalize(x, xStart, out, outStart, length, inner, first, last, order);
    } else if (x instanceof FloatBuffer from && out instanceof FloatBuffer to) {
      call(
          x,
          out,
          () ->
              NativeKernels.normalize(
                  array(from),
                  at(from, xStart),
                  array(to),
                  at(to, outStart),
                  length,
                  inner,
                  first,
                  last,
                  order));
    } else if (x instanceof DoubleBuffer from && out instanceof DoubleBuffer to) {
      call(
          x,
          out,
          () ->
              NativeKernels.normalize(
                  array(from),
                  at(from, xStart),
                  array(to),
                  at(to, outStart),
                  length,
                  inner,
                  first,
                  last,
                  order));
    }
  }

  @Override
  public void oneHot(
      int[] labels,
      int from,
      int to,
      long classes,
      Buffer out,
      long outStart,
      long onBits,
      long offBits) {
    Arguments.checkOneHot(labels, from, to, classes, out, outStart);
    if (unreachable(out)) {
      JavaKernels.INSTANCE.oneHot(labels, from, to, classes, out, outStart, onBits, offBits);
      return;
    }
    int count = to - from;
    long outAt = at(out, outStart);
    if (out instanceof ByteBuffer into) {
      call(
          out,
          out,
          () ->
              NativeKernels.oneHot(
                  labels, from, count, classes, array(into), outAt, onBits, offBits));
    } else if (out instanceof ShortBuffer into) {
      call(
          out,
          out,
          () ->
              NativeKernels.oneHot(
                  labels, from, count, classes, array(into), outAt, onBits, offBits));
    } else if (out instanceof IntBuffer into) {
      call(
          out,
          out,
          () ->
              NativeKernels.oneHot(
                  labels, from, count, classes, array(into), outAt, onBits, offBits));
    } else if (out instanceof LongBuffer into) {
      call(
          out,
          out,
          () ->
              NativeKernels.oneHot(
                  labels, from, count, classes, array(into), outAt, onBits, offBits));
    } else if (out instanceof FloatBuffer into) {
      call(
          out,
          out,
          () ->
              NativeKernels.oneHot(
                  labels, from, count, classes, array(into), outAt, onBits, offBits));
    } else if (out instanceof DoubleBuffer into) {
      call(
          out,
          out,
          () ->
              NativeKernels.oneHot(
                  labels, from, count, classes, array(into), outAt, onBits, offBits));
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
    int count = to - from;
    long rowBytes = rowElements * Arguments.elementBytes(source);
    long sourceAt = at(source, sourceStart);
    long outAt = at(out, outStart);
    if (source instanceof ByteBuffer rowsOf && out instanceof ByteBuffer into) {
      call(
          source,
          out,
          () ->
              NativeKernels.gather(
                  array(rowsOf), sourceAt, rowBytes, rows, from, count, array(into), outAt));
    } else if (source instanceof ShortBuffer rowsOf && out instanceof ShortBuffer into) {
      call(
          source,
          out,
          () ->
              NativeKernels.gather(
                  array(rowsOf), sourceAt, rowBytes, rows, from, count, array(into), outAt));
    } else if (source instanceof IntBuffer rowsOf && out instanceof IntBuffer into) {
      call(
          source,
          out,
          () ->
              NativeKernels.gather(
                  array(rowsOf), sourceAt, rowBytes, rows, from, count, array(into), outAt));
    } else if (source instanceof LongBuffer rowsOf && out instanceof LongBuffer into) {
      call(
          source,
          out,
          () ->
              NativeKernels.gather(
                  array(rowsOf), sourceAt, rowBytes, rows, from, count, array(into), outAt));
    } else if (source instanceof FloatBuffer rowsOf && out instanceof FloatBuffer into) {
      call(
          source,
          out,
          () ->
              NativeKernels.gather(
                  array(rowsOf), sourceAt, rowBytes, rows, from, count, array(into), outAt));
    } else if (source instanceof DoubleBuffer rowsOf && out instanceof DoubleBuffer into) {
      call(
          source,
          out,
          () ->
              NativeKernels.gather(
                  array(rowsOf), sourceAt, rowBytes, rows, from, count, array(into), outAt));
    }
  }

  @Override
  public void fillPermutation(long[] key, long first, long[] out, int from, int to) {
    Arguments.checkPermutation(key, first, out, from, to);
    call(true, () -> NativeKernels.permutationFill(key, first, out, from, to - from));
  }

  private void call(Buffer in, Buffer out, IntSupplier kernel) {
    try {
      call(in.hasArray() || out.hasArray(), kernel);
    } finally {
      Reference.reachabilityFence(in);
      Reference.reachabilityFence(out);
    }
  }

  private void call(boolean overArrays, IntSupplier kernel) {
    boolean alone = copiesArrays && overArrays;
    if (alone) {
      COPIES.lock();
    }
    try {
      NativeStatus.check(kernel.getAsInt());
    } finally {
      if (alone) {
        COPIES.unlock();
      }
    }
  }

  private static boolean unreachable(Buffer buffer) {
    return !buffer.isDirect() && !buffer.hasArray();
  }

  /** Where an element lies: bytes from the beginning of the buffer's array, or the address. */
  private static long at(Buffer buffer, long element) {
    int size = Arguments.elementBytes(buffer);
    return buffer.isDirect()
        ? NativeKernels.addressOf(buffer) + element * size
        : (buffer.arrayOffset() + element) * size;
  }

  @SuppressWarnings("ByteBufferBackingArray") // The offset is part of at().
  private static byte @Nullable [] array(ByteBuffer buffer) {
    return buffer.isDirect() ? null : buffer.array();
  }

  private static short @Nullable [] array(ShortBuffer buffer) {
    return buffer.isDirect() ? null : buffer.array();
  }

  private static int @Nullable [] array(IntBuffer buffer) {
    return buffer.isDirect() ? null : buffer.array();
  }

  private static long @Nullable [] array(LongBuffer buffer) {
    return buffer.isDirect() ? null : buffer.array();
  }

  private static float @Nullable [] array(FloatBuffer buffer) {
    return buffer.isDirect() ? null : buffer.array();
  }

  private static double @Nullable [] array(DoubleBuffer buffer) {
    return buffer.isDirect() ? null : buffer.array();
  }
}
