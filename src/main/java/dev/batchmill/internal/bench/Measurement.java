package dev.batchmill.internal.bench;

import java.util.List;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * What one process measured of an operation.
 *
 * @param timing the operation's time
 * @param roofNanos the time of the roof over its traffic; null where there is none
 */
record Measurement(Timing timing, @Nullable Double roofNanos) {
  private static final String NONE = "-";

  /** The median of what several processes measured, at least one. */
  static Measurement ofForks(List<Measurement> forks) {
    List<Timing> timings = forks.stream().map(Measurement::timing).toList();
    Timing timing =
        new Timing(
            Timing.median(timings.stream().mapToDouble(Timing::medianNanos).toArray()),
            timings.stream().mapToDouble(Timing::minNanos).min().orElseThrow(),
            Timing.median(timings.stream().mapToDouble(Timing::p90Nanos).toArray()),
            timings.stream().mapToInt(Timing::samples).sum(),
            timings.stream().mapToLong(Timing::allocatedBytes).max().orElseThrow());
    double[] roofs =
        forks.stream()
            .map(Measurement::roofNanos)
            .filter(roof -> roof != null)
            .mapToDouble(Double::doubleValue)
            .toArray();
    return new Measurement(timing, roofs.length == 0 ? null : Timing.median(roofs));
  }

  /** One line of text, for another process. */
  String toLine() {
    return new StringJoiner(" ")
        .add(Double.toString(timing.medianNanos()))
        .add(Double.toString(timing.minNanos()))
        .add(Double.toString(timing.p90Nanos()))
        .add(Integer.toString(timing.samples()))
        .add(Long.toString(timing.allocatedBytes()))
        .add(roofNanos == null ? NONE : Double.toString(roofNanos))
        .toString();
  }

  /**
   * Reads such a line.
   *
   * @throws IllegalArgumentException if it is none
   */
  static Measurement ofLine(String line) {
    String[] words = line.split(" ", -1);
    if (words.length != 6) {
      throw new IllegalArgumentException("line is no measurement: line=" + line);
    }
    return new Measurement(
        new Timing(
            Double.parseDouble(words[0]),
            Double.parseDouble(words[1]),
            Double.parseDouble(words[2]),
            Integer.parseInt(words[3]),
            Long.parseLong(words[4])),
        words[5].equals(NONE) ? null : Double.valueOf(words[5]));
  }
}
