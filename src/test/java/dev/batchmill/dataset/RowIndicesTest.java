package dev.batchmill.dataset;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.batchmill.array.DType;
import dev.batchmill.array.NDArray;
import dev.batchmill.random.SeedDialect;
import dev.batchmill.transform.OneHotEncoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Rows and the views of what has rows. */
class RowIndicesTest {
  /** SHA-256 of no bytes, and of the bytes of {@code np.array([8, 3, 5], "<i8")}. */
  private static final String SHA256_OF_NOTHING =
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

  private static final String SHA256_OF_8_3_5 =
      "78b321c8b925634e336cbf199f669e033c7b4193ed1f634b11f656f19ed29c5a";

  /** A range, a computed and a listed order of the same size. */
  private static List<DatasetSplitter> splitters(long count) {
    DatasetSplitter splitter = DatasetSplitter.left(count);
    return List.of(splitter, splitter.shuffle(3), splitter.shuffle(3, SeedDialect.PYTHON));
  }

  private static void assertRefused(String message, Runnable action) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, action::run).getMessage());
  }

  @Test
  void rowsAreTheSameHoweverTheyAreRead() {
    for (int n : new int[] {2, 3, 31, 32, 33, 8191, 8192, 8193, 20_000}) {
      for (DatasetSplitter splitter : splitters(n / 2)) {
        Split<RowIndices> sides = splitter.rows(n);
        for (RowIndices rows : List.of(sides.left(), sides.right())) {
          assertEquals(n, rows.total());
          long[] all = rows.toArray();
          assertEquals(all.length, rows.size());
          long[] got = LongStream.range(0, rows.size()).map(rows::get).toArray();
          assertArrayEquals(all, got);
          long[] filled = new long[all.length + 2];
          rows.fill(0, filled, 1, all.length + 1);
          assertArrayEquals(all, Arrays.copyOfRange(filled, 1, all.length + 1));
          assertEquals(0, filled[0] + filled[all.length + 1]);
          assertEquals(RowIndices.of(n, all).sha256(), rows.sha256());
        }
      }
    }
  }

  @Test
  void theHashIsThatOfTheLittleEndianNumbers() {
    assertEquals(SHA256_OF_NOTHING, RowIndices.of(3).sha256());
    assertEquals(SHA256_OF_8_3_5, RowIndices.of(9, 8, 3, 5).sha256());
  }

  @Test
  void listedRowsAreCopiedAndChecked() {
    long[] list = {2, 0, 2};
    RowIndices rows = RowIndices.of(3, list);
    list[0] = 1;
    assertArrayEquals(new long[] {2, 0, 2}, rows.toArray());
    assertEquals("RowIndices[3 of 3]", rows.toString());
    assertRefused("rows must be in [0, total): rows[1]=3 total=3", () -> RowIndices.of(3, 0, 3));
    assertRefused("rows must be in [0, total): rows[0]=-1 total=3", () -> RowIndices.of(3, -1));
    assertRefused("total must not be negative: total=-1", () -> RowIndices.of(-1));
    assertThrows(IndexOutOfBoundsException.class, () -> rows.get(3));
    assertThrows(IndexOutOfBoundsException.class, () -> rows.get(-1));
    assertThrows(IndexOutOfBoundsException.class, () -> rows.fill(1, new long[9], 0, 3));
    assertThrows(IndexOutOfBoundsException.class, () -> rows.fill(0, new long[2], 0, 3));
    assertRefused(
        "rows must be at most 2147483639 to fit an array: size=3000000000",
        () -> DatasetSplitter.left(3_000_000_000L).rows(4_000_000_000L).left().toArray());
  }

  @Test
  void viewsOfArraysReadTheRows() {
    NDArray array = NDArray.of(new int[] {0, 1, 10, 11, 20, 21, 30, 31, 40, 41}, 5, 2);
    for (DatasetSplitter splitter : splitters(3)) {
      RowIndices rows = splitter.rows(5).left();
      RowView view = rows.view(array);
      assertSame(array, view.source());
      assertSame(DType.INT32, view.dtype());
      assertEquals(3, view.size());
      assertEquals("[3, 2]", view.shape().toString());
      NDArray expected = array.take(rows.toArray());
      assertTrue(view.toArray().contentEquals(expected));
      NDArray out = NDArray.zeros(DType.INT32, 3, 2);
      view.copyTo(out);
      assertTrue(out.contentEquals(expected));
      for (int i = 0; i < 3; i++) {
        assertTrue(view.sample(i).contentEquals(expected.get(i)));
      }
      RowIndices last = RowIndices.of(3, 2, 0);
      assertTrue(last.view(view).toArray().contentEquals(expected.take(new long[] {2, 0})));
      RowIndices tail = DatasetSplitter.left(1).rows(3).right();
      assertTrue(tail.view(view).toArray().contentEquals(expected.take(new long[] {1, 2})));
    }
    RowView none = RowIndices.of(5).view(array);
    assertEquals("[0, 2]", none.toArray().shape().toString());
    RowIndices rows = RowIndices.of(5, 1, 1);
    assertRefused(
        "output must have the type and shape of the result: output=int32[3] result=int32[2, 2]",
        () -> rows.view(array).copyTo(NDArray.zeros(DType.INT32, 3)));
    assertRefused(
        "rows must be as many as were split: rows=int32[4] count=4 split=5",
        () -> rows.view(NDArray.of(new int[4])));
    assertRefused(
        "array must have at least one axis: array=int32[]",
        () -> rows.view(NDArray.zeros(DType.INT32)));
  }

  @Test
  @SuppressWarnings("JdkObsolete") // a list without quick access
  void viewsOfListsAreReadLater() {
    List<String> list = new ArrayList<>(List.of("a", "b", "c", "d"));
    RowIndices rows = RowIndices.of(4, 3, 1);
    List<String> view = rows.view(list);
    list.set(3, "z");
    assertEquals(List.of("z", "b"), view);
    assertThrows(UnsupportedOperationException.class, () -> view.set(0, "y"));
    assertThrows(IndexOutOfBoundsException.class, () -> view.get(2));
    assertEquals(List.of("d", "b"), rows.view(new LinkedList<>(List.of("a", "b", "c", "d"))));
    float[][] images = {{0}, {1}, {2}, {3}};
    assertSame(images[3], rows.view(images).get(0));
    assertEquals(
        new Split<>(List.of("a", "b", "c"), List.of("z")),
        DatasetSplitter.right(1).splitElements(list));
    assertRefused(
        "elements must be as many as were split: elements=3 count=3 split=4",
        () -> rows.view(List.of(1, 2, 3)));
  }

  @Test
  void viewsOfSampleDataSetsReadNothingUntilAsked() throws Exception {
    List<Long> read = new ArrayList<>();
    SampleDataset<String> files =
        new SampleDataset<>() {
          @Override
          public long size() {
            return 10_000_000_000L;
          }

          @Override
          public String sample(long index) {
            read.add(index);
            return "file-" + index;
          }
        };
    Split<SampleDataset<String>> sides = DatasetSplitter.left(0.5).split(files);
    assertEquals(5_000_000_000L, sides.right().size());
    assertTrue(read.isEmpty());
    assertEquals("file-5000000007", sides.right().sample(7));
    assertEquals(List.of(5_000_000_007L), read);
    assertThrows(IndexOutOfBoundsException.class, () -> sides.right().sample(5_000_000_000L));
    SampleDataset<Integer> listed = SampleDataset.of(List.of(4, 5, 6));
    assertEquals(6, DatasetSplitter.left(2).split(listed).right().sample(0));
  }

  @Test
  void nestedStructuresKeepTheirShape() throws Exception {
    NDArray x = NDArray.of(new float[] {0, 0, 1, 1, 2, 2}, 3, 2);
    Map<String, Object> features = new LinkedHashMap<>();
    features.put("z", List.of(x, new long[] {0, 1, 2}));
    features.put("a", new String[] {"r0", "r1", "r2"});
    Object structure =
        List.of(
            features,
            SampleDataset.of(List.of('a', 'b', 'c')),
            new NDArray[] {x, RowView.of(x).toArray()},
            RowView.of(x),
            new boolean[] {false, true, true});
    Split<Object> sides = DatasetSplitter.left(1).splitNested(structure);
    List<?> right = (List<?>) sides.right();
    Map<?, ?> map = (Map<?, ?>) right.get(0);
    assertEquals(List.of("z", "a"), List.copyOf(map.keySet()));
    List<?> z = (List<?>) map.get("z");
    assertTrue(((RowView) z.get(0)).toArray().contentEquals(x.slice(0, 1, 3).copy()));
    assertArrayEquals(new long[] {1, 2}, ((RowView) z.get(1)).toArray().toLongArray());
    assertEquals(List.of("r1", "r2"), map.get("a"));
    assertEquals('c', ((SampleDataset<?>) right.get(1)).sample(1));
    assertEquals(2, ((List<?>) right.get(2)).size());
    assertEquals("float32[2, 2]", right.get(3).toString());
    assertEquals("bool[2]", right.get(4).toString());
    Map<?, ?> left = (Map<?, ?>) ((List<?>) sides.left()).get(0);
    assertEquals(List.of("r0"), left.get("a"));
  }

  @Test
  void everyPrimitiveArrayIsALeaf() {
    for (Object array :
        List.of(new float[4], new double[4], new int[4], new long[4], new short[4], new byte[4])) {
      RowView right = (RowView) DatasetSplitter.left(1).splitNested(array).right();
      assertEquals(3, right.size());
    }
  }

  @Test
  void wrongStructuresAreNamed() {
    DatasetSplitter splitter = DatasetSplitter.left(1);
    assertRefused(
        "data[x][1] must have as many rows as data[x][0]: data[x][0]=3 data[x][1]=2",
        () -> splitter.splitNested(Map.of("x", List.of(new int[3], new int[2]))));
    assertRefused(
        "data must consist of arrays, sample data sets, lists and maps: data[0]=java.lang.String",
        () -> splitter.splitNested(List.of("a", "b")));
    assertRefused(
        "data must consist of arrays, sample data sets, lists and maps: data[0]=null",
        () -> splitter.splitNested(Arrays.asList((Object) null)));
    assertRefused(
        "data must hold an array: data=[[]]", () -> splitter.splitNested(List.of(List.of())));
    assertRefused(
        "data[0] must have at least one axis: data[0]=int32[]",
        () -> splitter.splitNested(List.of(NDArray.zeros(DType.INT32))));
    assertRefused(
        "data must have as many rows as were split: rows=2 split=3",
        () -> RowIndices.of(3, 0).viewNested(new int[2]));
  }

  private static long[] rows(ArrayDataset data) {
    return LongStream.range(0, data.batchCount().orElseThrow())
        .flatMap(index -> Arrays.stream(data.batch(index).x().toLongArray()))
        .toArray();
  }

  @Test
  void dataSetsOfBatchesAreBatchedAnew() {
    int[] numbers = IntStream.range(0, 10).toArray();
    ArrayDataset data =
        ArrayDataset.builder(NDArray.of(numbers))
            .y(NDArray.of(numbers))
            .transformY(OneHotEncoder.builder().classes(10).build())
            .sampleWeight(NDArray.of(numbers))
            .batchSize(3)
            .build();
    for (DatasetSplitter splitter : splitters(7)) {
      Split<ArrayDataset> sides = splitter.split(data);
      Split<long[]> rows = splitter.indices(10);
      assertEquals(7, sides.left().size());
      assertEquals(OptionalLong.of(3), sides.left().batchCount());
      assertArrayEquals(rows.left(), rows(sides.left()));
      assertArrayEquals(rows.right(), rows(sides.right()));
      Batch last = sides.left().batch(2);
      assertArrayEquals(last.x().toLongArray(), last.sampleWeight().toLongArray());
      assertEquals(1, last.y().getFloat(0, rows.left()[6]));
      Split<ArrayDataset> again = splitters(2).get(1).split(sides.right());
      long[] chosen = splitters(2).get(1).indices(3).left();
      assertArrayEquals(
          Arrays.stream(chosen).map(i -> rows.right()[(int) i]).toArray(), rows(again.left()));
    }
    ArrayDataset mixed = RowIndices.of(10, 4, 2).view(data);
    RowView other = RowIndices.of(5, 1, 3).view(NDArray.of(new int[] {0, 10, 20, 30, 40}));
    ArrayDataset built =
        ArrayDataset.builder(RowIndices.of(10, 4, 2).view(NDArray.of(numbers))).y(other).build();
    assertArrayEquals(new long[] {10, 30}, built.batch(0).y().toLongArray());
    assertArrayEquals(rows(mixed), rows(built));
  }

  @Test
  void aSideOfAShufflingDataSetKeepsItsRowsInEveryEpoch() {
    ArrayDataset data =
        ArrayDataset.builder(NDArray.of(LongStream.range(0, 100).toArray())).shuffle(5).build();
    ArrayDataset left = DatasetSplitter.left(60).split(data).left();
    long[] expected = LongStream.range(0, 60).toArray();
    for (int epoch = 0; epoch < 3; epoch++) {
      left.onEpochBegin(epoch);
      long[] rows = rows(left);
      Arrays.sort(rows);
      assertArrayEquals(expected, rows);
    }
  }

  @Test
  void batchesThatAreKeptWholeStayInTheFirstEpoch() throws Exception {
    List<String> calls = new ArrayList<>();
    BatchDataset source =
        new BatchDataset() {
          @Override
          public Batch batch(long index) {
            calls.add("batch " + index);
            return Batch.of(NDArray.of(new long[] {index}));
          }

          @Override
          public OptionalLong batchCount() {
            return OptionalLong.of(5);
          }

          @Override
          public void onEpochBegin(long epoch) {
            calls.add("begin " + epoch);
          }

          @Override
          public void onEpochEnd(long epoch) {
            calls.add("end " + epoch);
          }
        };
    BatchDataset right = DatasetSplitter.left(3).splitBatches(source).right();
    assertEquals(OptionalLong.of(2), right.batchCount());
    assertTrue(calls.isEmpty());
    right.onEpochBegin(7);
    assertArrayEquals(new long[] {4}, right.batch(1).x().toLongArray());
    right.onEpochEnd(7);
    assertEquals(List.of("begin 0", "batch 4", "end 0"), calls);
    assertThrows(IndexOutOfBoundsException.class, () -> right.batch(2));
    BatchDataset infinite =
        new BatchDataset() {
          @Override
          public Batch batch(long index) {
            throw new IllegalStateException("not read");
          }

          @Override
          public OptionalLong batchCount() {
            return OptionalLong.empty();
          }

          @Override
          public String toString() {
            return "endless";
          }
        };
    assertRefused(
        "data set must be finite: data=endless",
        () -> DatasetSplitter.left(1).splitBatches(infinite));
  }
}
