package dev.batchmill.random;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.batchmill.internal.kernel.PhiloxKernel;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import java.util.random.RandomGenerator;
import java.util.random.RandomGenerator.SplittableGenerator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PhiloxRandomTest {
  private static int[] block(long key, int... counter) {
    int[] words = new int[PhiloxKernel.BLOCK_WORDS];
    long low = (counter[0] & 0xFFFF_FFFFL) | (long) counter[1] << 32;
    PhiloxKernel.block(key, low, (counter[2] & 0xFFFF_FFFFL) | (long) counter[3] << 32, words);
    return words;
  }

  /** The lines "philox4x32 10" of Random123's kat_vectors. */
  @Test
  void equalsThePublishedKnownAnswers() {
    assertArrayEquals(
        new int[] {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}, block(0, 0, 0, 0, 0));
    assertArrayEquals(
        new int[] {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}, block(-1, -1, -1, -1, -1));
    assertArrayEquals(
        new int[] {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1},
        block(0x299f31d0_a4093822L, 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344));
  }

  @Test
  void equalsTensorFlowAlsoWhereACounterCarries() {
    List<String[]> lines = Golden.lines("philox.golden");
    assertEquals(56, lines.size());
    for (String[] line : lines) {
      PhiloxRandom random =
          PhiloxRandom.of(Long.parseUnsignedLong(line[0]), Long.parseUnsignedLong(line[2]));
      long block = Long.parseUnsignedLong(line[1]);
      // Four words a block: in two steps, for a step has a sign.
      random.jump((block >>> 32) * 0x1p34);
      random.advance((block & 0xFFFF_FFFFL) * 4);
      for (long word : Golden.numbers(line[3])) {
        assertEquals((int) word, random.nextInt(), String.join(" ", line));
      }
    }
  }

  @Test
  void readsTheWordsOfItsStreamOneAfterAnother() {
    PhiloxRandom random = PhiloxRandom.of(5, 6 | 7L << 32);
    for (int block = 0; block < 3; block++) {
      for (int word : block(5, block, 0, 6, 7)) {
        assertEquals(word, random.nextInt());
      }
    }
    int[] next = block(5, 3, 0, 6, 7);
    assertEquals(SeedHash.lower(next), random.nextLong());
    assertEquals((next[2] >>> 8) / 16777216f, random.nextFloat());
    int[] after = block(5, 4, 0, 6, 7);
    long both = (next[3] & 0xFFFF_FFFFL) | (long) after[0] << 32;
    assertEquals((both >>> 11) / 9007199254740992.0, random.nextDouble());
    assertEquals(after[1], random.nextInt());
    assertEquals(
        "PhiloxRandom[key=0000000000000005, stream=0000000700000006, block=0000000000000004,"
            + " word=2]",
        random.toString());
  }

  /** 2^32 words do not divide evenly among 3 × 2^29 values: two or three for each. */
  @Test
  void boundedDrawsAreUniformWhereRejectionMatters() {
    PhiloxRandom random = PhiloxRandom.of(1, 2);
    assertThirds(() -> random.nextInt(3 << 29));
    assertThirds(() -> random.nextLong(3L << 61));
  }

  /**
   * Without rejection 3, 3 and 2 of 8 draws give the remainders. Five standard deviations, six
   * times: by chance 1 in 300 000.
   */
  private static void assertThirds(LongSupplier draw) {
    long[] remainders = new long[3];
    int draws = 300_000;
    for (int i = 0; i < draws; i++) {
      remainders[(int) (draw.getAsLong() % 3)]++;
    }
    double deviation = Math.sqrt(draws * (1 / 3.0) * (2 / 3.0));
    for (double count : remainders) {
      assertEquals(draws / 3.0, count, 5 * deviation);
    }
  }

  @Test
  void boundedDrawsStayBelowTheirBound() {
    PhiloxRandom random = PhiloxRandom.of(3);
    for (int i = 0; i < 1000; i++) {
      assertEquals(0, random.nextInt(1));
      assertEquals(0, random.nextLong(1));
      int bound = random.nextInt(Integer.MAX_VALUE) + 1;
      assertEquals(0, random.nextInt(bound) / bound);
      long longBound = random.nextLong(Long.MAX_VALUE) + 1;
      long value = random.nextLong(longBound);
      assertTrue(value >= 0 && value < longBound, "value=" + value);
      int between = random.nextInt(-7, 8);
      assertTrue(between >= -7 && between < 8, "between=" + between);
    }
    for (int bound : new int[] {0, -1, Integer.MIN_VALUE}) {
      assertMessage("bound must be positive: bound=" + bound, () -> random.nextInt(bound));
      assertMessage("bound must be positive: bound=" + bound, () -> random.nextLong(bound));
    }
  }

  @Test
  void aFillGivesWhatAsManyDrawsGive() {
    for (int count : new int[] {0, 1, 2, 3, 63, 64, 65, 127, 128, 129, 1023, 1024, 1025, 300_001}) {
      for (int skip = 0; skip < 5; skip++) {
        PhiloxRandom random = PhiloxRandom.of(11, skip);
        random.advance(skip);
        PhiloxRandom one = random.copy();
        int[] ints = new int[count + 2];
        random.fill(ints, 1, count + 1);
        long[] longs = new long[count + 2];
        random.fill(longs, 1, count + 1);
        float[] floats = new float[count + 2];
        random.fill(floats, 1, count + 1);
        double[] doubles = new double[count + 2];
        random.fill(doubles, 1, count + 1);
        for (int i = 1; i <= count; i++) {
          assertEquals(one.nextInt(), ints[i]);
        }
        for (int i = 1; i <= count; i++) {
          assertEquals(one.nextLong(), longs[i]);
        }
        for (int i = 1; i <= count; i++) {
          assertEquals(one.nextFloat(), floats[i]);
        }
        for (int i = 1; i <= count; i++) {
          assertEquals(one.nextDouble(), doubles[i]);
        }
        assertEquals(one.nextInt(), random.nextInt());
        assertEquals(0, ints[0] | ints[count + 1]);
        assertEquals(0, longs[0] | longs[count + 1]);
        assertEquals(0, floats[0] + floats[count + 1]);
        assertEquals(0, doubles[0] + doubles[count + 1]);
      }
    }
  }

  @Test
  void aFillPassesFromOneStreamIntoTheNext() {
    PhiloxRandom random = PhiloxRandom.of(9, 41);
    random.jump(0x1p66);
    random.advance(-200);
    PhiloxRandom one = random.copy();
    long[] longs = new long[300];
    random.fill(longs);
    for (long value : longs) {
      assertEquals(one.nextLong(), value);
    }
    PhiloxRandom next = PhiloxRandom.of(9, 42);
    next.advance(400);
    assertEquals(next.toString(), random.toString());
  }

  @Test
  void aFillRefusesElementsOutsideTheArray() {
    PhiloxRandom random = PhiloxRandom.of(1);
    String before = random.toString();
    List<Consumer<int[]>> fills =
        List.of(
            range -> random.fill(new int[5], range[0], range[1]),
            range -> random.fill(new long[5], range[0], range[1]),
            range -> random.fill(new float[5], range[0], range[1]),
            range -> random.fill(new double[5], range[0], range[1]));
    for (Consumer<int[]> fill : fills) {
      for (int[] range : new int[][] {{-1, 2}, {3, 2}, {2, 6}}) {
        assertMessage(
            "elements must lie in the array: from=%d, to=%d, length=5"
                .formatted(range[0], range[1]),
            () -> fill.accept(range));
      }
    }
    assertEquals(before, random.toString());
  }

  /** Every jump is a number of single steps, or the way back from where it has led. */
  @Test
  void jumpsPassOverAsManyWordsAsTheySay() {
    for (int steps = 0; steps < 20; steps++) {
      PhiloxRandom walked = PhiloxRandom.of(2, -1);
      walked.nextInt();
      PhiloxRandom advanced = walked.copy();
      PhiloxRandom jumped = walked.copy();
      advanced.advance(steps);
      jumped.jump(steps + 0.9);
      for (int i = 0; i < steps; i++) {
        walked.nextInt();
      }
      assertEquals(walked.toString(), advanced.toString());
      assertEquals(walked.toString(), jumped.toString());
      advanced.advance(-steps);
      assertEquals(PhiloxRandom.of(2, -1).nextInt(), rewound(advanced, 1).nextInt());
    }
    PhiloxRandom random = PhiloxRandom.of(7, 3);
    random.advance(Long.MIN_VALUE);
    random.advance(Long.MAX_VALUE);
    random.advance(1);
    assertEquals(PhiloxRandom.of(7, 3).toString(), random.toString());
    random.advance(-1);
    assertEquals(
        "PhiloxRandom[key=0000000000000007, stream=0000000000000002, block=ffffffffffffffff,"
            + " word=3]",
        random.toString());
    random.nextInt();
    assertEquals(PhiloxRandom.of(7, 3).toString(), random.toString());
  }

  private static PhiloxRandom rewound(PhiloxRandom random, long words) {
    random.advance(-words);
    return random;
  }

  @Test
  void jumpsOfPowersOfTwoAddUp() {
    for (int log = 0; log < 129; log++) {
      PhiloxRandom twice = PhiloxRandom.of(1, 2);
      twice.jumpPowerOfTwo(log);
      twice.jumpPowerOfTwo(log);
      PhiloxRandom once = PhiloxRandom.of(1, 2);
      once.jumpPowerOfTwo(log + 1);
      assertEquals(once.toString(), twice.toString());
      assertNotEquals(PhiloxRandom.of(1, 2).toString(), once.toString());
    }
    PhiloxRandom round = PhiloxRandom.of(1, 2);
    round.jump(0x1p130);
    assertEquals(PhiloxRandom.of(1, 2).toString(), round.toString());
  }

  @Test
  void jumpsAndLeapsGoToOtherStreams() {
    PhiloxRandom random = PhiloxRandom.of(1, 2);
    random.advance(5);
    PhiloxRandom expected = PhiloxRandom.of(1, 3);
    expected.advance(5);
    assertEquals(0x1p66, random.jumpDistance());
    random.jump();
    assertEquals(expected.toString(), random.toString());
    assertEquals(0x1p98, random.leapDistance());
    random.leap();
    PhiloxRandom further = PhiloxRandom.of(1, 3 + (1L << 32));
    further.advance(5);
    assertEquals(further.toString(), random.toString());
    assertEquals(further.nextLong(), random.copyAndJump().nextLong());
    assertEquals(
        PhiloxRandom.of(4, 1).nextLong(),
        PhiloxRandom.of(4).jumps(2).skip(1).findFirst().orElseThrow().nextLong());
  }

  @Test
  void refusesJumpsThatAreNone() {
    PhiloxRandom random = PhiloxRandom.of(1);
    assertMessage(
        "logDistance must be in [0, 129]: logDistance=-1", () -> random.jumpPowerOfTwo(-1));
    assertMessage(
        "logDistance must be in [0, 129]: logDistance=130", () -> random.jumpPowerOfTwo(130));
    for (double distance : new double[] {-1, Double.NaN, 0x1.1p130, Double.POSITIVE_INFINITY}) {
      assertMessage(
          "distance must be in [0, 2^130]: distance=" + distance, () -> random.jump(distance));
    }
  }

  @Test
  void splitsByNameDependOnNothingElse() {
    PhiloxRandom random = PhiloxRandom.of(3, 4);
    long first = random.split("a", 1, 2).nextLong();
    random.nextInt();
    assertEquals(first, random.split("a", 1, 2).nextLong());
    assertNotEquals(first, PhiloxRandom.of(3, 5).split("a", 1, 2).nextLong());
    assertNotEquals(first, PhiloxRandom.of(4, 4).split("a", 1, 2).nextLong());
    assertNotEquals(first, random.split("a", 2, 1).nextLong());
    assertEquals(
        random.split("a").split("b", 7).nextLong(), random.split("a").split("b", 7).nextLong());
  }

  @Test
  void splitsAreDrawn() {
    PhiloxRandom random = PhiloxRandom.of(3);
    PhiloxRandom twin = PhiloxRandom.of(3);
    SplittableGenerator child = random.split();
    assertEquals(PhiloxRandom.of(twin.nextLong(), twin.nextLong()).toString(), child.toString());
    assertEquals(twin.nextLong(), random.nextLong());
    ToLongFunction<RandomGenerator> first = RandomGenerator::nextLong;
    long[] splits = random.copy().splits(1000).mapToLong(first).toArray();
    assertEquals(1000, Arrays.stream(splits).distinct().count());
    assertArrayEquals(splits, random.copy().splits(1000).parallel().mapToLong(first).toArray());
    assertArrayEquals(splits, random.copy().splits().limit(1000).mapToLong(first).toArray());
    assertArrayEquals(splits, random.copy().rngs().limit(1000).mapToLong(first).toArray());
    assertArrayEquals(splits, random.copy().rngs(1000).mapToLong(first).toArray());
    assertArrayEquals(
        splits, PhiloxRandom.of(0).splits(random.copy()).limit(1000).mapToLong(first).toArray());
    assertMessage("streamSize must not be negative: streamSize=-1", () -> random.splits(-1));
  }

  /**
   * Neighbouring keys, streams and indices, each 20 000 times: of the first words' bits each is set
   * half of the time. Five standard deviations, 96 times: by chance 1 in 18 000.
   */
  @Test
  void neighboursAreUnrelated() {
    PhiloxRandom parent = PhiloxRandom.of(1);
    int trials = 20_000;
    for (int kind = 0; kind < 3; kind++) {
      int[] changed = new int[32];
      int before = 0;
      for (int i = 0; i <= trials; i++) {
        PhiloxRandom random =
            switch (kind) {
              case 0 -> PhiloxRandom.of(i);
              case 1 -> PhiloxRandom.of(1, i);
              default -> parent.split("name", i);
            };
        int word = random.nextInt();
        for (int bit = 0; bit < 32 && i > 0; bit++) {
          changed[bit] += (word ^ before) >>> bit & 1;
        }
        before = word;
      }
      for (int count : changed) {
        assertEquals(trials / 2.0, count, 5 * Math.sqrt(trials / 4.0));
      }
    }
  }

  @Test
  void theJdksMethodsWorkOnIt() {
    PhiloxRandom random = PhiloxRandom.of(6);
    Set<Long> values = new HashSet<>();
    LongStream.generate(random::nextLong).limit(100).forEach(values::add);
    random.longs(100).forEach(values::add);
    assertEquals(200, values.size());
    double mean = random.doubles(100_000).average().orElseThrow();
    assertEquals(0.5, mean, 5 / Math.sqrt(12 * 100_000.0));
    double gaussians = 0;
    for (int i = 0; i < 100_000; i++) {
      gaussians += random.nextGaussian();
    }
    assertEquals(0, gaussians / 100_000, 5 / Math.sqrt(100_000));
  }

  private static void assertMessage(String message, Runnable call) {
    Exception e = assertThrows(IllegalArgumentException.class, call::run);
    assertEquals(message, e.getMessage());
  }
}
