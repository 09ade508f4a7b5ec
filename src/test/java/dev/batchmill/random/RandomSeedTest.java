package dev.batchmill.random;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RandomSeedTest {
  @BeforeEach
  @AfterEach
  void clear() {
    RandomSeed.clear();
  }

  @Test
  void keepsWhatWasSetLast() {
    assertEquals(OptionalLong.empty(), RandomSeed.get());
    RandomSeed.set(7);
    RandomSeed.set(-1);
    assertEquals(OptionalLong.of(-1), RandomSeed.get());
    RandomSeed.clear();
    assertEquals(OptionalLong.empty(), RandomSeed.get());
  }

  @Test
  void derivesTheSameSeedForAPurposeWhateverElseIsDrawn() {
    RandomSeed.set(1337);
    long split = RandomSeed.derive("split");
    long shuffle = RandomSeed.derive("shuffle");
    assertNotEquals(split, shuffle);
    assertEquals(split, RandomSeed.derive("split"));

    RandomSeed.set(1338);
    assertNotEquals(split, RandomSeed.derive("split"));

    RandomSeed.set(1337);
    assertEquals(shuffle, RandomSeed.derive("shuffle"));
    assertEquals(split, RandomSeed.derive("split"));
  }

  @Test
  void derivesTheSameSeedsOnManyThreads() throws Exception {
    RandomSeed.set(42);
    List<Long> expected =
        IntStream.range(0, 100).mapToObj(i -> RandomSeed.derive("p" + i)).toList();
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Callable<Long>> draws =
          IntStream.range(0, 100)
              .<Callable<Long>>mapToObj(i -> () -> RandomSeed.derive("p" + i))
              .toList();
      List<Future<Long>> seen = threads.invokeAll(draws);
      for (int i = 0; i < 100; i++) {
        assertEquals(expected.get(i), seen.get(i).get());
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void everyDrawDiffersWhileNoneIsSet() {
    assertNotEquals(RandomSeed.derive("split"), RandomSeed.derive("split"));
  }

  @Test
  void streamsAreSplitsOfTheSeedsGenerator() {
    RandomSeed.set(1337);
    assertEquals(
        PhiloxRandom.of(1337).split("augment", 2, 5).nextLong(),
        RandomSeed.stream("augment", 2, 5).nextLong());
    assertEquals(PhiloxRandom.of(1337).split("x").nextLong(), RandomSeed.stream("x").nextLong());
  }

  @Test
  void streamsAreTheSameOnManyThreads() throws Exception {
    RandomSeed.set(42);
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Callable<Long>> draws =
          IntStream.range(0, 500)
              .<Callable<Long>>mapToObj(i -> () -> RandomSeed.stream("augment", 3, i).nextLong())
              .toList();
      List<Future<Long>> seen = threads.invokeAll(draws);
      Set<Long> values = new HashSet<>();
      for (int i = 0; i < 500; i++) {
        assertEquals(RandomSeed.stream("augment", 3, i).nextLong(), seen.get(i).get());
        assertTrue(values.add(seen.get(i).get()));
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void everyStreamDiffersWhileNoneIsSet() {
    assertNotEquals(
        RandomSeed.stream("augment", 1).nextLong(), RandomSeed.stream("augment", 1).nextLong());
  }
}
