package dev.batchmill.loader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.batchmill.array.DType;
import dev.batchmill.array.NDArray;
import dev.batchmill.dataset.ArrayDataset;
import dev.batchmill.dataset.Batch;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A loader goes on where another one was. */
@Isolated("counts threads")
@Timeout(60)
class DataLoaderResumeTest {
  private static final int ROWS = 103;
  private static final int EPOCHS = 3;

  @AfterEach
  void noThreadIsLeft() {
    LoaderThreads.assertNone();
  }

  private static ArrayDataset dataset(long seed) {
    NDArray x = NDArray.of(IntStream.range(0, ROWS).toArray(), ROWS);
    return ArrayDataset.builder(x).batchSize(10).shuffle(seed).build();
  }

  private static DataLoader loader(int workers, int capacity) {
    return DataLoader.builder(dataset(1))
        .workers(workers)
        .queueCapacity(capacity)
        .shuffle(2)
        .build();
  }

  private static String consume(Batch batch) {
    try (batch) {
      return batch.x().toLongArray().length + ":" + List.of(batch.x().toLongArray()[0]);
    }
  }

  private static List<String> walk(Iterator<Batch> batches, int most) {
    List<String> seen = new ArrayList<>();
    while (seen.size() < most && batches.hasNext()) {
      seen.add(consume(batches.next()));
    }
    return seen;
  }

  private static List<String> rest(DataLoader loader, LoaderState state) {
    List<String> seen = new ArrayList<>();
    loader.resume(state);
    for (long epoch = state.epoch(); epoch < EPOCHS; epoch++) {
      seen.addAll(walk(loader.iterator(), Integer.MAX_VALUE));
    }
    return seen;
  }

  @ParameterizedTest
  @CsvSource({"0, 1, 0, 10", "1, 10, 4, 3", "4, 3, 0, 1", "2, 7, 3, 20"})
  void everyBatchComesOnceWhereverTheWalkIsCut(
      int workers, int capacity, int otherWorkers, int otherCapacity) {
    List<String> all;
    try (DataLoader whole = loader(workers, capacity)) {
      all = rest(whole, whole.state());
    }
    assertEquals(EPOCHS * 11, all.size());
    for (int cut = 0; cut <= all.size(); cut++) {
      List<String> seen = new ArrayList<>();
      String saved;
      try (DataLoader first = loader(workers, capacity)) {
        while (seen.size() < cut) {
          seen.addAll(walk(first.iterator(), cut - seen.size()));
        }
        saved = first.state().toJson();
      }
      LoaderState state = LoaderState.fromJson(saved);
      assertEquals(cut, state.epoch() * 11 + state.batch());
      try (DataLoader second = loader(otherWorkers, otherCapacity)) {
        seen.addAll(rest(second, state));
      }
      assertEquals(all, seen, "cut=" + cut);
    }
  }

  @Test
  void anInfiniteDataSetGoesOn() {
    RecordingDataset dataset = RecordingDataset.infinite(index -> {});
    LoaderState state;
    try (DataLoader loader = DataLoader.builder(dataset).workers(2).build()) {
      Iterator<Batch> batches = loader.iterator();
      for (int i = 0; i < 5; i++) {
        assertEquals("0:" + i, RecordingDataset.consume(batches.next()));
      }
      state = loader.state();
    }
    RecordingDataset again = RecordingDataset.infinite(index -> {});
    try (DataLoader loader = DataLoader.builder(again).workers(3).build()) {
      assertEquals("0:5", RecordingDataset.consume(loader.resume(state).iterator().next()));
      assertEquals("1:6", RecordingDataset.consume(loader.iterator().next()));
    }
    dataset.assertClean();
    again.assertClean();
  }

  @Test
  void aStateIsAFewBytesOfJson() {
    try (DataLoader loader = loader(1, 1)) {
      walk(loader.iterator(), 4);
      LoaderState state = loader.state();
      assertEquals(
          "{\"batchmill\":\"loader-state\",\"version\":1,\"epoch\":0,\"batch\":4,\"seed\":2,\"shard\":\"0/1 EXACT\",\"dataset\":\""
              + state.dataset()
              + "\"}",
          state.toJson());
      assertEquals(16, state.dataset().length());
      assertEquals(state, LoaderState.fromJson(state.toJson()));
      LoaderState plain = new LoaderState(1, 2, OptionalLong.empty(), "1/2 PAD", "x");
      assertEquals(plain, LoaderState.fromJson(plain.toJson()));
    }
  }

  @Test
  void whatIsNoStateIsRefused() {
    for (String text : List.of("", "7", "[]", "{}", "{\"batchmill\":\"loader-state\"}", "nul")) {
      String message =
          assertThrows(IllegalArgumentException.class, () -> LoaderState.fromJson(text))
              .getMessage();
      assertTrue(message.startsWith("not the state of a loader: "), message);
    }
    LoaderState state = new LoaderState(0, 1, OptionalLong.empty(), "0/1 EXACT", "x");
    String other = state.toJson().replace("\"version\":1", "\"version\":2");
    assertTrue(
        assertThrows(IllegalArgumentException.class, () -> LoaderState.fromJson(other))
            .getMessage()
            .contains("version must be 1: version=2"));
    assertEquals(
        "epoch and batch must not be negative: epoch=0 batch=-1",
        assertThrows(
                IllegalArgumentException.class,
                () -> new LoaderState(0, -1, OptionalLong.empty(), "", ""))
            .getMessage());
  }

  @Test
  void aStateOfAnotherLoaderIsRefusedAndNothingChanges() {
    LoaderState state;
    try (DataLoader loader = loader(1, 1)) {
      walk(loader.iterator(), 3);
      state = loader.state();
    }
    try (DataLoader loader = DataLoader.builder(dataset(1)).shuffle(3).build()) {
      assertEquals(
          "the state is of a loader with another seed: state=OptionalLong[2] loader=OptionalLong[3]",
          assertThrows(IllegalArgumentException.class, () -> loader.resume(state)).getMessage());
      assertEquals(0, loader.state().batch());
    }
    try (DataLoader loader = DataLoader.builder(dataset(1)).shuffle(2).shard(1, 2).build()) {
      assertEquals(
          "the state is of a loader with another shard: state=0/1 EXACT loader=1/2 EXACT",
          assertThrows(IllegalArgumentException.class, () -> loader.resume(state)).getMessage());
    }
    try (DataLoader loader = DataLoader.builder(dataset(9)).shuffle(2).build()) {
      assertTrue(
          assertThrows(IllegalArgumentException.class, () -> loader.resume(state))
              .getMessage()
              .startsWith("the state is of another data set: state=" + state.dataset()));
    }
  }

  @Test
  void everySampleComesOnceOverTheShards() {
    for (Shard.Uneven uneven : Shard.Uneven.values()) {
      for (int count = 1; count <= 5; count++) {
        List<String> all = new ArrayList<>();
        List<Integer> sizes = new ArrayList<>();
        for (int rank = 0; rank < count; rank++) {
          DataLoader.Builder builder = DataLoader.builder(dataset(1)).workers(2).shuffle(2);
          try (DataLoader loader = builder.shard(new Shard(rank, count, uneven)).build()) {
            int size = 0;
            for (Batch batch : loader) {
              NDArray weight = batch.sampleWeight();
              if (weight == null) {
                all.add(consume(batch));
              } else {
                assertEquals(DType.FLOAT32, weight.dtype());
                assertEquals(0, weight.toDoubleArray()[0]);
                batch.close();
              }
              size++;
            }
            sizes.add(size);
          }
        }
        int missing = uneven == Shard.Uneven.DROP ? 11 % count : 0;
        assertEquals(11 - missing, all.stream().distinct().count());
        assertEquals(11 - missing, all.size());
        if (uneven != Shard.Uneven.EXACT) {
          assertEquals(1, sizes.stream().distinct().count());
        }
      }
    }
  }

  @Test
  void shardsThatCannotBeAreRefused() {
    assertEquals(
        "shard count must be at least 1: count=0",
        assertThrows(IllegalArgumentException.class, () -> new Shard(0, 0, Shard.Uneven.EXACT))
            .getMessage());
    assertEquals(
        "shard rank must be in [0, count): rank=2 count=2",
        assertThrows(
                IllegalArgumentException.class, () -> DataLoader.builder(dataset(1)).shard(2, 2))
            .getMessage());
  }
}
