package dev.batchmill.transform;

import dev.batchmill.array.CudaStream;
import dev.batchmill.array.DType;
import dev.batchmill.array.DeviceArray;
import dev.batchmill.array.NDArray;
import dev.batchmill.array.Shape;
import dev.batchmill.internal.kernel.ArrayMemory;
import dev.batchmill.internal.kernel.CallLimit;
import dev.batchmill.internal.kernel.ElementType;
import dev.batchmill.internal.kernel.KernelRegistry;
import dev.batchmill.internal.kernel.Kernels;
import dev.batchmill.internal.kernel.Parallel;
import java.nio.Buffer;
import java.nio.LongBuffer;

/**
 * One-hot encoding: a class label c becomes a row of zeros with a one at index c; and the way back.
 *
 * <p>Labels of shape {@code [n]} give {@code [n, classes]}, those of a higher rank gain a last
 * axis, those of shape {@code […, 1]} lose the 1 first, and a scalar gives {@code [classes]}.
 * Labels are integers; floats are cut towards zero. A label outside {@code [0, classes)} is an
 * error that names it, and nothing is written then.
 *
 * <p>Unlike Keras, the result is float32 unless asked otherwise (Keras: float64 from arrays), and
 * negative labels are refused (Keras lets −1 mean the last class). {@link OneHotEncoder} puts the
 * class axis elsewhere, smoothes or ignores labels, and encodes several of them in a row.
 *
 * <p>Thread-safe: there is no state. Results live on the heap or off it as the labels do.
 *
 * @see <a
 *     href="https://keras.io/api/utils/python_utils/#to_categorical-function">keras.utils.to_categorical</a>
 */
public final class OneHot {
  private static final int LAST_AXIS = -1;

  /** Bytes of input that one parallel task reads, at least. */
  private static final long GRAIN_BYTES = 1 << 18;

  /** Neighbouring vectors across the class axis that one task handles, at least. */
  private static final long GRAIN_COLUMNS = 64;

  private OneHot() {}

  /**
   * Encodes labels as float32; the number of classes is the largest label plus one.
   *
   * @param labels the labels, at least one
   * @return a new array; the caller closes it
   * @throws IllegalArgumentException if there is no label, or one is negative or no number
   */
  public static NDArray encode(NDArray labels) {
    return OneHotEncoder.builder().build().encode(labels);
  }

  /**
   * Encodes labels; the number of classes is the largest label plus one.
   *
   * @param labels the labels, at least one
   * @param dtype the type of the result
   * @return a new array; the caller closes it
   * @throws IllegalArgumentException if there is no label, or one is negative or no number
   */
  public static NDArray encode(NDArray labels, DType dtype) {
    return OneHotEncoder.builder().dtype(dtype).build().encode(labels);
  }

  /**
   * Encodes labels as float32.
   *
   * @param labels the labels
   * @param classes the number of classes, at least 1
   * @return a new array; the caller closes it
   * @throws IllegalArgumentException if a label is outside {@code [0, classes)}
   */
  public static NDArray encode(NDArray labels, int classes) {
    return encode(labels, classes, DType.FLOAT32);
  }

  /**
   * Encodes labels.
   *
   * @param labels the labels
   * @param classes the number of classes, at least 1
   * @param dtype the type of the result
   * @return a new array; the caller closes it
   * @throws IllegalArgumentException if a label is outside {@code [0, classes)}
   */
  public static NDArray encode(NDArray labels, int classes, DType dtype) {
    return OneHotEncoder.builder().classes(classes).dtype(dtype).build().encode(labels);
  }

  /**
   * Encodes labels into a given array.
   *
   * @param labels the labels
   * @param classes the number of classes, at least 1
   * @param out a contiguous array of the result's shape and any type that does not overlap them
   * @throws IllegalArgumentException if a label is outside {@code [0, classes)} or {@code out} does
   *     not fit; nothing is written then
   */
  public static void encodeInto(NDArray labels, int classes, NDArray out) {
    OneHotEncoder.builder().classes(classes).build().encodeInto(labels, out);
  }

  /**
   * Encodes labels on a GPU.
   *
   * @param labels the labels; they are not checked, and one outside {@code [0, classes)} gives a
   *     row of zeros
   * @param classes the number of classes, at least 1
   * @param out an array of the result's shape and any type that does not overlap them
   * @param stream the stream that does it
   * @throws IllegalArgumentException if {@code classes}, {@code out} or the stream does not fit
   * @throws dev.batchmill.error.DeviceException if the device refuses
   */
  public static void encodeInto(
      DeviceArray labels, int classes, DeviceArray out, CudaStream stream) {
    OneHotEncoder.builder().classes(classes).build().encodeInto(labels, out, stream);
  }

  /**
   * Encodes labels as float32; the number of classes is the largest label plus one.
   *
   * @param labels the labels, at least one
   * @return a new array of shape {@code [labels.length, classes]} on the heap
   * @throws IllegalArgumentException if there is no label or one is negative
   */
  public static NDArray encode(int[] labels) {
    return encode(NDArray.of(labels));
  }

  /**
   * Encodes labels as float32.
   *
   * @param labels the labels
   * @param classes the number of classes, at least 1
   * @return a new array of shape {@code [labels.length, classes]} on the heap
   * @throws IllegalArgumentException if a label is outside {@code [0, classes)}
   */
  public static NDArray encode(int[] labels, int classes) {
    return encode(NDArray.of(labels), classes);
  }

  /**
   * Encodes labels as float32; the number of classes is the largest label plus one.
   *
   * @param labels the labels, at least one
   * @return a new array of shape {@code [labels.length, classes]} on the heap
   * @throws IllegalArgumentException if there is no label or one is negative
   */
  public static NDArray encode(long[] labels) {
    return encode(NDArray.of(labels));
  }

  /**
   * Encodes labels as float32.
   *
   * @param labels the labels
   * @param classes the number of classes, at least 1
   * @return a new array of shape {@code [labels.length, classes]} on the heap
   * @throws IllegalArgumentException if a label is outside {@code [0, classes)}
   */
  public static NDArray encode(long[] labels, int classes) {
    return encode(NDArray.of(labels), classes);
  }

  /**
   * Finds the class of each row: the index along the last axis of its first largest element, where
   * NaN is larger than any number. Of one-hot rows these are the labels; of probabilities or
   * logits, the predictions. A row without a largest element, all of it off, is of class 0.
   *
   * @param encoded an array of at least one axis and any type
   * @return a new int64 array without the last axis; the caller closes it
   * @throws IllegalArgumentException if it is a scalar or has no class
   * @see <a
   *     href="https://numpy.org/doc/stable/reference/generated/numpy.argmax.html">numpy.argmax</a>
   */
  public static NDArray decode(NDArray encoded) {
    return decode(encoded, LAST_AXIS);
  }

  /**
   * Finds the classes as {@link #decode(NDArray)} does, along any axis.
   *
   * @param encoded an array of at least one axis and any type
   * @param axis the class axis; a negative one counts from the end
   * @return a new int64 array without that axis; the caller closes it
   * @throws IllegalArgumentException if there is no such axis or no class along it
   */
  public static NDArray decode(NDArray encoded, int axis) {
    int position = requireClasses(encoded, axis);
    NDArray out = encoded.allocateLike(DType.INT64, without(encoded.shape(), position));
    findLargest(encoded, position, out);
    return out;
  }

  /**
   * Finds the classes as {@link #decode(NDArray)} does, along any axis, into a given array.
   *
   * @param encoded an array of at least one axis and any type
   * @param axis the class axis; a negative one counts from the end
   * @param out a contiguous int64 array of the shape without that axis that does not overlap it
   * @throws IllegalArgumentException if there is no such axis or no class along it, or {@code out}
   *     does not fit; nothing is written then
   */
  public static void decodeInto(NDArray encoded, int axis, NDArray out) {
    int position = requireClasses(encoded, axis);
    out.requireOutput(DType.INT64, without(encoded.shape(), position));
    findLargest(encoded, position, out);
  }

  /**
   * Finds the class of each row as {@link #decode(NDArray)} does.
   *
   * @param encoded the rows, all of one length
   * @return a new array with a label for each row
   * @throws IllegalArgumentException if the rows differ in length or have no element
   */
  public static int[] decode(float[][] encoded) {
    return encoded.length == 0 ? new int[0] : decode(NDArray.of(encoded)).toIntArray();
  }

  private static int requireClasses(NDArray encoded, int axis) {
    int position = encoded.shape().normalizeAxis(axis);
    if (encoded.shape().dim(position) == 0) {
      throw new IllegalArgumentException(
          "there must be a class along the axis: axis=" + axis + " shape=" + encoded.shape());
    }
    return position;
  }

  private static Shape without(Shape shape, int axis) {
    long[] sizes = new long[shape.rank() - 1];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = shape.dim(i < axis ? i : i + 1);
    }
    return Shape.of(sizes);
  }

  private static void findLargest(NDArray encoded, int axis, NDArray out) {
    if (out.size() == 0) {
      return;
    }
    NDArray source = encoded.contiguous();
    try {
      Shape shape = encoded.shape();
      long length = shape.dim(axis);
      long inner = 1;
      for (int i = axis + 1; i < shape.rank(); i++) {
        inner *= shape.dim(i);
      }
      long grain = GRAIN_BYTES / (length * encoded.dtype().byteSize());
      long neighbours = inner;
      ElementType type = ElementType.valueOf(encoded.dtype().name());
      Kernels kernels = KernelRegistry.active();
      Buffer from = ArrayMemory.of(source);
      LongBuffer to = (LongBuffer) ArrayMemory.of(out);
      long least = inner == 1 ? 1 : GRAIN_COLUMNS;
      long vectorBytes = Math.max(Long.BYTES, length * encoded.dtype().byteSize());
      Parallel.forRange(
          out.size(),
          Math.max(least, grain),
          Math.max(least, CallLimit.of(vectorBytes, from, to)),
          (first, last) ->
              kernels.argMax(
                  from, type, source.offset(), length, neighbours, to, out.offset(), first, last));
    } finally {
      if (source != encoded) {
        source.close();
      }
    }
  }
}
