package dev.batchmill.transform;

import dev.batchmill.array.DType;
import dev.batchmill.array.NDArray;
import dev.batchmill.internal.kernel.ArrayMemory;
import dev.batchmill.internal.kernel.CallLimit;
import dev.batchmill.internal.kernel.ElementType;
import dev.batchmill.internal.kernel.KernelRegistry;
import dev.batchmill.internal.kernel.Kernels;
import dev.batchmill.internal.kernel.NormTree;
import dev.batchmill.internal.kernel.Parallel;
import dev.batchmill.internal.kernel.Streaming;
import dev.batchmill.internal.lapack.SingularValues;
import java.nio.Buffer;
import java.nio.DoubleBuffer;

/**
 * Scales the matrices in two axes of an array to unit norm.
 *
 * <p>What is the Euclidean norm of all elements goes to {@link VectorPlan}. Else the matrices are
 * brought to the last two axes, each gets its norm, and each is divided.
 */
final class MatrixPlan {
  /** Elements of several small matrices that go to a kernel together. */
  private static final long BATCH = 1 << 12;

  private final Kernels kernels;
  private final Buffer x;
  private final ElementType type;
  private final long start;
  private final long count;
  private final long rows;
  private final long columns;

  /** For contiguous matrices of floats or doubles. */
  private MatrixPlan(NDArray matrices) {
    int rank = matrices.shape().rank();
    kernels = KernelRegistry.active();
    x = ArrayMemory.of(matrices);
    type = VectorPlan.elementType(matrices.dtype());
    start = matrices.offset();
    rows = matrices.shape().dim(rank - 2);
    columns = matrices.shape().dim(rank - 1);
    count = matrices.size() / (rows * columns);
  }

  /**
   * Scales all matrices.
   *
   * @param row the axis of a matrix' rows, not negative
   * @param column the axis of its columns, another one
   * @param out a contiguous array of the same shape: x itself or one that does not overlap it
   */
  static void run(NDArray x, NDArray out, int row, int column, Norm norm, double epsilon) {
    if (x.size() == 0) {
      return;
    }
    int low = Math.min(row, column);
    int high = Math.max(row, column);
    boolean vector = x.shape().dim(low) == 1 || x.shape().dim(high) == 1;
    boolean euclidean = norm.equals(Norm.FROBENIUS) || (vector && isOfSingularValues(norm));
    if (euclidean && high == low + 1) {
      runFlat(x, out, low, epsilon);
      return;
    }
    int[] order = toTheEnd(x.shape().rank(), low, high);
    NDArray from = x.transpose(order);
    NDArray to = out.transpose(order);
    DType computed = VectorPlan.computedIn(x.dtype(), out.dtype());
    boolean copied = x.dtype() != computed || !from.isContiguous();
    NDArray source = copied ? from.astype(computed) : from;
    NDArray target = source;
    try {
      if (out.dtype() == computed && to.isContiguous()) {
        target = to;
      } else if (!copied) {
        target = from.allocateLike(computed, from.shape());
      }
      if (euclidean) {
        long length = x.shape().dim(low) * x.shape().dim(high);
        VectorPlan.run(source, target, x.size() / length, length, 1, 2, epsilon);
      } else {
        MatrixPlan plan = new MatrixPlan(source);
        double[] norms = plan.norms(row < column ? norm : norm.transposed());
        plan.divide(norms, epsilon, target, target != source && x != out);
      }
      if (target != to) {
        to.assign(target);
      }
    } finally {
      if (copied) {
        source.close();
      }
      if (target != source && target != to) {
        target.close();
      }
    }
  }

  private static boolean isOfSingularValues(Norm norm) {
    return norm.isSpectral() || norm.equals(Norm.NUCLEAR);
  }

  /** Scales matrices whose two axes are neighbours by their Euclidean norm. */
  private static void runFlat(NDArray x, NDArray out, int low, double epsilon) {
    NDArray source = x.contiguous();
    try {
      long outer = 1;
      for (int axis = 0; axis < low; axis++) {
        outer *= x.shape().dim(axis);
      }
      long length = x.shape().dim(low) * x.shape().dim(low + 1);
      VectorPlan.run(source, out, outer, length, x.size() / outer / length, 2, epsilon);
    } finally {
      if (source != x) {
        source.close();
      }
    }
  }

  /** The order of axes that has two of them at the end. */
  private static int[] toTheEnd(int rank, int low, int high) {
    int[] order = new int[rank];
    int at = 0;
    for (int axis = 0; axis < rank; axis++) {
      if (axis != low && axis != high) {
        order[at++] = axis;
      }
    }
    order[at] = low;
    order[at + 1] = high;
    return order;
  }

  private double[] norms(Norm norm) {
    if (isOfSingularValues(norm)) {
      return singularNorms(norm);
    }
    boolean largest = norm.order() > 0;
    // Of the rows' sums, or of the columns': either way a matrix has so many vectors in a row.
    boolean ofRows = Double.isInfinite(norm.order());
    long length = ofRows ? columns : rows;
    long inner = ofRows ? 1 : columns;
    int vectors = Math.toIntExact(ofRows ? rows : columns);
    double[] norms = new double[Math.toIntExact(count)];
    if (rows * columns > Blocks.CALL) {
      for (int matrix = 0; matrix < count; matrix++) {
        double[] sums = ofRows ? rowSums(matrix) : columnSums(matrix);
        norms[matrix] = extreme(sums, 0, vectors, largest);
      }
      return norms;
    }
    int batch = batch();
    Parallel.forRange(
        count,
        grain(),
        (from, to) -> {
          double[] sums = new double[batch * vectors];
          for (long first = from; first < to; first += batch) {
            long last = Math.min(first + batch, to);
            kernels.normSums(x, start, length, inner, first * vectors, last * vectors, 1, sums, 0);
            for (long matrix = first; matrix < last; matrix++) {
              norms[(int) matrix] =
                  extreme(sums, (int) (matrix - first) * vectors, vectors, largest);
            }
          }
        });
    return norms;
  }

  /** Matrices that one call of a kernel handles, where they are small. */
  private int batch() {
    return (int) Math.max(1, BATCH / (rows * columns));
  }

  /** Matrices that one task handles at least. */
  private long grain() {
    return Math.max(1, Blocks.GRAIN / (rows * columns));
  }

  private double[] columnSums(long matrix) {
    return Blocks.sums(kernels, x, type, start + matrix * rows * columns, rows, columns, 1);
  }

  private double[] rowSums(long matrix) {
    long first = start + matrix * rows * columns;
    double[] sums = new double[(int) rows];
    if (columns > Blocks.CALL) {
      for (int row = 0; row < rows; row++) {
        sums[row] = Blocks.sums(kernels, x, type, first + row * columns, columns, 1, 1)[0];
      }
    } else {
      Parallel.forRange(
          rows,
          Math.max(1, Blocks.GRAIN / columns),
          CallLimit.held(columns * type.bytes()),
          (from, to) -> kernels.normSums(x, first, columns, 1, from, to, 1, sums, (int) from));
    }
    return sums;
  }

  private static double extreme(double[] sums, int from, int count, boolean largest) {
    double extreme = sums[from];
    for (int i = from + 1; i < from + count; i++) {
      extreme = largest ? Math.max(extreme, sums[i]) : Math.min(extreme, sums[i]);
    }
    return extreme;
  }

  /** The norms that are made of singular values; those of doubles whatever the type. */
  private double[] singularNorms(Norm norm) {
    double[] norms = new double[Math.toIntExact(count)];
    int size = Math.toIntExact(rows * columns);
    Parallel.forRange(
        count,
        grain(),
        (from, to) -> {
          double[] matrix = new double[size];
          DoubleBuffer doubles = DoubleBuffer.wrap(matrix);
          for (long i = from; i < to; i++) {
            kernels.convert(
                x, type, start + i * size, doubles, ElementType.FLOAT64, 0, size, false);
            norms[(int) i] = singularNorm(norm, matrix);
          }
        });
    return norms;
  }

  /** NaN where an element is NaN or infinite: LAPACK does not survive them. */
  private double singularNorm(Norm norm, double[] matrix) {
    for (double element : matrix) {
      if (!Double.isFinite(element)) {
        return Double.NaN;
      }
    }
    double[] values = SingularValues.of(matrix, (int) rows, (int) columns);
    if (norm.isSpectral()) {
      return norm.order() > 0 ? values[0] : values[values.length - 1];
    }
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum;
  }

  /** Divides each matrix by its norm. */
  private void divide(double[] norms, double epsilon, NDArray out, boolean fresh) {
    Buffer to = ArrayMemory.of(out);
    long size = rows * columns;
    boolean streaming = fresh && Streaming.pays(count * size * type.bytes());
    NormTree tree = new NormTree(type, 1);
    for (int i = 0; i < norms.length; i++) {
      double norm = type == ElementType.FLOAT32 ? (float) norms[i] : norms[i];
      norms[i] = tree.divisor(norm, epsilon);
    }
    if (size > Blocks.CALL) {
      for (int i = 0; i < count; i++) {
        double[] divisor = {norms[i]};
        long at = i * size;
        Blocks.divide(kernels, x, start + at, to, out.offset() + at, divisor, 1, size, streaming);
      }
      return;
    }
    int batch = batch();
    int inner = batch == 1 ? 1 : (int) (batch * size); // one divisor, or one for each element
    Parallel.forRange(
        count,
        grain(),
        (from, end) -> {
          double[] divisors = new double[inner];
          for (long first = from; first < end; first += batch) {
            long elements = Math.min(batch, end - first) * size;
            for (int e = 0; e < Math.min(inner, elements); e++) {
              divisors[e] = norms[(int) (first + e / size)];
            }
            long at = first * size;
            kernels.divide(
                x, start + at, to, out.offset() + at, divisors, inner, 0, elements, streaming);
          }
        });
  }
}
