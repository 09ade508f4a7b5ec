package dev.batchmill.internal.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class LineChartTest {
  private static final Pattern LABEL = Pattern.compile("text-anchor=\"end\">([0-9.-]+)<");

  private static List<String> labels(String svg) {
    return LABEL.matcher(svg).results().map((MatchResult label) -> label.group(1)).toList();
  }

  @Test
  void theAxisHasRoundNumbersAroundTheValues() {
    String loss = LineChart.svg(new double[] {0.9, 0.1}, new double[] {0.5, 0.3}, 0, Double.NaN);
    assertEquals(List.of("0.00", "0.25", "0.50", "0.75", "1.00"), labels(loss));
    String accuracy =
        LineChart.svg(new double[] {0.72, 1}, new double[] {0.85, 0.9}, Double.NaN, 1);
    assertEquals(List.of("0.60", "0.70", "0.80", "0.90", "1.00"), labels(accuracy));
  }

  @Test
  void aPerfectSingleEpochIsDrawn() {
    String svg = LineChart.svg(new double[] {1}, new double[] {1}, Double.NaN, 1);
    assertEquals(List.of("0.80", "0.85", "0.90", "0.95", "1.00"), labels(svg));
    assertTrue(svg.contains("points=\"256.0,26.0\""), svg);
  }
}
