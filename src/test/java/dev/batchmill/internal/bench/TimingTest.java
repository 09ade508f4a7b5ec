package dev.batchmill.internal.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class TimingTest {
  @Test
  void theMedianIsTheMiddleOrTheMeanOfTheTwoInTheMiddle() {
    assertEquals(5, Timing.median(5));
    assertEquals(3, Timing.median(1, 5));
    assertEquals(2, Timing.median(9, 1, 2));
    assertEquals(3, Timing.median(4, 100, 1, 2));
  }

  @Test
  void aTimingSumsUpItsSamples() {
    assertEquals(new Timing(7, 7, 7, 1, 16), Timing.of(new double[] {7}, 16));
    assertEquals(
        new Timing(5.5, 1, 9, 10, 0), Timing.of(new double[] {10, 9, 8, 7, 6, 5, 4, 3, 2, 1}, 0));
    assertEquals(
        new Timing(6, 1, 10, 11, 0),
        Timing.of(new double[] {11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1}, 0));
  }

  @Test
  void aMeasurementSurvivesItsLineOfText() {
    for (Double roof : new Double[] {null, 0.1 + 0.2}) {
      Measurement measurement = new Measurement(new Timing(1e-3, 2.5, 1e18, 7, 24), roof);
      assertEquals(measurement, Measurement.ofLine(measurement.toLine()));
    }
    assertEquals(
        "line is no measurement: line=1 2 3",
        assertThrows(IllegalArgumentException.class, () -> Measurement.ofLine("1 2 3"))
            .getMessage());
  }

  @Test
  void forksGiveTheMedianOfTheirMedians() {
    List<Measurement> forks =
        List.of(
            new Measurement(new Timing(30, 10, 50, 7, 16), 3.0),
            new Measurement(new Timing(20, 11, 40, 8, 0), 1.0),
            new Measurement(new Timing(90, 12, 99, 9, 24), 2.0));
    assertEquals(new Measurement(new Timing(30, 10, 50, 24, 24), 2.0), Measurement.ofForks(forks));
    Measurement alone = new Measurement(new Timing(30, 10, 50, 7, 16), null);
    assertEquals(alone, Measurement.ofForks(List.of(alone)));
  }
}
