package dev.batchmill.transform;

import dev.batchmill.array.DType;
import dev.batchmill.array.NDArray;
import dev.batchmill.array.Shape;
import dev.batchmill.internal.kernel.KernelRegistry;
import dev.batchmill.internal.kernel.Kernels;
import dev.batchmill.internal.kernel.Parallel;

/**
 * Scales the vectors along one axis of an array to unit norm.
 *
 * <p>The norm of order p of a vector is the p-th root of the sum of its magnitudes to the power p;
 * ∞ and −∞ take the largest and the smallest magnitude, 0 counts the elements that are not zero. A
 * vector whose norm is zero stays as it is. NaN and infinities flow as in NumPy.
 *
 * <p>float32 and float64 are computed in their own type; float16 and bfloat16 in float32 and
 * rounded back; integers and bool become float64. For the orders 0, 1, 2, ∞ and −∞ the result is
 * the same, bit for bit, on every backend and for every number of threads; for other orders it
 * agrees to 1e-6 (float32) and 1e-12 (float64), relative.
 *
 * <p>Unlike Keras, whose NumPy path takes axis 0 for the last axis when it divides, every axis
 * means what it says.
 *
 * <p>Thread-safe: there is no state. Results live on the heap or off it as the input does.
 *
 * @see <a
 *     href="https://keras.io/api/utils/python_utils/#normalize-function">keras.utils.normalize</a>
 */
public final class Normalizer {
  private static final int LAST_AXIS = -1;
  private static final double EUCLIDEAN = 2;

  /**
   * Elements one parallel task handles: large against the cost of a call, small against a cache.
   */
  private static final long GRAIN_ELEMENTS = 1 << 16;

  /** Neighbouring vectors across the axis that a task does not cut apart. */
  private static final long GRAIN_COLUMNS = 64;

  private Normalizer() {}

  /**
   * Scales the vectors along the last axis to unit Euclidean norm.
   *
   * @param x an array of at least one axis
   * @return a new array of the same shape; the caller closes it
   * @throws IllegalArgumentException if {@code x} is a scalar
   */
  public static NDArray normalize(NDArray x) {
    return normalize(x, LAST_AXIS, EUCLIDEAN);
  }

  /**
   * Scales the vectors along an axis to unit Euclidean norm.
   *
   * @param x an array of at least one axis
   * @param axis the axis the vectors run along; a negative one counts from the end
   * @return a new array of the same shape; the caller closes it
   * @throws IllegalArgumentException if there is no such axis
   */
  public static NDArray normalize(NDArray x, int axis) {
    return normalize(x, axis, EUCLIDEAN);
  }

  /**
   * Scales the vectors along an axis to unit norm.
   *
   * @param x an array of at least one axis
   * @param axis the axis the vectors run along; a negative one counts from the end
   * @param order the order of the norm: any number, also ±∞
   * @return a new array of the same shape; the caller closes it
   * @throws IllegalArgumentException if there is no such axis or the order is NaN
   */
  public static NDArray normalize(NDArray x, int axis, double order) {
    int position = requireArguments(x, axis, order);
    DType computed = computedIn(x.dtype());
    if (computed == x.dtype()) {
      NDArray out = x.allocateLike(computed, x.shape());
      run(x, position, order, out);
      return out;
    }
    NDArray wide = x.astype(computed);
    run(wide, position, order, wide);
    if (!x.dtype().isFloating()) {
      return wide;
    }
    try (wide) {
      return wide.astype(x.dtype());
    }
  }

  /**
   * Scales the vectors along an axis to unit norm, into a given array.
   *
   * @param x an array of at least one axis, float32 or float64
   * @param axis the axis the vectors run along; a negative one counts from the end
   * @param order the order of the norm: any number, also ±∞
   * @param out a contiguous array of the same type and shape: {@code x} itself (in place) or one
   *     that does not overlap it
   * @throws IllegalArgumentException if there is no such axis, the order is NaN, {@code x} has
   *     another type or {@code out} does not fit; nothing is written then
   */
  public static void normalizeInto(NDArray x, int axis, double order, NDArray out) {
    int position = requireArguments(x, axis, order);
    if (computedIn(x.dtype()) != x.dtype()) {
      throw new IllegalArgumentException(
          "normalizeInto needs float32 or float64, see Normalizer.normalize: dtype=" + x.dtype());
    }
    out.requireOutput(x.dtype(), x.shape());
    run(x, position, order, out);
  }

  /**
   * Scales one vector to unit Euclidean norm.
   *
   * @param x the vector
   * @return a new array
   */
  public static float[] normalize(float[] x) {
    float[] out = new float[x.length];
    normalizeInto(NDArray.of(x), LAST_AXIS, EUCLIDEAN, NDArray.of(out));
    return out;
  }

  /**
   * Scales one vector to unit Euclidean norm.
   *
   * @param x the vector
   * @return a new array
   */
  public static double[] normalize(double[] x) {
    double[] out = new double[x.length];
    normalizeInto(NDArray.of(x), LAST_AXIS, EUCLIDEAN, NDArray.of(out));
    return out;
  }

  /**
   * Scales each row to unit Euclidean norm.
   *
   * @param x the rows, all of one length
   * @return new rows
   * @throws IllegalArgumentException if the rows differ in length
   */
  public static float[][] normalize(float[][] x) {
    NDArray out = normalize(NDArray.of(x));
    float[][] rows = new float[x.length][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = out.get(i).toFloatArray();
    }
    return rows;
  }

  private static int requireArguments(NDArray x, int axis, double order) {
    if (Double.isNaN(order)) {
      throw new IllegalArgumentException("order must be a number: order=NaN");
    }
    return x.shape().normalizeAxis(axis);
  }

  private static DType computedIn(DType dtype) {
    return switch (dtype) {
      case FLOAT32, FLOAT64 -> dtype;
      case FLOAT16, BFLOAT16 -> DType.FLOAT32;
      case INT8, INT16, INT32, INT64, UINT8, BOOL -> DType.FLOAT64;
    };
  }

  private static void run(NDArray x, int axis, double order, NDArray out) {
    if (x.size() == 0) {
      return;
    }
    NDArray source = x.contiguous();
    try {
      Shape shape = x.shape();
      long length = shape.dim(axis);
      long inner = 1;
      for (int i = axis + 1; i < shape.rank(); i++) {
        inner *= shape.dim(i);
      }
      long grain = Math.max(1, GRAIN_ELEMENTS / length);
      if (inner > 1) {
        grain = (grain + GRAIN_COLUMNS - 1) / GRAIN_COLUMNS * GRAIN_COLUMNS;
      }
      long innerSize = inner;
      Kernels kernels = KernelRegistry.active();
      Parallel.forRange(
          x.size() / length,
          grain,
          (first, last) ->
              kernels.normalize(
                  source.buffer(),
                  source.offset(),
                  out.buffer(),
                  out.offset(),
                  length,
                  innerSize,
                  first,
                  last,
                  order,
                  0,
                  false));
    } finally {
      if (source != x) {
        source.close();
      }
    }
  }
}
