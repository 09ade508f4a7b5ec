package dev.batchmill.internal.download;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ContentRangeTest {
  @Test
  void readsARange() {
    assertEquals(new ContentRange(2, 8, 9), ContentRange.parse("bytes 2-8/9"));
    assertEquals(new ContentRange(2, 8, 9), ContentRange.parse(" Bytes 2-8/9 "));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "2-8/9",
        "bytes 2-8/*",
        "bytes */9",
        "bytes -2-8/9",
        "bytes 2-8",
        "lines 2-8/9",
        "bytes 2-8/9999999999999999999999"
      })
  void anythingElseIsNone(String header) {
    assertNull(ContentRange.parse(header));
  }

  @ParameterizedTest
  @CsvSource({
    "2, 8, 9, 2, 9, true",
    "2, 8, 9, 2, -1, true",
    "2, 8, 9, 3, 9, false",
    "2, 7, 9, 2, 9, false",
    "2, 9, 9, 2, 9, false",
    "2, 8, 9, 2, 10, false",
    "0, -1, 0, 0, 0, true"
  })
  void isTheRestOrNot(long first, long last, long total, long start, long expected, boolean rest) {
    assertEquals(rest, new ContentRange(first, last, total).isRest(start, expected));
  }
}
