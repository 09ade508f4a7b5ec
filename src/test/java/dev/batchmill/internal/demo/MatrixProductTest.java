package dev.batchmill.internal.demo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MatrixProductTest {
  private static final float[] A = {1, 2, 3, 4, 5, 6};
  private static final float[] B = {7, 8, 9, 10, 11, 12};

  static Stream<MatrixProduct> products() {
    return Stream.of(new OpenBlasProduct(), new JavaMatrixProduct("java"));
  }

  @Test
  void openBlasIsTheBest() {
    assertEquals("OpenBLAS", MatrixProduct.best().name());
  }

  @ParameterizedTest
  @MethodSource("products")
  void eachOperandMayBeTransposed(MatrixProduct product) {
    float[] c = {-1, -1, -1, -1};
    product.multiply(false, false, 2, 2, 3, A, B, c);
    assertArrayEquals(new float[] {58, 64, 139, 154}, c);
    product.multiply(true, false, 2, 2, 3, A, B, c);
    assertArrayEquals(new float[] {89, 98, 116, 128}, c);
    product.multiply(false, true, 2, 2, 3, A, B, c);
    assertArrayEquals(new float[] {50, 68, 122, 167}, c);
    product.multiply(true, true, 2, 2, 3, A, B, c);
    assertArrayEquals(new float[] {76, 103, 100, 136}, c);
  }

  @Test
  void javaAgreesWithOpenBlas() {
    Random random = new Random(5);
    int m = 33;
    int n = 17;
    int k = 65;
    float[] a = floats(random, m * k);
    float[] b = floats(random, k * n);
    float[] expected = new float[m * n];
    float[] actual = new float[m * n];
    new OpenBlasProduct().multiply(false, true, m, n, k, a, b, expected);
    new JavaMatrixProduct("java").multiply(false, true, m, n, k, a, b, actual);
    assertArrayEquals(expected, actual, 1e-4f);
  }

  private static float[] floats(Random random, int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = 2 * random.nextFloat() - 1;
    }
    return values;
  }
}
