package dev.batchmill.transform;

import dev.batchmill.array.DType;
import dev.batchmill.array.NDArray;
import dev.batchmill.array.Shape;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Multiplies by a scale and adds a shift: {@code Rescaler.of(1 / 255.0, 0)} makes float32 images in
 * [0, 1] of uint8 ones in one pass.
 *
 * <p>The result is float32 for float32, the 16-bit floats, bool and integers of 8 and 16 bits, and
 * float64 for float64, int32 and int64; {@link #to} chooses. It is computed in the result's type
 * (in double for the latter three whatever the result), to which scale and shift are rounded first;
 * the product is rounded before the sum. Every backend gives the same bits.
 *
 * <p>Immutable and thread-safe. Works in place where the type stays.
 *
 * @see <a href="https://keras.io/api/layers/preprocessing_layers/image_preprocessing/rescaling/">
 *     keras.layers.Rescaling(scale, offset)</a>
 */
public final class Rescaler extends TiledTransform {
  private static final long serialVersionUID = 1L;
  private static final int LAST_AXIS = -1;

  private final @Nullable Integer axis;
  private final double[] scale;
  private final double[] shift;
  private final Affine affine;

  private Rescaler(OptionalInt axis, double[] scale, double[] shift, Affine affine) {
    this.axis = axis.isPresent() ? axis.getAsInt() : null;
    this.scale = scale;
    this.shift = shift;
    this.affine = affine;
  }

  /**
   * Returns the transform by one scale and one shift.
   *
   * @param scale what every element is multiplied by
   * @param shift what is added then
   * @return the transform
   */
  public static Rescaler of(double scale, double shift) {
    return of(OptionalInt.empty(), new double[] {scale}, new double[] {shift});
  }

  /**
   * Returns the transform by a scale and a shift for each feature along the last axis, such as the
   * channels of images.
   *
   * @param scale what the elements of each feature are multiplied by
   * @param shift what is added then
   * @return the transform
   * @throws IllegalArgumentException if there are none or not as many shifts as scales
   */
  public static Rescaler of(double[] scale, double[] shift) {
    return of(scale, shift, LAST_AXIS);
  }

  /**
   * Returns the transform by a scale and a shift for each feature.
   *
   * @param scale what the elements of each feature are multiplied by
   * @param shift what is added then
   * @param axis the axis of features; a negative one counts from the end
   * @return the transform
   * @throws IllegalArgumentException if there are none or not as many shifts as scales
   */
  public static Rescaler of(double[] scale, double[] shift, int axis) {
    if (scale.length == 0 || shift.length != scale.length) {
      throw new IllegalArgumentException(
          "each feature must have a scale and a shift: scales="
              + scale.length
              + " shifts="
              + shift.length);
    }
    return of(OptionalInt.of(axis), scale.clone(), shift.clone());
  }

  private static Rescaler of(OptionalInt axis, double[] scale, double[] shift) {
    return new Rescaler(axis, scale, shift, new Affine(axis, false, scale, shift, null));
  }

  /**
   * Returns the same transform with results of a given type.
   *
   * @param type float32 or float64
   * @return the transform
   * @throws IllegalArgumentException if it is another type
   */
  public Rescaler to(DType type) {
    DType computed = Affine.requireComputed(type);
    OptionalInt all = axis == null ? OptionalInt.empty() : OptionalInt.of(axis);
    return new Rescaler(all, scale, shift, new Affine(all, false, scale, shift, computed));
  }

  @Override
  public DType resultType(DType input) {
    return affine.resultType(input);
  }

  @Override
  public Shape resultShape(Shape input) {
    return affine.resultShape(input);
  }

  @Override
  public boolean isRowWise(Shape input) {
    return affine.isRowWise(input);
  }

  @Override
  void run(NDArray x, NDArray out, boolean streaming) {
    affine.run(x, out, streaming);
  }

  /** Returns scale and shift, or the number of features and their axis. */
  @Override
  public String toString() {
    return axis == null
        ? "Rescaler[scale=" + scale[0] + ", shift=" + shift[0] + "]"
        : "Rescaler[features=" + scale.length + ", axis=" + axis + "]";
  }
}
