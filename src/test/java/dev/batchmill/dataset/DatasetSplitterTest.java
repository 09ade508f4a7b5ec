package dev.batchmill.dataset;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.batchmill.array.DType;
import dev.batchmill.array.NDArray;
import dev.batchmill.random.Permutation;
import dev.batchmill.random.RandomSeed;
import dev.batchmill.random.SeedDialect;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** The size rules and orders of the real {@code split_dataset}; see split_golden.py. */
@Isolated("sets the seed of the process")
class DatasetSplitterTest {
  private static List<String> golden(String name) throws IOException {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(DatasetSplitterTest.class.getResourceAsStream(name)),
                StandardCharsets.UTF_8))) {
      return reader.lines().filter(line -> !line.startsWith("#")).toList();
    }
  }

  private static @Nullable Number size(String text) {
    if (text.equals("-")) {
      return null;
    }
    return text.contains(".") ? (Number) Double.valueOf(text) : (Number) Long.valueOf(text);
  }

  private static DatasetSplitter splitter(String left, String right) {
    return DatasetSplitter.of(size(left), size(right));
  }

  private static String sizesOrRule(long n, String left, String right) {
    try {
      Split<Long> sizes = splitter(left, right).sizes(n);
      return sizes.left() + " " + sizes.right();
    } catch (IllegalArgumentException e) {
      return ruleOf(Objects.requireNonNull(e.getMessage()));
    }
  }

  private static String ruleOf(String message) {
    if (message.startsWith("left and right must not both be zero")) {
      return "ZERO";
    } else if (message.startsWith("left and right must not be more than 1 together")) {
      return "FRACTIONS";
    } else if (message.startsWith("left and right must not have more rows together")) {
      return "SUM";
    } else if (message.startsWith("left must be")) {
      return "LEFT";
    } else if (message.startsWith("right must be")) {
      return "RIGHT";
    } else if (message.startsWith("left would be empty")) {
      return "EMPTY_LEFT";
    } else if (message.startsWith("right would be empty")) {
      return "EMPTY_RIGHT";
    }
    return message;
  }

  @Test
  void sizesAndRefusalsAreThoseOfKeras() throws IOException {
    List<String> lines = golden("split-sizes.golden");
    assertTrue(lines.size() > 5000, "lines=" + lines.size());
    for (String line : lines) {
      String[] sides = line.split(" -> ", -1);
      String[] given = sides[0].split(" ", -1);
      assertEquals(sides[1], sizesOrRule(Long.parseLong(given[0]), given[1], given[2]), line);
    }
  }

  private static long leftRows(long n, DatasetSplitter splitter) {
    try {
      return splitter.sizes(n).left();
    } catch (IllegalArgumentException e) {
      return -1;
    }
  }

  @Test
  void fractionsAreRoundedAsKerasRoundsThem() throws IOException {
    List<String> lines = golden("split-grid.golden");
    assertEquals(1013, lines.size());
    for (String line : lines) {
      String[] words = line.split(" ", -1);
      double fraction = Double.parseDouble(words[0]);
      DatasetSplitter left = DatasetSplitter.left(fraction);
      DatasetSplitter right = DatasetSplitter.right(fraction);
      assertEquals(words[1], sha256(LongStream.rangeClosed(1, 1000).map(n -> leftRows(n, left))));
      assertEquals(words[2], sha256(LongStream.rangeClosed(1, 1000).map(n -> leftRows(n, right))));
    }
  }

  private static String sha256(LongStream numbers) {
    return RowIndices.listed(0, numbers.toArray()).sha256();
  }

  @Test
  void shuffledRowsAreThoseOfKerasOnTorch() throws IOException {
    List<String> lines = golden("split-torch.golden");
    assertEquals(70, lines.size());
    for (String line : lines) {
      String[] sides = line.split(" -> ", -1);
      String[] given = sides[0].split(" ", -1);
      Split<RowIndices> rows =
          splitter(given[1], given[2])
              .shuffle(Long.parseLong(given[3]), SeedDialect.TORCH)
              .rows(Long.parseLong(given[0]));
      assertEquals(sides[1], rows.left().sha256() + " | " + rows.right().sha256(), line);
    }
  }

  @Test
  void shuffledRowsAreThoseOfKerasOnTensorFlow() throws IOException {
    List<String> lines = golden("split-rows.golden");
    assertEquals(49, lines.size());
    for (String line : lines) {
      String[] sides = line.split(" -> ", -1);
      String[] given = sides[0].split(" ", -1);
      String[] rows = sides[1].split(" \\| ", -1);
      Split<long[]> split =
          splitter(given[1], given[2])
              .shuffle(Long.parseLong(given[3]), SeedDialect.PYTHON)
              .indices(Long.parseLong(given[0]));
      assertArrayEquals(numbers(rows[0]), split.left(), line);
      assertArrayEquals(numbers(rows[1]), split.right(), line);
    }
  }

  private static long[] numbers(String text) {
    return Arrays.stream(text.split(" ", -1)).mapToLong(Long::parseLong).toArray();
  }

  @Test
  void withoutShufflingLeftIsFirstAndRightIsLast() {
    Split<long[]> split = DatasetSplitter.left(3).andRight(0.2).indices(10);
    assertArrayEquals(new long[] {0, 1, 2}, split.left());
    assertArrayEquals(new long[] {8, 9}, split.right());
  }

  @Test
  void shufflingLosesAndRepeatsNoRow() {
    Split<long[]> split = DatasetSplitter.left(0.8).shuffle(7).indices(1000);
    long[] all = Arrays.copyOf(split.left(), 1000);
    System.arraycopy(split.right(), 0, all, 800, 200);
    assertFalse(Arrays.equals(all, SeedDialect.BATCHMILL.permutation(1000, 8)));
    assertArrayEquals(SeedDialect.BATCHMILL.permutation(1000, 7), all);
    Arrays.sort(all);
    assertArrayEquals(DatasetSplitter.left(999).indices(1000).left(), Arrays.copyOf(all, 999));
    assertEquals(999, all[999]);
  }

  @Test
  void withoutSeedTheProcessSeedDecidesWhenTheSplitterIsMade() {
    try {
      RandomSeed.set(5);
      DatasetSplitter splitter = DatasetSplitter.left(0.5).shuffle();
      long[] first = splitter.indices(100).left();
      RandomSeed.set(6);
      long[] other = DatasetSplitter.left(0.5).shuffle().indices(100).left();
      assertArrayEquals(first, splitter.indices(100).left());
      assertFalse(Arrays.equals(first, other));
      RandomSeed.set(5);
      assertArrayEquals(first, DatasetSplitter.left(0.5).shuffle().indices(100).left());
    } finally {
      RandomSeed.clear();
    }
    DatasetSplitter unseeded = DatasetSplitter.left(0.5).shuffle();
    assertArrayEquals(unseeded.indices(100).left(), unseeded.indices(100).left());
  }

  @Test
  void splitsOfAnyNumberOfRowsTakeNoMemory() {
    long n = 1_000_000_000_000L;
    Split<RowIndices> ordered = DatasetSplitter.left(0.75).rows(n);
    assertEquals(750_000_000_000L, ordered.left().size());
    assertEquals(n - 1, ordered.right().get(ordered.right().size() - 1));
    Split<RowIndices> shuffled = DatasetSplitter.left(0.75).shuffle(7).rows(n);
    assertEquals(Permutation.of(n, 7).indexAt(750_000_000_000L), shuffled.right().get(0));
  }

  @Test
  void splitsAnArrayLazily() {
    NDArray array = NDArray.of(new float[][] {{0, 1}, {2, 3}, {4, 5}, {6, 7}});
    Split<RowView> split = DatasetSplitter.left(3).split(array);
    assertEquals("float32[3, 2]", split.left().toString());
    array.setDouble(9, 0, 0);
    assertTrue(
        split.left().toArray().contentEquals(NDArray.of(new float[][] {{9, 1}, {2, 3}, {4, 5}})));
    NDArray right = split.right().toArray();
    assertTrue(right.contentEquals(NDArray.of(new float[][] {{6, 7}})));
    right.setDouble(8, 0, 0);
    assertEquals(6, array.getFloat(3, 0));
  }

  @Test
  void splitsAllArraysAtTheSameRows() {
    NDArray x = NDArray.of(new float[] {0, 0, 1, 1, 2, 2, 3, 3, 4, 4}, 5, 2);
    NDArray y = NDArray.of(new int[] {0, 1, 2, 3, 4});
    DatasetSplitter splitter = DatasetSplitter.right(2).shuffle(1337, SeedDialect.PYTHON);
    Split<List<RowView>> split = splitter.split(List.of(x, y));
    Split<long[]> rows = splitter.indices(5);
    assertArrayEquals(rows.left(), split.left().get(1).toArray().toLongArray());
    assertArrayEquals(rows.right(), split.right().get(1).toArray().toLongArray());
    assertTrue(split.left().get(0).toArray().contentEquals(x.take(rows.left())));
    assertTrue(split.right().get(0).toArray().contentEquals(x.take(rows.right())));
  }

  @Test
  void arraysOffTheHeapSplitOffTheHeap() {
    try (NDArray array = NDArray.allocate(DType.INT32, 4)) {
      for (DatasetSplitter splitter :
          List.of(DatasetSplitter.left(1), DatasetSplitter.left(1).shuffle(5))) {
        Split<RowView> split = splitter.split(array);
        try (NDArray left = split.left().toArray();
            NDArray right = split.right().toArray()) {
          assertTrue(left.isDirect());
          assertTrue(right.isDirect());
        }
      }
      assertFalse(array.isClosed());
    }
  }

  @Test
  void splitsASideOnceMore() {
    NDArray array = NDArray.of(new long[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
    DatasetSplitter half = DatasetSplitter.left(0.5).shuffle(3);
    RowView right = half.split(array).right();
    Split<RowView> again = half.split(right);
    long[] rows = half.indices(10).right();
    long[] positions = half.indices(5).left();
    assertArrayEquals(
        Arrays.stream(positions).map(i -> rows[(int) i]).toArray(),
        again.left().toArray().toLongArray());
    assertArrayEquals(again.left().rows().toArray(), again.left().toArray().toLongArray());
  }

  private static void assertRefused(String message, Runnable action) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, action::run).getMessage());
  }

  @Test
  void messagesNameTheValue() {
    assertRefused(
        "left must be a fraction between 0 and 1 or a count from 1 to n - 1: left=1.5",
        () -> DatasetSplitter.left(1.5));
    assertRefused(
        "left must be a fraction between 0 and 1 or a count from 1 to n - 1: left=NaN",
        () -> DatasetSplitter.left(Double.NaN));
    assertRefused(
        "right must be a fraction between 0 and 1 or a count from 1 to n - 1: right=0",
        () -> DatasetSplitter.right(0));
    assertRefused(
        "left must be smaller than the number of rows: left=10 n=10",
        () -> DatasetSplitter.left(10).indices(10));
    assertRefused(
        "left and right must not be more than 1 together: left=0.7 right=0.4",
        () -> DatasetSplitter.left(0.7).andRight(0.4));
    assertRefused(
        "left and right must not have more rows together than there are:"
            + " leftRows=6 rightRows=5 n=10",
        () -> DatasetSplitter.left(6).andRight(5).indices(10));
    assertRefused(
        "left would be empty, give other sizes or more rows: leftRows=0 rightRows=10 n=10",
        () -> DatasetSplitter.left(0.01).indices(10));
    assertRefused(
        "left or right must be given: left=null right=null", () -> DatasetSplitter.of(null, null));
    assertRefused(
        "left and right must not both be zero: left=0 right=0.0", () -> DatasetSplitter.of(0, 0.0));
    assertRefused(
        "right must be a Double, Float, Long, Integer, Short or Byte: right=1"
            + " type=java.math.BigInteger",
        () -> DatasetSplitter.of(null, BigInteger.ONE));
    assertRefused("n must be at least 1: n=0", () -> DatasetSplitter.left(0.5).indices(0));
    assertRefused(
        "n must be at most 2147483639: n=2147483640",
        () -> DatasetSplitter.left(0.5).indices(Integer.MAX_VALUE - 7L));
    assertRefused(
        "arrays must not be empty: arrays=[]", () -> DatasetSplitter.left(0.5).split(List.of()));
    NDArray five = NDArray.zeros(DType.INT32, 5);
    assertRefused(
        "arrays[1] must have as many rows as arrays[0]: arrays[0]=int32[5] arrays[1]=float32[4, 2]",
        () -> DatasetSplitter.left(0.5).split(List.of(five, NDArray.zeros(DType.FLOAT32, 4, 2))));
    assertRefused(
        "array must have at least one axis: array=int32[]",
        () -> DatasetSplitter.left(0.5).split(NDArray.zeros(DType.INT32)));
    assertEquals(
        "right is given already: right=0.25",
        assertThrows(IllegalStateException.class, () -> DatasetSplitter.right(0.25).andRight(3))
            .getMessage());
  }
}
