package dev.batchmill.dataset;

import dev.batchmill.array.NDArray;
import org.jspecify.annotations.Nullable;

/**
 * One batch of samples: the features x and, if there are any, the targets y and the weight of each
 * sample. All have as many rows.
 *
 * <p>A batch owns its arrays: {@link #close} closes them. That frees what {@link NDArray#allocate}
 * took and does nothing to arrays on the heap and to views, so a batch of views leaves the array
 * they look at open.
 *
 * <p>Immutable; its arrays are not. {@code close} may be called from any thread, more than once.
 *
 * @see <a href="https://keras.io/api/utils/python_utils/">keras.utils.pack_x_y_sample_weight,
 *     keras.utils.unpack_x_y_sample_weight</a>
 */
public final class Batch implements AutoCloseable {
  private final NDArray x;
  private final @Nullable NDArray y;
  private final @Nullable NDArray sampleWeight;

  private Batch(NDArray x, @Nullable NDArray y, @Nullable NDArray sampleWeight) {
    this.x = x;
    this.y = y;
    this.sampleWeight = sampleWeight;
    Rows.count("x", x);
    if (y != null) {
      Rows.requireSame("x", x, "y", y);
    }
    if (sampleWeight != null) {
      Rows.requireSame("x", x, "sampleWeight", sampleWeight);
    }
  }

  /**
   * Packs features alone.
   *
   * @param x the features, one row for each sample
   * @return a batch that owns {@code x}
   * @throws IllegalArgumentException if {@code x} is a scalar; it is left open then
   */
  public static Batch of(NDArray x) {
    return new Batch(x, null, null);
  }

  /**
   * Packs features and targets.
   *
   * @param x the features, one row for each sample
   * @param y the targets, one row for each sample, or null
   * @return a batch that owns the arrays
   * @throws IllegalArgumentException if the numbers of rows differ; the arrays are left open then
   */
  public static Batch of(NDArray x, @Nullable NDArray y) {
    return new Batch(x, y, null);
  }

  /**
   * Packs features, targets and weights. Unlike Keras, which drops a weight that comes without
   * targets, this keeps it.
   *
   * @param x the features, one row for each sample
   * @param y the targets, one row for each sample, or null
   * @param sampleWeight the weights, one row for each sample, or null
   * @return a batch that owns the arrays
   * @throws IllegalArgumentException if the numbers of rows differ; the arrays are left open then
   */
  public static Batch of(NDArray x, @Nullable NDArray y, @Nullable NDArray sampleWeight) {
    return new Batch(x, y, sampleWeight);
  }

  /**
   * Returns the features.
   *
   * @return the array, open until the batch is closed
   */
  public NDArray x() {
    return x;
  }

  /**
   * Returns the targets.
   *
   * @return the array, open until the batch is closed, or null if there are no targets
   */
  public @Nullable NDArray y() {
    return y;
  }

  /**
   * Returns the weight of each sample.
   *
   * @return the array, open until the batch is closed, or null if there are no weights
   */
  public @Nullable NDArray sampleWeight() {
    return sampleWeight;
  }

  /**
   * Returns the number of samples.
   *
   * @return the number of rows of each array
   */
  public long size() {
    return x.shape().dim(0);
  }

  /** Closes the arrays. */
  @Override
  public void close() {
    x.close();
    if (y != null) {
      y.close();
    }
    if (sampleWeight != null) {
      sampleWeight.close();
    }
  }

  /**
   * Returns the arrays' types and shapes, such as {@code Batch[x=float32[32, 64], y=int32[32]]}.
   */
  @Override
  public String toString() {
    return "Batch[x="
        + x
        + (y == null ? "" : ", y=" + y)
        + (sampleWeight == null ? "" : ", sampleWeight=" + sampleWeight)
        + "]";
  }
}
