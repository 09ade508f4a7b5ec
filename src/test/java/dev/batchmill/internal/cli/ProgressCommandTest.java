package dev.batchmill.internal.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ProgressCommandTest {
  private final InputStream stdin = System.in;

  @AfterEach
  void restoreTheStandardInput() {
    System.setIn(stdin);
  }

  private static Outcome progress(String lines, Object... options) {
    System.setIn(new ByteArrayInputStream(lines.getBytes(StandardCharsets.US_ASCII)));
    Object[] args = new Object[options.length + 1];
    args[0] = "progress";
    System.arraycopy(options, 0, args, 1, options.length);
    return Outcome.of(args);
  }

  @Test
  void theBarGoesToTheStandardError() {
    Outcome outcome = progress("1 loss=2\n\n 2  loss=1 \n", "--target", 2, "--unit", "row");
    assertEquals(0, outcome.status());
    assertEquals("", outcome.out());
    assertTrue(outcome.err().startsWith("2/2 "), outcome.err());
    assertTrue(outcome.err().contains("/row - loss: 1.0000\n"), outcome.err());
  }

  @Test
  void anUnknownTargetIsCounted() {
    Outcome outcome = progress("5\n");
    assertEquals(0, outcome.status());
    assertTrue(outcome.err().contains("5/Unknown"), outcome.err());
  }

  @Test
  void verboseZeroIsSilent() {
    assertEquals("", progress("1\n2\n", "--target", 2, "--verbose", 0).succeeded().out());
  }

  @Test
  void jsonIsOneObjectALine() {
    Outcome outcome =
        progress("1 loss=2\n2 loss=1\n", "--target", 2, "--format", "json", "--interval", 0);
    assertEquals(0, outcome.status());
    String shape =
        outcome.err().replaceAll("(elapsed_seconds|eta_seconds|per_step)\":[-0-9.E]+", "$1\":0");
    assertEquals(
        """
        {"current":1,"target":2,"unit":"step","depth":0,"elapsed_seconds":0,"eta_seconds":0,\
        "seconds_per_step":0,"metrics":{"loss":2.0},"finished":false}
        {"current":2,"target":2,"unit":"step","depth":0,"elapsed_seconds":0,"eta_seconds":0,\
        "seconds_per_step":0,"metrics":{"loss":1.0},"finished":true}
        """,
        shape);
  }

  @Test
  void theFormCanBeForced() {
    assertTrue(progress("1\n", "--target", 1, "--format", "bar").err().startsWith("\r"));
    assertTrue(progress("1\n", "--target", 1, "--format", "plain").err().startsWith("1/1 "));
  }

  @Test
  void plainLinesComeAtTheInterval() {
    String err = progress("1\n2\n3\n", "--target", 3, "--interval", "0").err();
    assertEquals(3, err.lines().count(), err);
    err = progress("1\n2\n3\n", "--target", 3, "--interval", "600.5").err();
    assertEquals(1, err.lines().count(), err);
  }

  @Test
  void refusesOtherFormatsAndIntervals() {
    assertEquals(
        "batchmill progress: Invalid value for option '--format': 'xml' is not one of"
            + " auto, bar, plain, json",
        progress("", "--format", "xml").err().lines().findFirst().orElseThrow());
    assertEquals(
        "batchmill progress: Invalid value for option '--interval': 'NaN' is not a"
            + " number of seconds",
        progress("", "--interval", "NaN").err().lines().findFirst().orElseThrow());
    assertEquals(
        "batchmill progress: interval must be at least zero and at most a day: interval=PT-1S\n",
        progress("", "--interval", "-1").err());
  }
}
