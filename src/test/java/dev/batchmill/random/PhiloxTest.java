package dev.batchmill.random;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PhiloxTest {
  /** The lines "philox4x32 10" of Random123's kat_vectors. */
  @Test
  void equalsThePublishedKnownAnswers() {
    assertArrayEquals(
        new int[] {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}, Philox.block(0, 0, 0, 0, 0));
    assertArrayEquals(
        new int[] {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd},
        Philox.block(-1, -1, -1, -1, -1));
    assertArrayEquals(
        new int[] {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1},
        Philox.block(0x299f31d0_a4093822L, 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344));
  }

  @Test
  void readsTheBlocksOfItsStreamOneAfterAnother() {
    Philox random = new Philox(5, 6, 7);
    for (int block = 0; block < 3; block++) {
      for (int word : Philox.block(5, block, 0, 6, 7)) {
        assertEquals(word, random.nextInt());
      }
    }
    int[] next = Philox.block(5, 3, 0, 6, 7);
    assertEquals(Philox.joined(next, 0), random.nextLong());
    assertEquals(Philox.joined(next, 2), random.nextLong());
  }

  /** 2^32 words do not divide evenly among 3 × 2^29 values: two or three for each. */
  @Test
  void boundedDrawsAreUniformWhereRejectionMatters() {
    Philox random = new Philox(1, 2, 3);
    int bound = 3 << 29;
    long[] remainders = new long[3];
    int draws = 300_000;
    for (int i = 0; i < draws; i++) {
      remainders[random.nextInt(bound) % 3]++;
    }
    // Without rejection 3, 3 and 2 of 8 words give the remainders. Five standard deviations: 1 in
    // 10^6.
    double deviation = Math.sqrt(draws * (1 / 3.0) * (2 / 3.0));
    for (double count : remainders) {
      assertEquals(draws / 3.0, count, 5 * deviation);
    }
  }

  @Test
  void hashTellsSeedsAndTextsApart() {
    Set<Long> hashes = new HashSet<>();
    String[] texts = {"", "\0", "\0\0", "a", "b", "12345678", "12345678\0", "123456789", "ü"};
    for (String text : texts) {
      for (long seed : new long[] {0, 1, -1, Long.MIN_VALUE}) {
        assertTrue(hashes.add(Philox.hash(seed, text)), text);
      }
    }
    assertEquals(Philox.hash(3, "split"), Philox.hash(3, "split"));
    assertNotEquals(Philox.hash(3, "split"), Philox.hash(4, "split"));
  }

  /** Frozen: these are the seeds of every component that was given none. */
  @Test
  void hashIsFrozen() {
    assertEquals(-7181542488366690529L, Philox.hash(1337, "split"));
    assertEquals(8164860293905397786L, Philox.hash(-1, "a longer purpose, of several blocks"));
  }
}
