package dev.batchmill.transform;

import dev.batchmill.array.NDArray;
import dev.batchmill.internal.kernel.Streaming;
import java.io.Serializable;

/**
 * A transform that is told whether its output goes past the caches, which what it is given of a
 * large output, one tile, does not show.
 */
abstract class TiledTransform implements Transform, Serializable {
  private static final long serialVersionUID = 1L;

  /**
   * Transforms into an array that fits.
   *
   * @param streaming whether {@code out} is not read again soon; never so when it is {@code x}
   */
  abstract void run(NDArray x, NDArray out, boolean streaming);

  @Override
  public final void transformInto(NDArray x, NDArray out) {
    out.requireOutput(resultType(x.dtype()), resultShape(x.shape()));
    run(x, out, x != out && streams(out));
  }

  /** Whether a whole output, which is not the input, goes past the caches. */
  static boolean streams(NDArray out) {
    return Streaming.pays(out.size() * out.dtype().byteSize());
  }

  /** Makes any transform write a part of an output. */
  static void run(Transform transform, NDArray x, NDArray out, boolean streaming) {
    if (transform instanceof TiledTransform tiled) {
      tiled.run(x, out, streaming);
    } else {
      transform.transformInto(x, out);
    }
  }
}
