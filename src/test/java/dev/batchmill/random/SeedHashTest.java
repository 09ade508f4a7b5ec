package dev.batchmill.random;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SeedHashTest {
  private static final String[] TEXTS = {
    "", "\0", "\0\0", "a", "b", "12345678", "12345678\0", "123456789", "ü"
  };

  @Test
  void tellsSeedsAndTextsApart() {
    Set<Long> hashes = new HashSet<>();
    for (String text : TEXTS) {
      for (long seed : new long[] {0, 1, -1, Long.MIN_VALUE}) {
        assertTrue(hashes.add(SeedHash.of(seed, text)), text);
      }
    }
    assertEquals(SeedHash.of(3, "split"), SeedHash.of(3, "split"));
    assertNotEquals(SeedHash.of(3, "split"), SeedHash.of(4, "split"));
  }

  @Test
  void tellsStreamsApart() {
    long[][] indices = {{}, {0}, {1}, {-1}, {0, 0}, {0, 1}, {1, 0}, {1, 0, 0}, {1L << 32}};
    Set<String> states = new HashSet<>();
    for (String text : TEXTS) {
      for (long key : new long[] {0, 1, Long.MIN_VALUE}) {
        for (long stream : new long[] {0, 1, -1}) {
          for (long[] numbers : indices) {
            assertTrue(states.add(SeedHash.stream(key, stream, text, numbers).toString()), text);
          }
        }
      }
    }
  }

  /** Frozen: these are the seeds of every component that was given none. */
  @Test
  void isFrozen() {
    assertEquals(-7181542488366690529L, SeedHash.of(1337, "split"));
    assertEquals(8164860293905397786L, SeedHash.of(-1, "a longer purpose, of several blocks"));
    assertEquals(
        "PhiloxRandom[key=ed723ebc6fc5f4bd, stream=4b44fef42dd6ebc8, block=0000000000000000, word=0]",
        SeedHash.stream(1337, 0, "augment", new long[] {2, 5}).toString());
  }
}
