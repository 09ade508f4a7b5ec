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

/**
 * Converts the elements to another type, as {@link NDArray#astype} does: a last step that makes
 * float32 of what was computed in float64, or half floats for a model that takes them.
 *
 * <p>Immutable and thread-safe.
 */
public final class Cast extends TiledTransform {
  private static final long serialVersionUID = 1L;

  /** Elements that one parallel task handles at least. */
  private static final long GRAIN_ELEMENTS = 1 << 17;

  private final DType type;

  private Cast(DType type) {
    this.type = type;
  }

  /**
   * Returns the conversion to a type.
   *
   * @param type the type of the result
   * @return the transform
   */
  public static Cast to(DType type) {
    return new Cast(type);
  }

  @Override
  public DType resultType(DType input) {
    return type;
  }

  @Override
  public Shape resultShape(Shape input) {
    return input;
  }

  @Override
  void run(NDArray x, NDArray out, boolean streaming) {
    if (!x.isContiguous()) {
      out.assign(x);
      return;
    }
    Kernels kernels = KernelRegistry.active();
    Buffer from = ArrayMemory.of(x);
    Buffer to = ArrayMemory.of(out);
    ElementType fromType = ElementType.valueOf(x.dtype().name());
    ElementType toType = ElementType.valueOf(type.name());
    Parallel.forRange(
        x.size(),
        GRAIN_ELEMENTS,
        CallLimit.of(Math.max(x.dtype().byteSize(), type.byteSize()), from, to),
        (first, last) ->
            kernels.convert(
                from,
                fromType,
                x.offset() + first,
                to,
                toType,
                out.offset() + first,
                last - first,
                streaming));
  }

  /** Returns the type, such as {@code Cast[float32]}. */
  @Override
  public String toString() {
    return "Cast[" + type + "]";
  }
}
