package dev.batchmill.transform;

import dev.batchmill.array.CudaStream;
import dev.batchmill.array.DType;
import dev.batchmill.array.DeviceArray;
import dev.batchmill.array.Shape;
import dev.batchmill.internal.cuda.CudaLaunch;
import dev.batchmill.internal.kernel.ElementType;
import org.jspecify.annotations.Nullable;

/** Transforms of arrays in the memory of a GPU: the checks, and the launch. */
final class DeviceTransforms {
  private DeviceTransforms() {}

  /** Scales the vectors along an axis to unit norm. */
  static void normalize(
      DeviceArray x, int axis, double order, double epsilon, DeviceArray out, CudaStream stream) {
    requireComputed(x);
    int position = x.shape().normalizeAxis(axis);
    requireLike(out, x.dtype(), x.shape());
    CudaLaunch.Place place = place(stream, x, out);
    if (x.size() == 0) {
      return;
    }
    long inner = 1;
    for (int i = position + 1; i < x.shape().rank(); i++) {
      inner *= x.shape().dim(i);
    }
    long length = x.shape().dim(position);
    long vectors = x.size() / length;
    int type = code(x.dtype());
    try (DeviceArray workspace = workspace(stream, type, length, inner, vectors, order)) {
      CudaLaunch.normalize(
          x.pointer(),
          out.pointer(),
          type,
          length,
          inner,
          vectors,
          order,
          epsilon,
          workspace.pointer(),
          workspace.byteSize(),
          place);
    }
  }

  /** Scales the rows of the given numbers to unit norm. */
  static void gatherNormalize(
      DeviceArray x,
      DeviceArray rows,
      double order,
      double epsilon,
      DeviceArray out,
      CudaStream stream) {
    requireComputed(x);
    requireRows(rows);
    if (x.shape().rank() != 2) {
      throw new IllegalArgumentException(
          "rows are gathered and normalized from two axes: shape=" + x.shape());
    }
    long length = x.shape().dim(1);
    requireLike(out, x.dtype(), Shape.of(rows.size(), length));
    CudaLaunch.Place place = place(stream, x, rows, out);
    if (out.size() == 0) {
      return;
    }
    int type = code(x.dtype());
    try (DeviceArray workspace = workspace(stream, type, length, 1, rows.size(), order)) {
      CudaLaunch.gatherNormalize(
          x.pointer(),
          type,
          length,
          rows.pointer(),
          rows.size(),
          out.pointer(),
          order,
          epsilon,
          workspace.pointer(),
          workspace.byteSize(),
          place);
    }
  }

  /** What one-hot encoding needs beside the labels: the bits of the elements of out. */
  record Encoding(int classes, @Nullable Long ignored, long on, long off) {}

  /** Encodes labels of shape [outer, inner, depth]. */
  static void encode(
      DeviceArray labels,
      Encoding encoding,
      long depth,
      long inner,
      DeviceArray out,
      CudaStream stream) {
    CudaLaunch.Place place = place(stream, labels, out);
    if (out.size() == 0) {
      return;
    }
    CudaLaunch.oneHot(
        labels(labels, encoding),
        depth,
        inner,
        out.size() / encoding.classes,
        out.pointer(),
        out.dtype().byteSize(),
        encoding.on,
        encoding.off,
        place);
  }

  /** Encodes the labels of the given numbers. */
  static void gatherEncode(
      DeviceArray labels, DeviceArray rows, Encoding encoding, DeviceArray out, CudaStream stream) {
    requireRows(rows);
    if (labels.shape().rank() != 1) {
      throw new IllegalArgumentException(
          "labels are gathered and encoded from one axis: shape=" + labels.shape());
    }
    requireLike(out, out.dtype(), Shape.of(rows.size(), encoding.classes));
    CudaLaunch.Place place = place(stream, labels, rows, out);
    if (out.size() == 0) {
      return;
    }
    CudaLaunch.gatherOneHot(
        labels(labels, encoding),
        rows.pointer(),
        rows.size(),
        out.pointer(),
        out.dtype().byteSize(),
        encoding.on,
        encoding.off,
        place);
  }

  private static CudaLaunch.Labels labels(DeviceArray labels, Encoding encoding) {
    Long ignored = encoding.ignored;
    return new CudaLaunch.Labels(
        labels.pointer(),
        code(labels.dtype()),
        encoding.classes,
        ignored != null,
        ignored == null ? 0 : ignored);
  }

  /** Given back in the order of the stream, so it may be closed when the kernels are queued. */
  private static DeviceArray workspace(
      CudaStream stream, int type, long length, long inner, long vectors, double order) {
    return DeviceArray.allocate(
        stream, DType.UINT8, CudaLaunch.normalizeWorkspace(type, length, inner, vectors, order));
  }

  private static CudaLaunch.Place place(CudaStream stream, DeviceArray... arrays) {
    for (DeviceArray array : arrays) {
      array.requireStream(stream);
    }
    return new CudaLaunch.Place(stream.device().index(), stream.handle());
  }

  private static void requireComputed(DeviceArray x) {
    if (x.dtype() != DType.FLOAT32 && x.dtype() != DType.FLOAT64) {
      throw new IllegalArgumentException(
          "a GPU normalizes float32 or float64, see DeviceArray.convertInto: dtype=" + x.dtype());
    }
  }

  private static void requireRows(DeviceArray rows) {
    if (rows.dtype() != DType.INT64 || rows.shape().rank() != 1) {
      throw new IllegalArgumentException(
          "rows must be int64 numbers along one axis: dtype="
              + rows.dtype()
              + " shape="
              + rows.shape());
    }
  }

  static void requireLike(DeviceArray out, DType dtype, Shape shape) {
    if (out.dtype() != dtype || !out.shape().equals(shape)) {
      throw new IllegalArgumentException(
          "output must be %s of shape %s: dtype=%s shape=%s"
              .formatted(dtype, shape, out.dtype(), out.shape()));
    }
  }

  private static int code(DType dtype) {
    return ElementType.valueOf(dtype.name()).code();
  }
}
