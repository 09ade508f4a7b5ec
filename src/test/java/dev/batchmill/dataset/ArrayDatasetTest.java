package dev.batchmill.dataset;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.batchmill.array.DType;
import dev.batchmill.array.NDArray;
import dev.batchmill.dataset.ArrayDataset.LastBatch;
import dev.batchmill.loader.DataLoader;
import dev.batchmill.random.Permutation;
import dev.batchmill.random.RandomSeed;
import dev.batchmill.transform.Cast;
import dev.batchmill.transform.Normalizer;
import dev.batchmill.transform.OneHotEncoder;
import dev.batchmill.transform.Rescaler;
import dev.batchmill.transform.Standardizer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("sets the seed of the process")
class ArrayDatasetTest {
  private static NDArray numbers(int count) {
    return NDArray.of(LongStream.range(0, count).toArray());
  }

  private static long[] rows(ArrayDataset dataset) {
    return LongStream.range(0, dataset.batchCount().orElseThrow())
        .flatMap(index -> Arrays.stream(dataset.batch(index).x().toLongArray()))
        .toArray();
  }

  private static long[] order(int rows, long seed, long epoch) {
    return Permutation.of(rows, seed, epoch).toArray();
  }

  @Test
  void keepsTheOrderOfTheRowsUnlessAskedOtherwise() {
    for (int count : new int[] {0, 1, 7, 8, 9, 31, 32, 33, 64}) {
      ArrayDataset dataset = ArrayDataset.builder(numbers(count)).batchSize(8).build();
      assertEquals(OptionalLong.of((count + 7) / 8), dataset.batchCount());
      assertArrayEquals(LongStream.range(0, count).toArray(), rows(dataset));
    }
  }

  @Test
  void lastBatchIsShortOrDropped() {
    ArrayDataset.Builder builder = ArrayDataset.builder(numbers(20)).batchSize(8);
    assertEquals(4, builder.build().batch(2).size());
    ArrayDataset dropping = builder.lastBatch(LastBatch.DROPPED).build();
    assertEquals(OptionalLong.of(2), dropping.batchCount());
    assertArrayEquals(LongStream.range(0, 16).toArray(), rows(dropping));
    assertEquals(
        "batch is outside the data set: index=2 batchCount=2",
        assertThrows(IndexOutOfBoundsException.class, () -> dropping.batch(2)).getMessage());
    assertThrows(IndexOutOfBoundsException.class, () -> dropping.batch(-1));
  }

  @Test
  void batchesHaveTheSameRowsOfAllArraysAndOwnTheirMemory() {
    NDArray x = NDArray.of(new float[] {0, 0, 1, 1, 2, 2}, 3, 2);
    NDArray y = NDArray.of(new int[] {0, 1, 2});
    NDArray weight = NDArray.of(new double[] {0, 0.5, 1});
    ArrayDataset dataset =
        ArrayDataset.builder(x).y(y).sampleWeight(weight).batchSize(2).shuffle(3).build();
    long[] rows = Arrays.copyOf(order(3, 3, 0), 2);
    Batch batch = dataset.batch(0);
    assertTrue(batch.x().contentEquals(x.take(rows)));
    assertTrue(Objects.requireNonNull(batch.y()).contentEquals(y.take(rows)));
    assertTrue(Objects.requireNonNull(batch.sampleWeight()).contentEquals(weight.take(rows)));
    batch.x().setDouble(9, 0, 0);
    assertTrue(x.contentEquals(NDArray.of(new float[] {0, 0, 1, 1, 2, 2}, 3, 2)));
    assertEquals(
        "ArrayDataset[x=float32[3, 2], y=int32[3], sampleWeight=float64[3], batchSize=2,"
            + " batchCount=2]",
        dataset.toString());
  }

  @Test
  void transformsAreFusedIntoTheBatches() {
    NDArray x = NDArray.of(LongStream.range(0, 300).toArray(), 100, 3).astype(DType.UINT8);
    NDArray y = NDArray.of(LongStream.range(0, 100).toArray());
    Standardizer standardizer = Standardizer.fit(x);
    ArrayDataset dataset =
        ArrayDataset.builder(x)
            .y(y)
            .transformX(standardizer)
            .transformY(Rescaler.of(2, 1).then(Cast.to(DType.FLOAT32)))
            .batchSize(32)
            .shuffle(5)
            .build();
    long[] order = order(100, 5, 0);
    for (int i = 0; i < 4; i++) {
      long[] rows = Arrays.copyOfRange(order, 32 * i, Math.min(100, 32 * i + 32));
      try (Batch batch = dataset.batch(i)) {
        assertEquals(DType.FLOAT32, batch.x().dtype());
        assertTrue(batch.x().contentEquals(standardizer.transform(x).take(rows)));
        float[] targets = Objects.requireNonNull(batch.y()).toFloatArray();
        for (int row = 0; row < rows.length; row++) {
          assertEquals((float) (2 * rows[row] + 1), targets[row]);
        }
      }
    }
    assertEquals(
        "ArrayDataset[x=uint8[100, 3] by Standardizer[features=3, axis=-1, count=100],"
            + " y=int64[100] by Rescaler[scale=2.0, shift=1.0] then Cast[float32],"
            + " batchSize=32, batchCount=4]",
        dataset.toString());
  }

  @Test
  void batchesThroughALoaderAreTransformed() {
    NDArray x = NDArray.of(LongStream.range(0, 50).toArray(), 50, 1).astype(DType.UINT8);
    ArrayDataset dataset =
        ArrayDataset.builder(x).transformX(Rescaler.of(0.5, 0)).batchSize(7).build();
    int row = 0;
    try (DataLoader loader = DataLoader.builder(dataset).workers(2).build()) {
      for (Batch batch : loader) {
        try (batch) {
          for (float value : batch.x().toFloatArray()) {
            assertEquals(row++ / 2f, value);
          }
        }
      }
    }
    assertEquals(50, row);
  }

  @Test
  void transformsThatDoNotFitAreNamedBeforeTheFirstBatch() {
    NDArray x = NDArray.zeros(DType.FLOAT32, 4, 2);
    Rescaler three = Rescaler.of(new double[3], new double[3]);
    assertRefused(
        "axis must have an element for each feature: axis=-1 shape=[1, 2] features=3",
        ArrayDataset.builder(x).transformX(three));
    assertRefused(
        "transform must handle each row by itself: transform=Rescaler[features=4, axis=0]"
            + " x=float32[4, 2]",
        ArrayDataset.builder(x).transformX(Rescaler.of(new double[4], new double[4], 0)));
    assertRefused(
        "there must be an array to transform: array=y transform=Rescaler[scale=1.0, shift=0.0]"
            + " x=float32[4, 2] y=null",
        ArrayDataset.builder(x).transformY(Rescaler.of(1, 0)));
    assertRefused(
        "axis must have an element for each feature: axis=-1 shape=[1, 2] features=3",
        ArrayDataset.builder(x).y(x).transformY(three));
  }

  private static void assertRefused(String message, ArrayDataset.Builder builder) {
    assertEquals(
        message, assertThrows(IllegalArgumentException.class, builder::build).getMessage());
  }

  @Test
  void withoutTargetsAndWeightsTheBatchHasNone() {
    Batch batch = ArrayDataset.builder(numbers(3)).build().batch(0);
    assertNull(batch.y());
    assertNull(batch.sampleWeight());
  }

  @Test
  void epochsAreShuffledByTheirNumberAlone() {
    ArrayDataset dataset = ArrayDataset.builder(numbers(100)).batchSize(7).shuffle(11).build();
    assertArrayEquals(order(100, 11, 0), rows(dataset));
    for (long epoch : new long[] {5, 0, 6, 5}) {
      dataset.onEpochBegin(epoch);
      assertArrayEquals(order(100, 11, epoch), rows(dataset));
      dataset.onEpochEnd(epoch);
    }
    ArrayDataset whole = ArrayDataset.builder(numbers(100)).batchSize(100).shuffle(11).build();
    assertArrayEquals(order(100, 11, 0), rows(whole));
  }

  @Test
  void withoutSeedTheProcessSeedDecides() {
    try {
      RandomSeed.set(5);
      long[] first = rows(ArrayDataset.builder(numbers(100)).shuffle().build());
      assertArrayEquals(first, rows(ArrayDataset.builder(numbers(100)).shuffle().build()));
      RandomSeed.set(6);
      long[] other = rows(ArrayDataset.builder(numbers(100)).shuffle().build());
      assertFalse(Arrays.equals(first, other));
    } finally {
      RandomSeed.clear();
    }
  }

  @Test
  void arraysOffTheHeapMakeBatchesOffTheHeap() {
    try (NDArray x = NDArray.allocate(DType.FLOAT32, 4, 2)) {
      Batch batch = ArrayDataset.builder(x).build().batch(0);
      assertTrue(batch.x().isDirect());
      batch.close();
      assertTrue(batch.x().isClosed());
      assertFalse(x.isClosed());
    }
  }

  @Test
  void aFailureHalfWayClosesWhatWasTaken() {
    NDArray x = NDArray.allocate(DType.FLOAT32, 4, 2);
    NDArray y = NDArray.allocate(DType.FLOAT32, 4);
    ArrayDataset dataset = ArrayDataset.builder(x).y(y).build();
    y.close();
    assertThrows(IllegalStateException.class, () -> dataset.batch(0));
    x.close();
  }

  @Test
  void refusesWhatItCannotUse() {
    NDArray x = NDArray.zeros(DType.FLOAT32, 4, 2);
    assertEquals(
        "x must be contiguous, see NDArray.contiguous: x=float32[2, 4] strides=[1, 2]",
        assertThrows(IllegalArgumentException.class, () -> ArrayDataset.builder(x.transpose()))
            .getMessage());
    assertEquals(
        "y must have as many rows as x: x=float32[4, 2] y=int64[3]",
        assertThrows(IllegalArgumentException.class, () -> ArrayDataset.builder(x).y(numbers(3)))
            .getMessage());
    assertEquals(
        "sampleWeight must have as many rows as x: x=float32[4, 2] sampleWeight=int64[5]",
        assertThrows(
                IllegalArgumentException.class,
                () -> ArrayDataset.builder(x).sampleWeight(numbers(5)))
            .getMessage());
    assertEquals(
        "batchSize must be at least 1: batchSize=0",
        assertThrows(IllegalArgumentException.class, () -> ArrayDataset.builder(x).batchSize(0))
            .getMessage());
  }

  @Test
  void labelsAreEncodedAndRowsNormalisedAsTheyAreGathered() {
    NDArray x = NDArray.of(new float[] {3, 4, 0, 5, 6, 8, 1, 0, 0, 0}, 5, 2);
    NDArray labels = NDArray.of(new int[] {2, 0, 1, 1, 2});
    OneHotEncoder encoder = OneHotEncoder.builder().classes(3).dtype(DType.UINT8).build();
    Normalizer normalizer = Normalizer.builder().build();
    ArrayDataset dataset =
        ArrayDataset.builder(x)
            .y(labels)
            .transformX(normalizer)
            .transformY(encoder)
            .batchSize(2)
            .shuffle(7)
            .build();
    NDArray allX = Normalizer.normalize(x);
    NDArray allY = encoder.encode(labels);
    Permutation order = Permutation.of(5, 7, 0);
    for (int i = 0; i < 3; i++) {
      try (Batch batch = dataset.batch(i)) {
        long[] rows = new long[(int) batch.x().shape().dim(0)];
        order.fill(2L * i, rows, 0, rows.length);
        assertTrue(batch.x().contentEquals(allX.take(rows)));
        assertTrue(Objects.requireNonNull(batch.y()).contentEquals(allY.take(rows)));
      }
    }
    assertFalse(
        OneHotEncoder.builder().classes(3).axis(0).build().isRowWise(labels.shape()),
        "the class axis comes first");
  }

  @Test
  void listsAndMapsOfArraysComeInTheSameListsAndMaps() {
    NDArray image = NDArray.of(LongStream.range(0, 20).toArray(), 10, 2).astype(DType.UINT8);
    NDArray tokens = numbers(10);
    Map<String, Object> x = new LinkedHashMap<>();
    x.put("image", image);
    x.put("tokens", List.of(tokens, RowView.of(tokens)));
    ArrayDataset dataset =
        ArrayDataset.builder(x)
            .y(List.of(tokens, image))
            .sampleWeight(Map.of("w", tokens))
            .transformX("image", Rescaler.of(0.5, 1))
            .transformY(1, Cast.to(DType.INT32))
            .batchSize(4)
            .shuffle(3)
            .build();
    assertEquals(
        "ArrayDataset[x={image=uint8[10, 2] by Rescaler[scale=0.5, shift=1.0], tokens=[int64[10],"
            + " int64[10]]}, y=[int64[10], uint8[10, 2] by Cast[int32]],"
            + " sampleWeight={w=int64[10]}, batchSize=4, batchCount=3]",
        dataset.toString());
    long[] order = order(10, 3, 0);
    for (int i = 0; i < 3; i++) {
      long[] taken = Arrays.copyOfRange(order, 4 * i, Math.min(10, 4 * i + 4));
      try (Batch batch = dataset.batch(i)) {
        Tree<NDArray> y = Objects.requireNonNull(batch.ys());
        assertTrue(
            batch
                .xs()
                .get("image")
                .leaf()
                .contentEquals(Rescaler.of(0.5, 1).transform(image).take(taken)));
        assertTrue(batch.xs().get("tokens").get(0).leaf().contentEquals(tokens.take(taken)));
        assertTrue(batch.xs().get("tokens").get(1).leaf().contentEquals(tokens.take(taken)));
        assertTrue(y.get(0).leaf().contentEquals(tokens.take(taken)));
        assertTrue(y.get(1).leaf().contentEquals(image.take(taken).astype(DType.INT32)));
        assertTrue(
            Objects.requireNonNull(batch.sampleWeights())
                .get("w")
                .leaf()
                .contentEquals(tokens.take(taken)));
      }
    }
  }

  @Test
  void structuresThatDoNotFitAreRefused() {
    NDArray x = NDArray.zeros(DType.FLOAT32, 4, 3);
    assertRefusedStructure(
        "x[1] must have as many rows as x: x=float32[4, 3] x[1]=int64[3]",
        () -> ArrayDataset.builder(List.of(x, numbers(3))));
    assertRefusedStructure(
        "y[a] must have as many rows as x: x=float32[4, 3] y[a]=int64[3]",
        () -> ArrayDataset.builder(x).y(Map.of("a", numbers(3))));
    assertRefusedStructure("x must hold an array: x=[]", () -> ArrayDataset.builder(List.of()));
    assertRefusedStructure(
        "x[0] must consist of arrays, lists and maps: x[0]=java.lang.Double",
        () -> ArrayDataset.builder(List.of(1.0)));
    assertRefused(
        "there must be an array to transform: array=x[b] transform=Rescaler[scale=1.0, shift=0.0]"
            + " x={a=float32[4, 3]} y=null",
        ArrayDataset.builder(Map.of("a", x)).transformX("b", Rescaler.of(1, 0)));
    assertRefused(
        "there must be an array to transform: array=x transform=Rescaler[scale=1.0, shift=0.0]"
            + " x={a=float32[4, 3]} y=null",
        ArrayDataset.builder(Map.of("a", x)).transformX(Rescaler.of(1, 0)));
  }

  private static void assertRefusedStructure(String message, Runnable action) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, action::run).getMessage());
  }

  /** The rows of each batch, a colon, and their weights. */
  private static List<String> weighed(ArrayDataset dataset) {
    return LongStream.range(0, dataset.batchCount().orElseThrow())
        .mapToObj(
            index -> {
              Batch batch = dataset.batch(index);
              return Arrays.toString(batch.x().toLongArray())
                  + ":"
                  + Arrays.toString(Objects.requireNonNull(batch.sampleWeight()).toDoubleArray());
            })
        .toList();
  }

  @Test
  void theLastBatchIsFilledUpWithFirstRowsThatWeighNothing() {
    ArrayDataset.Builder builder =
        ArrayDataset.builder(numbers(5)).batchSize(3).lastBatch(LastBatch.PADDED);
    assertEquals(
        List.of("[0, 1, 2]:[1.0, 1.0, 1.0]", "[3, 4, 0]:[1.0, 1.0, 0.0]"),
        weighed(builder.build()));
    assertEquals(
        List.of("[0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1]:" + Arrays.toString(padded(5, 12))),
        weighed(builder.batchSize(12).build()));
    assertEquals(
        List.of("[0, 1, 2, 3, 4]:[1.0, 1.0, 1.0, 1.0, 1.0]"),
        weighed(builder.batchSize(5).build()));
    long[] order = order(5, 9, 0);
    assertEquals(
        Arrays.toString(new long[] {order[3], order[4], order[0]}) + ":[1.0, 1.0, 0.0]",
        weighed(builder.batchSize(3).shuffle(9).build()).get(1));
    assertEquals(
        OptionalLong.of(0),
        ArrayDataset.builder(numbers(0)).lastBatch(LastBatch.PADDED).build().batchCount());
  }

  private static double[] padded(int real, int rows) {
    double[] weights = new double[rows];
    Arrays.fill(weights, 0, real, 1);
    return weights;
  }

  @Test
  void fillingUpKeepsTheWeightsOfTheOthers() {
    ArrayDataset.Builder builder =
        ArrayDataset.builder(numbers(5)).batchSize(3).lastBatch(LastBatch.PADDED);
    NDArray weights = NDArray.of(new int[] {10, 11, 12, 13, 14});
    assertEquals(
        List.of("[0, 1, 2]:[10.0, 11.0, 12.0]", "[3, 4, 0]:[13.0, 14.0, 0.0]"),
        weighed(builder.sampleWeight(weights).build()));
    assertArrayEquals(new int[] {10, 11, 12, 13, 14}, weights.toIntArray());
  }

  @Test
  void classWeightsGoTogetherWithFillingUp() {
    ArrayDataset.Builder builder =
        ArrayDataset.builder(numbers(5))
            .y(NDArray.of(new int[] {0, 1, 2, 1, 0}))
            .classWeights(Map.of(0, 3, 1, 0.5))
            .batchSize(3);
    assertEquals(
        List.of("[0, 1, 2]:[3.0, 0.5, 1.0]", "[3, 4]:[0.5, 3.0]"), weighed(builder.build()));
    assertEquals(
        List.of("[0, 1, 2]:[3.0, 0.5, 1.0]", "[3, 4, 0]:[0.5, 3.0, 0.0]"),
        weighed(builder.lastBatch(LastBatch.PADDED).build()));
    assertRefused(
        "class weights must go with one array of targets: y=null",
        ArrayDataset.builder(numbers(5)).classWeights(Map.of(0, 3)));
    assertRefused(
        "class weights and sample weights must not both be given: sampleWeight=int64[5]",
        builder.sampleWeight(numbers(5)));
  }
}
