package dev.batchmill.transform;

import java.io.Serializable;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A norm: what the length of a vector or of a matrix is taken to be.
 *
 * <table>
 * <caption>The norms</caption>
 * <thead><tr><th>norm</th><th>of a vector</th><th>of a matrix</th></tr></thead>
 * <tbody>
 * <tr><td>1</td><td>sum of magnitudes</td><td>largest sum of a column's magnitudes</td></tr>
 * <tr><td>−1</td><td>as p</td><td>smallest sum of a column's magnitudes</td></tr>
 * <tr><td>2</td><td>root of the sum of squares</td><td>largest singular value</td></tr>
 * <tr><td>−2</td><td>as p</td><td>smallest singular value</td></tr>
 * <tr><td>∞</td><td>largest magnitude</td><td>largest sum of a row's magnitudes</td></tr>
 * <tr><td>−∞</td><td>smallest magnitude</td><td>smallest sum of a row's magnitudes</td></tr>
 * <tr><td>0</td><td>number of elements that are not zero</td><td>none</td></tr>
 * <tr><td>any other p</td><td>p-th root of the sum of magnitudes to the power p</td>
 *   <td>none</td></tr>
 * <tr><td>{@link #FROBENIUS}</td><td>none</td><td>root of the sum of squares</td></tr>
 * <tr><td>{@link #NUCLEAR}</td><td>none</td><td>sum of singular values</td></tr>
 * </tbody>
 * </table>
 *
 * <p>Immutable; two norms of the same order are equal.
 *
 * @see <a href="https://numpy.org/doc/stable/reference/generated/numpy.linalg.norm.html">{@code
 *     ord} of numpy.linalg.norm</a>
 */
public final class Norm implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Order 1. */
  public static final Norm L1 = new Norm(1, null);

  /** Order 2, the Euclidean norm of a vector and the spectral norm of a matrix. */
  public static final Norm L2 = new Norm(2, null);

  /** Order ∞. */
  public static final Norm MAX = new Norm(Double.POSITIVE_INFINITY, null);

  /** The root of the sum of a matrix's squares; NumPy's {@code fro}. */
  public static final Norm FROBENIUS = new Norm(Double.NaN, "fro");

  /** The sum of a matrix's singular values; NumPy's {@code nuc}. */
  public static final Norm NUCLEAR = new Norm(Double.NaN, "nuc");

  private final double order;
  private final @Nullable String name;

  private Norm(double order, @Nullable String name) {
    this.order = order;
    this.name = name;
  }

  /**
   * Returns the norm of an order.
   *
   * @param order any number, also ±∞
   * @return the norm
   * @throws IllegalArgumentException if the order is NaN
   */
  public static Norm of(double order) {
    requireOrder(order);
    return new Norm(order + 0.0, null); // −0 becomes 0
  }

  static void requireOrder(double order) {
    if (Double.isNaN(order)) {
      throw new IllegalArgumentException("order must be a number: order=NaN");
    }
  }

  /** The order; NaN for the two norms that have a name in its place. */
  double order() {
    return order;
  }

  /** Whether vectors have such a norm. */
  boolean isOfVectors() {
    return name == null;
  }

  /** Whether matrices have such a norm. */
  boolean isOfMatrices() {
    return name != null || isSpectral() || Math.abs(order) == 1 || Double.isInfinite(order);
  }

  /** Whether this is the largest or the smallest singular value of a matrix. */
  boolean isSpectral() {
    return Math.abs(order) == 2;
  }

  /** The norm of a matrix that is this norm of the transposed matrix. */
  Norm transposed() {
    if (Math.abs(order) == 1) {
      return of(order * Double.POSITIVE_INFINITY);
    }
    return Double.isInfinite(order) ? of(Math.signum(order)) : this;
  }

  /** Tells whether the other object is a norm of the same order. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Norm that
        && Double.compare(order, that.order) == 0
        && (name == null ? that.name == null : name.equals(that.name));
  }

  @Override
  public int hashCode() {
    return toString().hashCode();
  }

  /** Returns the order as NumPy spells it: {@code 2}, {@code 0.5}, {@code -inf}, {@code fro}. */
  @Override
  public String toString() {
    if (name != null) {
      return name;
    }
    if (Double.isInfinite(order)) {
      return order > 0 ? "inf" : "-inf";
    }
    return order == Math.rint(order) && Math.abs(order) < 1e15
        ? String.format(Locale.ROOT, "%.0f", order)
        : Double.toString(order);
  }
}
