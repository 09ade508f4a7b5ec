package dev.batchmill.io;

import static dev.batchmill.io.LoopbackServer.header;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.batchmill.error.DownloadException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tokens, passwords and proxies; secrets go to one server only. */
@Timeout(20)
class FileCacheAuthorizationTest {
  private static final byte[] DATA = CacheFiles.data(10);

  @TempDir Path temp;
  private LoopbackServer server;
  private LoopbackServer other;

  @BeforeEach
  void start() throws IOException {
    server = new LoopbackServer().file("/a", DATA);
    other = new LoopbackServer().file("/a", DATA);
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
    other.close();
  }

  private FileRequest.Builder request(String url) {
    return FileRequest.builder(url)
        .cacheDirectory(temp.resolve("cache"))
        .environment(Map.of("NETRC", temp.resolve("none").toString()))
        .retries(0)
        .retryDelay(Duration.ofMillis(1))
        .force(true);
  }

  private static List<String> sent(LoopbackServer to) {
    return to.requests().stream().map(head -> header(head, "Authorization")).toList();
  }

  @Test
  void sendsTheTokenToTheOrigin() throws IOException {
    server.redirect("/here", 302, "/a");
    FileCache.fetch(request(server.url("/here")).bearerToken("abc.123").build());
    assertEquals(List.of("Bearer abc.123", "Bearer abc.123"), sent(server));
  }

  @Test
  void sendsTheTokenToNoOtherServer() throws IOException {
    server.redirect("/away", 302, other.url("/back"));
    other.redirect("/back", 302, server.url("/a"));
    FileCache.fetch(request(server.url("/away")).bearerToken("abc").build());
    assertEquals(List.of("Bearer abc", ""), sent(server));
    assertEquals(List.of(""), sent(other));
    FileCache.fetch(
        request(server.url("/none")).bearerToken("abc").mirror(other.uri("/a")).build());
    assertEquals(List.of("", ""), sent(other));
  }

  @Test
  void sendsTheLoginOfTheNetrcFile() throws IOException {
    Path netrc = Files.writeString(temp.resolve("netrc"), "machine 127.0.0.1 login u password p");
    FileRequest.Builder request =
        request(server.url("/a")).environment(Map.of("NETRC", netrc.toString()));
    FileCache.fetch(request.build());
    FileCache.fetch(request.bearerToken("abc").build());
    assertEquals(List.of("Basic dTpw", "Bearer abc"), sent(server));
    server.redirect("/away", 302, other.url("/a"));
    FileCache.fetch(
        request(server.url("/away")).environment(Map.of("NETRC", netrc.toString())).build());
    assertEquals(List.of(""), sent(other));
  }

  @Test
  void sendsNoSecretInTheOpen() throws IOException {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> request("http://host.invalid/a").bearerToken("secret").build());
    assertEquals(
        "bearer token would be sent over plain http: origin=http://host.invalid/a; use https, or"
            + " allow plainHttpCredentials",
        e.getMessage());
    Path netrc = Files.writeString(temp.resolve("netrc"), "default login u password p");
    // The server stands in for a proxy, and so sees what would be sent to the host.
    Map<String, String> environment =
        Map.of("NETRC", netrc.toString(), "http_proxy", server.url(""));
    server.file("http://host.invalid/a", DATA);
    FileRequest.Builder request = request("http://host.invalid/a").environment(environment);
    FileCache.fetch(request.build());
    FileCache.fetch(request.plainHttpCredentials(true).build());
    FileCache.fetch(request.bearerToken("abc").build());
    assertEquals(List.of("", "Basic dTpw", "Bearer abc"), sent(server));
  }

  @Test
  void namesNoSecret() {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> request(server.url("/a")).bearerToken("secret\r\nX: y"));
    assertEquals("bearer token has characters that a token cannot have: length=12", e.getMessage());
    FileRequest request = request(server.url("/missing")).bearerToken("secret").build();
    DownloadException missing =
        assertThrows(DownloadException.class, () -> FileCache.fetch(request));
    assertFalse(missing.toString().contains("secret"), missing.toString());
    assertFalse(request.access().toString().contains("secret"), request.access().toString());
  }
}
