package dev.batchmill.internal.lapack;

import dev.batchmill.array.NDArray;
import dev.batchmill.error.NativeUnavailableException;
import dev.batchmill.transform.Norm;
import dev.batchmill.transform.Normalizer;

/** Run where OpenBLAS is not: says what the norms of matrices say. */
final class LapackProbe {
  private LapackProbe() {}

  public static void main(String[] args) {
    NDArray x = NDArray.of(new double[] {3, 0, 0, 4}, 2, 2);
    NDArray out = NDArray.of(new double[] {9, 9, 9, 9}, 2, 2);
    for (Norm norm : new Norm[] {Norm.FROBENIUS, Norm.L1, Norm.L2, Norm.NUCLEAR}) {
      try {
        Normalizer.builder().allAxes().norm(norm).build().transformInto(x, out);
        System.out.println(norm + " " + out.getDouble(1, 1));
        out.setDouble(9, 1, 1);
      } catch (NativeUnavailableException e) {
        System.out.println(norm + " " + out.getDouble(1, 1) + " " + e.getMessage());
      }
    }
  }
}
