package dev.batchmill.internal.kernel;

import dev.batchmill.internal.cuda.CudaLaunch;
import dev.batchmill.internal.cuda.CudaRuntime;
import java.nio.Buffer;
import java.nio.LongBuffer;

/**
 * The kernels of the first GPU that can be used, for arrays of the host: each call copies what it
 * reads there and what it wrote back. So it is for comparing and for forcing; whoever wants the
 * GPU's speed keeps the arrays there.
 *
 * <p>Norms that are summed in pieces, counts of labels, scans, arg-max, scalers, random numbers and
 * conversions to other types than short floats are the processor's: the GPU has no kernels for
 * them.
 */
public final class CudaKernels implements Kernels {
  private final Kernels host;

  /**
   * Takes the kernels of the CUDA library.
   *
   * @param host those for what the GPU has none for
   * @throws dev.batchmill.error.NativeUnavailableException if there is no GPU to use
   */
  public CudaKernels(Kernels host) {
    CudaRuntime.requireUsable();
    this.host = host;
  }

  @Override
  public String name() {
    return "cuda";
  }

  @Override
  public String description() {
    CudaRuntime.Gpu gpu = CudaRuntime.firstUsable();
    return "cuda (%s, compute capability %s; what has no kernel there: %s)"
        .formatted(gpu.name(), gpu.computeCapability(), host.description());
  }

  /**
   * The part of a block [outer, length, inner] that some vectors lie in: whole indices of outer.
   */
  private record Part(long length, long inner, long first, long last) {
    long firstOuter() {
      return first / inner;
    }

    long outers() {
      return (last - 1) / inner + 1 - firstOuter();
    }

    long vectors() {
      return outers() * inner;
    }

    long start() {
      return firstOuter() * length * inner;
    }

    long elements() {
      return vectors() * length;
    }

    boolean isAll() {
      return first % inner == 0 && last % inner == 0;
    }
  }

  @Override
  public void normalize(
      Buffer x,
      long xStart,
      Buffer out,
      long outStart,
      long length,
      long inner,
      long first,
      long last,
      double order,
      double epsilon,
      boolean streaming) {
    Arguments.checkNormalize(x, xStart, out, outStart, length, inner, first, last, order, epsilon);
    if (first == last || length == 0 || inner == 0) {
      return;
    }
    Part part = new Part(length, inner, first, last);
    int type = Arguments.computedType(x).code();
    try (CudaStage stage = new CudaStage()) {
      long there = stage.upload(x, xStart + part.start(), part.elements());
      long bytes = CudaLaunch.normalizeWorkspace(type, length, inner, part.vectors(), order);
      CudaLaunch.normalize(
          there,
          there,
          type,
          length,
          inner,
          part.vectors(),
          order,
          epsilon,
          stage.allocate(bytes),
          bytes,
          stage.place());
      download(stage, there, out, outStart, part);
    }
  }

  /** Brings the vectors of the part back, and nothing beside them. */
  private static void download(CudaStage stage, long there, Buffer out, long outStart, Part part) {
    if (part.isAll()) {
      stage.download(there, out, outStart + part.start(), part.elements());
      return;
    }
    Buffer all = stage.fetch(there, out, part.elements());
    for (long outer = 0; outer < part.outers(); outer++) {
      long vector = (part.firstOuter() + outer) * part.inner;
      long from = Math.max(part.first - vector, 0);
      long to = Math.min(part.last - vector, part.inner);
      for (long i = 0; i < part.length; i++) {
        long at = (outer * part.length + i) * part.inner + from;
        CudaStage.put(out, outStart + part.start() + at, all, at, to - from);
      }
    }
  }

  @Override
  public void normSums(
      Buffer x,
      long xStart,
      long length,
      long inner,
      long first,
      long last,
      double order,
      double[] sums,
      int at) {
    host.normSums(x, xStart, length, inner, first, last, order, sums, at);
  }

  @Override
  public void divide(
      Buffer x,
      long xStart,
      Buffer out,
      long outStart,
      double[] divisors,
      long inner,
      long first,
      long last,
      boolean streaming) {
    host.divide(x, xStart, out, outStart, divisors, inner, first, last, streaming);
  }

  @Override
  public void convert(
      Buffer x,
      ElementType xType,
      long xStart,
      Buffer out,
      ElementType outType,
      long outStart,
      long count,
      boolean streaming) {
    if (outType != ElementType.FLOAT32
        && outType != ElementType.FLOAT16
        && outType != ElementType.BFLOAT16) {
      host.convert(x, xType, xStart, out, outType, outStart, count, streaming);
      return;
    }
    Arguments.checkConvert(x, xType, xStart, out, outType, outStart, count);
    if (count == 0) {
      return;
    }
    try (CudaStage stage = new CudaStage()) {
      long there = stage.upload(x, xStart, count);
      long converted = stage.allocate(count * Arguments.elementBytes(out));
      CudaLaunch.gatherConvert(
          there, xType.code(), count, 0, 1, converted, outType.code(), stage.place());
      stage.download(converted, out, outStart, count);
    }
  }

  @Override
  public void gather(
      Buffer source,
      long sourceStart,
      long rowElements,
      long[] rows,
      int from,
      int to,
      Buffer out,
      long outStart) {
    Arguments.checkGather(source, sourceStart, rowElements, rows, from, to, out, outStart);
    long count = (long) to - from;
    if (count == 0 || rowElements == 0) {
      return;
    }
    long last = 0;
    for (int i = from; i < to; i++) {
      last = Math.max(last, rows[i]);
    }
    try (CudaStage stage = new CudaStage()) {
      long there = stage.upload(source, sourceStart, (last + 1) * rowElements);
      long rowsThere = stage.upload(LongBuffer.wrap(rows), from, count);
      long gathered = stage.allocate(count * rowElements * Arguments.elementBytes(out));
      CudaLaunch.gather(
          there,
          rowElements * Arguments.elementBytes(source),
          rowsThere,
          count,
          gathered,
          stage.place());
      stage.download(gathered, out, outStart, count * rowElements);
    }
  }

  @Override
  public void fillPermutation(long[] key, long first, long[] out, int from, int to) {
    Arguments.checkPermutation(key, first, out, from, to);
    if (from == to) {
      return;
    }
    try (CudaStage stage = new CudaStage()) {
      long there = stage.allocate((long) (to - from) * Long.BYTES);
      CudaLaunch.fillPermutation(key, first, to - from, there, stage.place());
      stage.download(there, LongBuffer.wrap(out), from, to - from);
    }
  }

  @Override
  public void scanLabels(Labels labels, long first, long last, long[] found) {
    host.scanLabels(labels, first, last, found);
  }

  @Override
  public void oneHot(
      Labels labels,
      long depth,
      long inner,
      Buffer out,
      long outStart,
      long onBits,
      long offBits,
      long first,
      long last,
      boolean streaming) {
    Arguments.checkEncode(labels, depth, inner, out, outStart, first, last);
    if (first == last || inner == 0 || labels.classes() == 0) {
      return;
    }
    long[] found = new long[2];
    host.scanLabels(labels, first * depth, last * depth, found);
    if (found[0] < last * depth) {
      throw new IllegalArgumentException("bad label: index=" + found[0]);
    }
    Part part = new Part(labels.classes(), inner, first, last);
    long firstVector = part.firstOuter() * inner;
    try (CudaStage stage = new CudaStage()) {
      long there =
          stage.upload(
              labels.values(), labels.start() + firstVector * depth, part.vectors() * depth);
      long encoded = stage.allocate(part.elements() * Arguments.elementBytes(out));
      CudaLaunch.oneHot(
          new CudaLaunch.Labels(
              there, labels.type().code(), labels.classes(), labels.ignoring(), labels.ignored()),
          depth,
          inner,
          part.vectors(),
          encoded,
          Arguments.elementBytes(out),
          onBits,
          offBits,
          stage.place());
      download(stage, encoded, out, outStart, part);
    }
  }

  @Override
  public void countLabels(
      Labels labels,
      long depth,
      long inner,
      Buffer out,
      ElementType outType,
      long outStart,
      long first,
      long last,
      boolean streaming) {
    host.countLabels(labels, depth, inner, out, outType, outStart, first, last, streaming);
  }

  @Override
  public void argMax(
      Buffer x,
      ElementType type,
      long xStart,
      long length,
      long inner,
      LongBuffer out,
      long outStart,
      long first,
      long last) {
    host.argMax(x, type, xStart, length, inner, out, outStart, first, last);
  }

  @Override
  public void rescale(
      Buffer x,
      ElementType xType,
      long xStart,
      Buffer out,
      long outStart,
      boolean divide,
      double[] a,
      double[] b,
      long inner,
      long first,
      long last,
      double low,
      double high,
      boolean streaming) {
    host.rescale(
        x, xType, xStart, out, outStart, divide, a, b, inner, first, last, low, high, streaming);
  }

  @Override
  public void moments(
      Buffer x,
      ElementType type,
      long xStart,
      long rows,
      long rowStride,
      long features,
      long featureStride,
      long inner,
      double[] pivots,
      double[] means,
      double[] squares) {
    host.moments(
        x, type, xStart, rows, rowStride, features, featureStride, inner, pivots, means, squares);
  }

  @Override
  public void extremes(
      Buffer x,
      ElementType type,
      long xStart,
      long rows,
      long rowStride,
      long features,
      long featureStride,
      long inner,
      double[] least,
      double[] greatest) {
    host.extremes(
        x, type, xStart, rows, rowStride, features, featureStride, inner, least, greatest);
  }

  @Override
  public void fillRandom(
      long key,
      long stream,
      long block,
      int word,
      Buffer out,
      long outStart,
      long count,
      boolean streaming) {
    host.fillRandom(key, stream, block, word, out, outStart, count, streaming);
  }
}
