package dev.batchmill.internal.demo;

/** Multiplies row-major float matrices. */
interface MatrixProduct {
  /** What computes the products, for people. */
  String name();

  /**
   * Computes C = op(A) · op(B), where op transposes or not. The arrays hold just their matrix.
   *
   * @param m the rows of op(A) and of C
   * @param n the columns of op(B) and of C
   * @param k the columns of op(A), which are the rows of op(B)
   */
  void multiply(
      boolean transposeA, boolean transposeB, int m, int n, int k, float[] a, float[] b, float[] c);

  /** OpenBLAS where it can be loaded, else Java; the name tells which, and why. */
  static MatrixProduct best() {
    try {
      return new OpenBlasProduct();
    } catch (LinkageError e) {
      return new JavaMatrixProduct(
          "Java, since OpenBLAS cannot be loaded; org.bytedeco:openblas and its classifier for this"
              + " platform must be on the class path ("
              + e
              + ")");
    }
  }
}
