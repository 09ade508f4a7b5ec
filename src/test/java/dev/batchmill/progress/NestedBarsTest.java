package dev.batchmill.progress;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What is seen, on a small terminal, of bars that are drawn below each other. */
class NestedBarsTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
  private long now;

  private ProgressBar.Builder builder() {
    return ProgressBar.builder()
        .width(2)
        .interval(Duration.ZERO)
        .output(out)
        .clock(() -> now)
        .environment(Map.of("NO_COLOR", "1"));
  }

  private void seen(String... lines) {
    assertEquals(List.of(lines), ScreenModel.of(bytes.toString(StandardCharsets.UTF_8)));
  }

  @Test
  void innerBarIsBelowAndTheNextTakesItsPlace() {
    try (ProgressBar epochs = builder().target(2).unit("epoch").terminal(true).build()) {
      for (int epoch = 0; epoch < 2; epoch++) {
        try (ProgressBar batches = epochs.nested().target(3).unit("batch").build()) {
          for (int batch = 0; batch < 3; batch++) {
            now += SECOND;
            batches.add(1, ProgressBar.metric("a", epoch == 0 ? 1000 : 1));
            if (epoch == 0 && batch == 0) {
              seen("0/2 ── 0s 0s/epoch", "1/3 ── 2s 1s/batch - a: 1000.0000");
            }
          }
        }
        epochs.add(1);
        if (epoch == 0) {
          seen("1/2 ━─ 3s 3s/epoch", "3/3 ━━ 3s 1s/batch - a: 1000.0000");
        }
      }
    }
    out.print("next");
    seen("2/2 ━━ 6s 3s/epoch", "3/3 ━━ 3s 1s/batch - a: 1.0000", "next");
  }

  @Test
  void threeLevelsKeepTheirLines() {
    ProgressBar first = builder().target(9).unit("a").terminal(true).build();
    ProgressBar second = first.nested().target(9).unit("b").build();
    ProgressBar third = second.nested().target(9).unit("c").build();
    third.update(1);
    seen("0/9 ── 0s 0s/a", "0/9 ── 0s 0s/b", "1/9 ── 0s 0s/c");
    second.update(2);
    first.update(3);
    third.update(9);
    seen("3/9 ── 0s 0s/a", "2/9 ── 0s 0s/b", "9/9 ━━ 0s 0s/c");
    second.close();
    third.update(8);
    seen("3/9 ── 0s 0s/a", "8/9 ━─ 0s 0s/c", "9/9 ━━ 0s 0s/c");
    first.close();
    out.print("next");
    seen("3/9 ── 0s 0s/a", "8/9 ━─ 0s 0s/c", "9/9 ━━ 0s 0s/c", "next");
  }

  @Test
  void innerBarThatOutlivesTheOuterOneHasItsOwnLine() {
    ProgressBar outer = builder().target(1).unit("a").terminal(true).build();
    ProgressBar inner = outer.nested().target(2).unit("b").build();
    inner.update(1);
    outer.update(1);
    inner.update(2);
    out.print("next");
    seen("1/1 ━━ 0s 0s/a", "1/2 ━─ 0s 0s/b", "2/2 ━━ 0s 0s/b", "next");
  }

  @Test
  void innerBarOfASilentOneIsAlone() {
    ProgressBar outer = builder().target(1).verbose(0).terminal(true).build();
    ProgressBar inner = outer.nested().verbose(1).target(1).build();
    inner.update(1);
    outer.update(1);
    seen("1/1 ━━ 0s 0s/step", "");
  }

  @Test
  void logHoldsTheLinesOfBoth() {
    ProgressBar outer = builder().target(2).unit("epoch").build();
    outer.nested().target(1).unit("batch").build().update(1);
    outer.update(1);
    seen("1/1 0s 0s/batch", "1/2 0s 0s/epoch", "");
  }

  @Test
  void sinkIsToldTheDepth() {
    List<Integer> depths = new ArrayList<>();
    ProgressBar outer =
        ProgressBar.builder().interval(Duration.ZERO).sink(p -> depths.add(p.depth())).build();
    ProgressBar inner = outer.nested().build();
    inner.nested().build().update(1);
    inner.update(1);
    outer.update(1);
    assertEquals(List.of(2, 1, 0), depths);
  }

  /** Carries out what a terminal would: carriage return, line feed and cursor up. */
  private static final class ScreenModel {
    private final List<StringBuilder> lines = new ArrayList<>();
    private int row;
    private int column;

    static List<String> of(String text) {
      ScreenModel screen = new ScreenModel();
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        if (c == '\u001b') {
          int end = text.indexOf('A', i);
          screen.row -= Integer.parseInt(text.substring(i + 2, end));
          i = end;
        } else if (c == '\r') {
          screen.column = 0;
        } else if (c == '\n') {
          screen.column = 0;
          screen.row++;
        } else {
          screen.put(c);
        }
      }
      screen.line();
      return screen.lines.stream().map(line -> line.toString().stripTrailing()).toList();
    }

    private StringBuilder line() {
      while (lines.size() <= row) {
        lines.add(new StringBuilder());
      }
      return lines.get(row);
    }

    private void put(char c) {
      StringBuilder line = line();
      while (line.length() <= column) {
        line.append(' ');
      }
      line.setCharAt(column++, c);
    }
  }
}
