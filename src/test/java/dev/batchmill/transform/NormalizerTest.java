package dev.batchmill.transform;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.batchmill.array.DType;
import dev.batchmill.array.NDArray;
import dev.batchmill.array.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

class NormalizerTest {
  private static void assertMessage(String message, Executable code) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, code).getMessage());
  }

  @Test
  void anAxisIsTheSameAsTheLastAxisOfTheTransposedArray() {
    float[] data = new float[130 * 300];
    Random random = new Random(7);
    for (int i = 0; i < data.length; i++) {
      data[i] = random.nextFloat() - 0.5f;
    }
    NDArray x = NDArray.of(data, 130, 300);
    for (double order : new double[] {1, 2, Double.POSITIVE_INFINITY}) {
      NDArray columns = Normalizer.normalize(x, 0, order);
      NDArray rows = Normalizer.normalize(x.transpose(), 1, order);
      assertTrue(columns.transpose().copy().contentEquals(rows), "order=" + order);
    }
  }

  @Test
  void worksInPlaceAndIntoAGivenArrayOnAndOffTheHeap() {
    NDArray x = NDArray.of(new float[] {3, 4, 0, 0, 5, 12}, 3, 2);
    float[] expected = {0.6f, 0.8f, 0, 0, 5 / 13f, 12 / 13f};
    NDArray out = NDArray.zeros(DType.FLOAT32, 3, 2);
    Normalizer.normalizeInto(x, 1, 2, out);
    assertArrayEquals(expected, out.toFloatArray());
    try (NDArray direct = NDArray.allocate(DType.FLOAT32, 3, 2);
        NDArray offHeap = NDArray.allocate(DType.FLOAT32, 3, 2)) {
      offHeap.assign(x);
      Normalizer.normalizeInto(x, 1, 2, direct);
      assertArrayEquals(expected, direct.toFloatArray());
      try (NDArray result = Normalizer.normalize(offHeap)) {
        assertTrue(result.isDirect());
        assertArrayEquals(expected, result.toFloatArray());
      }
      NDArray lastRow = offHeap.slice(0, 2, 3);
      Normalizer.normalizeInto(lastRow, -1, 2, lastRow);
      assertArrayEquals(new float[] {3, 4, 0, 0, 5 / 13f, 12 / 13f}, offHeap.toFloatArray());
    }
    Normalizer.normalizeInto(x, -1, 2, x);
    assertArrayEquals(expected, x.toFloatArray());
  }

  @Test
  void plainArraysGoInWithoutCeremony() {
    assertArrayEquals(new float[] {0.6f, 0.8f}, Normalizer.normalize(new float[] {3, 4}));
    assertArrayEquals(new double[] {0.6, 0.8}, Normalizer.normalize(new double[] {3, 4}));
    float[][] rows = Normalizer.normalize(new float[][] {{3, 4}, {0, 2}});
    assertArrayEquals(new float[] {0.6f, 0.8f}, rows[0]);
    assertArrayEquals(new float[] {0, 1}, rows[1]);
    assertArrayEquals(new float[0], Normalizer.normalize(new float[0]));
  }

  @Test
  void integersBecomeFloat64AndHalvesStayHalves() {
    assertArrayEquals(
        new double[] {0.6, 0.8},
        Normalizer.normalize(NDArray.of(new int[] {3, 4})).toDoubleArray());
    NDArray half = NDArray.of(new float[] {3, 4}).astype(DType.BFLOAT16);
    assertSame(DType.BFLOAT16, Normalizer.normalize(half).dtype());
    assertSame(DType.FLOAT64, Normalizer.normalize(NDArray.of(new boolean[] {true, true})).dtype());
  }

  @Test
  void emptyArraysStayEmpty() {
    assertEquals(
        Shape.of(0, 3), Normalizer.normalize(NDArray.zeros(DType.FLOAT32, 0, 3), 0).shape());
    assertEquals(
        Shape.of(3, 0), Normalizer.normalize(NDArray.zeros(DType.FLOAT32, 3, 0), 1, 1).shape());
    for (Norm norm : new Norm[] {Norm.L1, Norm.L2, Norm.of(-2), Norm.FROBENIUS}) {
      NDArray none = NDArray.zeros(DType.INT16, 2, 0, 3);
      Normalizer matrices = Normalizer.builder().axes(0, 1).norm(norm).build();
      assertEquals(Shape.of(2, 0, 3), matrices.transform(none).shape());
    }
  }

  @Test
  void rowsOfPlainArraysGoIntoPlainArrays() {
    float[] x = {3, 4, 0, 0, 5, 12};
    float[] out = new float[6];
    Normalizer.normalizeInto(x, 2, 2, out);
    assertArrayEquals(new float[] {0.6f, 0.8f, 0, 0, 5 / 13f, 12 / 13f}, out);
    Normalizer.normalizeInto(x, 3, 1, x);
    assertArrayEquals(new float[] {3 / 7f, 4 / 7f, 0, 0, 5 / 17f, 12 / 17f}, x);
    double[] doubles = {3, 4, 0, 8};
    Normalizer.normalizeInto(doubles, 2, Double.POSITIVE_INFINITY, doubles);
    assertArrayEquals(new double[] {0.75, 1, 0, 1}, doubles);
    Normalizer.normalizeInto(new double[0], 3, 2, new double[0]);
    assertMessage(
        "array must hold a whole number of rows: rowLength=4 elements=6",
        () -> Normalizer.normalizeInto(x, 4, 2, out));
    assertMessage(
        "array must hold a whole number of rows: rowLength=0 elements=4",
        () -> Normalizer.normalizeInto(doubles, 0, 2, doubles));
    assertMessage(
        "output must have the length of the input: output=4 input=6",
        () -> Normalizer.normalizeInto(x, 2, 2, new float[4]));
    assertMessage(
        "order must be a number: order=NaN", () -> Normalizer.normalizeInto(x, 2, Double.NaN, out));
  }

  @Test
  void largeRowsOfPlainArraysAreTheRowsOfAnArray() {
    float[] x = new float[400_000];
    double[] doubles = new double[x.length];
    Random random = new Random(1);
    for (int i = 0; i < x.length; i++) {
      x[i] = random.nextFloat() - 0.5f;
      doubles[i] = x[i];
    }
    float[] expected = Normalizer.normalize(NDArray.of(x, 400, 1000)).toFloatArray();
    Normalizer.normalizeInto(x, 1000, 2, x);
    assertArrayEquals(expected, x);
    double[] wide = Normalizer.normalize(NDArray.of(doubles, 400, 1000)).toDoubleArray();
    double[] out = new double[x.length];
    Normalizer.normalizeInto(doubles, 1000, 2, out);
    assertArrayEquals(wide, out);
  }

  @Test
  void theResultMayBeOfAnotherFloatType() {
    NDArray bytes = NDArray.of(new byte[] {3, 4, -6, 8}, 2, 2);
    for (DType type : new DType[] {DType.FLOAT16, DType.BFLOAT16, DType.FLOAT32, DType.FLOAT64}) {
      Normalizer normalizer = Normalizer.builder().dtype(type).build();
      assertSame(type, normalizer.resultType(DType.INT8));
      NDArray expected = NDArray.of(new double[] {0.6, 0.8, -0.6, 0.8}, 2, 2).astype(type);
      assertTrue(expected.contentEquals(normalizer.transform(bytes)), type.toString());
      NDArray out = NDArray.zeros(type, 2, 2);
      normalizer.transformInto(bytes.astype(DType.BFLOAT16), out);
      assertTrue(expected.contentEquals(out), type.toString());
    }
    // In float32, the square of this number would be infinite.
    NDArray large = NDArray.of(new float[] {1e30f, 0});
    Normalizer wide = Normalizer.builder().dtype(DType.FLOAT64).build();
    assertArrayEquals(new double[] {1, 0}, wide.transform(large).toDoubleArray());
    assertSame(DType.FLOAT16, Normalizer.builder().build().resultType(DType.FLOAT16));
    assertSame(DType.FLOAT64, Normalizer.builder().build().resultType(DType.UINT8));
  }

  @Test
  void everyTypeWorksInPlace() {
    for (DType type : new DType[] {DType.FLOAT16, DType.BFLOAT16, DType.FLOAT32, DType.FLOAT64}) {
      NDArray x = NDArray.of(new float[] {3, 4, 6, 8, 5, 12}, 3, 2).astype(type);
      NDArray vectors = x.copy();
      Normalizer.normalizeInto(vectors, 0, 1, vectors);
      assertTrue(Normalizer.normalize(x, 0, 1).contentEquals(vectors), type.toString());
      for (Norm norm : new Norm[] {Norm.L1, Norm.L2, Norm.FROBENIUS}) {
        Normalizer matrices = Normalizer.builder().axes(1, 0).norm(norm).build();
        NDArray copy = x.copy();
        matrices.transformInto(copy, copy);
        assertTrue(matrices.transform(x).contentEquals(copy), type + " " + norm);
      }
    }
  }

  @Test
  void epsilonIsTheLeastDivisor() {
    NDArray x = NDArray.of(new float[] {3, 4, 0, 0, 30, 40}, 3, 2);
    Normalizer normalizer = Normalizer.builder().epsilon(10).build();
    assertArrayEquals(
        new float[] {0.3f, 0.4f, 0, 0, 0.6f, 0.8f}, normalizer.transform(x).toFloatArray());
    Normalizer matrix = Normalizer.builder().allAxes().norm(Norm.MAX).epsilon(140).build();
    assertArrayEquals(
        new float[] {3 / 140f, 4 / 140f, 0, 0, 30 / 140f, 40 / 140f},
        matrix.transform(x).toFloatArray());
  }

  @Test
  void matricesMayLieInAnyTwoAxesOfAStridedArray() {
    Random random = new Random(3);
    double[] data = random.doubles(2 * 3 * 4 * 5).toArray();
    NDArray x = NDArray.of(data, 2, 3, 4, 5);
    for (Norm norm : new Norm[] {Norm.L1, Norm.MAX, Norm.of(-1), Norm.NUCLEAR, Norm.FROBENIUS}) {
      // The axes (1, 3) of x are (3, 0) of the transposed view.
      NDArray moved = x.transpose(3, 2, 0, 1);
      NDArray expected = Normalizer.builder().axes(1, 3).norm(norm).build().transform(x);
      NDArray actual = Normalizer.builder().axes(3, 0).norm(norm).build().transform(moved);
      assertClose(expected, actual.transpose(2, 3, 1, 0).copy(), norm.toString());
      try (NDArray direct = NDArray.allocate(DType.FLOAT64, 2, 3, 4, 5);
          NDArray result =
              Normalizer.builder().axes(1, 3).norm(norm).build().transform(assigned(direct, x))) {
        assertTrue(result.isDirect());
        assertTrue(expected.contentEquals(result), norm.toString());
      }
    }
  }

  private static NDArray assigned(NDArray out, NDArray x) {
    out.assign(x);
    return out;
  }

  private static void assertClose(NDArray expected, NDArray actual, String what) {
    assertEquals(expected.shape(), actual.shape(), what);
    assertArrayEquals(expected.toDoubleArray(), actual.toDoubleArray(), 1e-13, what);
  }

  @Test
  void largeMatricesHaveTheNormsOfSmallOnes() {
    int rows = 700;
    int columns = 900;
    double[] data = new double[rows * columns];
    double[] rowSums = new double[rows];
    double[] columnSums = new double[columns];
    for (int i = 0; i < data.length; i++) {
      data[i] = i % 7919 % 13 - 6; // sums of small integers are exact in any order
      rowSums[i / columns] += Math.abs(data[i]);
      columnSums[i % columns] += Math.abs(data[i]);
    }
    NDArray x = NDArray.of(data, 1, rows, columns);
    assertDividedBy(Arrays.stream(columnSums).max().getAsDouble(), x, Norm.L1);
    assertDividedBy(Arrays.stream(columnSums).min().getAsDouble(), x, Norm.of(-1));
    assertDividedBy(Arrays.stream(rowSums).max().getAsDouble(), x, Norm.MAX);
    assertDividedBy(
        Arrays.stream(rowSums).min().getAsDouble(), x, Norm.of(Double.NEGATIVE_INFINITY));
    NDArray wide = NDArray.of(data, 1, 2, rows * columns / 2);
    double half = Arrays.stream(data).limit(data.length / 2).map(Math::abs).sum();
    double otherHalf = Arrays.stream(data).map(Math::abs).sum() - half;
    assertDividedBy(Math.max(half, otherHalf), wide, Norm.MAX);
  }

  @Test
  void manyMatricesAreScaledAsEachByItself() {
    Random random = new Random(5);
    for (int[] size : new int[][] {{3, 3}, {63, 64}, {64, 65}, {150, 100}}) {
      int count = 300_000 / (size[0] * size[1]) + 1;
      float[] data = new float[count * size[0] * size[1]];
      for (int i = 0; i < data.length; i++) {
        data[i] = random.nextFloat() - 0.5f;
      }
      NDArray x = NDArray.of(data, count, size[0], size[1]);
      for (Norm norm : new Norm[] {Norm.L1, Norm.MAX, Norm.of(-1), Norm.FROBENIUS}) {
        Normalizer last = Normalizer.builder().axes(-2, -1).norm(norm).build();
        NDArray all = last.transform(x);
        for (int i = 0; i < count; i += count / 7 + 1) {
          assertTrue(last.transform(x.get(i)).contentEquals(all.get(i)), norm + " of " + i);
        }
        assertTrue(last.transform(x.get(count - 1)).contentEquals(all.get(count - 1)));
      }
    }
  }

  private static void assertDividedBy(double divisor, NDArray x, Norm norm) {
    double[] expected = Arrays.stream(x.toDoubleArray()).map(v -> v / divisor).toArray();
    Normalizer normalizer = Normalizer.builder().axes(-2, -1).norm(norm).build();
    assertArrayEquals(expected, normalizer.transform(x).toDoubleArray(), norm.toString());
  }

  @Test
  @Timeout(60)
  void aMatrixThatIsNotFiniteHasNoSingularValues() {
    for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
      double[] data = new Random(9).doubles(2 * 60 * 50).toArray();
      data[1234] = bad;
      NDArray x = NDArray.of(data, 2, 60, 50);
      for (Norm norm : new Norm[] {Norm.L2, Norm.of(-2), Norm.NUCLEAR}) {
        NDArray y = Normalizer.builder().axes(1, 2).norm(norm).build().transform(x);
        for (double value : y.get(0).toDoubleArray()) {
          assertEquals(Double.NaN, value);
        }
        for (double value : y.get(1).toDoubleArray()) {
          assertTrue(Math.abs(value) < 100, norm + " " + value);
        }
      }
    }
  }

  @Test
  void aNormalizerSaysWhatItDoes() {
    assertEquals(
        "Normalizer[axes=[-1], norm=2, epsilon=0.0]", Normalizer.builder().build().toString());
    assertEquals(
        "Normalizer[axes=[0, -1], norm=fro, epsilon=0.001, dtype=float32]",
        Normalizer.builder()
            .axes(0, -1)
            .norm(Norm.FROBENIUS)
            .epsilon(1e-3)
            .dtype(DType.FLOAT32)
            .build()
            .toString());
    assertEquals(
        "Normalizer[axes=all, norm=-inf, epsilon=0.0]",
        Normalizer.builder().allAxes().order(Double.NEGATIVE_INFINITY).build().toString());
  }

  @Test
  void rowsAreScaledByThemselvesUnlessVectorsRunAcrossThem() {
    Shape matrix = Shape.of(3, 4);
    assertTrue(Normalizer.builder().build().isRowWise(matrix));
    assertFalse(Normalizer.builder().build().isRowWise(Shape.of(3)));
    assertFalse(Normalizer.builder().axis(-2).build().isRowWise(matrix));
    assertFalse(Normalizer.builder().allAxes().build().isRowWise(matrix));
    assertFalse(Normalizer.builder().axes(2, 0).build().isRowWise(Shape.of(3, 4, 5)));
    assertTrue(Normalizer.builder().axes(2, 1).build().isRowWise(Shape.of(3, 4, 5)));
  }

  @Test
  void normsAreEqualByTheirOrder() {
    assertEquals(Norm.L2, Norm.of(2));
    assertEquals(Norm.L2.hashCode(), Norm.of(2).hashCode());
    assertEquals(Norm.of(0), Norm.of(-0.0));
    assertNotEquals(Norm.FROBENIUS, Norm.NUCLEAR);
    assertNotEquals(Norm.L1, Norm.L2);
    assertEquals(
        List.of("1", "2", "inf", "fro", "nuc", "-inf", "0.5", "-2", "0", "1.0E16"),
        Stream.of(
                Norm.L1,
                Norm.L2,
                Norm.MAX,
                Norm.FROBENIUS,
                Norm.NUCLEAR,
                Norm.of(Double.NEGATIVE_INFINITY),
                Norm.of(0.5),
                Norm.of(-2),
                Norm.of(-0.0),
                Norm.of(1e16))
            .map(Norm::toString)
            .toList());
    assertMessage("order must be a number: order=NaN", () -> Norm.of(Double.NaN));
  }

  @Test
  void settingsThatDoNotGoTogetherAreRefused() {
    assertMessage(
        "axes are set already: axes=[1] second=[0, 1]",
        () -> Normalizer.builder().axis(1).axes(0, 1));
    assertMessage(
        "axes are set already: axes=[] second=[0]", () -> Normalizer.builder().allAxes().axis(0));
    assertMessage(
        "axes must be two different ones: axes=[1, 1]", () -> Normalizer.builder().axes(1, 1));
    assertMessage(
        "norm is set already: norm=1 second=fro",
        () -> Normalizer.builder().order(1).norm(Norm.FROBENIUS));
    assertMessage(
        "epsilon must be finite and not negative: epsilon=-1.0",
        () -> Normalizer.builder().epsilon(-1));
    assertMessage(
        "epsilon must be finite and not negative: epsilon=NaN",
        () -> Normalizer.builder().epsilon(Double.NaN));
    assertMessage(
        "type of the result must be a float type: dtype=int32",
        () -> Normalizer.builder().dtype(DType.INT32));
    assertMessage(
        "vectors have no such norm: norm=nuc",
        () -> Normalizer.builder().norm(Norm.NUCLEAR).build());
    assertMessage(
        "norm of a matrix must be 1, -1, 2, -2, inf, -inf, fro or nuc: norm=3",
        () -> Normalizer.builder().axes(0, 1).order(3).build());
  }

  @Test
  void shapesThatHaveNoSuchAxesAreRefusedAndNothingIsWritten() {
    NDArray x = NDArray.of(new float[] {3, 4, 0, 0}, 2, 2);
    NDArray out = NDArray.of(new float[] {9, 9, 9, 9}, 2, 2);
    Normalizer all = Normalizer.builder().allAxes().build();
    assertMessage(
        "array must have one or two axes when no axis is named: shape=[1, 2, 2]",
        () -> all.transform(x.reshape(1, 2, 2)));
    assertMessage(
        "array must have one or two axes when no axis is named: shape=[]",
        () -> all.resultShape(Shape.of()));
    assertMessage(
        "vectors have no such norm: norm=fro",
        () -> Normalizer.builder().allAxes().norm(Norm.FROBENIUS).build().transform(x.get(0)));
    assertMessage(
        "norm of a matrix must be 1, -1, 2, -2, inf, -inf, fro or nuc: norm=0",
        () -> Normalizer.builder().allAxes().order(0).build().transformInto(x, out));
    assertMessage(
        "axis is out of range for an array of rank 2: axis=2 shape=[2, 2]",
        () -> Normalizer.builder().axes(0, 2).build().transformInto(x, out));
    assertMessage(
        "axes must be two different ones: axes=[1, -1] shape=[2, 2]",
        () -> Normalizer.builder().axes(1, -1).build().transformInto(x, out));
    assertMessage(
        "output must have the type and shape of the result: output=float32[2, 2]"
            + " result=float64[2, 2]",
        () -> Normalizer.builder().dtype(DType.FLOAT64).build().transformInto(x, out));
    assertMessage(
        "output must have the type and shape of the result: output=float32[2, 2]"
            + " result=float64[2, 2]",
        () -> Normalizer.normalizeInto(x.astype(DType.INT32), 0, 2, out));
    assertArrayEquals(new float[] {9, 9, 9, 9}, out.toFloatArray());
  }

  @Test
  void badArgumentsAreRefusedAndNothingIsWritten() {
    NDArray x = NDArray.of(new float[] {3, 4});
    NDArray out = NDArray.zeros(DType.FLOAT64, 2);
    assertMessage(
        "axis is out of range for an array of rank 1: axis=1 shape=[2]",
        () -> Normalizer.normalize(x, 1));
    assertMessage(
        "axis is out of range for an array of rank 0: axis=-1 shape=[]",
        () -> Normalizer.normalize(NDArray.zeros(DType.FLOAT32)));
    assertMessage(
        "order must be a number: order=NaN", () -> Normalizer.normalize(x, 0, Double.NaN));
    assertMessage(
        "output must have the type and shape of the result: output=float64[2] result=float32[2]",
        () -> Normalizer.normalizeInto(x, 0, 2, out));
    assertArrayEquals(new double[2], out.toDoubleArray());
  }
}
