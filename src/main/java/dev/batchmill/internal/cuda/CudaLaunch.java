package dev.batchmill.internal.cuda;

import dev.batchmill.internal.bind.NativeCuda;

/**
 * The kernels of the GPU, queued on a stream of a device. Types are {@code bm_type} numbers, memory
 * is addresses on the device. Thread-safe.
 */
public final class CudaLaunch {
  private CudaLaunch() {}

  /** The device and the stream of a launch. */
  public record Place(int device, long stream) {}

  /** The bytes that {@link #normalize} needs between its passes. */
  public static long normalizeWorkspace(
      int type, long length, long inner, long vectors, double order) {
    return NativeCuda.normalizeWorkspace(type, length, inner, vectors, order);
  }

  /** Scales all vectors of a block [outer, length, inner] to unit norm. */
  public static void normalize(
      long x,
      long out,
      int type,
      long length,
      long inner,
      long vectors,
      double order,
      double epsilon,
      long workspace,
      long workspaceBytes,
      Place place) {
    check(
        NativeCuda.normalize(
            x,
            out,
            type,
            length,
            inner,
            vectors,
            order,
            epsilon,
            workspace,
            workspaceBytes,
            place.device,
            place.stream),
        "normalize",
        place);
  }

  /** Scales the rows of the given numbers to unit norm. */
  public static void gatherNormalize(
      long source,
      int type,
      long length,
      long rows,
      long count,
      long out,
      double order,
      double epsilon,
      long workspace,
      long workspaceBytes,
      Place place) {
    check(
        NativeCuda.gatherNormalize(
            source,
            type,
            length,
            rows,
            count,
            out,
            order,
            epsilon,
            workspace,
            workspaceBytes,
            place.device,
            place.stream),
        "gather and normalize",
        place);
  }

  /** Labels in the memory of the device. */
  public record Labels(long values, int type, long classes, boolean ignoring, long ignored) {}

  /** Encodes labels [outer, inner, depth] into a block [outer, classes, inner]. */
  public static void oneHot(
      Labels labels,
      long depth,
      long inner,
      long vectors,
      long out,
      int elementSize,
      long on,
      long off,
      Place place) {
    check(
        NativeCuda.oneHot(
            labels.values,
            labels.type,
            labels.classes,
            labels.ignoring ? 1 : 0,
            labels.ignored,
            depth,
            inner,
            vectors,
            out,
            elementSize,
            on,
            off,
            place.device,
            place.stream),
        "encode labels",
        place);
  }

  /** Encodes the labels of the given numbers into rows of classes; none is ignored. */
  public static void gatherOneHot(
      Labels labels,
      long rows,
      long count,
      long out,
      int elementSize,
      long on,
      long off,
      Place place) {
    check(
        NativeCuda.gatherOneHot(
            labels.values,
            labels.type,
            labels.classes,
            rows,
            count,
            out,
            elementSize,
            on,
            off,
            place.device,
            place.stream),
        "gather and encode labels",
        place);
  }

  /** Copies the rows of the given numbers. */
  public static void gather(
      long source, long rowBytes, long rows, long count, long out, Place place) {
    check(
        NativeCuda.gather(source, rowBytes, rows, count, out, place.device, place.stream),
        "gather rows",
        place);
  }

  /** Converts the elements of the rows of the given numbers; rows may be 0 for all in turn. */
  public static void gatherConvert(
      long source,
      int type,
      long rowElements,
      long rows,
      long count,
      long out,
      int outType,
      Place place) {
    check(
        NativeCuda.gatherConvert(
            source, type, rowElements, rows, count, out, outType, place.device, place.stream),
        "convert",
        place);
  }

  /** Writes the indices at the positions first, first + 1, … of a random order. */
  public static void fillPermutation(long[] key, long first, long count, long out, Place place) {
    check(
        NativeCuda.permutationFill(key, first, count, out, place.device, place.stream),
        "fill a permutation",
        place);
  }

  private static void check(int status, String operation, Place place) {
    CudaErrors.checkLaunch(status, operation + " on cuda:" + place.device);
  }
}
