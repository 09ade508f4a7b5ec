package dev.batchmill.internal.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class SamplerTest {
  private long now;
  private long allocated;
  private final Sampler sampler = new Sampler(() -> now, () -> allocated);

  /** A call of some length that allocates. */
  private Runnable call(long nanos, long bytes) {
    return () -> {
      now += nanos;
      allocated += bytes;
    };
  }

  @Test
  void aShortCallIsRepeatedWithinASample() {
    assertEquals(
        List.of(new Timing(10, 10, 10, 3, 8)),
        sampler.sample(List.of(call(10, 8)), new Plan(1, 0, 1000, 3, 3, 0)));
    assertEquals((1 + 3 * 100) * 10, now);
  }

  @Test
  void aLongCallIsASampleByItself() {
    assertEquals(
        List.of(new Timing(5000, 5000, 5000, 3, 48)),
        sampler.sample(List.of(call(5000, 48)), new Plan(1, 0, 1000, 3, 3, 0)));
    assertEquals(4 * 5000, now);
  }

  @Test
  void theWarmUpLastsForItsCallsAndItsTime() {
    sampler.sample(List.of(call(5000, 0)), new Plan(6, 1000, 0, 1, 1, 0));
    assertEquals((6 + 1) * 5000, now);
    now = 0;
    sampler.sample(List.of(call(5000, 0)), new Plan(1, 50_000, 0, 1, 1, 0));
    assertEquals((10 + 1) * 5000, now);
  }

  @Test
  void theWarmUpGrowsItsBatchesSoThatTheClockDoesNotCount() {
    // 1 + 2 + 4 + ... + 128 calls; the last batch is longer than a sample.
    sampler.sample(List.of(call(10, 0)), new Plan(200, 0, 1000, 1, 1, 0));
    assertEquals((255 + 100) * 10, now);
  }

  private void mark(StringBuilder order, char name) {
    order.append(name);
    now++;
  }

  @Test
  void callsAreSampledInTurn() {
    StringBuilder order = new StringBuilder();
    List<Runnable> two = List.of(() -> mark(order, 'a'), () -> mark(order, 'b'));
    sampler.sample(two, new Plan(1, 0, 0, 3, 3, 0));
    assertEquals("ab" + "ababab", order.toString());
  }

  @Test
  void aCallThatHasUsedItsTimeLeavesTheRoundsToTheOthers() {
    List<Timing> timings =
        sampler.sample(List.of(call(1000, 0), call(10, 0)), new Plan(1, 0, 0, 2, 50, 300));
    assertEquals(2, timings.get(0).samples());
    assertEquals(30, timings.get(1).samples());
  }

  @Test
  void aClockThatStandsStillEndsToo() {
    assertEquals(
        new Timing(0, 0, 0, 2, 0),
        sampler.sample(List.of(call(0, 0)), new Plan(3, 0, 0, 2, 2, 0)).get(0));
  }

  @Test
  void theMedianIsThatOfTheSamplesNotOfTheWarmUp() {
    long[] lengths = {100_000, 300, 200, 900};
    int[] next = new int[1];
    Runnable call = () -> now += lengths[next[0]++];
    assertEquals(
        List.of(new Timing(300, 200, 900, 3, 0)),
        sampler.sample(List.of(call), new Plan(1, 0, 0, 3, 3, 0)));
  }
}
