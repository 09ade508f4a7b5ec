package dev.batchmill.random;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PermutationTest {
  private static final long MAX = Permutation.MAX_SIZE;

  static Set<Integer> awkwardSizes() {
    Set<Integer> sizes = new TreeSet<>(List.of(0, 1, 2, 3, 66_048, 66_049, 66_050, 100_000));
    for (int k = 2; k <= 20; k++) {
      sizes.addAll(List.of((1 << k) - 1, 1 << k, (1 << k) + 1));
    }
    sizes.add(65_538);
    return sizes;
  }

  @ParameterizedTest
  @MethodSource("awkwardSizes")
  void everyIndexComesOnceAndKnowsItsPosition(int size) {
    for (long seed : new long[] {0, -1}) {
      checkBijection(size, Permutation.of(size, seed, 3).toArray(), Permutation.of(size, seed, 3));
    }
  }

  private static void checkBijection(int size, long[] order, Permutation permutation) {
    assertEquals(size, order.length);
    boolean[] seen = new boolean[size];
    for (int position = 0; position < size; position++) {
      long index = order[position];
      assertFalse(seen[(int) index], "index twice: " + index);
      seen[(int) index] = true;
      if (permutation.indexAt(position) != index || permutation.positionOf(index) != position) {
        throw new AssertionError("size=%d, position=%d".formatted(size, position));
      }
    }
  }

  /** The network alone is a bijection of sizes far below those it is used for. */
  @Test
  void theNetworkIsABijectionOfEverySmallSize() {
    for (int size = 1; size <= 600; size++) {
      FeistelNetwork network = new FeistelNetwork(size, PhiloxRandom.of(size));
      boolean[] seen = new boolean[size];
      for (int position = 0; position < size; position++) {
        long index = network.indexAt(position);
        assertFalse(seen[(int) index], "size=" + size);
        seen[(int) index] = true;
        assertEquals(position, network.positionOf(index));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      longs = {
        1_000_000_000L,
        1_000_000_000_000L,
        (1L << 31) - 1,
        1L << 31,
        (1L << 31) + 1,
        (1L << 32) - 1,
        1L << 32,
        (1L << 32) + 1,
        (1L << 53) + 1,
        Permutation.MAX_SIZE - 1,
        Permutation.MAX_SIZE
      })
  void inverseAndFillAgreeAtHugeSizes(long size) {
    Permutation permutation = Permutation.of(size, 11, 2);
    long[] starts = {0, size / 3, size / 2 - 1, size - 1000};
    for (long first : starts) {
      long[] window = new long[1002];
      permutation.fill(first, window, 1, 1001);
      assertEquals(0, window[0]);
      assertEquals(0, window[1001]);
      for (int i = 0; i < 1000; i++) {
        long index = window[i + 1];
        assertTrue(index >= 0 && index < size, "index=" + index);
        assertEquals(index, permutation.indexAt(first + i));
        assertEquals(first + i, permutation.positionOf(index));
      }
      assertEquals(1000, Arrays.stream(window, 1, 1001).distinct().count());
    }
  }

  @Test
  void squareRootsAreExact() {
    LongStream roots = LongStream.of(2, 3, 257, 65_536, 94_906_267, (1L << 31) - 1, 1L << 31);
    roots.forEach(
        root -> {
          assertEquals(root, FeistelNetwork.ceilSqrt(root * root));
          assertEquals(root, FeistelNetwork.ceilSqrt(root * root - 1));
          assertEquals(root, FeistelNetwork.ceilSqrt((root - 1) * (root - 1) + 1));
        });
    assertEquals(1, FeistelNetwork.ceilSqrt(1));
  }

  @Test
  void equalsTheGoldenVectors() {
    List<String[]> lines = Golden.lines("permutation.golden");
    assertEquals(194, lines.size());
    for (String[] line : lines) {
      Permutation permutation =
          Permutation.of(Long.parseLong(line[0]), Long.parseLong(line[1]), Long.parseLong(line[2]));
      String name = permutation.toString();
      if (!line[3].equals("-")) {
        assertEquals(line[3], Golden.sha256(permutation.toArray()), name);
      }
      if (!line[5].equals("-")) {
        for (String pair : line[5].split(",", -1)) {
          String[] parts = pair.split(":", -1);
          long index = permutation.indexAt(Long.parseLong(parts[0]));
          assertEquals(Long.parseLong(parts[1]), index, name);
        }
      }
    }
  }

  @Test
  void seedEpochAndSizeEachChangeTheWholeOrder() {
    for (int size : new int[] {60_000, 100_000}) {
      long[] order = Permutation.of(size, 5, 8).toArray();
      assertArrayEquals(order, Permutation.of(size, 5, 8).toArray());
      assertArrayEquals(
          Permutation.of(size, 5, 0).toArray(), Permutation.of(size, 5).toArray(), "epoch 0");
      List<Permutation> others =
          List.of(
              Permutation.of(size, 6, 8),
              Permutation.of(size, 5, 9),
              Permutation.of(size, 6, 7),
              Permutation.of(size, 8, 5),
              Permutation.of(size, ~5, 8),
              Permutation.of(size, 5 | 1L << 63, 8),
              Permutation.of(size, 5, 8 | 1L << 63),
              Permutation.of(size + 1, 5, 8));
      for (Permutation other : others) {
        // Unrelated orders agree in one place on average; 15 or more: 1 in 10^12.
        int agreeing = 0;
        for (int i = 0; i < size; i++) {
          agreeing += other.indexAt(i) == order[i] ? 1 : 0;
        }
        assertTrue(agreeing < 15, other + " agrees in " + agreeing);
      }
    }
  }

  @Test
  void refusesWhatIsOutOfRange() {
    assertMessage("size must be in [0, 2^62]: size=-1", () -> Permutation.of(-1, 0));
    assertMessage(
        "size must be in [0, 2^62]: size=4611686018427387905", () -> Permutation.of(MAX + 1, 0, 1));
    Permutation ten = Permutation.of(10, 7);
    assertMessage("position must be in [0, size): position=10, size=10", () -> ten.indexAt(10));
    assertMessage("position must be in [0, size): position=-1, size=10", () -> ten.indexAt(-1));
    assertMessage("index must be in [0, size): index=10, size=10", () -> ten.positionOf(10));
    Permutation none = Permutation.of(0, 7);
    assertMessage("position must be in [0, size): position=0, size=0", () -> none.indexAt(0));
    long[] out = new long[5];
    assertMessage(
        "elements must lie in the array: from=-1, to=2, length=5", () -> ten.fill(0, out, -1, 2));
    assertMessage(
        "elements must lie in the array: from=2, to=1, length=5", () -> ten.fill(0, out, 2, 1));
    assertMessage(
        "elements must lie in the array: from=2, to=6, length=5", () -> ten.fill(0, out, 2, 6));
    assertMessage(
        "positions must be in [0, size): first=6, count=5, size=10", () -> ten.fill(6, out, 0, 5));
    assertMessage(
        "positions must be in [0, size): first=-1, count=1, size=10",
        () -> ten.fill(-1, out, 0, 1));
    assertMessage(
        "positions must be in [0, size): first=9223372036854775807, count=1, size=10",
        () -> ten.fill(Long.MAX_VALUE, out, 0, 1));
    assertMessage(
        "size must be in [0, 2147483639] to fit an array: size=4611686018427387904",
        () -> Permutation.of(MAX, 1).toArray());
    assertArrayEquals(new long[5], out);
    ten.fill(10, out, 5, 5);
    none.fill(0, out, 0, 0);
  }

  private static void assertMessage(String message, Runnable call) {
    Exception e = assertThrows(IllegalArgumentException.class, call::run);
    assertEquals(message, e.getMessage());
  }

  @Test
  void tellsSizeSeedAndEpoch() {
    assertEquals("Permutation[size=3, seed=-2, epoch=1]", Permutation.of(3, -2, 1).toString());
    assertEquals(MAX, Permutation.of(MAX, 1).size());
  }
}
