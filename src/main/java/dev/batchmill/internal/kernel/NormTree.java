package dev.batchmill.internal.kernel;

/**
 * The sum of a long vector from the sums of its pieces: the upper levels of the tree of {@code
 * cpp/include/batchmill/sum_order.h}. Every backend's pieces give the same sum.
 */
public final class NormTree {
  private final boolean floats;
  private final NormOrder order;
  private final Power power;

  /** For vectors of {@link ElementType#FLOAT32} or {@link ElementType#FLOAT64}. */
  public NormTree(ElementType type, double order) {
    this.floats = type == ElementType.FLOAT32;
    this.order = NormOrder.of(order);
    this.power = new Power(order, floats);
  }

  /** The elements of the shortest piece: one chunk. */
  public int pieceLength() {
    return floats && order != NormOrder.POWER ? FloatNormalize.CHUNK : DoubleNormalize.CHUNK;
  }

  /**
   * Combines the sums of pieces, all of one length but the last one, which may be shorter.
   *
   * @param sums the sums of {@code width} vectors' pieces, piece after piece; the vectors' sums are
   *     left in the first {@code width} elements
   */
  public void combine(double[] sums, int pieces, int width) {
    for (int level = pieces; level > 1; level = (level + 1) / 2) {
      for (int node = 0; node < level / 2; node++) {
        for (int k = 0; k < width; k++) {
          sums[node * width + k] =
              combine(sums[2 * node * width + k], sums[(2 * node + 1) * width + k]);
        }
      }
      if (level % 2 == 1) {
        System.arraycopy(sums, (level - 1) * width, sums, level / 2 * width, width);
      }
    }
  }

  private double combine(double a, double b) {
    return switch (order) {
      case MAX -> Math.max(a, b);
      case MIN -> Math.min(a, b);
      case POWER -> a + b;
      default -> round(a + b);
    };
  }

  /** The norm of a vector from its sum. */
  public double norm(double sum) {
    return switch (order) {
      case TWO -> round(Math.sqrt(sum));
      case POWER -> round(power.root(sum));
      default -> sum;
    };
  }

  /** What a vector with this norm is divided by. */
  public double divisor(double norm, double epsilon) {
    double least = round(epsilon);
    return norm < least ? least : norm == 0 ? 1 : norm;
  }

  /** The sum or root of two floats is the same whether computed as floats or rounded to float. */
  private double round(double value) {
    return floats ? (float) value : value;
  }
}
