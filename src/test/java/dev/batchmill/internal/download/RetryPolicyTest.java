package dev.batchmill.internal.download;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.batchmill.error.DownloadException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RetryPolicyTest {
  private static final RetryPolicy POLICY = new RetryPolicy(100, Duration.ofMillis(500));

  private static RetryableException broken() {
    return RetryableException.of("broken", null);
  }

  private static RetryableException busy(long seconds) {
    return RetryableException.busy("busy", Duration.ofSeconds(seconds));
  }

  @Test
  void doublesTheDelayUpToABound() throws DownloadException {
    assertEquals(Duration.ofMillis(250), POLICY.pauseAfter(1, broken(), 0));
    assertEquals(Duration.ofMillis(375), POLICY.pauseAfter(1, broken(), 0.5));
    assertEquals(Duration.ofMillis(500), POLICY.pauseAfter(2, broken(), 0));
    assertEquals(Duration.ofSeconds(4), POLICY.pauseAfter(5, broken(), 0));
    assertEquals(Duration.ofSeconds(15), POLICY.pauseAfter(100, broken(), 0));
    RetryPolicy slow = new RetryPolicy(100, Duration.ofDays(1));
    assertEquals(Duration.ofSeconds(15), slow.pauseAfter(100, broken(), 0));
  }

  @Test
  void waitsAsLongAsTheServerAsks() throws DownloadException {
    assertEquals(Duration.ofMinutes(2), POLICY.pauseAfter(1, busy(120), 0));
    assertEquals(Duration.ofMillis(250), POLICY.pauseAfter(1, busy(0), 0));
    assertEquals(
        "busy attempts=2",
        assertThrows(DownloadException.class, () -> POLICY.pauseAfter(2, busy(121), 0))
            .getMessage());
  }

  @Test
  void endsAfterItsRetries() throws DownloadException {
    RetryPolicy once = new RetryPolicy(1, Duration.ofMillis(2));
    assertEquals(Duration.ofMillis(1), once.pauseAfter(1, broken(), 0));
    assertEquals(
        "broken attempts=2",
        assertThrows(DownloadException.class, () -> once.pauseAfter(2, broken(), 0)).getMessage());
  }

  @Test
  void readsRetryAfter() {
    Instant now = Instant.parse("2026-11-22T10:00:00Z");
    assertEquals(Duration.ofSeconds(7), RetryPolicy.retryAfter(" 7 ", now));
    assertEquals(
        Duration.ofSeconds(Integer.MAX_VALUE), RetryPolicy.retryAfter("99999999999999999999", now));
    assertEquals(
        Duration.ofSeconds(30), RetryPolicy.retryAfter("Sun, 22 Nov 2026 10:00:30 GMT", now));
    assertEquals(Duration.ZERO, RetryPolicy.retryAfter("Sun, 22 Nov 2026 09:00:30 GMT", now));
    assertNull(RetryPolicy.retryAfter("", now));
    assertNull(RetryPolicy.retryAfter("-1", now));
    assertNull(RetryPolicy.retryAfter("soon", now));
  }
}
