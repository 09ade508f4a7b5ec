package dev.batchmill.progress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Everything drawn on a terminal equals, byte for byte, what Keras draws (without backspaces). */
class ProgressBarGoldenTest {
  private static final String VECTORS = "keras_progbar.tsv";
  private static final String NONE = "-";

  private final ByteArrayOutputStream drawn = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(drawn, true, StandardCharsets.UTF_8);
  private long now;

  @Test
  void drawsWhatKerasDraws() throws IOException {
    ProgressBar bar = ProgressBar.of(1);
    int updates = 0;
    int line = 0;
    for (String text : vectors()) {
      line++;
      String[] fields = text.split("\t", -1);
      if (fields[0].equals("bar")) {
        bar = bar(fields);
      } else if (fields[0].equals("update")) {
        update(bar, fields);
        String expected = fields[5].equals(NONE) ? "" : fields[5];
        assertEquals(expected, takeDrawn(), VECTORS + " line " + line + ": " + text);
        updates++;
      }
    }
    assertTrue(updates > 1000, "updates=" + updates);
  }

  private ProgressBar bar(String[] fields) {
    now = 0;
    ProgressBar.Builder builder =
        ProgressBar.builder()
            .verbose(Integer.parseInt(fields[1]))
            .width(Integer.parseInt(fields[3]))
            .unit(fields[4])
            .output(out)
            .terminal(true)
            .environment(Map.of())
            .clock(() -> now);
    if (!fields[2].equals(NONE)) {
      builder.target(Long.parseLong(fields[2]));
    }
    if (!fields[5].equals(NONE)) {
      builder.statefulMetrics(fields[5].split(","));
    }
    if (!fields[6].equals(NONE)) {
      builder.statelessMetrics(fields[6].split(","));
    }
    return builder.build();
  }

  private void update(ProgressBar bar, String[] fields) {
    now = Long.parseLong(fields[1]);
    long current = Long.parseLong(fields[2]);
    ProgressBar.Metric[] metrics =
        fields[4].equals(NONE)
            ? new ProgressBar.Metric[0]
            : Arrays.stream(fields[4].split(","))
                .map(ProgressBarGoldenTest::metric)
                .toArray(ProgressBar.Metric[]::new);
    if (fields[3].equals(NONE)) {
      bar.update(current, metrics);
    } else {
      bar.update(current, Boolean.parseBoolean(fields[3]), metrics);
    }
  }

  private static ProgressBar.Metric metric(String text) {
    int equals = text.indexOf('=');
    String value = text.substring(equals + 1);
    return ProgressBar.metric(
        text.substring(0, equals),
        switch (value) {
          case "nan" -> Double.NaN;
          case "inf" -> Double.POSITIVE_INFINITY;
          case "-inf" -> Double.NEGATIVE_INFINITY;
          default -> Double.parseDouble(value);
        });
  }

  private String takeDrawn() {
    String text = drawn.toString(StandardCharsets.UTF_8);
    drawn.reset();
    return text.replace("\u001b", "\\e").replace("\r", "\\r").replace("\n", "\\n");
  }

  private static List<String> vectors() throws IOException {
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(
                    ProgressBarGoldenTest.class.getResourceAsStream(VECTORS), VECTORS),
                StandardCharsets.UTF_8))) {
      return in.lines().toList();
    }
  }
}
