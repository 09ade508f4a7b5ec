package dev.batchmill.internal.demo;

import org.bytedeco.openblas.global.openblas_nolapack;

/**
 * The matrix product of the BLAS that JavaCPP's OpenBLAS preset finds, on one thread: a given
 * machine gives the same bits every time. The preset is an optional dependency; without it the
 * constructor ends in a {@link LinkageError}.
 */
final class OpenBlasProduct implements MatrixProduct {
  /** What {@code blas_get_vendor} answers when the preset has found MKL in OpenBLAS' place. */
  private static final int VENDOR_MKL = 1;

  OpenBlasProduct() {
    openblas_nolapack.blas_set_num_threads(1);
  }

  @Override
  public String name() {
    return openblas_nolapack.blas_get_vendor() == VENDOR_MKL ? "MKL" : "OpenBLAS";
  }

  @Override
  public void multiply(
      boolean transposeA,
      boolean transposeB,
      int m,
      int n,
      int k,
      float[] a,
      float[] b,
      float[] c) {
    openblas_nolapack.cblas_sgemm(
        openblas_nolapack.CblasRowMajor,
        transposeA ? openblas_nolapack.CblasTrans : openblas_nolapack.CblasNoTrans,
        transposeB ? openblas_nolapack.CblasTrans : openblas_nolapack.CblasNoTrans,
        m,
        n,
        k,
        1,
        a,
        transposeA ? m : k,
        b,
        transposeB ? k : n,
        0,
        c,
        n);
  }
}
