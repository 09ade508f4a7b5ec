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
import dev.batchmill.internal.kernel.Labels;
import dev.batchmill.internal.kernel.Parallel;
import dev.batchmill.internal.kernel.Streaming;
import java.io.Serializable;
import java.nio.Buffer;
import java.nio.ShortBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Encodes class labels with settings: where the class axis goes, what stands for on and off, label
 * smoothing, a label to ignore, several labels to a row.
 *
 * <pre>{@code
 * OneHotEncoder encoder =
 *     OneHotEncoder.builder().classes(10).labelSmoothing(0.1).ignoreIndex(-1).build();
 * NDArray y = encoder.encode(labels);
 * }</pre>
 *
 * <p>Labels have any type and are read as integers; floats are cut towards zero. One outside {@code
 * [0, classes)} that is not the one to ignore is an error that names its index in C order, its
 * value and the range, and nothing is written then. {@link OneHot} has short forms for the default
 * settings, and the way back.
 *
 * <p>Immutable and thread-safe. Results live on the heap or off it as the labels do.
 *
 * @see <a
 *     href="https://keras.io/api/utils/python_utils/#to_categorical-function">keras.utils.to_categorical</a>
 * @see <a
 *     href="https://keras.io/api/layers/preprocessing_layers/categorical/category_encoding/">keras.layers.CategoryEncoding</a>
 */
public final class OneHotEncoder implements Transform, Serializable {
  private static final long serialVersionUID = 1L;

  /** Bytes of output that one parallel task writes, at least. */
  private static final long GRAIN_BYTES = 1 << 18;

  /** Labels that one parallel task scans, at least. */
  private static final long GRAIN_LABELS = 1 << 16;

  /** Neighbouring vectors across the class axis that no two tasks share. */
  private static final long NEIGHBOURS = 64;

  private final int classes;
  private final DType dtype;
  private final int axis;
  private final @Nullable Double onValue;
  private final @Nullable Double offValue;
  private final double labelSmoothing;
  private final @Nullable Long ignoreIndex;

  private OneHotEncoder(Builder builder) {
    classes = builder.classes;
    dtype = builder.dtype;
    axis = builder.axis;
    onValue = builder.onValue;
    offValue = builder.offValue;
    labelSmoothing = builder.labelSmoothing;
    ignoreIndex = builder.ignoreIndex;
  }

  /**
   * Returns a builder of an encoder that infers the number of classes, writes float32 ones and
   * zeros, puts the class axis last and ignores no label.
   *
   * @return a new builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /** The settings of an encoder. Not thread-safe. */
  public static final class Builder {
    private static final int INFERRED = 0;

    private int classes = INFERRED;
    private DType dtype = DType.FLOAT32;
    private int axis = -1;
    private @Nullable Double onValue;
    private @Nullable Double offValue;
    private double labelSmoothing;
    private @Nullable Long ignoreIndex;

    private Builder() {}

    /**
     * Sets the number of classes. Without it, it is the largest label of each array plus one.
     *
     * @param number the number, at least 1
     * @return this builder
     * @throws IllegalArgumentException if it is less
     */
    public Builder classes(int number) {
      if (number < 1) {
        throw new IllegalArgumentException(
            "number of classes must be at least 1: classes=" + number);
      }
      classes = number;
      return this;
    }

    /**
     * Sets the type of new results; a given output keeps its own.
     *
     * @param type the type
     * @return this builder
     */
    public Builder dtype(DType type) {
      dtype = type;
      return this;
    }

    /**
     * Sets where the class axis goes in the result.
     *
     * @param position the axis; a negative one counts from the end of the result's axes, −1 is the
     *     last
     * @return this builder
     */
    public Builder axis(int position) {
      axis = position;
      return this;
    }

    /**
     * Sets the value of an element at a label, 1 without it; rounded to a floating-point result's
     * type.
     *
     * @param value the value
     * @return this builder
     */
    public Builder onValue(double value) {
      onValue = value;
      return this;
    }

    /**
     * Sets the value of all other elements, 0 without it; rounded to a floating-point result's
     * type.
     *
     * @param value the value
     * @return this builder
     */
    public Builder offValue(double value) {
      offValue = value;
      return this;
    }

    /**
     * Smoothes labels: with y = 0 or 1 the value is {@code y * (1 - amount) + amount / classes},
     * each step rounded to the result's type, as in Keras' losses.
     *
     * @param amount from 0, which smoothes nothing, to 1
     * @return this builder
     * @throws IllegalArgumentException if it lies outside
     */
    public Builder labelSmoothing(double amount) {
      if (!(amount >= 0 && amount <= 1)) {
        throw new IllegalArgumentException(
            "label smoothing must lie in [0, 1]: labelSmoothing=" + amount);
      }
      labelSmoothing = amount;
      return this;
    }

    /**
     * Sets a label that stands for no class: all elements of its row are off. It may lie outside
     * the classes, as padding often does, or be one of them.
     *
     * @param label the label
     * @return this builder
     */
    public Builder ignoreIndex(long label) {
      ignoreIndex = label;
      return this;
    }

    /**
     * Builds the encoder.
     *
     * @return a new encoder
     * @throws IllegalArgumentException if there are both label smoothing and an on or off value
     */
    public OneHotEncoder build() {
      if (labelSmoothing != 0 && (onValue != null || offValue != null)) {
        throw new IllegalArgumentException(
            "label smoothing goes without on and off values: labelSmoothing="
                + labelSmoothing
                + " onValue="
                + onValue
                + " offValue="
                + offValue);
      }
      return new OneHotEncoder(this);
    }
  }

  /** What becomes of the labels of a row. */
  private enum Mode {
    ONE_HOT,
    MULTI_HOT,
    COUNTS
  }

  /** Where the elements go: labels [outer, inner, depth] to [outer, classes, inner]. */
  private record Layout(Shape result, long depth, long inner) {}

  /**
   * Encodes one label to a row: {@code [n]} gives {@code [n, classes]}, a higher rank gains an
   * axis, {@code […, 1]} loses the 1 first, and a scalar gives {@code [classes]}. The class axis
   * goes where it was asked for.
   *
   * @param labels the labels
   * @return a new array; the caller closes it
   * @throws IllegalArgumentException if a label is bad, the number of classes cannot be inferred,
   *     there is no such axis, or the result's type cannot hold the values
   */
  public NDArray encode(NDArray labels) {
    return create(labels, Mode.ONE_HOT);
  }

  /**
   * Encodes one label to a row.
   *
   * @param labels the labels
   * @return a new array of shape {@code [labels.length, classes]} on the heap
   * @throws IllegalArgumentException as {@link #encode(NDArray)}
   */
  public NDArray encode(int[] labels) {
    return encode(NDArray.of(labels));
  }

  /**
   * Encodes one label to a row.
   *
   * @param labels the labels
   * @return a new array of shape {@code [labels.length, classes]} on the heap
   * @throws IllegalArgumentException as {@link #encode(NDArray)}
   */
  public NDArray encode(long[] labels) {
    return encode(NDArray.of(labels));
  }

  /**
   * Encodes one label to a row, into a given array.
   *
   * @param labels the labels
   * @param out a contiguous array of the result's shape and any type that does not overlap them
   * @throws IllegalArgumentException as {@link #encode(NDArray)}, or if {@code out} does not fit;
   *     nothing is written then
   */
  public void encodeInto(NDArray labels, NDArray out) {
    write(labels, out, Mode.ONE_HOT);
  }

  /**
   * Encodes one label to a row, on a GPU. The number of classes must be set.
   *
   * @param labels the labels. They are not checked: one that stands for no class gives a row that
   *     is off
   * @param out an array of the result's shape and any type that does not overlap them
   * @param stream the stream that does it
   * @throws IllegalArgumentException if the number of classes is not set, there is no such axis,
   *     {@code out} or the stream does not fit, or the type of {@code out} cannot hold the values
   * @throws dev.batchmill.error.DeviceException if the device refuses
   */
  public void encodeInto(DeviceArray labels, DeviceArray out, CudaStream stream) {
    Shape result = resultShape(labels.shape());
    DeviceTransforms.requireLike(out, out.dtype(), result);
    Layout layout = layout(labels.shape(), classes, Mode.ONE_HOT);
    requireValues(out.dtype(), layout, Mode.ONE_HOT);
    DeviceTransforms.encode(labels, encoding(out.dtype()), layout.depth, layout.inner, out, stream);
  }

  /**
   * Gathers labels and encodes each to a row, on a GPU and in one pass: label {@code rows[i]} gives
   * row i. The number of classes must be set; the class axis is the last one.
   *
   * @param labels the labels along one axis, not checked
   * @param rows int64 numbers of labels, one axis, not checked
   * @param out an array of shape {@code [rows.size(), classes]} and any type that does not overlap
   *     them
   * @param stream the stream that does it
   * @throws IllegalArgumentException if the number of classes is not set, another axis or a label
   *     to ignore is set, the arrays or the stream do not fit, or the type of {@code out} cannot
   *     hold the values
   * @throws dev.batchmill.error.DeviceException if the device refuses
   */
  public void gatherAndEncodeInto(
      DeviceArray labels, DeviceArray rows, DeviceArray out, CudaStream stream) {
    if (classes == 0 || ignoreIndex != null || (axis != -1 && axis != 1)) {
      throw new IllegalArgumentException(
          "labels are gathered and encoded to a set number of classes, along the last axis, and without one to ignore: classes=%d axis=%d ignoreIndex=%s"
              .formatted(classes, axis, ignoreIndex));
    }
    requireValues(out.dtype(), layout(rows.shape(), classes, Mode.ONE_HOT), Mode.ONE_HOT);
    DeviceTransforms.gatherEncode(labels, rows, encoding(out.dtype()), out, stream);
  }

  private DeviceTransforms.Encoding encoding(DType type) {
    return new DeviceTransforms.Encoding(
        classes, ignoreIndex, onBits(type, classes), offBits(type, classes));
  }

  /**
   * Returns the type of the rows, whatever that of the labels.
   *
   * @param input the type of the labels
   * @return the type that was set, float32 unless set
   */
  @Override
  public DType resultType(DType input) {
    return dtype;
  }

  /**
   * Returns the shape that {@link #encode(NDArray)} gives.
   *
   * @param input the shape of the labels
   * @return the shape
   * @throws IllegalArgumentException if the number of classes is not set, or there is no such axis
   */
  @Override
  public Shape resultShape(Shape input) {
    if (classes == 0) {
      throw new IllegalArgumentException(
          "the number of classes must be set where the shape is asked for first: labels=" + input);
    }
    return layout(input, classes, Mode.ONE_HOT).result;
  }

  /**
   * Tells whether labels go to rows one by one: whether the class axis is not the first one.
   *
   * @param input the shape of the labels, at least one axis
   * @return true if it is
   * @throws IllegalArgumentException if {@link #resultShape} refuses the shape
   */
  @Override
  public boolean isRowWise(Shape input) {
    return axis != 0 && axis != -resultShape(input).rank();
  }

  /**
   * Encodes one label to a row, as {@link #encode(NDArray)}.
   *
   * @param labels the labels
   * @return a new array; the caller closes it
   * @throws IllegalArgumentException as {@link #encode(NDArray)}
   */
  @Override
  public NDArray transform(NDArray labels) {
    return encode(labels);
  }

  /**
   * Encodes one label to a row, into a given array of the type that was set.
   *
   * @param labels the labels
   * @param out a contiguous array of the result's type and shape that does not overlap them
   * @throws IllegalArgumentException as {@link #encodeInto}
   */
  @Override
  public void transformInto(NDArray labels, NDArray out) {
    out.requireOutput(dtype, resultShape(labels.shape()));
    encodeInto(labels, out);
  }

  /**
   * Encodes all labels along the last axis in one row: {@code [n, k]} gives {@code [n, classes]},
   * on at each of the k labels. A label to ignore fills up rows that have fewer. A scalar is a row
   * of one label.
   *
   * @param labels the labels
   * @return a new array; the caller closes it
   * @throws IllegalArgumentException as {@link #encode(NDArray)}, or if there is label smoothing
   */
  public NDArray multiHot(NDArray labels) {
    return create(labels, Mode.MULTI_HOT);
  }

  /**
   * Encodes all labels along the last axis in one row, into a given array.
   *
   * @param labels the labels
   * @param out a contiguous array of the result's shape and any type that does not overlap them
   * @throws IllegalArgumentException as {@link #multiHot}, or if {@code out} does not fit; nothing
   *     is written then
   */
  public void multiHotInto(NDArray labels, NDArray out) {
    write(labels, out, Mode.MULTI_HOT);
  }

  /**
   * Counts the labels along the last axis: {@code [n, k]} gives {@code [n, classes]}, how often
   * each class is among the k labels. A scalar is a row of one label.
   *
   * @param labels the labels
   * @return a new array; the caller closes it
   * @throws IllegalArgumentException as {@link #encode(NDArray)}, or if there is label smoothing or
   *     an on or off value, or the result's type does not hold every number up to k
   */
  public NDArray counts(NDArray labels) {
    return create(labels, Mode.COUNTS);
  }

  /**
   * Counts the labels along the last axis, into a given array.
   *
   * @param labels the labels
   * @param out a contiguous array of the result's shape and any type that does not overlap them
   * @throws IllegalArgumentException as {@link #counts}, or if {@code out} does not fit; nothing is
   *     written then
   */
  public void countsInto(NDArray labels, NDArray out) {
    write(labels, out, Mode.COUNTS);
  }

  private NDArray create(NDArray labels, Mode mode) {
    NDArray source = labels.contiguous();
    try {
      Labels read = read(source);
      Layout layout = layout(labels.shape(), read.classes(), mode);
      requireValues(dtype, layout, mode);
      requireGood(source, read);
      NDArray out = labels.allocateLike(dtype, layout.result);
      encoding(read, layout, out, mode).run();
      return out;
    } finally {
      if (source != labels) {
        source.close();
      }
    }
  }

  private void write(NDArray labels, NDArray out, Mode mode) {
    NDArray source = labels.contiguous();
    try {
      Labels read = read(source);
      Layout layout = layout(labels.shape(), read.classes(), mode);
      out.requireOutput(out.dtype(), layout.result);
      requireValues(out.dtype(), layout, mode);
      // All is made ready first: the threads go from the labels' check to the encoding at once.
      Runnable encoding = encoding(read, layout, out, mode);
      requireGood(source, read);
      encoding.run();
    } finally {
      if (source != labels) {
        source.close();
      }
    }
  }

  // -------------------------------------------------------------------------------- the checks

  /** The labels as kernels take them, the number of classes known; where it is inferred, good. */
  private Labels read(NDArray labels) {
    boolean inferred = classes == Builder.INFERRED;
    if (inferred && labels.size() == 0) {
      throw new IllegalArgumentException(
          "the number of classes cannot be inferred without labels, give it: shape="
              + labels.shape());
    }
    Labels read =
        new Labels(
            ArrayMemory.of(labels),
            ElementType.valueOf(labels.dtype().name()),
            labels.offset(),
            inferred ? Integer.MAX_VALUE : classes,
            ignoreIndex != null,
            ignoreIndex == null ? 0 : ignoreIndex);
    return inferred ? read.withClasses(infer(labels, read)) : read;
  }

  private int infer(NDArray labels, Labels read) {
    long largest = scan(labels, read);
    if (largest < 0) {
      throw new IllegalArgumentException(
          "the number of classes cannot be inferred when every label is ignored, give it: shape="
              + labels.shape()
              + " ignoreIndex="
              + ignoreIndex);
    }
    return (int) largest + 1;
  }

  /** Checks labels whose number of classes was given. */
  private void requireGood(NDArray labels, Labels read) {
    if (classes != Builder.INFERRED) {
      scan(labels, read);
    }
  }

  /** Checks the labels and returns the largest; -1 where there is none. */
  private long scan(NDArray labels, Labels read) {
    Kernels kernels = KernelRegistry.active();
    Scan scan = new Scan();
    Parallel.forRange(
        labels.size(),
        GRAIN_LABELS,
        CallLimit.of(read.type().bytes(), read.values(), read.values()),
        (from, to) -> {
          long[] found = new long[2];
          kernels.scanLabels(read, from, to, found);
          scan.add(found, to);
        });
    if (scan.bad != Scan.NONE) {
      throw badLabel(labels, scan.bad, read.classes());
    }
    return scan.largest;
  }

  /** What the tasks of a scan have found together. */
  private static final class Scan {
    static final long NONE = Long.MAX_VALUE;

    private long bad = NONE;
    private long largest = -1;

    synchronized void add(long[] found, long end) {
      if (found[0] < end) {
        bad = Math.min(bad, found[0]);
      }
      largest = Math.max(largest, found[1]);
    }
  }

  private IllegalArgumentException badLabel(NDArray labels, long index, int number) {
    NDArray label = labels.reshape(labels.size()).get(index);
    return new IllegalArgumentException(
        "label is outside the classes: labels["
            + index
            + "]="
            + (label.dtype().isFloating() ? "" + label.getDouble() : "" + label.getLong())
            + " range=[0, "
            + number
            + ")"
            + (ignoreIndex == null ? "" : " ignoreIndex=" + ignoreIndex));
  }

  private Layout layout(Shape labels, int number, Mode mode) {
    int rank = labels.rank();
    long last = rank == 0 ? 1 : labels.dim(rank - 1);
    boolean row = mode != Mode.ONE_HOT;
    int kept = (row && rank > 0) || (rank > 1 && last == 1) ? rank - 1 : rank;
    int position = axis < 0 ? axis + kept + 1 : axis;
    if (position < 0 || position > kept) {
      throw new IllegalArgumentException(
          "axis is out of range for a result of rank "
              + (kept + 1)
              + ": axis="
              + axis
              + " labels="
              + labels);
    }
    long[] sizes = new long[kept + 1];
    long inner = 1;
    for (int i = 0; i < kept; i++) {
      sizes[i < position ? i : i + 1] = labels.dim(i);
      inner *= i < position ? 1 : labels.dim(i);
    }
    sizes[position] = number;
    return new Layout(Shape.of(sizes), row ? last : 1, inner);
  }

  private void requireValues(DType type, Layout layout, Mode mode) {
    if (mode == Mode.COUNTS) {
      requireCounts(type, layout.depth);
      return;
    }
    if (labelSmoothing == 0) {
      requireValue(type, "onValue", onValue);
      requireValue(type, "offValue", offValue);
    } else if (mode == Mode.MULTI_HOT) {
      throw new IllegalArgumentException(
          "label smoothing goes with one label to a row only: labelSmoothing=" + labelSmoothing);
    } else if (!type.isFloating()) {
      throw new IllegalArgumentException(
          "label smoothing needs a floating-point result: labelSmoothing="
              + labelSmoothing
              + " dtype="
              + type);
    }
  }

  private void requireCounts(DType type, long depth) {
    if (labelSmoothing != 0 || onValue != null || offValue != null) {
      throw new IllegalArgumentException(
          "counts go without label smoothing and on and off values: labelSmoothing="
              + labelSmoothing
              + " onValue="
              + onValue
              + " offValue="
              + offValue);
    }
    if (depth > largestCount(type)) {
      throw new IllegalArgumentException(
          "the result's type does not hold every count: dtype="
              + type
              + " labels="
              + depth
              + " largest="
              + largestCount(type));
    }
  }

  private static void requireValue(DType type, String name, @Nullable Double value) {
    if (value != null && !type.isFloating() && !holds(type, value)) {
      throw new IllegalArgumentException(
          "the result's type does not hold the value: dtype=" + type + " " + name + "=" + value);
    }
  }

  /** Whether an integer type or bool has a value. */
  private static boolean holds(DType type, double value) {
    NDArray one = NDArray.zeros(type, 1);
    one.setDouble(value, 0);
    // 2^63 becomes the largest int64, which as a double is 2^63 again.
    return one.getDouble(0) == value && value != 0x1p63;
  }

  /** The number up to which a type has every whole number. */
  private static long largestCount(DType type) {
    return switch (type) {
      case FLOAT16 -> 1 << 11;
      case BFLOAT16 -> 1 << 8;
      case FLOAT32 -> 1 << 24;
      case FLOAT64 -> 1L << 53;
      case INT8 -> Byte.MAX_VALUE;
      case INT16 -> Short.MAX_VALUE;
      case INT32 -> Integer.MAX_VALUE;
      case INT64 -> Long.MAX_VALUE;
      case UINT8 -> 255;
      case BOOL -> 1;
    };
  }

  // ------------------------------------------------------------------------------------ the run

  /** What writes the result; the labels must be good by then. */
  private Runnable encoding(Labels labels, Layout layout, NDArray out, Mode mode) {
    if (out.size() == 0) {
      return () -> {};
    }
    long vectors = out.size() / labels.classes();
    long unit = Math.min(layout.inner, NEIGHBOURS);
    long outBytes = (long) labels.classes() * out.dtype().byteSize();
    long inBytes = layout.depth * labels.type().bytes();
    boolean streaming = Streaming.pays(out.size() * out.dtype().byteSize());
    ElementType type = ElementType.valueOf(out.dtype().name());
    long onBits = onBits(out.dtype(), labels.classes());
    long offBits = offBits(out.dtype(), labels.classes());
    Buffer to = ArrayMemory.of(out);
    Kernels kernels = KernelRegistry.active();
    Parallel.RangeBody body =
        mode == Mode.COUNTS
            ? (first, last) ->
                kernels.countLabels(
                    labels,
                    layout.depth,
                    layout.inner,
                    to,
                    type,
                    out.offset(),
                    first * unit,
                    Math.min(last * unit, vectors),
                    streaming)
            : (first, last) ->
                kernels.oneHot(
                    labels,
                    layout.depth,
                    layout.inner,
                    to,
                    out.offset(),
                    onBits,
                    offBits,
                    first * unit,
                    Math.min(last * unit, vectors),
                    streaming);
    return () ->
        Parallel.forRange(
            (vectors + unit - 1) / unit,
            Math.max(1, GRAIN_BYTES / (unit * outBytes)),
            CallLimit.of(unit * Math.max(inBytes, outBytes), labels.values(), to),
            body);
  }

  private long onBits(DType type, int number) {
    if (labelSmoothing == 0) {
      return bits(type, onValue == null ? 1 : onValue);
    }
    return bits(type, rounded(type, 1 - labelSmoothing) + smoothed(type, number));
  }

  private long offBits(DType type, int number) {
    if (labelSmoothing == 0) {
      return bits(type, offValue == null ? 0 : offValue);
    }
    return bits(type, smoothed(type, number));
  }

  /** The share of the smoothing that each class gets, in a floating-point type. */
  private double smoothed(DType type, int number) {
    return rounded(type, rounded(type, labelSmoothing) / number);
  }

  /** A value in a floating-point type. */
  private static double rounded(DType type, double value) {
    NDArray one = NDArray.zeros(type, 1);
    one.setDouble(value, 0);
    return one.getDouble(0);
  }

  /** The bit pattern of a value in a type, rounded. */
  private static long bits(DType type, double value) {
    return switch (type) {
      case FLOAT16, BFLOAT16 -> {
        NDArray one = NDArray.zeros(type, 1);
        one.setDouble(value, 0);
        yield ((ShortBuffer) one.buffer()).get(0);
      }
      case FLOAT32 -> Float.floatToRawIntBits((float) value);
      case FLOAT64 -> Double.doubleToRawLongBits(value);
      case INT8, INT16, INT32, INT64, UINT8, BOOL -> (long) value;
    };
  }
}
