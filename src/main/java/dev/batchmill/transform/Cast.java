package dev.batchmill.transform;

import dev.batchmill.array.DType;
import dev.batchmill.array.NDArray;
import dev.batchmill.array.Shape;

/**
 * Converts the elements to another type, as {@link NDArray#astype} does: a last step that makes
 * float32 of what was computed in float64, or half floats for a model that takes them.
 *
 * <p>Immutable and thread-safe.
 */
public final class Cast implements Transform {
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
  public void transformInto(NDArray x, NDArray out) {
    out.requireOutput(type, x.shape());
    if (x != out) {
      out.assign(x);
    }
  }

  /** Returns the type, such as {@code Cast[float32]}. */
  @Override
  public String toString() {
    return "Cast[" + type + "]";
  }
}
