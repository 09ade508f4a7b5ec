package dev.batchmill.internal.lapack;

import org.bytedeco.openblas.global.openblas;

/** The calls of LAPACK: the one class that needs the preset to be loaded. */
final class Lapack {
  private static final byte NO_VECTORS = 'N';

  private Lapack() {}

  /** Calls LAPACK once, or ends in a {@link LinkageError}. */
  static void load() {
    int info = singularValues(new double[] {1}, 1, 1, new double[1]);
    if (info != 0) {
      throw new UnsatisfiedLinkError("LAPACK does not work: dgesdd info=" + info);
    }
  }

  /**
   * The singular values of an m × n matrix in column-major order, largest first, by divide and
   * conquer.
   *
   * @param matrix the elements, overwritten
   * @param values as many places as there are values
   * @return 0, a negative number when an argument is refused or memory is short, a positive one
   *     when the method does not converge
   */
  static int singularValues(double[] matrix, int m, int n, double[] values) {
    double[] none = new double[1];
    return openblas.LAPACKE_dgesdd(
        openblas.LAPACK_COL_MAJOR, NO_VECTORS, m, n, matrix, m, values, none, 1, none, 1);
  }
}
