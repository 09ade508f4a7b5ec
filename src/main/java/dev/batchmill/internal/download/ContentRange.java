package dev.batchmill.internal.download;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The part of a file that an answer holds.
 *
 * @param first the first byte's place
 * @param last the last byte's place
 * @param total the file's length
 */
record ContentRange(long first, long last, long total) {
  private static final Pattern FORM =
      Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18})", Pattern.CASE_INSENSITIVE);

  /** Reads a Content-Range header; null if it names no range of a file of known length. */
  static @Nullable ContentRange parse(String header) {
    Matcher matcher = FORM.matcher(header.strip());
    if (!matcher.matches()) {
      return null;
    }
    return new ContentRange(
        Long.parseLong(matcher.group(1)),
        Long.parseLong(matcher.group(2)),
        Long.parseLong(matcher.group(3)));
  }

  /** Whether it holds everything from a place on; an unknown total is -1. */
  boolean isRest(long start, long expectedTotal) {
    return first == start
        && last == total - 1
        && (expectedTotal == Content.UNKNOWN_LENGTH || total == expectedTotal);
  }
}
