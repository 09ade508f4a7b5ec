package dev.batchmill.internal.demo;

import java.util.Arrays;

/**
 * The matrix product in plain Java, for machines without OpenBLAS.
 *
 * @param name what to call it
 */
record JavaMatrixProduct(String name) implements MatrixProduct {
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
    Arrays.fill(c, 0, m * n, 0);
    for (int i = 0; i < m; i++) {
      for (int l = 0; l < k; l++) {
        float factor = transposeA ? a[l * m + i] : a[i * k + l];
        for (int j = 0; j < n; j++) {
          c[i * n + j] += factor * (transposeB ? b[j * k + l] : b[l * n + j]);
        }
      }
    }
  }
}
