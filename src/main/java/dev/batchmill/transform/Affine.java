package dev.batchmill.transform;

import dev.batchmill.array.DType;
import dev.batchmill.array.NDArray;
import dev.batchmill.array.Shape;
import dev.batchmill.internal.kernel.ArrayMemory;
import dev.batchmill.internal.kernel.CallLimit;
import dev.batchmill.internal.kernel.ElementType;
import dev.batchmill.internal.kernel.KernelRegistry;
import dev.batchmill.internal.kernel.Kernels;
import dev.batchmill.internal.kernel.Parallel;
import java.nio.Buffer;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What all scalers come down to: {@code x * a + b} or {@code (x - a) / b} by the parameters of each
 * element's feature, within bounds.
 */
final class Affine extends TiledTransform {
  private static final long serialVersionUID = 1L;

  /** Elements that one parallel task handles at least. */
  private static final long GRAIN_ELEMENTS = 1 << 16;

  private final @Nullable Integer axis;
  private final boolean divide;
  private final double[] a;
  private final double[] b;
  private final double low;
  private final double high;
  private final @Nullable DType type;

  /**
   * Takes the parameters, which the caller does not change afterwards.
   *
   * @param axis the axis of features; none where one pair of parameters serves all elements
   * @param divide which of the two forms
   * @param type the type of the result; null for the one that follows from the input
   */
  Affine(
      OptionalInt axis,
      boolean divide,
      double[] a,
      double[] b,
      double low,
      double high,
      @Nullable DType type) {
    this.axis = axis.isPresent() ? axis.getAsInt() : null;
    this.divide = divide;
    this.a = a;
    this.b = b;
    this.low = low;
    this.high = high;
    this.type = type;
  }

  /** The same without bounds. */
  Affine(OptionalInt axis, boolean divide, double[] a, double[] b, @Nullable DType type) {
    this(axis, divide, a, b, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, type);
  }

  /** Checks that results can have a type. */
  static DType requireComputed(DType type) {
    if (type != DType.FLOAT32 && type != DType.FLOAT64) {
      throw new IllegalArgumentException(
          "result must be float32 or float64, see Cast for others: dtype=" + type);
    }
    return type;
  }

  @Override
  public DType resultType(DType input) {
    if (type != null) {
      return type;
    }
    return switch (input) {
      case FLOAT16, BFLOAT16, FLOAT32, INT8, INT16, UINT8, BOOL -> DType.FLOAT32;
      case FLOAT64, INT32, INT64 -> DType.FLOAT64;
    };
  }

  @Override
  public Shape resultShape(Shape input) {
    if (axis != null && input.dim(axis) != a.length) {
      throw new IllegalArgumentException(
          "axis must have an element for each feature: axis="
              + axis
              + " shape="
              + input
              + " features="
              + a.length);
    }
    return input;
  }

  @Override
  public boolean isRowWise(Shape input) {
    return axis == null || input.normalizeAxis(axis) > 0;
  }

  @Override
  void run(NDArray x, NDArray out, boolean streaming) {
    if (x.size() == 0) {
      return;
    }
    NDArray source = x.contiguous();
    try {
      rescale(source, out, streaming);
    } finally {
      if (source != x) {
        source.close();
      }
    }
  }

  private void rescale(NDArray x, NDArray out, boolean streaming) {
    long inner = axis == null ? 1 : FeatureAxis.of(x.shape(), axis).inner();
    Kernels kernels = KernelRegistry.active();
    Buffer from = ArrayMemory.of(x);
    Buffer to = ArrayMemory.of(out);
    ElementType fromType = ElementType.valueOf(x.dtype().name());
    Parallel.forRange(
        x.size(),
        GRAIN_ELEMENTS,
        CallLimit.held(Math.max(x.dtype().byteSize(), out.dtype().byteSize())),
        (first, last) ->
            kernels.rescale(
                from,
                fromType,
                x.offset(),
                to,
                out.offset(),
                divide,
                a,
                b,
                inner,
                first,
                last,
                low,
                high,
                streaming));
  }
}
