package dev.batchmill.progress;

import java.util.Map;
import java.util.regex.Pattern;

/**
 * The text of a bar: Keras' own. Where a terminal is too narrow for it, the last metrics give way
 * to an ellipsis, then the bar, then the end of the line.
 *
 * @param width how wide the bar is
 * @param colour whether there are escapes for bold and colours
 * @param lines whether the stream can show the lines that the bar is drawn with
 */
record BarText(int width, boolean colour, boolean lines) {
  /** Above this a metric is shown with decimals, below with an exponent. */
  private static final double SMALL = 1e-3;

  private static final int MINUTE = 60;
  private static final int HOUR = 60 * MINUTE;

  private static final String BOLD = "\u001b[1m";
  private static final String GREEN = "\u001b[32m";
  private static final String WHITE = "\u001b[37m";
  private static final String RESET = "\u001b[0m";
  private static final Pattern ESCAPES = Pattern.compile("\u001b\\[[0-9]*m");
  private static final Pattern CONTROL = Pattern.compile("\\p{Cc}");
  private static final String HEAVY = "\u2501";
  private static final String LIGHT = "\u2500";

  private static final BarText PLAIN = new BarText(0, false, false);

  /** The text without bar and colour. */
  static String plain(Progress progress) {
    return PLAIN.drawn(progress, Integer.MAX_VALUE);
  }

  /**
   * The single line at the end of a job. Keras writes every negative metric with an exponent there.
   */
  static String last(Progress progress) {
    StringBuilder out = new StringBuilder(counter(progress));
    out.append(" - ").append(PythonFormat.rounded(progress.elapsedSeconds())).append("s -");
    out.append(pace(progress));
    progress.metrics().forEach((name, value) -> out.append(metric(name, value, value)));
    return out.toString();
  }

  /** The columns that a text takes on a terminal. */
  static int columns(String text) {
    return Columns.of(ESCAPES.matcher(text).replaceAll(""));
  }

  /** The text with the bar, in at most so many columns. */
  String drawn(Progress progress, int columns) {
    String start = start(progress, width);
    int tooWide = columns(start) - columns;
    if (tooWide > 0) {
      start = start(progress, Math.max(0, width - tooWide));
      if (columns(start) > columns) {
        return Columns.cut(ESCAPES.matcher(start).replaceAll(""), columns);
      }
    }
    return start + metrics(progress.metrics(), columns - columns(start));
  }

  private String start(Progress progress, int barWidth) {
    return (progress.isMeasurable() ? bold(counter(progress)) : counter(progress))
        + (progress.isMeasurable() && barWidth > 0 ? " " + bar(progress, barWidth) : "")
        + " "
        + bold(time(progress))
        + pace(progress);
  }

  private String metrics(Map<String, Double> metrics, int columns) {
    StringBuilder all = new StringBuilder();
    metrics.forEach((name, value) -> all.append(metric(name, value, Math.abs(value))));
    if (Columns.of(all.toString()) <= columns) {
      return all.toString();
    }
    String ellipsis = lines ? " \u2026" : " ...";
    int left = columns - Columns.of(ellipsis);
    if (left < 0) {
      return "";
    }
    StringBuilder some = new StringBuilder();
    for (Map.Entry<String, Double> entry : metrics.entrySet()) {
      String metric = metric(entry.getKey(), entry.getValue(), Math.abs(entry.getValue()));
      left -= Columns.of(metric);
      if (left < 0) {
        break;
      }
      some.append(metric);
    }
    return some + ellipsis;
  }

  private static String metric(String name, double value, double size) {
    return " - "
        + printable(name)
        + ": "
        + (size > SMALL ? PythonFormat.fixed(value) : PythonFormat.scientific(value));
  }

  /** A name with a space for each control character, which would move the cursor. */
  private static String printable(String name) {
    return CONTROL.matcher(name).replaceAll(" ");
  }

  private static String counter(Progress progress) {
    if (!progress.isMeasurable()) {
      return String.format("%7d/Unknown", progress.current());
    }
    String all = Long.toString(progress.target().getAsLong());
    return String.format("%" + all.length() + "d/%s", progress.current(), all);
  }

  private String bar(Progress progress, int barWidth) {
    double share = (double) progress.current() / progress.target().getAsLong();
    int done = (int) Math.min(barWidth, barWidth * share);
    String doneMark = lines ? HEAVY : "=";
    String leftMark = !lines ? "-" : colour ? HEAVY : LIGHT;
    return (done > 0 ? coloured(GREEN, doneMark.repeat(done)) : "")
        + coloured(WHITE, leftMark.repeat(barWidth - done));
  }

  /** The time left, or at the end (or without an end in sight) the time spent. */
  private static String time(Progress progress) {
    if (progress.finished() || !progress.isMeasurable()) {
      return PythonFormat.rounded(progress.elapsedSeconds()) + "s";
    }
    double left = progress.secondsPerStep() * (progress.target().getAsLong() - progress.current());
    long seconds = (long) left;
    if (left > HOUR) {
      return String.format(
          "%d:%02d:%02d", seconds / HOUR, seconds % HOUR / MINUTE, seconds % MINUTE);
    }
    return left > MINUTE
        ? String.format("%d:%02d", seconds / MINUTE, seconds % MINUTE)
        : seconds + "s";
  }

  private static String pace(Progress progress) {
    double seconds = progress.secondsPerStep();
    String time;
    if (seconds >= 1 || seconds == 0) {
      time = PythonFormat.rounded(seconds) + "s/";
    } else if (seconds >= 1e-3) {
      time = PythonFormat.rounded(seconds * 1e3) + "ms/";
    } else {
      time = PythonFormat.rounded(seconds * 1e6) + "us/";
    }
    return " " + time + printable(progress.unit());
  }

  private String bold(String text) {
    return coloured(BOLD, text);
  }

  private String coloured(String escape, String text) {
    return colour ? escape + text + RESET : text;
  }
}
