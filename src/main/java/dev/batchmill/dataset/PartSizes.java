package dev.batchmill.dataset;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** The sizes of parts that follow one another, all as fractions or all as counts. */
@SuppressWarnings("ArrayRecordComponent") // never compared
record PartSizes(double[] fractions, long[] counts) implements Sizes {
  /** How much the sum of fractions such as thirds may be off 1. */
  private static final double SUM_TOLERANCE = 1e-9;

  static PartSizes ofFractions(double... fractions) {
    requireParts(fractions.length, Arrays.toString(fractions));
    for (int part = 0; part < fractions.length; part++) {
      if (!(fractions[part] > 0 && fractions[part] < 1)) {
        throw new IllegalArgumentException(
            "fractions must be between 0 and 1: fractions[" + part + "]=" + fractions[part]);
      }
    }
    PartSizes sizes = new PartSizes(fractions.clone(), new long[0]);
    double sum = sizes.sums()[fractions.length - 1];
    if (sum > 1) {
      throw new IllegalArgumentException(
          "fractions must not be more than 1 together: fractions="
              + Arrays.toString(fractions)
              + " sum="
              + sum);
    }
    return sizes;
  }

  static PartSizes ofCounts(long... counts) {
    requireParts(counts.length, Arrays.toString(counts));
    for (int part = 0; part < counts.length; part++) {
      if (counts[part] < 1) {
        throw new IllegalArgumentException(
            "counts must be at least 1: counts[" + part + "]=" + counts[part]);
      }
    }
    return new PartSizes(new double[0], counts.clone());
  }

  private static void requireParts(int parts, String given) {
    if (parts < 2) {
      throw new IllegalArgumentException("parts must be at least 2: parts=" + given);
    }
  }

  /** The sums of the first fractions, added as decimal numbers: 0.1 and 0.2 are 0.3. */
  private double[] sums() {
    double[] sums = new double[fractions.length];
    BigDecimal sum = BigDecimal.ZERO;
    for (int part = 0; part < fractions.length; part++) {
      sum = sum.add(BigDecimal.valueOf(fractions[part]));
      sums[part] = sum.doubleValue();
    }
    if (Math.abs(sums[fractions.length - 1] - 1) <= SUM_TOLERANCE) {
      sums[fractions.length - 1] = 1;
    }
    return sums;
  }

  @Override
  public List<String> names() {
    int parts = Math.max(fractions.length, counts.length);
    return IntStream.range(0, parts).mapToObj(part -> "part-" + part).toList();
  }

  @Override
  public List<Range> ranges(long n, Unit unit) {
    if (n < 1) {
      throw new IllegalArgumentException(
          unit.total + " must be at least 1: " + unit.total + "=" + n);
    }
    List<Range> ranges = counts.length > 0 ? ofCounts(n, unit) : ofFractions(n, unit);
    for (int part = 0; part < ranges.size(); part++) {
      if (ranges.get(part).size() == 0) {
        throw new IllegalArgumentException(
            "part-"
                + part
                + " would be empty, give other sizes or more "
                + unit.plural
                + ": "
                + unit.plural
                + "="
                + ranges.stream().map(Range::size).toList()
                + (unit == Unit.ROWS ? " n=" : " total=")
                + n);
      }
    }
    return ranges;
  }

  private List<Range> ofFractions(long n, Unit unit) {
    List<Range> ranges = new ArrayList<>();
    long from = 0;
    for (double sum : sums()) {
      long to = sum == 1 ? n : unit.roundLeft(sum * n);
      ranges.add(new Range(from, to));
      from = to;
    }
    return ranges;
  }

  private List<Range> ofCounts(long n, Unit unit) {
    List<Range> ranges = new ArrayList<>();
    long from = 0;
    for (long count : counts) {
      if (count > n - from) {
        throw new IllegalArgumentException(
            "counts must not be more together than there are "
                + unit.plural
                + ": counts="
                + Arrays.toString(counts)
                + " "
                + unit.total
                + "="
                + n);
      }
      ranges.add(new Range(from, from + count));
      from += count;
    }
    return ranges;
  }

  /** Returns the sizes as they were given. */
  @Override
  public String toString() {
    return "parts=" + (counts.length > 0 ? Arrays.toString(counts) : Arrays.toString(fractions));
  }
}
