package dev.batchmill.progress;

import static dev.batchmill.progress.ProgressBar.metric;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A line never takes the terminal's last column, whatever it holds. */
class NarrowTerminalTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

  private String drawn(int columns, Map<String, String> environment, String unit, String name) {
    bytes.reset();
    ProgressBar bar =
        ProgressBar.builder()
            .target(4)
            .width(10)
            .unit(unit)
            .output(out)
            .terminal(true)
            .columns(columns)
            .clock(() -> 0)
            .environment(environment)
            .build();
    bar.update(2, metric(name, 1), metric("b", 2));
    String text = bytes.toString(StandardCharsets.UTF_8);
    assertEquals('\r', text.charAt(0));
    return text.substring(1);
  }

  private String plain(int columns) {
    return drawn(columns, Map.of("NO_COLOR", "1"), "step", "a");
  }

  @Test
  void metricsGiveWayToAnEllipsisThenTheBarThenTheEnd() {
    String all = "2/4 ━━━━━───── 0s 0s/step - a: 1.0000 - b: 2.0000";
    assertEquals(all, plain(200));
    assertEquals(all, plain(50));
    assertEquals("2/4 ━━━━━───── 0s 0s/step - a: 1.0000 …", plain(49));
    assertEquals("2/4 ━━━━━───── 0s 0s/step - a: 1.0000 …", plain(40));
    assertEquals("2/4 ━━━━━───── 0s 0s/step …", plain(39));
    assertEquals("2/4 ━━━━━───── 0s 0s/step …", plain(28));
    assertEquals("2/4 ━━━━━───── 0s 0s/step", plain(27));
    assertEquals("2/4 ━━━━━───── 0s 0s/step", plain(26));
    assertEquals("2/4 ━━━━───── 0s 0s/step", plain(25));
    assertEquals("2/4 ─ 0s 0s/step", plain(17));
    assertEquals("2/4 0s 0s/step", plain(16));
    assertEquals("2/4 0s 0s/ste", plain(14));
    assertEquals("", plain(1));
  }

  @Test
  void noLineIsTooWideForAnyTerminal() {
    for (String name : new String[] {"loss", "图片损失", "e\u0301\u0301", "\ud83d\ude80"}) {
      for (int columns = 1; columns < 90; columns++) {
        String text = drawn(columns, Map.of(), "图", name);
        int width = Columns.of(text.replaceAll("\u001b\\[[0-9]*m", ""));
        assertTrue(width < columns, "columns=" + columns + " text=" + text);
      }
    }
  }

  @Test
  void wideCharactersAreWipedByAsManyBlanks() {
    ProgressBar bar =
        ProgressBar.builder()
            .output(out)
            .terminal(true)
            .clock(() -> 0)
            .environment(Map.of("NO_COLOR", "1"))
            .statefulMetrics("图")
            .build();
    bar.update(1, metric("图", 10));
    bar.update(2, true, metric("图", 1));
    assertEquals(
        "\r      1/Unknown 0s 0s/step - 图: 10.0000\r      2/Unknown 0s 0s/step - 图: 1.0000 \n",
        bytes.toString(StandardCharsets.UTF_8));
  }

  @Test
  void controlCharactersDoNotReachTheTerminal() {
    assertEquals(
        "2/4 ━━━━━───── 0s 0s/  x - a  [31m: 1.0000 - b: 2.0000",
        drawn(200, Map.of("NO_COLOR", "1"), "\r\nx", "a\u001b\u009b[31m"));
  }
}
