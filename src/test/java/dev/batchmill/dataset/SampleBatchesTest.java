package dev.batchmill.dataset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.batchmill.array.DType;
import dev.batchmill.array.NDArray;
import dev.batchmill.dataset.SampleBatches.SampleMaker;
import dev.batchmill.error.LoaderException;
import dev.batchmill.loader.DataLoader;
import dev.batchmill.loader.LoaderState;
import dev.batchmill.random.Permutation;
import dev.batchmill.random.PhiloxRandom;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SampleBatchesTest {
  private static final int COUNT = 50;

  /** x: index and two random numbers; y: the index; weight: a scalar. */
  private record Noisy() implements SampleMaker, Serializable {
    private static final long serialVersionUID = 1L;

    @Override
    public Sample make(long index, PhiloxRandom random) {
      // Another number of draws for each sample: the streams must not depend on one another.
      float[] x = new float[3];
      x[0] = index;
      for (int draw = 0; draw <= index % 5; draw++) {
        x[1] = random.nextFloat();
      }
      x[2] = random.nextFloat();
      return Sample.of(
          Map.of("x", NDArray.of(x)),
          NDArray.of(new long[] {index}),
          NDArray.of(new float[] {index}).reshape());
    }
  }

  private static SampleBatches noisy() {
    return SampleBatches.builder(COUNT, new Noisy()).batchSize(8).shuffle(1337).build();
  }

  private static String text(Batch batch) {
    try (batch) {
      StringBuilder text = new StringBuilder(batch.toString());
      batch.arrays().forEach(array -> text.append(Arrays.toString(array.toDoubleArray())));
      return text.toString();
    }
  }

  private static List<String> walk(DataLoader.Builder builder) {
    List<String> seen = new ArrayList<>();
    try (DataLoader loader = builder.build()) {
      for (int epoch = 0; epoch < 2; epoch++) {
        loader.forEach(batch -> seen.add(text(batch)));
      }
    }
    return seen;
  }

  @Test
  void theNumbersOfASampleFollowFromSeedEpochAndIndex() throws Exception {
    SampleBatches dataset = noisy();
    dataset.onEpochBegin(3);
    Permutation order = Permutation.of(COUNT, 1337, 3);
    try (Batch batch = dataset.batch(1)) {
      for (int row = 0; row < 8; row++) {
        long sample = order.indexAt(8 + row);
        NDArray expected =
            new Noisy()
                .make(sample, PhiloxRandom.of(1337).split("sample", 3, sample))
                .x()
                .get("x")
                .leaf();
        assertTrue(batch.xs().get("x").leaf().get(row).contentEquals(expected));
        assertEquals(sample, Objects.requireNonNull(batch.y()).getLong(row, 0));
        assertEquals(sample, Objects.requireNonNull(batch.sampleWeight()).getLong(row));
      }
      assertEquals(
          "Batch[x={x=float32[8, 3]}, y=int64[8, 1], sampleWeight=float32[8]]", batch.toString());
      assertTrue(batch.xs().get("x").leaf().isDirect());
    }
  }

  @Test
  void anyNumberOfWorkersGivesTheSameBatches() {
    List<String> expected = walk(DataLoader.builder(noisy()).workers(0));
    assertEquals(14, expected.size());
    assertNotEquals(expected.get(0), expected.get(7));
    assertTrue(expected.get(6).startsWith("Batch[x={x=float32[2, 3]}"), expected.get(6));
    assertEquals(expected, walk(DataLoader.builder(noisy()).workers(1)));
    assertEquals(expected, walk(DataLoader.builder(noisy()).workers(64)));
    assertEquals(expected, walk(DataLoader.builder(noisy()).workerProcesses(2)));
  }

  @Test
  void aWalkThatIsResumedHasTheSameNumbers() {
    List<String> expected = walk(DataLoader.builder(noisy()).workers(0));
    LoaderState state;
    try (DataLoader loader = DataLoader.builder(noisy()).workers(3).build()) {
      loader.forEach(Batch::close);
      Iterator<Batch> second = loader.iterator();
      assertEquals(expected.get(7), text(second.next()));
      assertEquals(expected.get(8), text(second.next()));
      state = LoaderState.fromJson(loader.state().toJson());
    }
    List<String> rest = new ArrayList<>();
    try (DataLoader loader = DataLoader.builder(noisy()).workers(1).build().resume(state)) {
      loader.forEach(batch -> rest.add(text(batch)));
    }
    assertEquals(expected.subList(9, 14), rest);
  }

  @Test
  void withoutShufflingSamplesComeInOrderAndTheLastOnesCanBeDropped() throws Exception {
    SampleMaker maker = (index, random) -> Sample.of(NDArray.of(new long[] {index}));
    SampleBatches dataset = SampleBatches.builder(5, maker).batchSize(2).build();
    assertEquals(OptionalLong.of(3), dataset.batchCount());
    assertEquals("Batch[x=int64[1, 1]][4.0]", text(dataset.batch(2)));
    SampleBatches dropping =
        SampleBatches.builder(5, maker).batchSize(2).dropLast(true).seed(1).build();
    assertEquals(OptionalLong.of(2), dropping.batchCount());
    assertEquals(
        "SampleBatches[count=5, batchSize=2, batchCount=2] seed=1 dropLast",
        dropping.fingerprint());
    assertEquals(5, dropping.size());
    assertEquals(
        "batch is outside the data set: index=2 batchCount=2",
        assertThrows(IndexOutOfBoundsException.class, () -> dropping.batch(2)).getMessage());
  }

  @Test
  void samplesAreClosedWhenTheyAreCopiedAndWhenOneFails() {
    List<NDArray> made = new ArrayList<>();
    SampleMaker maker =
        (index, random) -> {
          if (index == 3) {
            throw new IllegalStateException("no sample 3");
          }
          NDArray x = NDArray.allocate(DType.INT32, 2);
          made.add(x);
          return Sample.of(x);
        };
    SampleBatches dataset = SampleBatches.builder(4, maker).build();
    assertEquals(
        "no sample 3",
        assertThrows(IllegalStateException.class, () -> dataset.batch(0)).getMessage());
    assertEquals(3, made.size());
    assertTrue(made.stream().allMatch(NDArray::isClosed));
  }

  private static void assertRefused(String message, SampleMaker maker) {
    SampleBatches dataset = SampleBatches.builder(2, maker).build();
    assertEquals(
        message, assertThrows(IllegalArgumentException.class, () -> dataset.batch(0)).getMessage());
  }

  @Test
  void samplesThatDoNotGoTogetherAreNamed() {
    assertRefused(
        "samples of a batch must have the same structure, types and shapes:"
            + " x[sample 0]=float32[1] x[sample 1]=float32[2]",
        (index, random) -> Sample.of(NDArray.zeros(DType.FLOAT32, index + 1)));
    assertRefused(
        "samples of a batch must have the same structure, types and shapes:"
            + " y[sample 0]=null y[sample 1]=int8[]",
        (index, random) ->
            Sample.of(
                NDArray.zeros(DType.FLOAT32, 2), index == 0 ? null : NDArray.zeros(DType.INT8)));
    assertRefused(
        "samples of a batch must have the same structure, types and shapes:"
            + " x[sample 0]={a=int8[]} x[sample 1]=[int8[]]",
        (index, random) -> {
          NDArray x = NDArray.zeros(DType.INT8);
          return Sample.of(index == 0 ? Map.of("a", x) : List.of(x));
        });
  }

  @Test
  @SuppressWarnings("NullAway") // that is the point
  void aSampleThatIsNullIsNamed() {
    SampleBatches dataset = SampleBatches.builder(3, (index, random) -> null).build();
    try (DataLoader loader = DataLoader.builder(dataset).build()) {
      LoaderException failure = assertThrows(LoaderException.class, () -> loader.iterator().next());
      assertEquals(
          "sample must not be null: index=0",
          Objects.requireNonNull(failure.getCause()).getMessage());
    }
  }

  @Test
  void refusesWhatMakesNoSense() {
    SampleMaker maker = new Noisy();
    assertEquals(
        "count must not be negative: count=-1",
        assertThrows(IllegalArgumentException.class, () -> SampleBatches.builder(-1, maker))
            .getMessage());
    assertEquals(
        "batchSize must be at least 1: batchSize=0",
        assertThrows(
                IllegalArgumentException.class, () -> SampleBatches.builder(1, maker).batchSize(0))
            .getMessage());
    assertFalse(SampleBatches.builder(0, maker).build().batchCount().isEmpty());
  }
}
