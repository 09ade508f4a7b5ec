package dev.batchmill.transform;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.batchmill.array.DType;
import dev.batchmill.array.NDArray;
import dev.batchmill.array.Shape;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class OneHotTest {
  private static void assertMessage(String message, Executable code) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, code).getMessage());
  }

  /** A line of src/test/python/one_hot_golden.py. */
  private record Case(
      String operation, Map<String, String> settings, NDArray input, NDArray result) {
    static Case of(String line) {
      String[] fields = line.split(";", -1);
      Map<String, String> settings = new HashMap<>();
      for (String setting : fields[1].isEmpty() ? new String[0] : fields[1].split(" ", -1)) {
        String[] words = setting.split("=", -1);
        settings.put(words[0], words[1]);
      }
      return new Case(fields[0], settings, array(fields, 2), array(fields, 5));
    }

    private static NDArray array(String[] fields, int at) {
      long[] shape = Arrays.stream(words(fields[at + 1])).mapToLong(Long::parseLong).toArray();
      double[] elements =
          Arrays.stream(words(fields[at + 2])).mapToDouble(Double::parseDouble).toArray();
      NDArray flat = NDArray.of(elements);
      return flat.astype(DType.of(fields[at])).reshape(shape);
    }

    private static String[] words(String field) {
      return field.isEmpty() ? new String[0] : field.split(" ", -1);
    }

    double number(String name) {
      return Double.parseDouble(Objects.requireNonNull(settings.get(name), name));
    }

    OneHotEncoder.Builder builder() {
      OneHotEncoder.Builder builder = OneHotEncoder.builder().dtype(result.dtype());
      return settings.containsKey("classes") ? builder.classes((int) number("classes")) : builder;
    }
  }

  private static List<Case> golden(String... operations) throws IOException {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(OneHotTest.class.getResourceAsStream("one-hot.golden")),
                StandardCharsets.US_ASCII))) {
      List<Case> cases =
          lines
              .lines()
              .map(Case::of)
              .filter(c -> List.of(operations).contains(c.operation))
              .toList();
      assertTrue(cases.size() > 10, () -> "cases: " + cases.size());
      return cases;
    }
  }

  private static void assertGives(Case golden, NDArray actual) {
    assertTrue(
        golden.result.contentEquals(actual),
        () ->
            "%s expected %s %s but was %s %s"
                .formatted(
                    golden,
                    golden.result,
                    Arrays.toString(golden.result.toDoubleArray()),
                    actual,
                    Arrays.toString(actual.toDoubleArray())));
  }

  @Test
  void equalsKerasForEveryTypeAndShapeOfLabels() throws IOException {
    for (Case golden : golden("to_categorical")) {
      assertGives(golden, golden.builder().build().encode(golden.input));
      NDArray plain =
          golden.settings.containsKey("classes")
              ? OneHot.encode(golden.input, (int) golden.number("classes"))
              : OneHot.encode(golden.input);
      assertSame(DType.FLOAT32, plain.dtype());
      assertGives(golden, plain.astype(DType.FLOAT64));
    }
  }

  @Test
  void equalsTensorFlowForEveryAxisAndValue() throws IOException {
    for (Case golden : golden("one_hot")) {
      OneHotEncoder encoder =
          golden
              .builder()
              .axis((int) golden.number("axis"))
              .onValue(golden.number("on"))
              .offValue(golden.number("off"))
              .ignoreIndex(-1)
              .build();
      assertGives(golden, encoder.encode(golden.input));
    }
  }

  @Test
  void smoothesAsKerasLossesDo() throws IOException {
    for (Case golden : golden("smooth")) {
      OneHotEncoder encoder = golden.builder().labelSmoothing(golden.number("amount")).build();
      NDArray encoded = encoder.encode(golden.input);
      assertGives(golden, encoded.slice(1, 0, golden.result.shape().dim(1)).copy());
    }
  }

  @Test
  void encodesSeveralLabelsAsKerasCategoryEncodingDoes() throws IOException {
    for (Case golden : golden("multi_hot", "count")) {
      OneHotEncoder encoder = golden.builder().build();
      boolean counts = golden.operation.equals("count");
      assertGives(golden, counts ? encoder.counts(golden.input) : encoder.multiHot(golden.input));
    }
  }

  @Test
  void severalLabelsMayStandInAnyShape() {
    NDArray labels = NDArray.of(new int[] {0, 1, 2, 2, 1, 1, 0, 2}, 2, 2, 2);
    OneHotEncoder last = OneHotEncoder.builder().build();
    assertArrayEquals(
        new float[] {1, 1, 0, 0, 0, 1, 0, 1, 0, 1, 0, 1}, last.multiHot(labels).toFloatArray());
    OneHotEncoder middle = OneHotEncoder.builder().axis(1).build();
    NDArray counts = middle.counts(labels);
    assertEquals(Shape.of(2, 3, 2), counts.shape());
    assertArrayEquals(new float[] {1, 0, 1, 0, 0, 2, 0, 1, 2, 0, 0, 1}, counts.toFloatArray());
  }

  @Test
  void decodesAsNumPyFindsTheLargest() throws IOException {
    for (Case golden : golden("argmax")) {
      int axis = (int) golden.number("axis");
      assertGives(golden, OneHot.decode(golden.input, axis));
      assertGives(golden, OneHot.decode(golden.input, axis - golden.input.shape().rank()));
    }
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void everyResultTypeOnAndOffTheHeap(DType dtype) {
    NDArray labels = NDArray.of(new int[] {2, 0});
    double[] expected = {0, 0, 1, 1, 0, 0};
    assertArrayEquals(expected, OneHot.encode(labels, 3, dtype).toDoubleArray());
    assertTrue(OneHot.encode(labels, 3, dtype).contentEquals(OneHot.encode(labels, dtype)));
    try (NDArray out = NDArray.allocate(dtype, 2, 3)) {
      OneHot.encodeInto(labels, 3, out);
      assertArrayEquals(expected, out.toDoubleArray());
    }
  }

  @Test
  void stridedAndOffsetLabelsAndManyRowsAreRight() {
    int[] data = new int[2 * 40_000];
    for (int i = 0; i < data.length; i++) {
      data[i] = i % 11;
    }
    NDArray columns = NDArray.of(data, 40_000, 2).transpose();
    NDArray encoded = OneHot.encode(columns.get(1), 11);
    for (int i = 0; i < 40_000; i += 1999) {
      for (int c = 0; c < 11; c++) {
        assertEquals((2 * i + 1) % 11 == c ? 1 : 0, encoded.getDouble(i, c));
      }
    }
    assertEquals(40_000, (int) sum(encoded));
  }

  private static double sum(NDArray array) {
    double sum = 0;
    for (double value : array.toDoubleArray()) {
      sum += value;
    }
    return sum;
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void everyResultTypeForEverySetting(DType dtype) {
    NDArray labels = NDArray.of(new int[] {2, 0, 0, -1}, 2, 2);
    OneHotEncoder encoder =
        OneHotEncoder.builder().classes(3).dtype(dtype).ignoreIndex(-1).axis(1).build();
    assertSame(dtype, encoder.encode(labels).dtype());
    assertArrayEquals(
        new double[] {0, 1, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0}, encoder.encode(labels).toDoubleArray());
    assertArrayEquals(new double[] {1, 0, 1, 1, 0, 0}, encoder.multiHot(labels).toDoubleArray());
    NDArray single = NDArray.of(new int[] {2, -1}, 2, 1);
    assertArrayEquals(new double[] {0, 0, 1, 0, 0, 0}, encoder.counts(single).toDoubleArray());
    NDArray out = NDArray.zeros(dtype, 2, 3);
    OneHotEncoder other = OneHotEncoder.builder().classes(3).ignoreIndex(-1).build();
    other.multiHotInto(labels, out);
    assertArrayEquals(new double[] {1, 0, 1, 1, 0, 0}, out.toDoubleArray());
    other.countsInto(single, out);
    assertArrayEquals(new double[] {0, 0, 1, 0, 0, 0}, out.toDoubleArray());
    assertArrayEquals(new long[] {2, 0}, OneHot.decode(out).toLongArray());
  }

  @Test
  void decodingInvertsEncodingAcrossThreadsAndPastTheCaches() {
    int n = 300_000;
    int[] labels = new Random(4).ints(n, 0, 10).toArray();
    try (NDArray out = NDArray.allocate(DType.FLOAT32, n, 10);
        NDArray across = NDArray.allocate(DType.FLOAT32, 10, n);
        NDArray decoded = NDArray.allocate(DType.INT64, n)) {
      OneHot.encodeInto(NDArray.of(labels), 10, out);
      assertEquals(n, (int) sum(out));
      OneHot.decodeInto(out, -1, decoded);
      assertArrayEquals(labels, decoded.toIntArray());
      OneHotEncoder.builder().classes(10).axis(0).build().encodeInto(NDArray.of(labels), across);
      assertEquals(n, (int) sum(across));
      OneHot.decodeInto(across, 0, decoded);
      assertArrayEquals(labels, decoded.toIntArray());
      NDArray pairs = NDArray.of(labels).reshape(n / 2, 2);
      NDArray blocks = out.reshape(n / 2, 10, 2);
      OneHotEncoder.builder().classes(10).axis(1).build().encodeInto(pairs, blocks);
      assertEquals(n, (int) sum(blocks));
      OneHot.decodeInto(blocks, 1, decoded.reshape(n / 2, 2));
      assertArrayEquals(labels, decoded.toIntArray());
    }
  }

  /** Calls over the heap are cut where those over other memory are not. */
  @ParameterizedTest
  @ValueSource(longs = {3, 70_001})
  void manyLabelsOnTheHeapAreEncodedAsElsewhere(long inner) {
    long outer = 210_003 / inner;
    int[] labels = new Random(inner).ints(outer * inner, 0, 10).toArray();
    NDArray onTheHeap = NDArray.of(labels, outer, inner);
    NDArray out = NDArray.of(new float[labels.length * 10], outer, 10, inner);
    NDArray decoded = NDArray.of(new long[labels.length], outer, inner);
    OneHotEncoder encoder = OneHotEncoder.builder().classes(10).axis(1).build();
    encoder.encodeInto(onTheHeap, out);
    OneHot.decodeInto(out, 1, decoded);
    assertArrayEquals(labels, decoded.toIntArray());
    try (NDArray elsewhere = NDArray.allocate(DType.INT32, outer, inner)) {
      elsewhere.assign(onTheHeap);
      try (NDArray expected = encoder.encode(elsewhere)) {
        assertEquals(expected.buffer(), out.buffer());
      }
    }
  }

  @Test
  void theFirstBadLabelOfManyIsNamed() {
    int[] labels = new int[1_000_000];
    labels[700_001] = -5;
    labels[999_999] = 3;
    NDArray out = NDArray.zeros(DType.UINT8, labels.length, 3);
    assertMessage(
        "label is outside the classes: labels[700001]=-5 range=[0, 3)",
        () -> OneHot.encodeInto(NDArray.of(labels), 3, out));
    assertEquals(0, sum(out));
  }

  @Test
  void labelsInEveryKindOfMemoryAreRead() {
    NDArray expected = NDArray.of(new float[] {0, 0, 1, 1, 0, 0}, 2, 3);
    IntBuffer shifted = IntBuffer.wrap(new int[] {9, 2, 0}).position(1);
    assertTrue(expected.contentEquals(OneHot.encode(NDArray.of(shifted), 3)));
    NDArray readOnly = NDArray.of(IntBuffer.wrap(new int[] {2, 0}).asReadOnlyBuffer());
    assertTrue(expected.contentEquals(OneHot.encode(readOnly, 3)));
    ByteBuffer bytes = ByteBuffer.allocateDirect(2).order(ByteOrder.nativeOrder()).put(0, (byte) 2);
    try (NDArray direct = OneHot.encode(NDArray.of(bytes, DType.UINT8), 3)) {
      assertTrue(direct.isDirect());
      assertTrue(expected.contentEquals(direct));
    }
    NDArray reversed = NDArray.of(new long[] {2, 1, 0, 1}, 2, 2).transpose().get(0);
    assertTrue(expected.contentEquals(OneHot.encode(reversed, 3)));
    assertTrue(expected.contentEquals(OneHot.encode(new int[] {2, 0})));
    assertTrue(expected.contentEquals(OneHot.encode(new long[] {2, 0})));
    assertTrue(expected.contentEquals(OneHot.encode(new long[] {2, 0}, 3)));
    OneHotEncoder encoder = OneHotEncoder.builder().build();
    assertTrue(expected.contentEquals(encoder.encode(new int[] {2, 0})));
    assertTrue(expected.contentEquals(encoder.encode(new long[] {2, 0})));
  }

  @Test
  void theIgnoredLabelMayBeAClassOrNot() {
    NDArray labels = NDArray.of(new double[] {-1, 0, 1.5, -1.5});
    NDArray encoded = OneHotEncoder.builder().ignoreIndex(-1).build().encode(labels);
    assertEquals(Shape.of(4, 2), encoded.shape());
    assertArrayEquals(new float[] {0, 0, 1, 0, 0, 1, 0, 0}, encoded.toFloatArray());
    NDArray zeros = NDArray.of(new byte[] {0, 1});
    assertArrayEquals(
        new float[] {0, 0, 0, 1},
        OneHotEncoder.builder().ignoreIndex(0).build().encode(zeros).toFloatArray());
    assertMessage(
        "label is outside the classes: labels[0]=-2 range=[0, 3) ignoreIndex=-1",
        () -> OneHotEncoder.builder().classes(3).ignoreIndex(-1).build().encode(new int[] {-2}));
    assertMessage(
        "the number of classes cannot be inferred when every label is ignored, give it: shape=[1]"
            + " ignoreIndex=-1",
        () -> OneHotEncoder.builder().ignoreIndex(-1).build().encode(new int[] {-1}));
  }

  @Test
  void rowsWithoutLabelsAreOff() {
    NDArray none = NDArray.zeros(DType.INT32, 2, 0);
    OneHotEncoder encoder = OneHotEncoder.builder().classes(3).offValue(-1).build();
    assertArrayEquals(new float[] {-1, -1, -1, -1, -1, -1}, encoder.multiHot(none).toFloatArray());
    assertEquals(Shape.of(0, 3), encoder.multiHot(NDArray.zeros(DType.INT32, 0, 4)).shape());
    assertEquals(Shape.of(2, 0, 3), encoder.encode(none).shape());
  }

  @Test
  void settingsThatConflictAreRefused() {
    assertMessage(
        "label smoothing goes without on and off values: labelSmoothing=0.1 onValue=null"
            + " offValue=0.0",
        () -> OneHotEncoder.builder().labelSmoothing(0.1).offValue(0).build());
    assertMessage(
        "label smoothing must lie in [0, 1]: labelSmoothing=1.5",
        () -> OneHotEncoder.builder().labelSmoothing(1.5));
    assertMessage(
        "label smoothing must lie in [0, 1]: labelSmoothing=NaN",
        () -> OneHotEncoder.builder().labelSmoothing(Double.NaN));
    NDArray labels = NDArray.of(new int[] {0, 1}, 1, 2);
    OneHotEncoder smooth = OneHotEncoder.builder().classes(2).labelSmoothing(0.5).build();
    assertMessage(
        "label smoothing goes with one label to a row only: labelSmoothing=0.5",
        () -> smooth.multiHot(labels));
    assertMessage(
        "counts go without label smoothing and on and off values: labelSmoothing=0.5 onValue=null"
            + " offValue=null",
        () -> smooth.counts(labels));
    NDArray ints = NDArray.of(new int[] {9, 9, 9, 9}, 1, 2, 2);
    assertMessage(
        "label smoothing needs a floating-point result: labelSmoothing=0.5 dtype=int32",
        () -> smooth.encodeInto(labels, ints));
    OneHotEncoder large = OneHotEncoder.builder().classes(2).onValue(300).offValue(0.5).build();
    assertMessage(
        "the result's type does not hold the value: dtype=uint8 onValue=300.0",
        () -> large.encodeInto(labels, NDArray.zeros(DType.UINT8, 1, 2, 2)));
    assertMessage(
        "the result's type does not hold the value: dtype=int32 offValue=0.5",
        () -> large.encodeInto(labels, ints));
    assertMessage(
        "the result's type does not hold the value: dtype=int64 onValue=9.223372036854776E18",
        () -> OneHotEncoder.builder().dtype(DType.INT64).onValue(0x1p63).build().encode(labels));
    assertMessage(
        "counts go without label smoothing and on and off values: labelSmoothing=0.0 onValue=300.0"
            + " offValue=0.5",
        () -> large.counts(labels));
    assertArrayEquals(new int[] {9, 9, 9, 9}, ints.toIntArray());
  }

  @Test
  void countsNeedATypeThatHoldsThem() {
    OneHotEncoder.Builder builder = OneHotEncoder.builder().classes(2);
    NDArray many = NDArray.zeros(DType.INT8, 257);
    assertMessage(
        "the result's type does not hold every count: dtype=bfloat16 labels=257 largest=256",
        () -> builder.dtype(DType.BFLOAT16).build().counts(many));
    NDArray out = NDArray.of(new byte[] {7, 7});
    assertMessage(
        "the result's type does not hold every count: dtype=int8 labels=257 largest=127",
        () -> builder.build().countsInto(many, out));
    assertArrayEquals(new int[] {7, 7}, out.toIntArray());
    assertArrayEquals(
        new double[] {257, 0}, builder.dtype(DType.FLOAT16).build().counts(many).toDoubleArray());
    assertMessage(
        "the result's type does not hold every count: dtype=bool labels=257 largest=1",
        () -> builder.dtype(DType.BOOL).build().counts(many));
  }

  @Test
  void theClassAxisMustBeOneOfTheResult() {
    NDArray labels = NDArray.of(new int[] {0, 1}, 2, 1);
    assertMessage(
        "axis is out of range for a result of rank 2: axis=2 labels=[2, 1]",
        () -> OneHotEncoder.builder().axis(2).build().encode(labels));
    assertMessage(
        "axis is out of range for a result of rank 2: axis=-3 labels=[2, 1]",
        () -> OneHotEncoder.builder().axis(-3).build().encode(labels));
    assertEquals(
        Shape.of(3, 2), OneHotEncoder.builder().classes(3).axis(-2).build().encode(labels).shape());
  }

  @Test
  void decodingNeedsAClass() {
    NDArray empty = NDArray.zeros(DType.FLOAT32, 3, 0);
    assertMessage(
        "there must be a class along the axis: axis=-1 shape=[3, 0]", () -> OneHot.decode(empty));
    assertMessage(
        "axis is out of range for an array of rank 0: axis=-1 shape=[]",
        () -> OneHot.decode(NDArray.zeros(DType.FLOAT32)));
    assertEquals(Shape.of(0), OneHot.decode(empty, 0).shape());
    NDArray out = NDArray.zeros(DType.INT32, 2);
    assertMessage(
        "output must have the type and shape of the result: output=int32[2] result=int64[2]",
        () -> OneHot.decodeInto(NDArray.zeros(DType.FLOAT32, 2, 3), 1, out));
    assertArrayEquals(
        new int[] {1, 0}, OneHot.decode(new float[][] {{.25f, .5f, .25f}, {1, 0, 0}}));
    assertArrayEquals(new int[0], OneHot.decode(new float[0][]));
    NDArray columns = NDArray.of(new float[] {0, 3, 2, 1}, 2, 2).transpose();
    assertArrayEquals(new long[] {1, 0}, OneHot.decode(columns).toLongArray());
  }

  @Test
  void badLabelsAreNamedAndNothingIsWritten() {
    NDArray out = NDArray.of(new float[] {9, 9, 9, 9}, 2, 2);
    assertMessage(
        "label is outside the classes: labels[1]=2 range=[0, 2)",
        () -> OneHot.encodeInto(NDArray.of(new int[] {0, 2}), 2, out));
    assertMessage(
        "label is outside the classes: labels[0]=-1 range=[0, 2)",
        () -> OneHot.encodeInto(NDArray.of(new long[] {-1, 0}), 2, out));
    assertMessage(
        "label is outside the classes: labels[1]=NaN range=[0, 2)",
        () -> OneHot.encodeInto(NDArray.of(new float[] {0, Float.NaN}), 2, out));
    assertMessage(
        "label is outside the classes: labels[0]=9223372036854775807 range=[0, 2)",
        () -> OneHot.encodeInto(NDArray.of(new long[] {Long.MAX_VALUE, 0}), 2, out));
    assertMessage(
        "output must have the type and shape of the result: output=float32[2, 2]"
            + " result=float32[2, 3]",
        () -> OneHot.encodeInto(NDArray.of(new int[] {0, 1}), 3, out));
    assertArrayEquals(new float[] {9, 9, 9, 9}, out.toFloatArray());
  }

  @Test
  void theNumberOfClassesMustMakeSense() {
    assertMessage(
        "number of classes must be at least 1: classes=0", () -> OneHot.encode(new int[] {0}, 0));
    assertMessage(
        "the number of classes cannot be inferred without labels, give it: shape=[0]",
        () -> OneHot.encode(new int[0]));
    assertMessage(
        "label is outside the classes: labels[0]=2147483647 range=[0, 2147483647)",
        () -> OneHot.encode(new int[] {Integer.MAX_VALUE}));
    assertEquals(Shape.of(2, 4), OneHot.encode(new int[] {1, 3}).shape());
  }
}
