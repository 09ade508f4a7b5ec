package dev.batchmill.random;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SeedDialectTest {
  @Test
  void pythonEqualsCPythonAndKeras() {
    List<String[]> lines = Golden.lines("python-shuffle.golden");
    assertEquals(546, lines.size());
    for (String[] line : lines) {
      long bound = Long.parseLong(line[1]);
      long seed = Long.parseLong(line[2]);
      long[] order =
          line[0].equals("below")
              ? draws((int) bound, seed)
              : SeedDialect.PYTHON.permutation(bound, seed);
      String name = String.join(" ", line);
      assertArrayEquals(
          Golden.numbers(line[4]), Arrays.copyOf(order, Math.min(10, order.length)), name);
      assertEquals(line[3], Golden.sha256(order), name);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "PYTHON, 486",
    "TORCH, 498",
    "NUMPY_LEGACY, 276",
    "NUMPY_GENERATOR, 396",
    "KERAS_EPOCH, 236"
  })
  void equalsTheRealLibraries(SeedDialect dialect, int vectors) {
    assertEquals(vectors, checkEach(dialect.name(), dialect::permutation));
  }

  /** No array is as long as these, but a sequence is: NumPy takes 64 bits for its swaps. */
  @Test
  void drawsBy32And64BitsAsNumPyDoes() {
    int legacy =
        checkEach("legacy-swaps", (size, seed) -> swaps(MersenneTwister.ofWord((int) seed), size));
    int generator = checkEach("generator-swaps", (size, seed) -> swaps(new Pcg64(seed), size));
    assertEquals(List.of(42, 42), List.of(legacy, generator));
  }

  private static long[] swaps(RandomGenerator random, long size) {
    return LongStream.rangeClosed(1, Math.min(size - 1, 1000))
        .map(i -> SeedDialect.numPyInterval(random, size - i))
        .toArray();
  }

  @Test
  void torchHasAnotherAlgorithmForManyIndices() {
    int checked =
        checkEach(
            "many",
            (size, seed) -> {
              long[] order = new long[(int) size];
              SeedDialect.shuffleManyLikeTorch(order, MersenneTwister.ofWord((int) seed));
              return order;
            });
    assertEquals(47, checked);
  }

  /** Where torch changes from one algorithm to the other: three times 1.6 GiB. */
  @Test
  void torchChangesItsAlgorithmWhereTheRealOneDoes() {
    long heap = Runtime.getRuntime().maxMemory();
    Assumptions.assumeTrue(heap >= 3L << 30, "needs -Xmx4g: maxMemory=" + heap);
    assertEquals(3, checkEach("huge", SeedDialect.TORCH::permutation));
  }

  /** Compares the lines of one kind with what they are vectors of; answers with their number. */
  private static int checkEach(String kind, OfSizeAndSeed values) {
    int checked = 0;
    for (String[] line : Golden.lines("seed-dialect.golden")) {
      if (line[0].equals(kind)) {
        long[] seen = values.apply(Long.parseLong(line[1]), Long.parseLong(line[2]));
        String name = kind + " " + line[1] + " " + line[2];
        assertArrayEquals(
            Golden.numbers(line[4]), Arrays.copyOf(seen, Math.min(16, seen.length)), name);
        assertEquals(line[3], Golden.sha256(seen), name);
        checked++;
      }
    }
    return checked;
  }

  /** What a size and a seed give. */
  private interface OfSizeAndSeed {
    long[] apply(long size, long seed);
  }

  private static long[] draws(int bound, long seed) {
    MersenneTwister random = MersenneTwister.ofAbsoluteValue(seed);
    return LongStream.generate(() -> random.below(bound)).limit(1000).toArray();
  }

  @Test
  void batchmillIsThePermutationOfEpochZero() {
    assertArrayEquals(
        Permutation.of(1000, -5).toArray(), SeedDialect.BATCHMILL.permutation(1000, -5));
    assertArrayEquals(
        Permutation.of(70_000, 5).toArray(), SeedDialect.BATCHMILL.permutation(70_000, 5));
  }

  @ParameterizedTest
  @EnumSource
  void refusesASizeThatDoesNotFitAnArray(SeedDialect dialect) {
    for (long size : new long[] {-1, Integer.MAX_VALUE - 7L, 1L << 62, Long.MIN_VALUE}) {
      Exception e =
          assertThrows(IllegalArgumentException.class, () -> dialect.permutation(size, 1));
      assertEquals("size must be in [0, 2147483639] to fit an array: size=" + size, e.getMessage());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "NUMPY_LEGACY, -1, 4294967295",
    "NUMPY_LEGACY, 4294967296, 4294967295",
    "NUMPY_LEGACY, -9223372036854775808, 4294967295",
    "NUMPY_GENERATOR, -1, 9223372036854775807",
    "NUMPY_GENERATOR, -9223372036854775808, 9223372036854775807"
  })
  void refusesASeedThatTheOriginalRefuses(SeedDialect dialect, long seed, long greatest) {
    Exception e = assertThrows(IllegalArgumentException.class, () -> dialect.permutation(5, seed));
    assertEquals(
        "seed of %s must be in [0, %d]: seed=%d".formatted(dialect, greatest, seed),
        e.getMessage());
  }
}
