package dev.batchmill.internal.download;

import dev.batchmill.error.DownloadException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/**
 * How often to try again and how long to wait before: the delay doubles with each failure up to
 * half a minute, and half of it is random, so that those who failed together do not come back
 * together. A server that asks for a longer wait gets it, up to two minutes; when it asks for more,
 * there is no further attempt.
 *
 * @param retries the number of further attempts
 * @param delay the delay after the first failure
 */
public record RetryPolicy(int retries, Duration delay) {
  static final Duration LONGEST_DELAY = Duration.ofSeconds(30);
  static final Duration LONGEST_RETRY_AFTER = Duration.ofMinutes(2);
  private static final int MAX_DOUBLINGS = 20;
  private static final int MAX_SECONDS_DIGITS = 9;

  /**
   * Returns the wait before the next attempt.
   *
   * @param attempts how many were made
   * @param failure how the last one failed
   * @param random a random number in [0, 1)
   * @throws DownloadException if there is to be no other attempt
   */
  Duration pauseAfter(int attempts, RetryableException failure, double random)
      throws DownloadException {
    Duration asked = failure.retryAfter();
    if (attempts > retries || (asked != null && asked.compareTo(LONGEST_RETRY_AFTER) > 0)) {
      throw failure.afterAttempts(attempts);
    }
    Duration pause = backOff(attempts, random);
    return asked != null && asked.compareTo(pause) > 0 ? asked : pause;
  }

  private Duration backOff(int attempts, double random) {
    // The delay is at most a day, so that the doubled one cannot overflow.
    Duration doubled = delay.multipliedBy(1L << Math.min(attempts - 1, MAX_DOUBLINGS));
    Duration whole = doubled.compareTo(LONGEST_DELAY) > 0 ? LONGEST_DELAY : doubled;
    return Duration.ofNanos((long) (whole.toNanos() * (0.5 + random / 2)));
  }

  /** Reads a Retry-After header, seconds or a date; null if it is neither. */
  static @Nullable Duration retryAfter(String header, Instant now) {
    String text = header.strip();
    if (!text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      int digits = Math.min(text.length(), MAX_SECONDS_DIGITS);
      return Duration.ofSeconds(text.length() > digits ? Integer.MAX_VALUE : Long.parseLong(text));
    }
    try {
      Instant then = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      return then.isAfter(now) ? Duration.between(now, then) : Duration.ZERO;
    } catch (DateTimeParseException e) {
      return null;
    }
  }
}
