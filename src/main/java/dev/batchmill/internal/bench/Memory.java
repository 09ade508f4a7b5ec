package dev.batchmill.internal.bench;

import dev.batchmill.array.DType;
import dev.batchmill.array.NDArray;
import dev.batchmill.array.Shape;
import dev.batchmill.internal.bind.NativeKernels;
import dev.batchmill.internal.kernel.Parallel;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.ShortBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The arrays off the heap that the operations of a group and their roofs share: whoever asks for
 * the same type and shape gets the same array. Closing frees them all. Beside them, the count of
 * what is allocated on the heap.
 */
final class Memory implements AutoCloseable {
  private static final long FILL_GRAIN = 1 << 20;

  private final List<NDArray> inputs = new ArrayList<>();
  private final List<NDArray> outputs = new ArrayList<>();
  private final List<Runnable> others = new ArrayList<>();
  private @Nullable GpuMemory gpu;
  private final Allocations allocations = new Allocations();

  /** An array of arbitrary numbers: floats as {@link #number} gives them, integers from 0 on. */
  NDArray input(DType dtype, Shape shape) {
    NDArray input = find(inputs, dtype, shape);
    if (input == null) {
      input = NDArray.allocate(dtype, shape);
      inputs.add(input);
      fill(input.buffer(), input.size());
    }
    return input;
  }

  /** An array to write to. */
  NDArray output(DType dtype, Shape shape) {
    NDArray output = find(outputs, dtype, shape);
    if (output == null) {
      output = NDArray.allocate(dtype, shape);
      outputs.add(output);
    }
    return output;
  }

  /** The address of so many bytes to read. */
  long sourceAddress(long bytes) {
    NDArray large = atLeast(inputs, bytes);
    return NativeKernels.addressOf(
        (large != null ? large : input(DType.UINT8, Shape.of(bytes))).buffer());
  }

  /** The address of so many bytes to write. */
  long sinkAddress(long bytes) {
    NDArray large = atLeast(outputs, bytes);
    return NativeKernels.addressOf(
        (large != null ? large : output(DType.UINT8, Shape.of(bytes))).buffer());
  }

  /** Counts what is allocated on the heap; threads whose allocations shall count come from it. */
  Allocations allocations() {
    return allocations;
  }

  /** The arrays on the first GPU. */
  GpuMemory gpu() {
    GpuMemory opened = gpu;
    if (opened == null) {
      opened = new GpuMemory();
      gpu = opened;
      closeAtEnd(opened::close);
    }
    return opened;
  }

  /** Closes something else at the end as well. */
  void closeAtEnd(Runnable close) {
    others.add(close);
  }

  @Override
  public void close() {
    others.forEach(Runnable::run);
    inputs.forEach(NDArray::close);
    outputs.forEach(NDArray::close);
  }

  private static @Nullable NDArray find(List<NDArray> arrays, DType dtype, Shape shape) {
    for (NDArray array : arrays) {
      if (array.dtype() == dtype && array.shape().equals(shape)) {
        return array;
      }
    }
    return null;
  }

  private static @Nullable NDArray atLeast(List<NDArray> arrays, long bytes) {
    for (NDArray array : arrays) {
      if (array.size() * array.dtype().byteSize() >= bytes) {
        return array;
      }
    }
    return null;
  }

  private static void fill(Buffer buffer, long size) {
    Parallel.forRange(
        size,
        FILL_GRAIN,
        (from, to) -> {
          for (int i = (int) from; i < to; i++) {
            put(buffer, i);
          }
        });
  }

  private static void put(Buffer buffer, int i) {
    if (buffer instanceof FloatBuffer floats) {
      floats.put(i, number(i));
    } else if (buffer instanceof DoubleBuffer doubles) {
      doubles.put(i, number(i));
    } else if (buffer instanceof IntBuffer ints) {
      ints.put(i, whole(i, Integer.MAX_VALUE));
    } else if (buffer instanceof ShortBuffer halves) {
      // A float16 below 2: no infinity, no NaN.
      halves.put(i, (short) whole(i, 0x4000));
    } else if (buffer instanceof ByteBuffer bytes) {
      bytes.put(i, (byte) whole(i, 0x100));
    } else {
      throw new IllegalArgumentException("there are no numbers for this type: buffer=" + buffer);
    }
  }

  /** Number i of an arbitrary sequence in (-1, 1) without zero. */
  static float number(long i) {
    long bits = mixed(i);
    float magnitude = ((bits >>> 41) | 1) * 0x1p-23f;
    return bits < 0 ? -magnitude : magnitude;
  }

  /** The first n of these numbers. */
  static float[] numbers(int n) {
    float[] numbers = new float[n];
    for (int i = 0; i < n; i++) {
      numbers[i] = number(i);
    }
    return numbers;
  }

  /** Number i of an arbitrary sequence in [0, bound). */
  static int whole(long i, int bound) {
    return (int) (((mixed(i) >>> 33) * bound) >>> 31);
  }

  /** Multiplication by the golden ratio, as for hash tables. */
  private static long mixed(long i) {
    return (i + 1) * 0x9E3779B97F4A7C15L;
  }
}
