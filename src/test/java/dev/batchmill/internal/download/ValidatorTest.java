package dev.batchmill.internal.download;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpHeaders;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ValidatorTest {
  private static final String CHANGED = "Wed, 21 Oct 2015 07:28:00 GMT";

  private static HttpHeaders headers(String... namesAndValues) {
    Map<String, List<String>> headers = new HashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      headers.put(namesAndValues[i], List.of(namesAndValues[i + 1]));
    }
    return HttpHeaders.of(headers, (name, value) -> true);
  }

  @Test
  void prefersAStrongTag() {
    assertEquals(
        new Validator("\"a\""),
        Validator.of(
            headers(
                "ETag",
                " \"a\" ",
                "Last-Modified",
                CHANGED,
                "Date",
                "Wed, 21 Oct 2015 08:28:00 GMT")));
    assertEquals(new Validator("\"\""), Validator.of(headers("ETag", "\"\"")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"W/\"a\"", "a", "\"", "", "\"a b\"", "\"\u00e9\"", "\"a"})
  void aWeakOrMalformedTagIsNone(String tag) {
    assertNull(Validator.of(headers("ETag", tag)));
  }

  @Test
  void aTimeIsOneWhenItIsASecondOld() {
    assertEquals(
        new Validator(CHANGED),
        Validator.of(headers("Last-Modified", CHANGED, "Date", "Wed, 21 Oct 2015 07:28:01 GMT")));
    assertNull(Validator.of(headers("Last-Modified", CHANGED, "Date", CHANGED)));
    assertNull(Validator.of(headers("Last-Modified", CHANGED)));
    assertNull(
        Validator.of(
            headers("Last-Modified", "yesterday", "Date", "Wed, 21 Oct 2015 07:28:01 GMT")));
  }

  @Test
  void onlyAnotherValueOfTheSameKindContradicts() {
    Validator tag = new Validator("\"a\"");
    assertTrue(tag.isContradictedBy(headers("ETag", "\"b\"")));
    assertFalse(tag.isContradictedBy(headers("ETag", "\"a\"")));
    assertFalse(tag.isContradictedBy(headers("Last-Modified", CHANGED)));
    Validator time = new Validator(CHANGED);
    assertTrue(time.isContradictedBy(headers("Last-Modified", "Wed, 21 Oct 2015 07:28:01 GMT")));
    assertFalse(time.isContradictedBy(headers("ETag", "\"b\"")));
  }
}
