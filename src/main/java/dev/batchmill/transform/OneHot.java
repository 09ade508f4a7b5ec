package dev.batchmill.transform;

import dev.batchmill.array.DType;
import dev.batchmill.array.NDArray;
import dev.batchmill.array.Shape;
import dev.batchmill.internal.kernel.KernelRegistry;
import dev.batchmill.internal.kernel.Kernels;
import dev.batchmill.internal.kernel.Parallel;
import java.nio.IntBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One-hot encoding: a class label c becomes a row of zeros with a one at index c.
 *
 * <p>Labels of shape {@code [n]} give {@code [n, classes]}, those of a higher rank gain a last
 * axis, those of shape {@code […, 1]} lose the 1 first, and a scalar gives {@code [classes]}.
 * Labels are integers; floats are cut towards zero. A label outside {@code [0, classes)} is an
 * error that names it, and nothing is written then.
 *
 * <p>Unlike Keras, the result is float32 unless asked otherwise (Keras: float64 from arrays), and
 * negative labels are refused (Keras lets −1 mean the last class).
 *
 * <p>Thread-safe: there is no state. Results live on the heap or off it as the labels do.
 *
 * @see <a
 *     href="https://keras.io/api/utils/python_utils/#to_categorical-function">keras.utils.to_categorical</a>
 */
public final class OneHot {
  private static final long GRAIN_BYTES = 1 << 18;

  private OneHot() {}

  /**
   * Encodes labels as float32; the number of classes is the largest label plus one.
   *
   * @param labels the labels, at least one
   * @return a new array; the caller closes it
   * @throws IllegalArgumentException if there is no label, or one is negative or no number
   */
  public static NDArray encode(NDArray labels) {
    return encode(labels, inferClasses(labels));
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
    return encode(labels, inferClasses(labels), dtype);
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
    int[] valid = requireLabels(labels, classes);
    NDArray out = labels.allocateLike(dtype, resultShape(labels.shape(), classes));
    run(valid, classes, out);
    return out;
  }

  /**
   * Encodes labels into a given array.
   *
   * @param labels the labels
   * @param classes the number of classes, at least 1
   * @param out a contiguous array of the result's shape and any type
   * @throws IllegalArgumentException if a label is outside {@code [0, classes)} or {@code out} does
   *     not fit; nothing is written then
   */
  public static void encodeInto(NDArray labels, int classes, NDArray out) {
    int[] valid = requireLabels(labels, classes);
    out.requireOutput(out.dtype(), resultShape(labels.shape(), classes));
    run(valid, classes, out);
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

  private static Shape resultShape(Shape labels, int classes) {
    int rank = labels.rank();
    int kept = rank > 1 && labels.dim(rank - 1) == 1 ? rank - 1 : rank;
    long[] sizes = Arrays.copyOf(labels.toArray(), kept + 1);
    sizes[kept] = classes;
    return Shape.of(sizes);
  }

  private static int inferClasses(NDArray labels) {
    if (labels.size() == 0) {
      throw new IllegalArgumentException(
          "the number of classes cannot be inferred without labels, give it: shape="
              + labels.shape());
    }
    int largest = 0;
    for (int label : requireLabels(labels, Integer.MAX_VALUE)) {
      largest = Math.max(largest, label);
    }
    return largest + 1;
  }

  /** The labels as integers in [0, classes); the caller's own array where it is one. */
  private static int[] requireLabels(NDArray labels, int classes) {
    if (classes < 1) {
      throw new IllegalArgumentException(
          "number of classes must be at least 1: classes=" + classes);
    }
    int[] values = wholeArray(labels);
    if (values == null) {
      return copyLabels(labels, classes);
    }
    for (int i = 0; i < values.length; i++) {
      if (values[i] < 0 || values[i] >= classes) {
        throw badLabel(i, Integer.toString(values[i]), classes);
      }
    }
    return values;
  }

  private static int @Nullable [] wholeArray(NDArray labels) {
    return labels.buffer() instanceof IntBuffer ints
            && labels.isContiguous()
            && ints.hasArray()
            && ints.array().length == labels.size()
        ? ints.array()
        : null;
  }

  private static int[] copyLabels(NDArray labels, int classes) {
    int[] values = new int[(int) labels.size()];
    if (labels.dtype().isFloating()) {
      double[] wide = labels.toDoubleArray();
      for (int i = 0; i < values.length; i++) {
        // Not (label < 0): −0.5 is cut to 0, as in Keras. NaN fails both.
        if (!(wide[i] > -1 && wide[i] < classes)) {
          throw badLabel(i, Double.toString(wide[i]), classes);
        }
        values[i] = (int) wide[i];
      }
    } else {
      long[] wide = labels.toLongArray();
      for (int i = 0; i < values.length; i++) {
        if (wide[i] < 0 || wide[i] >= classes) {
          throw badLabel(i, Long.toString(wide[i]), classes);
        }
        values[i] = (int) wide[i];
      }
    }
    return values;
  }

  private static IllegalArgumentException badLabel(int index, String label, int classes) {
    return new IllegalArgumentException(
        "label is outside the classes: labels["
            + index
            + "]="
            + label
            + " range=[0, "
            + classes
            + ")");
  }

  private static void run(int[] labels, int classes, NDArray out) {
    Kernels kernels = KernelRegistry.active();
    long grain = Math.max(1, GRAIN_BYTES / ((long) classes * out.dtype().byteSize()));
    Parallel.forRange(
        labels.length,
        grain,
        (from, to) ->
            kernels.oneHot(
                labels,
                (int) from,
                (int) to,
                classes,
                out.buffer(),
                out.offset() + from * classes,
                oneBits(out.dtype()),
                0));
  }

  /** The bit pattern of 1 in a type. */
  private static long oneBits(DType dtype) {
    return switch (dtype) {
      case FLOAT16 -> 0x3c00;
      case BFLOAT16 -> 0x3f80;
      case FLOAT32 -> Float.floatToRawIntBits(1);
      case FLOAT64 -> Double.doubleToRawLongBits(1);
      case INT8, INT16, INT32, INT64, UINT8, BOOL -> 1;
    };
  }
}
