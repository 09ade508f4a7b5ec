package dev.batchmill.dataset;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.batchmill.array.NDArray;
import dev.batchmill.random.SeedDialect;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Classes, groups, folds, time and parts by scikit-learn's rules; see split_sklearn_golden.py. */
class SplitRulesTest {
  /** One line of the golden file. */
  private record Case(List<String> arguments, String result, String line) {
    int[] numbers(int index) {
      return Arrays.stream(arguments.get(index).split(",", -1))
          .mapToInt(Integer::parseInt)
          .toArray();
    }

    int number(int index) {
      return Integer.parseInt(arguments.get(index));
    }
  }

  private static List<Case> golden(String rule, int count) throws IOException {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(
                    SplitRulesTest.class.getResourceAsStream("split-sklearn.golden")),
                StandardCharsets.UTF_8))) {
      List<Case> cases = new ArrayList<>();
      for (String line : reader.lines().filter(l -> l.startsWith(rule + " ")).toList()) {
        String[] halves = line.substring(rule.length() + 1).split(" -> ", -1);
        cases.add(new Case(List.of(halves[0].split(" ", -1)), halves[1], line));
      }
      assertEquals(count, cases.size());
      return cases;
    }
  }

  private static @Nullable Number size(String text) {
    if (text.equals("-")) {
      return null;
    }
    return text.contains(".") ? (Number) Double.valueOf(text) : (Number) Long.valueOf(text);
  }

  /** The number of rows of each class, classes in the order of their labels. */
  private static String counts(int[] labels, RowIndices rows) {
    long[] seen = Arrays.stream(rows.toArray()).map(row -> labels[(int) row]).toArray();
    return Arrays.stream(labels)
        .distinct()
        .sorted()
        .mapToObj(label -> "" + LongStream.of(seen).filter(l -> l == label).count())
        .collect(Collectors.joining(","));
  }

  private static void assertDistinct(List<RowIndices> parts) {
    long[] all = parts.stream().flatMapToLong(part -> LongStream.of(part.toArray())).toArray();
    assertEquals(all.length, LongStream.of(all).distinct().count());
  }

  private static String foldOf(List<Split<RowIndices>> folds) {
    long[] foldOf = new long[(int) folds.get(0).left().total()];
    Arrays.fill(foldOf, -1);
    for (int fold = 0; fold < folds.size(); fold++) {
      Split<RowIndices> sides = folds.get(fold);
      assertDistinct(List.of(sides.left(), sides.right()));
      assertEquals(foldOf.length, sides.left().size() + sides.right().size());
      for (long row : sides.right().toArray()) {
        assertEquals(-1, foldOf[(int) row]);
        foldOf[(int) row] = fold;
      }
    }
    return LongStream.of(foldOf).mapToObj(Long::toString).collect(Collectors.joining(","));
  }

  private static void assertRefused(String message, Runnable action) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, action::run).getMessage());
  }

  // ------------------------------------------------------------------------------------- classes

  @Test
  void classesAreCountedInAWayInWhichScikitLearnCountsThem() throws IOException {
    for (Case given : golden("stratify", 124)) {
      int[] labels = given.numbers(0);
      DatasetSplitter splitter =
          DatasetSplitter.left((long) given.number(1))
              .andRight((long) given.number(2))
              .stratify(labels);
      for (DatasetSplitter each : List.of(splitter, splitter.shuffle(7))) {
        Split<RowIndices> rows = each.rows(labels.length);
        assertEquals(given.number(1), rows.left().size());
        assertEquals(given.number(2), rows.right().size());
        assertDistinct(List.of(rows.left(), rows.right()));
        String counted = counts(labels, rows.left()) + "/" + counts(labels, rows.right());
        assertTrue(List.of(given.result().split(" ", -1)).contains(counted), given.line());
      }
    }
  }

  @Test
  void ofEqualClaimsTheClassThatAppearsFirstWins() {
    assertArrayEquals(
        new long[] {1, 1, 0}, Stratification.approximateMode(new long[] {2, 2, 2}, 2));
    Split<long[]> rows =
        DatasetSplitter.left(0.5).stratify(List.of("b", "a", "b", "a", "b", "a")).indices(6);
    assertArrayEquals(new long[] {0, 1, 2}, rows.left());
    assertArrayEquals(new long[] {3, 4, 5}, rows.right());
  }

  @Test
  void shuffledClassesAreDealtOutInTheShuffledOrder() {
    int[] labels = {0, 1, 0, 1, 0, 1, 0, 1, 0, 1};
    long[] order = SeedDialect.PYTHON.permutation(10, 5);
    Split<long[]> rows =
        DatasetSplitter.left(0.4).stratify(labels).shuffle(5, SeedDialect.PYTHON).indices(10);
    List<Long> left = new ArrayList<>();
    int[] taken = new int[2];
    for (long row : order) {
      if (taken[labels[(int) row]]++ < 2) {
        left.add(row);
      }
    }
    assertArrayEquals(left.stream().mapToLong(Long::longValue).toArray(), rows.left());
    assertArrayEquals(LongStream.of(order).filter(r -> !left.contains(r)).toArray(), rows.right());
  }

  @Test
  void labelsMayBeArraysAndColumns() {
    int[] labels = {3, 3, 4, 4, 3, 3};
    Split<long[]> expected = DatasetSplitter.left(0.5).stratify(labels).indices(6);
    for (NDArray array :
        List.of(
            NDArray.of(new byte[] {3, 3, 4, 4, 3, 3}),
            NDArray.of(new float[] {3, 3, 0, -0.0f, 3, 3}, 6, 1),
            NDArray.of(new boolean[] {true, true, false, false, true, true}))) {
      Split<long[]> rows = DatasetSplitter.left(0.5).stratify(array).indices(6);
      assertArrayEquals(expected.left(), rows.left());
      assertArrayEquals(expected.right(), rows.right());
    }
  }

  @Test
  void classesThatCannotBeSplitAreNamed() {
    DatasetSplitter half = DatasetSplitter.left(0.5);
    assertRefused(
        "class has fewer rows than there are parts: class=cat rows=1 parts=2",
        () -> half.stratify(List.of("dog", "cat", "dog", "dog")).rows(4));
    assertRefused(
        "right has fewer rows than there are classes: rows=1 classes=2",
        () -> DatasetSplitter.right(1).stratify(new int[] {0, 0, 1, 1}).rows(4));
    assertRefused(
        "class has fewer rows than there are parts: class=9 rows=2 parts=3",
        () -> PartSplitter.ofCounts(2, 2, 1).stratify(new int[] {9, 9, 1, 1, 1}).rows(5));
    assertRefused(
        "class has fewer rows than there are folds: class=1 rows=2 folds=3",
        () -> KFold.of(3).stratify(new int[] {0, 0, 0, 1, 1}).rows(5));
    assertRefused(
        "labels must be as many as there are rows: labels=2 n=4",
        () -> half.stratify(new int[2]).rows(4));
    assertRefused(
        "labels must not be null: labels[1]=null", () -> half.stratify(Arrays.asList("dog", null)));
    assertRefused(
        "labels must have one element for each row: labels=int32[2, 2]",
        () -> half.stratify(NDArray.of(new int[4], 2, 2)));
    assertEquals(
        "stratify and groups exclude each other",
        assertThrows(
                IllegalStateException.class, () -> half.stratify(new int[4]).groups(new int[4]))
            .getMessage());
  }

  // -------------------------------------------------------------------------------------- groups

  @Test
  void groupsAreCountedAsScikitLearnCountsThem() throws IOException {
    for (Case given : golden("group-sizes", 2627)) {
      int count = given.number(0);
      int[] ids = new int[2 * count];
      Arrays.setAll(ids, row -> row % count);
      String seen;
      try {
        Split<RowIndices> rows =
            DatasetSplitter.of(size(given.arguments().get(1)), size(given.arguments().get(2)))
                .groups(ids)
                .shuffle(3)
                .rows(ids.length);
        assertEquals(0, rows.left().size() % 2);
        seen = rows.left().size() / 2 + " " + rows.right().size() / 2;
      } catch (IllegalArgumentException e) {
        seen = "ERROR";
      }
      assertEquals(given.result(), seen, given.line());
    }
  }

  @Test
  void groupsStayWholeAndInTheOrderOfTheirIds() {
    int[] ids = {7, -2, 7, 5, -2, 5, 5};
    Split<long[]> rows = DatasetSplitter.left(2L).groups(ids).indices(7);
    assertArrayEquals(new long[] {1, 3, 4, 5, 6}, rows.left());
    assertArrayEquals(new long[] {0, 2}, rows.right());
    Split<long[]> ends = DatasetSplitter.left(1L).andRight(1L).groups(ids).indices(7);
    assertArrayEquals(new long[] {1, 4}, ends.left());
    assertArrayEquals(new long[] {0, 2}, ends.right());
    List<String> names = List.of("g", "a", "g", "c", "a", "c", "c");
    assertArrayEquals(rows.left(), DatasetSplitter.left(2L).groups(names).indices(7).left());
    long[] order = SeedDialect.PYTHON.permutation(3, 1);
    assertFalse(Arrays.equals(new long[] {0, 1, 2}, order));
    int[] sorted = {-2, 5, 7};
    long[] shuffled =
        DatasetSplitter.left(1L).groups(ids).shuffle(1, SeedDialect.PYTHON).indices(7).left();
    assertArrayEquals(
        LongStream.range(0, 7).filter(r -> ids[(int) r] == sorted[(int) order[0]]).toArray(),
        shuffled);
  }

  @Test
  void groupsThatCannotBeSplitAreNamed() {
    assertRefused(
        "left must be smaller than the number of groups: left=2 groups=2",
        () -> DatasetSplitter.left(2L).groups(new int[] {0, 1, 1}).rows(3));
    assertRefused(
        "left would be empty, give other sizes or more groups:"
            + " leftGroups=0 rightGroups=2 groups=2",
        () -> DatasetSplitter.left(0.4).groups(new int[] {0, 1, 1}).rows(3));
    assertRefused(
        "left and right must not have more groups together than there are:"
            + " leftGroups=1 rightGroups=2 groups=2",
        () -> DatasetSplitter.left(1L).andRight(0.9).groups(new int[] {0, 1, 1}).rows(3));
    assertRefused(
        "groups must be as many as there are rows: groups=3 n=4",
        () -> DatasetSplitter.left(1L).groups(new int[3]).rows(4));
    assertRefused(
        "folds must not be more than there are groups: folds=3 groups=2",
        () -> KFold.of(3).groups(new int[] {0, 1, 1}).rows(3));
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> DatasetSplitter.left(1L).groups(List.of("a", 1)))
            .getMessage();
    assertTrue(message.startsWith("groups must be comparable with each other: "), message);
  }

  // --------------------------------------------------------------------------------------- folds

  @Test
  void foldsAreThoseOfScikitLearn() throws IOException {
    for (Case given : golden("kfold", 35)) {
      assertEquals(
          given.result(), foldOf(KFold.of(given.number(1)).rows(given.number(0))), given.line());
    }
    for (Case given : golden("stratified-kfold", 13)) {
      int[] labels = given.numbers(0);
      assertEquals(
          given.result(),
          foldOf(KFold.of(given.number(1)).stratify(labels).rows(labels.length)),
          given.line());
    }
    for (Case given : golden("group-kfold", 34)) {
      int[] ids = given.numbers(0);
      assertEquals(
          given.result(),
          foldOf(KFold.of(given.number(1)).groups(ids).rows(ids.length)),
          given.line());
    }
  }

  @Test
  void shuffledFoldsAreThoseOfScikitLearn() throws IOException {
    SeedDialect dialect = SeedDialect.NUMPY_LEGACY;
    for (Case given : golden("kfold-shuffled", 140)) {
      KFold splitter =
          KFold.of(given.number(1)).shuffle(Long.parseLong(given.arguments().get(2)), dialect);
      assertEquals(given.result(), foldOf(splitter.rows(given.number(0))), given.line());
    }
    for (Case given : golden("group-kfold-shuffled", 136)) {
      int[] ids = given.numbers(0);
      KFold splitter =
          KFold.of(given.number(1)).shuffle(Long.parseLong(given.arguments().get(2)), dialect);
      assertEquals(given.result(), foldOf(splitter.groups(ids).rows(ids.length)), given.line());
    }
  }

  @Test
  void shuffledStratifiedFoldsHoldAsManyOfEachClass() {
    int[] labels = new int[97];
    Arrays.setAll(labels, row -> row % 7 % 3);
    KFold splitter = KFold.of(4).stratify(labels);
    List<Split<RowIndices>> ordered = splitter.rows(97);
    List<Split<RowIndices>> shuffled = splitter.shuffle(11).rows(97);
    assertFalse(foldOf(ordered).equals(foldOf(shuffled)));
    for (int fold = 0; fold < 4; fold++) {
      assertEquals(
          counts(labels, ordered.get(fold).right()), counts(labels, shuffled.get(fold).right()));
    }
    assertThrows(IndexOutOfBoundsException.class, () -> ordered.get(4));
  }

  @Test
  void foldsThatCannotBeMadeAreNamed() {
    assertRefused("folds must be at least 2: folds=1", () -> KFold.of(1));
    assertRefused(
        "n must be from the number of folds to 2147483639: n=4 folds=5", () -> KFold.of(5).rows(4));
    assertRefused("folds must be at least 2: folds=0", () -> TimeSeriesSplit.of(0));
    assertRefused("gap must not be negative: gap=-1", () -> TimeSeriesSplit.of(2).gap(-1));
    assertRefused(
        "testSize must be at least 1: testSize=0", () -> TimeSeriesSplit.of(2).testSize(0));
    assertRefused(
        "maxTrainSize must be at least 1: maxTrainSize=0",
        () -> TimeSeriesSplit.of(2).maxTrainSize(0));
    assertRefused(
        "n must be greater than the number of folds: n=2 folds=2",
        () -> TimeSeriesSplit.of(2).rows(2));
    assertRefused(
        "n is too small for a row of training data in the first fold:"
            + " n=10 folds=3 testSize=3 gap=1",
        () -> TimeSeriesSplit.of(3).testSize(3).gap(1).rows(10));
    assertRefused(
        "n is too small for a row of training data in the first fold:"
            + " n=10 folds=3 testSize=9223372036854775807 gap=0",
        () -> TimeSeriesSplit.of(3).testSize(Long.MAX_VALUE).rows(10));
  }

  // ---------------------------------------------------------------------------------------- time

  private static TimeSeriesSplit timeSeries(Case given) {
    TimeSeriesSplit splitter = TimeSeriesSplit.of(given.number(1)).gap(given.number(2));
    splitter =
        given.arguments().get(3).equals("-") ? splitter : splitter.maxTrainSize(given.number(3));
    return given.arguments().get(4).equals("-") ? splitter : splitter.testSize(given.number(4));
  }

  private static String range(RowIndices rows) {
    assertTrue(rows.isRange());
    return rows.get(0) + ":" + (rows.get(rows.size() - 1) + 1);
  }

  @Test
  void timeSeriesAreSplitAsScikitLearnSplitsThem() throws IOException {
    for (Case given : golden("time-series", 1296)) {
      String seen;
      try {
        List<Split<RowIndices>> folds = timeSeries(given).rows(given.number(0));
        seen =
            folds.stream()
                .map(fold -> range(fold.left()) + "/" + range(fold.right()))
                .collect(Collectors.joining(" "));
      } catch (IllegalArgumentException e) {
        seen = "ERROR";
      }
      assertEquals(given.result(), seen, given.line());
    }
  }

  // --------------------------------------------------------------------------------------- parts

  private static List<Long> sizes(PartSplitter splitter, long n) {
    return splitter.rows(n).stream().map(RowIndices::size).toList();
  }

  @Test
  void partsFollowOneAnother() {
    List<RowIndices> parts = PartSplitter.ofFractions(0.8, 0.1, 0.1).rows(10);
    assertArrayEquals(new long[] {0, 1, 2, 3, 4, 5, 6, 7}, parts.get(0).toArray());
    assertArrayEquals(new long[] {8}, parts.get(1).toArray());
    assertArrayEquals(new long[] {9}, parts.get(2).toArray());
    assertEquals(List.of(3L, 2L), sizes(PartSplitter.ofCounts(3, 2), 10));
    long[] order = SeedDialect.PYTHON.permutation(10, 4);
    List<RowIndices> shuffled =
        PartSplitter.ofCounts(3, 2, 5).shuffle(4, SeedDialect.PYTHON).rows(10);
    assertArrayEquals(Arrays.copyOfRange(order, 3, 5), shuffled.get(1).toArray());
  }

  @Test
  void fractionsLeaveNoRowOverAndAreLessThanOneRowOff() {
    double[][] lists = {
      {0.8, 0.1, 0.1}, {1 / 3., 1 / 3., 1 / 3.}, {0.7, 0.2, 0.1}, {.5, .5}, {.3, .3, .4}
    };
    for (double[] fractions : lists) {
      for (long n : new long[] {10, 31, 32, 33, 127, 128, 129, 1797, 1_000_003, 1L << 40}) {
        List<Long> sizes = sizes(PartSplitter.ofFractions(fractions), n);
        assertEquals(n, sizes.stream().mapToLong(Long::longValue).sum());
        assertEquals(DatasetSplitter.left(fractions[0]).rows(n).left().size(), sizes.get(0));
        for (int part = 0; part < fractions.length; part++) {
          assertEquals(fractions[part] * n, sizes.get(part), 1);
        }
      }
    }
    assertEquals(List.of(50L, 30L), sizes(PartSplitter.ofFractions(0.5, 0.3), 100));
  }

  @Test
  void partsHoldTheClassesInTheirShares() {
    int[] labels = new int[1000];
    Arrays.setAll(labels, row -> row % 10 < 7 ? 0 : row % 10 < 9 ? 1 : 2);
    List<RowIndices> parts =
        PartSplitter.ofFractions(0.8, 0.1, 0.1).stratify(labels).shuffle(9).rows(1000);
    assertDistinct(parts);
    assertEquals("560,160,80", counts(labels, parts.get(0)));
    assertEquals("70,20,10", counts(labels, parts.get(1)));
    assertEquals("70,20,10", counts(labels, parts.get(2)));
  }

  @Test
  void partsHoldWholeGroups() {
    int[] ids = {0, 1, 2, 3, 4, 4, 3, 2, 1, 0};
    List<RowIndices> parts = PartSplitter.ofFractions(0.5, 0.5).groups(ids).rows(10);
    assertArrayEquals(new long[] {0, 1, 8, 9}, parts.get(0).toArray());
    assertArrayEquals(new long[] {2, 3, 4, 5, 6, 7}, parts.get(1).toArray());
    List<RowIndices> fewer = PartSplitter.ofCounts(1, 1).groups(ids).rows(10);
    assertArrayEquals(new long[] {1, 8}, fewer.get(1).toArray());
  }

  @Test
  void partsThatCannotBeMadeAreNamed() {
    assertRefused("parts must be at least 2: parts=[0.5]", () -> PartSplitter.ofFractions(0.5));
    assertRefused("parts must be at least 2: parts=[]", () -> PartSplitter.ofCounts());
    assertRefused(
        "fractions must be between 0 and 1: fractions[1]=NaN",
        () -> PartSplitter.ofFractions(0.5, Double.NaN));
    assertRefused(
        "fractions must not be more than 1 together: fractions=[0.8, 0.1, 0.2] sum=1.1",
        () -> PartSplitter.ofFractions(0.8, 0.1, 0.2));
    assertRefused("counts must be at least 1: counts[0]=0", () -> PartSplitter.ofCounts(0, 1));
    assertRefused(
        "counts must not be more together than there are rows: counts=[5, 6] n=10",
        () -> PartSplitter.ofCounts(5, 6).rows(10));
    assertRefused(
        "part-1 would be empty, give other sizes or more rows: rows=[2, 0, 1] n=3",
        () -> PartSplitter.ofFractions(0.6, 0.1, 0.3).rows(3));
    assertRefused("n must be at least 1: n=0", () -> PartSplitter.ofCounts(1, 1).rows(0));
  }
}
