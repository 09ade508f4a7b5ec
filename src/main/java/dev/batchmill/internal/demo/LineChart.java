package dev.batchmill.internal.demo;

import java.util.Arrays;
import java.util.Locale;

/** Draws two series over the epochs as inline SVG; the page's style sheet has the colours. */
final class LineChart {
  private static final int WIDTH = 480;
  private static final int HEIGHT = 250;
  private static final int LEFT = 44;
  private static final int RIGHT = 12;
  private static final int TOP = 26;
  private static final int BOTTOM = 26;
  private static final int ROWS = 4;
  private static final int COLUMNS = 6;

  /** What the ends of an axis are multiples of: its rows are then round numbers too. */
  private static final double ROUND = 0.2;

  /** Half an epoch, so that a chart of one epoch has a middle. */
  private static final double MARGIN = 0.5;

  private final double low;
  private final double high;
  private final int epochs;

  private LineChart(double low, double high, int epochs) {
    this.low = low;
    this.high = high;
    this.epochs = epochs;
  }

  /**
   * Draws a chart.
   *
   * @param training the values on the training rows, by epoch
   * @param test the values on the rows held out
   * @param low the least value shown, or NaN for a round one below all values
   * @param high the largest value shown, or NaN for a round one above all values
   */
  static String svg(double[] training, double[] test, double low, double high) {
    double least = Math.min(min(training), min(test));
    double largest = Math.max(max(training), max(test));
    double bottom = Double.isNaN(low) ? Math.floor(least / ROUND) * ROUND : low;
    double top = Double.isNaN(high) ? Math.ceil(largest / ROUND) * ROUND : high;
    if (!(top > bottom)) {
      bottom = top - ROUND;
    }
    return new LineChart(bottom, top, training.length).draw(training, test);
  }

  private static double min(double[] values) {
    return Arrays.stream(values).min().orElse(0);
  }

  private static double max(double[] values) {
    return Arrays.stream(values).max().orElse(1);
  }

  private String draw(double[] training, double[] test) {
    StringBuilder svg =
        new StringBuilder("<svg class=\"chart\" viewBox=\"0 0 " + WIDTH + " " + HEIGHT + "\">\n");
    for (int row = 0; row <= ROWS; row++) {
      double value = low + (high - low) * row / ROWS;
      String y = number(y(value));
      svg.append(
          "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%s\" y2=\"%s\"/>"
              .formatted(LEFT, WIDTH - RIGHT, y, y));
      svg.append(
          text("", LEFT - 8, y(value) + 4, "end", String.format(Locale.ROOT, "%.2f", value)));
    }
    int step = Math.max(1, (epochs + COLUMNS - 1) / COLUMNS);
    for (int epoch = step; epoch <= epochs; epoch += step) {
      svg.append(text("", x(epoch), HEIGHT - 6, "middle", Integer.toString(epoch)));
    }
    svg.append(polyline("first", training)).append(polyline("second", test));
    svg.append(text("first", LEFT, 14, "start", "training"));
    svg.append(text("second", LEFT + 70, 14, "start", "held out"));
    return svg.append("</svg>").toString();
  }

  private String polyline(String style, double[] values) {
    StringBuilder points = new StringBuilder();
    for (int i = 0; i < values.length; i++) {
      points.append(number(x(i + 1))).append(',').append(number(y(values[i]))).append(' ');
    }
    return "<polyline class=\"series %s\" points=\"%s\"/>%n"
        .formatted(style, points.toString().strip());
  }

  private static String text(String style, double x, double y, String anchor, String text) {
    return "<text class=\"%s\" x=\"%s\" y=\"%s\" text-anchor=\"%s\">%s</text>%n"
        .formatted(style, number(x), number(y), anchor, text);
  }

  private double x(double epoch) {
    return LEFT + (epoch - MARGIN) / epochs * (WIDTH - LEFT - RIGHT);
  }

  private double y(double value) {
    return HEIGHT - BOTTOM - (value - low) / (high - low) * (HEIGHT - TOP - BOTTOM);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }
}
