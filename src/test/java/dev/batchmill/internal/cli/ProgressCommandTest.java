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
}
