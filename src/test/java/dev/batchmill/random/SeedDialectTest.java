package dev.batchmill.random;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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

  private static long[] draws(int bound, long seed) {
    MersenneTwister random = MersenneTwister.python(seed);
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
}
