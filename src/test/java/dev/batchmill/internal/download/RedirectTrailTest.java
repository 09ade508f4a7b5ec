package dev.batchmill.internal.download;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.batchmill.error.DownloadException;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedirectTrailTest {
  @ParameterizedTest
  @CsvSource({
    "http://h, b, http://h/b",
    "http://h?q, ?r, http://h/?r",
    "http://h/a/b?q, c, http://h/a/c",
    "http://h/a/b?q, ?r=s, http://h/a/b?r=s",
    "http://h/a/b, ../c, http://h/c",
    "http://h/a, //other, http://other/",
    "http://h/a, https://h/a, https://h/a",
    "http://h/a, HTTP://h/b#c, HTTP://h/b",
    "http://h/a, /b%20c d, http://h/b%20c%20d",
  })
  void resolvesLocations(String from, String location, String to) throws DownloadException {
    RedirectTrail trail = new RedirectTrail(URI.create(from));
    trail.follow(302, location);
    assertEquals(URI.create(to), trail.location());
  }

  @Test
  void neverLeavesHttps() {
    RedirectTrail trail = new RedirectTrail(URI.create("https://h/a"));
    DownloadException e =
        assertThrows(DownloadException.class, () -> trail.follow(307, "http://h/b"));
    assertEquals(
        "redirect leaves https for http: url=https://h/a status=307 location=http://h/b",
        e.getMessage());
  }
}
