package dev.batchmill.internal.download;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnvironmentProxiesTest {
  private static String select(Map<String, String> environment, String url) {
    EnvironmentProxies proxies =
        new EnvironmentProxies(EnvironmentProxies.Settings.of(environment));
    return proxies.select(URI.create(url)).get(0).toString().replace("/<unresolved>", "");
  }

  @ParameterizedTest
  @CsvSource({
    "http://a.invalid/x, HTTP @ p.invalid:3128",
    "https://a.invalid/x, HTTP @ q.invalid:80",
    "http://127.0.0.1:9/x, DIRECT",
    "http://localhost/x, DIRECT",
    "http://b.invalid/x, DIRECT",
    "http://c.b.invalid/x, DIRECT",
    "http://ab.invalid/x, HTTP @ p.invalid:3128",
    "http://d.invalid:81/x, DIRECT",
    "http://d.invalid/x, HTTP @ p.invalid:3128",
    "http://e.f.invalid/x, DIRECT",
  })
  void readsTheEnvironment(String url, String proxy) {
    Map<String, String> environment =
        Map.of(
            "http_proxy", "http://p.invalid:3128/",
            "HTTPS_PROXY", "q.invalid",
            "NO_PROXY", "b.invalid, d.invalid:81,.f.invalid");
    assertEquals(proxy, select(environment, url));
  }

  @Test
  void goesWithoutWhenNoneIsNamed() {
    assertEquals("DIRECT", select(Map.of(), "http://a.invalid/"));
    assertEquals(
        "DIRECT", select(Map.of("http_proxy", "p.invalid", "no_proxy", "*"), "http://a.invalid/"));
    assertEquals("DIRECT", select(Map.of("http_proxy", "http://p q"), "http://a.invalid/"));
    assertEquals(
        "DIRECT",
        select(Map.of("HTTP_PROXY", "p.invalid", "REQUEST_METHOD", "GET"), "http://a.invalid/"));
  }
}
