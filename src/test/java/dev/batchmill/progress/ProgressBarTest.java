package dev.batchmill.progress;

import static dev.batchmill.progress.ProgressBar.metric;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.batchmill.ChildJvm;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class ProgressBarTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
  private long now;

  private ProgressBar.Builder builder() {
    return ProgressBar.builder().output(out).clock(() -> now).environment(Map.of());
  }

  private String drawn() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void logGetsAPlainLineEveryTenSecondsAndTheLast() {
    try (ProgressBar bar = builder().target(100).build()) {
      for (int i = 1; i <= 100; i++) {
        now += SECOND / 4;
        bar.add(1, metric("loss", 1.0 / 1024));
      }
    }
    assertEquals(
        """
         40/100 15s 250ms/step - loss: 9.7656e-04
         80/100 5s 250ms/step - loss: 9.7656e-04
        100/100 25s 250ms/step - loss: 9.7656e-04
        """,
        drawn());
  }

  @Test
  void logsIntervalCanBeSet() {
    ProgressBar bar = builder().target(10).interval(Duration.ofSeconds(1)).build();
    for (int i = 1; i <= 10; i++) {
      now += SECOND / 4;
      bar.update(i);
    }
    assertEquals(" 4/10 1s 250ms/step\n 8/10 0s 250ms/step\n10/10 2s 250ms/step\n", drawn());
  }

  @Test
  void closeWritesTheEndOfALogOnce() {
    ProgressBar bar = builder().build();
    now += 10 * SECOND;
    bar.update(1);
    now += SECOND;
    bar.close();
    bar.close();
    assertEquals("      1/Unknown 10s 10s/step\n      1/Unknown 11s 11s/step\n", drawn());
  }

  @Test
  void logOfAFastJobIsItsLastLine() {
    ProgressBar bar = builder().target(3).build();
    bar.update(1, metric("a", 1));
    bar.update(2, metric("a", 2));
    assertEquals("", drawn());
    bar.update(3, metric("a", 4));
    assertEquals("3/3 0s 0s/step - a: 4.0000\n", drawn());
  }

  @Test
  void closeEndsTheLineOnceAndDrawsWhatWasHeldBack() {
    ProgressBar bar = builder().target(4).terminal(true).width(4).environment(noColour()).build();
    bar.update(1, metric("a", 1));
    now += SECOND / 100;
    bar.update(2, metric("a", 2));
    assertEquals("\r1/4 ━─── 0s 0s/step - a: 1.0000", drawn());
    bar.close();
    bar.close();
    assertEquals("\r1/4 ━─── 0s 0s/step - a: 1.0000\r2/4 ━━── 0s 10ms/step - a: 1.5000\n", drawn());
  }

  @Test
  void closingAnUntouchedOrFinishedBarDrawsNothing() {
    builder().target(4).terminal(true).build().close();
    assertEquals("", drawn());
    ProgressBar bar = builder().target(1).build();
    bar.update(1);
    String before = drawn();
    bar.close();
    assertEquals(before, drawn());
  }

  @Test
  void terminalIsDrawnAtMostOncePerInterval() {
    ProgressBar bar = builder().target(100).terminal(true).interval(Duration.ofSeconds(1)).build();
    for (int i = 1; i < 100; i++) {
      now += SECOND / 8;
      bar.update(i);
    }
    assertEquals(13, drawn().chars().filter(c -> c == '\r').count());
  }

  @Test
  void shorterTextWipesTheLongerOne() {
    ProgressBar bar = builder().terminal(true).environment(noColour()).build();
    bar.update(1, metric("a", 1e9));
    now += SECOND;
    bar.update(2, true, metric("a", 1));
    assertEquals(
        "\r      1/Unknown 0s 0s/step - a: 1000000000.0000"
            + "\r      2/Unknown 1s 1s/step - a: 1.0000         \n",
        drawn());
  }

  @Test
  void stepsBeyondTheTargetKeepTheBarsWidth() {
    ProgressBar bar = builder().target(2).width(3).terminal(true).environment(noColour()).build();
    bar.update(5);
    assertEquals("\r5/2 ━━━ 0s 0s/step\n", drawn());
  }

  @Test
  void hugeTargetsDoNotOverflow() {
    ProgressBar bar =
        builder().target(Long.MAX_VALUE).width(4).terminal(true).environment(noColour()).build();
    bar.update(Long.MAX_VALUE / 2);
    assertEquals("\r4611686018427387903/9223372036854775807 ━━── 0s 0s/step", drawn());
    assertThrows(ArithmeticException.class, () -> bar.add(Long.MAX_VALUE));
  }

  @Test
  void silentBarDrawsNothing() {
    ProgressBar bar = builder().target(2).verbose(0).terminal(true).build();
    bar.update(2, metric("a", 1));
    bar.close();
    assertEquals("", drawn());
  }

  @Test
  void threadsLoseNoStep() throws InterruptedException {
    ProgressBar bar = builder().target(40_000).build();
    Thread[] threads = new Thread[4];
    for (int t = 0; t < threads.length; t++) {
      threads[t] =
          new Thread(
              () -> {
                for (int i = 0; i < 10_000; i++) {
                  bar.add(1, metric("a", 3));
                }
              });
      threads[t].start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals("40000/40000 0s 0s/step - a: 3.0000\n", drawn());
  }

  @Test
  void refusesWhatMakesNoSense() {
    refused("target must not be negative: target=-1", b -> b.target(-1));
    refused("width must be at least 1: width=0", b -> b.width(0));
    refused("verbose must be 0, 1 or 2: verbose=3", b -> b.verbose(3));
    refused(
        "interval must be at least zero and at most a day: interval=PT-1S",
        b -> b.interval(Duration.ofSeconds(-1)));
    refused(
        "stateful and stateless metrics exclude each other: statefulMetrics=[a]"
            + " statelessMetrics=[b]; name one of them",
        b -> b.statefulMetrics("a").statelessMetrics("b").build());
    refused("current must not be negative: current=-1", b -> b.build().update(-1));
    refused("columns must be at least 1: columns=0", b -> b.columns(0));
    refused(
        "a sink or logger and a format exclude each other: format=JSON",
        b -> b.sink(progress -> {}).format(ProgressBar.Format.JSON).build());
  }

  @Test
  void nestedBarsGoWhereTheOuterOneGoes() {
    ProgressBar outer = builder().build();
    nestedRefuses("output", outer, b -> b.output(out));
    nestedRefuses("format", outer, b -> b.format(ProgressBar.Format.BAR));
    nestedRefuses("format", outer, b -> b.terminal(true));
    nestedRefuses("columns", outer, b -> b.columns(80));
    nestedRefuses("sink", outer, b -> b.sink(progress -> {}));
    nestedRefuses("sink", outer, b -> b.logger(System.getLogger("test")));
  }

  private static void nestedRefuses(
      String setting, ProgressBar outer, Consumer<ProgressBar.Builder> call) {
    assertEquals(
        "a nested bar goes where its outer bar goes; set this there: setting=" + setting,
        assertThrows(IllegalStateException.class, () -> call.accept(outer.nested())).getMessage());
  }

  private void refused(String message, Consumer<ProgressBar.Builder> call) {
    assertEquals(
        message,
        assertThrows(IllegalArgumentException.class, () -> call.accept(builder())).getMessage());
  }

  @Test
  void onlyStandardStreamsCanBeTerminals() {
    assertFalse(Terminal.isTerminal(out, Map.of()));
    assertFalse(Terminal.isTerminal(System.err, Map.of("TERM", "dumb")));
    assertEquals(132, Terminal.columns(out, Map.of("COLUMNS", "132")));
    assertEquals(Integer.MAX_VALUE, Terminal.columns(out, Map.of("COLUMNS", "wide")));
    assertEquals(Integer.MAX_VALUE, Terminal.columns(out, Map.of()));
    assertTrue(Terminal.wantsColour(Map.of("NO_COLOR", "")));
    assertFalse(Terminal.wantsColour(noColour()));
  }

  /**
   * A bar in a process of its own: on a pseudo-terminal it draws with escapes, in a pipe and in the
   * log of a CI server without, and no wider than the terminal.
   */
  @Test
  void drawsByWhereStandardErrorLeads() throws IOException, InterruptedException {
    String inPipe = run(javaCommand());
    assertEquals("2/2 0s 0s/step - a: 0.5000\n", inPipe.replaceAll("\\d+[mu]?s/", "0s/"));
    assertTrue(onTerminal("TERM=dumb", "").startsWith("2/2 "));
    assertTrue(onTerminal("CI=true", "").startsWith("2/2 "));
    String drawn = onTerminal("CI=false", "stty cols 100; ");
    assertTrue(drawn.contains("\r\u001b[1m2/2\u001b[0m"), drawn);
    assertTrue(drawn.contains(" - a: 0.5000"), drawn);
    String narrow = onTerminal("CI=", "stty cols 40; ");
    assertTrue(narrow.contains("\r\u001b[1m2/2\u001b[0m"), narrow);
    assertFalse(narrow.contains("a: 0.5000"), narrow);
  }

  private static String onTerminal(String setting, String before)
      throws IOException, InterruptedException {
    String command = before + "'" + String.join("' '", javaCommand()) + "'";
    return run("env", "TERM=xterm", setting, "script", "-qec", command, "/dev/null");
  }

  private static String[] javaCommand() {
    List<String> command = new ArrayList<>(ChildJvm.java());
    String classPath =
        ChildJvm.path(ChildJvm.origin(ProgressBar.class), ChildJvm.origin(OneBar.class));
    command.addAll(List.of("-cp", classPath, OneBar.class.getName()));
    return command.toArray(String[]::new);
  }

  private static String run(String... command) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().keySet().removeAll(Set.of("NO_COLOR", "COLUMNS", "CI"));
    Process process = builder.start();
    process.getOutputStream().close();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), text);
    return text;
  }

  /** Draws a bar with the default settings. */
  static final class OneBar {
    private OneBar() {}

    public static void main(String[] args) {
      try (ProgressBar bar = ProgressBar.of(2)) {
        bar.update(2, metric("a", 0.5));
      }
    }
  }

  private static Map<String, String> noColour() {
    return Map.of("NO_COLOR", "1");
  }
}
