package dev.batchmill.internal.download;

import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/**
 * What names one version of a file to its server: a strong entity tag, or else the time of its last
 * change if that lies a second or more before the answer (RFC 9110, 8.8.2.2 and 13.1.5).
 *
 * @param text the value of an If-Range header
 */
record Validator(String text) {
  private static final Duration CLOCK_TICK = Duration.ofSeconds(1);

  /** Returns the validator that an answer names, or null if it names none that is strong. */
  static @Nullable Validator of(HttpHeaders headers) {
    String tag = headers.firstValue("ETag").orElse("").strip();
    if (isStrongTag(tag)) {
      return new Validator(tag);
    }
    String changed = headers.firstValue("Last-Modified").orElse("").strip();
    Instant changedAt = date(changed);
    Instant sentAt = date(headers.firstValue("Date").orElse("").strip());
    if (changedAt != null && sentAt != null && !sentAt.isBefore(changedAt.plus(CLOCK_TICK))) {
      return new Validator(changed);
    }
    return null;
  }

  /** Whether the answer says that it is of another version. */
  boolean isContradictedBy(HttpHeaders headers) {
    String header = isStrongTag(text) ? "ETag" : "Last-Modified";
    return headers.firstValue(header).filter(value -> !value.strip().equals(text)).isPresent();
  }

  private static boolean isStrongTag(String tag) {
    return tag.length() >= 2
        && tag.startsWith("\"")
        && tag.endsWith("\"")
        && tag.chars().allMatch(c -> c > ' ' && c < 0x7f);
  }

  private static @Nullable Instant date(String text) {
    try {
      return ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
    } catch (DateTimeParseException e) {
      return null;
    }
  }
}
