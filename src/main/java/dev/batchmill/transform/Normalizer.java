package dev.batchmill.transform;

import dev.batchmill.array.CudaStream;
import dev.batchmill.array.DType;
import dev.batchmill.array.DeviceArray;
import dev.batchmill.array.NDArray;
import dev.batchmill.array.Shape;
import dev.batchmill.internal.kernel.KernelRegistry;
import java.io.Serializable;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Scales vectors or matrices of an array to unit norm: each is divided by its norm.
 *
 * <p>Vectors run along one axis, matrices lie in two; {@link Norm} tells what their norms are. What
 * has norm zero stays as it is; with an epsilon, a norm that is smaller than epsilon is taken to be
 * epsilon. The shape stays, and an empty array stays empty. NaN and infinities flow as in NumPy; a
 * matrix that holds one has NaN for a norm of singular values.
 *
 * <p>Types: a float type stays what it is, integers and bool become float64; {@link Builder#dtype}
 * names another float type. Where the array or the result is float64, all is computed in float64,
 * else in float32, and rounded once to the type of the result (NumPy rounds every step of float16
 * to float16).
 *
 * <p>The result is the same, bit for bit, on every backend and for every number of threads, except
 * for singular values. These are LAPACK's, in float64, through {@code
 * org.bytedeco:openblas-platform}, an optional dependency: without it, the norms 2, −2 and {@link
 * Norm#NUCLEAR} of matrices of more than one row and column end in a {@link
 * dev.batchmill.error.NativeUnavailableException}.
 *
 * <p>Unlike Keras, whose NumPy path takes axis 0 for the last axis when it divides and adds axes to
 * the result of one vector, of no axis and of all axes of an array, every axis means what it says
 * and the result has the shape of the array. {@code keras.ops.normalize} takes order 2 of a pair of
 * axes for what NumPy and this class call {@link Norm#FROBENIUS}.
 *
 * <p>The static methods divide by norms of vectors; {@link #builder} makes an object for everything
 * else. Both are thread-safe: there is no state. New arrays live on the heap or off it as the input
 * does. Scaling the vectors of a contiguous array of less than 128 Ki elements into a given one
 * allocates nothing where the native kernels run.
 *
 * @see <a
 *     href="https://keras.io/api/utils/python_utils/#normalize-function">keras.utils.normalize</a>
 */
public final class Normalizer implements Transform, Serializable {
  private static final long serialVersionUID = 1L;
  private static final int LAST_AXIS = -1;
  private static final double EUCLIDEAN = 2;

  /** One axis, two, or none for all. */
  private final int[] axes;

  private final Norm norm;
  private final double epsilon;
  private final @Nullable DType dtype;

  private Normalizer(int[] axes, Norm norm, double epsilon, @Nullable DType dtype) {
    this.axes = axes;
    this.norm = norm;
    this.epsilon = epsilon;
    this.dtype = dtype;
  }

  // ------------------------------------------------------------------------------ one-line calls

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
    Norm.requireOrder(order);
    int position = x.shape().normalizeAxis(axis);
    NDArray out = x.allocateLike(defaultResult(x.dtype()), x.shape());
    runVectors(x, position, order, 0, out);
    return out;
  }

  /**
   * Scales the vectors along an axis to unit norm, into a given array.
   *
   * @param x an array of at least one axis
   * @param axis the axis the vectors run along; a negative one counts from the end
   * @param order the order of the norm: any number, also ±∞
   * @param out a contiguous array of the result's type and of the same shape: {@code x} itself (in
   *     place) or one that does not overlap it
   * @throws IllegalArgumentException if there is no such axis, the order is NaN or {@code out} does
   *     not fit; nothing is written then
   */
  public static void normalizeInto(NDArray x, int axis, double order, NDArray out) {
    Norm.requireOrder(order);
    int position = x.shape().normalizeAxis(axis);
    out.requireOutput(defaultResult(x.dtype()), x.shape());
    runVectors(x, position, order, 0, out);
  }

  /**
   * Scales the vectors along an axis to unit norm, on a GPU. The result has the bits that {@link
   * #normalizeInto(NDArray, int, double, NDArray)} gives for the orders 0, 1, 2 and ±∞.
   *
   * @param x a float32 or float64 array of at least one axis
   * @param axis the axis the vectors run along; a negative one counts from the end
   * @param order the order of the norm: any number, also ±∞
   * @param out an array of the same type and shape: {@code x} itself (in place) or one that does
   *     not overlap it
   * @param stream the stream that does it
   * @throws IllegalArgumentException if there is no such axis, the order is NaN, or the arrays or
   *     the stream do not fit
   * @throws dev.batchmill.error.DeviceException if the device refuses
   */
  public static void normalizeInto(
      DeviceArray x, int axis, double order, DeviceArray out, CudaStream stream) {
    Norm.requireOrder(order);
    DeviceTransforms.normalize(x, axis, order, 0, out, stream);
  }

  /**
   * Gathers rows and scales them to unit norm, on a GPU and in one pass: row {@code rows[i]} of x
   * becomes row i of out.
   *
   * @param x a float32 or float64 array of two axes
   * @param rows int64 numbers of rows, one axis; they are not checked
   * @param order the order of the norm: any number, also ±∞
   * @param out an array of x's type and of shape {@code [rows.size(), x.shape().dim(1)]} that does
   *     not overlap it
   * @param stream the stream that does it
   * @throws IllegalArgumentException if the order is NaN, or the arrays or the stream do not fit
   * @throws dev.batchmill.error.DeviceException if the device refuses
   */
  public static void gatherAndNormalizeInto(
      DeviceArray x, DeviceArray rows, double order, DeviceArray out, CudaStream stream) {
    Norm.requireOrder(order);
    DeviceTransforms.gatherNormalize(x, rows, order, 0, out, stream);
  }

  /**
   * Scales one vector to unit Euclidean norm.
   *
   * @param x the vector
   * @return a new array
   */
  public static float[] normalize(float[] x) {
    float[] out = new float[x.length];
    if (x.length > 0) {
      normalizeInto(x, x.length, EUCLIDEAN, out);
    }
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
    if (x.length > 0) {
      normalizeInto(x, x.length, EUCLIDEAN, out);
    }
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

  /**
   * Scales rows that lie one after another to unit norm.
   *
   * @param x the rows
   * @param rowLength the number of elements in a row, at least 1
   * @param order the order of the norm: any number, also ±∞
   * @param out where the result goes: an array of the same length, or {@code x} itself
   * @throws IllegalArgumentException if the arrays differ in length or hold no whole number of
   *     rows, or the order is NaN; nothing is written then
   */
  public static void normalizeInto(float[] x, int rowLength, double order, float[] out) {
    requireRows(x.length, rowLength, order, out.length);
    if (x.length < 2 * Blocks.GRAIN) {
      KernelRegistry.active().normalize(x, out, rowLength, order, 0);
    } else {
      NDArray rows = NDArray.of(x, x.length / rowLength, rowLength);
      NDArray result = x == out ? rows : NDArray.of(out, x.length / rowLength, rowLength);
      normalizeInto(rows, LAST_AXIS, order, result);
    }
  }

  /**
   * Scales rows that lie one after another to unit norm.
   *
   * @param x the rows
   * @param rowLength the number of elements in a row, at least 1
   * @param order the order of the norm: any number, also ±∞
   * @param out where the result goes: an array of the same length, or {@code x} itself
   * @throws IllegalArgumentException if the arrays differ in length or hold no whole number of
   *     rows, or the order is NaN; nothing is written then
   */
  public static void normalizeInto(double[] x, int rowLength, double order, double[] out) {
    requireRows(x.length, rowLength, order, out.length);
    if (x.length < 2 * Blocks.GRAIN) {
      KernelRegistry.active().normalize(x, out, rowLength, order, 0);
    } else {
      NDArray rows = NDArray.of(x, x.length / rowLength, rowLength);
      NDArray result = x == out ? rows : NDArray.of(out, x.length / rowLength, rowLength);
      normalizeInto(rows, LAST_AXIS, order, result);
    }
  }

  private static void requireRows(int elements, int rowLength, double order, int outElements) {
    Norm.requireOrder(order);
    if (rowLength < 1 || elements % rowLength != 0) {
      throw new IllegalArgumentException(
          "array must hold a whole number of rows: rowLength="
              + rowLength
              + " elements="
              + elements);
    }
    if (outElements != elements) {
      throw new IllegalArgumentException(
          "output must have the length of the input: output=" + outElements + " input=" + elements);
    }
  }

  private static DType defaultResult(DType dtype) {
    return dtype.isFloating() ? dtype : DType.FLOAT64;
  }

  private static void runVectors(NDArray x, int axis, double order, double epsilon, NDArray out) {
    NDArray source = x.contiguous();
    try {
      Shape shape = x.shape();
      long outer = 1;
      for (int i = 0; i < axis; i++) {
        outer *= shape.dim(i);
      }
      long inner = 1;
      for (int i = axis + 1; i < shape.rank(); i++) {
        inner *= shape.dim(i);
      }
      VectorPlan.run(source, out, outer, shape.dim(axis), inner, order, epsilon);
    } finally {
      if (source != x) {
        source.close();
      }
    }
  }

  // -------------------------------------------------------------------------- configured objects

  /**
   * Starts the settings of a normalizer. Unless they are set, vectors along the last axis are
   * scaled to unit Euclidean norm, without an epsilon, and the type follows from the array's.
   *
   * @return a builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns the type of the result for arrays of a type.
   *
   * @param input the type of an array
   * @return the type that {@link #transform} gives and {@link #transformInto} wants
   */
  @Override
  public DType resultType(DType input) {
    return dtype != null ? dtype : defaultResult(input);
  }

  /**
   * Returns the shape of the result for arrays of a shape, which is the same shape.
   *
   * @param input the shape of an array
   * @return the shape
   * @throws IllegalArgumentException if arrays of this shape have no such axes, or with {@link
   *     Builder#allAxes} not one or two axes, or a norm that vectors or matrices do not have
   */
  @Override
  public Shape resultShape(Shape input) {
    if (axes.length == 0) {
      if (input.rank() != 1 && input.rank() != 2) {
        throw new IllegalArgumentException(
            "array must have one or two axes when no axis is named: shape=" + input);
      }
      requireNorm(norm, input.rank());
    }
    for (int axis : axes) {
      input.normalizeAxis(axis);
    }
    if (axes.length == 2 && input.normalizeAxis(axes[0]) == input.normalizeAxis(axes[1])) {
      throw new IllegalArgumentException(
          "axes must be two different ones: axes=" + Arrays.toString(axes) + " shape=" + input);
    }
    return input;
  }

  /**
   * Tells whether arrays of a shape are scaled row by row, each by itself: whether the first axis
   * is none of those that a vector or matrix lies in.
   *
   * @param input the shape of an array, at least one axis
   * @return true if it is
   * @throws IllegalArgumentException if {@link #resultShape} refuses the shape
   */
  @Override
  public boolean isRowWise(Shape input) {
    resultShape(input);
    for (int axis : axes) {
      if (input.normalizeAxis(axis) == 0) {
        return false;
      }
    }
    return axes.length > 0;
  }

  /**
   * Scales the vectors or matrices to unit norm.
   *
   * @param x an array that has the axes
   * @return a new array of the same shape; the caller closes it
   * @throws IllegalArgumentException if {@link #resultShape} refuses the array's shape
   * @throws dev.batchmill.error.NativeUnavailableException if the norm needs LAPACK and it cannot
   *     be loaded
   */
  @Override
  public NDArray transform(NDArray x) {
    NDArray out = x.allocateLike(resultType(x.dtype()), resultShape(x.shape()));
    try {
      run(x, out);
    } catch (Throwable e) {
      out.close();
      throw e;
    }
    return out;
  }

  /**
   * Scales the vectors or matrices to unit norm, into a given array.
   *
   * @param x an array that has the axes
   * @param out a contiguous array of the {@link #resultType} and the same shape: {@code x} itself
   *     (in place) or one that does not overlap it
   * @throws IllegalArgumentException if {@link #resultShape} refuses the array's shape or {@code
   *     out} does not fit; nothing is written then
   * @throws dev.batchmill.error.NativeUnavailableException if the norm needs LAPACK and it cannot
   *     be loaded; nothing is written then
   */
  @Override
  public void transformInto(NDArray x, NDArray out) {
    out.requireOutput(resultType(x.dtype()), resultShape(x.shape()));
    run(x, out);
  }

  private void run(NDArray x, NDArray out) {
    Shape shape = x.shape();
    int rank = axes.length == 0 ? shape.rank() : axes.length;
    int first = axes.length == 0 ? 0 : shape.normalizeAxis(axes[0]);
    if (rank == 1) {
      runVectors(x, first, norm.order(), epsilon, out);
    } else {
      int second = axes.length == 0 ? 1 : shape.normalizeAxis(axes[1]);
      MatrixPlan.run(x, out, first, second, norm, epsilon);
    }
  }

  /** Refuses a norm that vectors (rank 1) or matrices (rank 2) do not have. */
  private static void requireNorm(Norm norm, int rank) {
    if (rank == 1 && !norm.isOfVectors()) {
      throw new IllegalArgumentException("vectors have no such norm: norm=" + norm);
    }
    if (rank == 2 && !norm.isOfMatrices()) {
      throw new IllegalArgumentException(
          "norm of a matrix must be 1, -1, 2, -2, inf, -inf, fro or nuc: norm=" + norm);
    }
  }

  /** Returns the settings, such as {@code Normalizer[axes=[-1], norm=2, epsilon=0.0]}. */
  @Override
  public String toString() {
    return "Normalizer[axes="
        + (axes.length == 0 ? "all" : Arrays.toString(axes))
        + ", norm="
        + norm
        + ", epsilon="
        + epsilon
        + (dtype == null ? "" : ", dtype=" + dtype)
        + "]";
  }

  /** The settings of a normalizer; axes and norm may be set once. Not thread-safe. */
  public static final class Builder {
    private int @Nullable [] axes;
    private @Nullable Norm norm;
    private double epsilon;
    private @Nullable DType dtype;

    private Builder() {}

    /**
     * Scales vectors along an axis.
     *
     * @param axis the axis the vectors run along; a negative one counts from the end
     * @return this builder
     * @throws IllegalArgumentException if the axes are set already
     */
    public Builder axis(int axis) {
      return setAxes(axis);
    }

    /**
     * Scales the matrices in two axes.
     *
     * @param rows the axis along which the rows of a matrix follow one another; a negative one
     *     counts from the end
     * @param columns that of its columns
     * @return this builder
     * @throws IllegalArgumentException if they are the same, or the axes are set already
     */
    public Builder axes(int rows, int columns) {
      if (rows == columns) {
        throw new IllegalArgumentException(
            "axes must be two different ones: axes=[" + rows + ", " + columns + "]");
      }
      return setAxes(rows, columns);
    }

    /**
     * Scales the array as a whole: a vector if it has one axis, a matrix if it has two; others are
     * refused. What Keras and NumPy call {@code axis=None}.
     *
     * @return this builder
     * @throws IllegalArgumentException if the axes are set already
     */
    public Builder allAxes() {
      return setAxes();
    }

    private Builder setAxes(int... values) {
      if (axes != null) {
        throw new IllegalArgumentException(
            "axes are set already: axes="
                + Arrays.toString(axes)
                + " second="
                + Arrays.toString(values));
      }
      axes = values;
      return this;
    }

    /**
     * Sets the norm by its order.
     *
     * @param order any number, also ±∞; for matrices 1, −1, 2, −2, ∞ or −∞
     * @return this builder
     * @throws IllegalArgumentException if it is NaN, or the norm is set already
     */
    public Builder order(double order) {
      return norm(Norm.of(order));
    }

    /**
     * Sets the norm.
     *
     * @param value the norm
     * @return this builder
     * @throws IllegalArgumentException if the norm is set already
     */
    public Builder norm(Norm value) {
      if (norm != null) {
        throw new IllegalArgumentException(
            "norm is set already: norm=" + norm + " second=" + value);
      }
      norm = value;
      return this;
    }

    /**
     * Sets the least divisor: x / max(norm, epsilon), as in {@code keras.ops.normalize}.
     *
     * @param value a number that is not negative; 0, unless set: a zero norm divides by one
     * @return this builder
     * @throws IllegalArgumentException if it is negative or not finite
     */
    public Builder epsilon(double value) {
      if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "epsilon must be finite and not negative: epsilon=" + value);
      }
      epsilon = value;
      return this;
    }

    /**
     * Sets the type of the result.
     *
     * @param result a float type
     * @return this builder
     * @throws IllegalArgumentException if it is no float type
     */
    public Builder dtype(DType result) {
      if (!result.isFloating()) {
        throw new IllegalArgumentException(
            "type of the result must be a float type: dtype=" + result);
      }
      dtype = result;
      return this;
    }

    /**
     * Makes the normalizer.
     *
     * @return an immutable object
     * @throws IllegalArgumentException if there is no such norm of vectors, for one axis, or of
     *     matrices, for two
     */
    public Normalizer build() {
      int[] axesOrDefault = axes != null ? axes : new int[] {LAST_AXIS};
      Norm normOrDefault = norm != null ? norm : Norm.L2;
      requireNorm(normOrDefault, axesOrDefault.length);
      return new Normalizer(axesOrDefault, normOrDefault, epsilon, dtype);
    }
  }
}
