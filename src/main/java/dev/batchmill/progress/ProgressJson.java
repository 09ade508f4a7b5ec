package dev.batchmill.progress;

import java.util.Map;

/**
 * Writes {@link Progress} as JSON; everything but ASCII is escaped, whatever a stream's encoding.
 */
final class ProgressJson {
  private static final String NULL = "null";

  private ProgressJson() {}

  static String object(Progress progress) {
    StringBuilder out = new StringBuilder();
    out.append("{\"current\":").append(progress.current());
    out.append(",\"target\":");
    if (progress.target().isPresent()) {
      out.append(progress.target().getAsLong());
    } else {
      out.append(NULL);
    }
    out.append(",\"unit\":");
    string(out, progress.unit());
    out.append(",\"depth\":").append(progress.depth());
    out.append(",\"elapsed_seconds\":").append(number(progress.elapsedSeconds()));
    out.append(",\"eta_seconds\":").append(number(progress.etaSeconds().orElse(Double.NaN)));
    out.append(",\"seconds_per_step\":").append(number(progress.secondsPerStep()));
    out.append(",\"metrics\":{");
    String separator = "";
    for (Map.Entry<String, Double> metric : progress.metrics().entrySet()) {
      out.append(separator);
      string(out, metric.getKey());
      out.append(':').append(number(metric.getValue()));
      separator = ",";
    }
    return out.append("},\"finished\":").append(progress.finished()).append('}').toString();
  }

  private static String number(double value) {
    return Double.isFinite(value) ? Double.toString(value) : NULL;
  }

  private static void string(StringBuilder out, String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ' || c > '~') {
        out.append(String.format("\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }
}
