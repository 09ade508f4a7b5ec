package dev.batchmill.io;

import static dev.batchmill.io.LoopbackServer.brokenVersion;
import static dev.batchmill.io.LoopbackServer.header;
import static dev.batchmill.io.LoopbackServer.status;
import static dev.batchmill.io.LoopbackServer.version;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.batchmill.error.DownloadException;
import dev.batchmill.error.HashMismatchException;
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

/** Mirrors, and doing without the network. */
@Timeout(20)
class FileCacheMirrorTest {
  private static final byte[] DATA = CacheFiles.data(200_000);
  private static final byte[] OTHER = CacheFiles.data(1000);
  private static final String TAG = "\"one\"";

  @TempDir Path cache;
  private CacheFiles files;
  private LoopbackServer server;

  @BeforeEach
  void start() throws IOException {
    files = new CacheFiles(cache);
    server = new LoopbackServer();
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private FileRequest.Builder request(String... paths) {
    FileRequest.Builder builder =
        FileRequest.builder(server.uri(paths[0]))
            .cacheDirectory(cache)
            .retries(1)
            .retryDelay(Duration.ofMillis(1));
    for (int i = 1; i < paths.length; i++) {
      builder.mirror(server.uri(paths[i]));
    }
    return builder;
  }

  private void assertFetched(byte[] expected, FileRequest.Builder request) throws IOException {
    assertArrayEquals(expected, Files.readAllBytes(FileCache.fetch(request.build())));
    assertEquals(List.of("a"), files.names());
  }

  /** The paths and ranges that were asked for. */
  private List<String> requests() {
    return server.requests().stream()
        .map(head -> (head.split(" ", 3)[1] + " " + header(head, "Range")).strip())
        .toList();
  }

  @Test
  void asksTheMirrorsInOrder() throws IOException {
    server.reply("/b", status(503)).reply("/c", version(DATA, TAG)).reply("/d", status(200));
    assertFetched(DATA, request("/a", "/b", "/c", "/d"));
    assertEquals(List.of("/a", "/b", "/b", "/c"), requests());
  }

  @Test
  void asksNoMirrorWhenTheOriginAnswers() throws IOException {
    server.reply("/a", version(DATA, TAG));
    assertFetched(DATA, request("/a", "/b"));
    assertEquals(List.of("/a"), requests());
  }

  @Test
  void asksAMirrorWhenTheHashIsWrong() throws IOException {
    server.reply("/a", version(OTHER, TAG)).reply("/b", version(DATA, TAG));
    assertFetched(DATA, request("/a", "/b").hash(CacheFiles.sha256(DATA)));
    assertEquals(List.of("/a", "/b"), requests());
  }

  @Test
  void theErrorNamesAllReasons() {
    server.reply("/a", status(500)).reply("/b", version(OTHER, TAG));
    String hash = CacheFiles.sha256(DATA);
    DownloadException e =
        assertThrows(
            DownloadException.class, () -> FileCache.fetch(request("/a", "/b").hash(hash).build()));
    assertEquals(
        "neither the origin nor a mirror sent the file: tried=2 reasons=["
            + "server did not send the file: url="
            + server.url("/a")
            + " status=500 expected=200 attempts=2; file does not have the expected hash: file="
            + files.file("a")
            + " algorithm=sha256 expected="
            + hash
            + " actual="
            + CacheFiles.sha256(OTHER)
            + "]",
        e.getMessage());
    assertInstanceOf(HashMismatchException.class, e.getSuppressed()[0]);
  }

  @Test
  void whereEveryHashIsWrongTheErrorIsThat() {
    server.reply("/a", version(OTHER, TAG)).reply("/b", version(new byte[3], TAG));
    HashMismatchException e =
        assertThrows(
            HashMismatchException.class,
            () -> FileCache.fetch(request("/a", "/b").hash(CacheFiles.sha256(DATA)).build()));
    assertEquals(CacheFiles.sha256(OTHER), e.actual());
    HashMismatchException other =
        assertInstanceOf(HashMismatchException.class, e.getSuppressed()[0]);
    assertEquals(CacheFiles.sha256(new byte[3]), other.actual());
  }

  @Test
  void aMirrorDoesNotContinueTheOriginsFileWithoutAHash() throws IOException {
    server.reply("/a", brokenVersion(DATA, TAG, 50_000)).reply("/b", version(DATA, TAG));
    assertFetched(DATA, request("/a", "/b").retries(0));
    assertEquals(List.of("/a", "/b"), requests());
  }

  @Test
  void aMirrorContinuesTheOriginsFileWithAHash() throws IOException {
    server.reply("/a", brokenVersion(DATA, TAG, 50_000)).reply("/b", version(DATA, "\"other\""));
    assertFetched(DATA, request("/a", "/b").retries(0).hash(CacheFiles.sha256(DATA)));
    assertEquals(List.of("/a", "/b bytes=50000-"), requests());
    assertEquals("", header(server.requests().get(1), "If-Range"));
  }

  @Test
  void aMirrorOfAnotherFileStartsOver() throws IOException {
    byte[] changed = DATA.clone();
    changed[0]++;
    server.reply("/a", brokenVersion(changed, TAG, 50_000)).reply("/b", version(DATA, TAG));
    assertFetched(DATA, request("/a", "/b").retries(0).hash(CacheFiles.sha256(DATA)));
    assertEquals(List.of("/a", "/b bytes=50000-", "/b"), requests());
  }

  @Test
  void aMirrorMayBeAFile() throws IOException {
    Path copy = Files.write(cache.resolve("copy"), DATA);
    FileRequest request = request("/a").mirrors(List.of(copy.toUri())).build();
    assertArrayEquals(DATA, Files.readAllBytes(FileCache.fetch(request)));
    assertEquals("a", FileCache.fetch(request).getFileName().toString());
  }

  @Test
  void offlineUsesWhatIsThere() throws IOException {
    server.reply("/a", version(DATA, TAG));
    FileCache.fetch(request("/a").build());
    assertFetched(DATA, request("/a").offline(true).hash(CacheFiles.sha256(DATA)));
    assertEquals(1, server.requests().size());
  }

  @Test
  void offlineSendsNothing() throws IOException {
    String message =
        "offline, and the cache does not have the file as it was asked for: file="
            + files.file("a")
            + " origin="
            + server.url("/a");
    assertEquals(message, offlineFailure(request("/a", "/b").offline(true)));
    assertEquals(message, offlineFailure(request("/a").environment(offline("1"))));
    assertEquals(message, offlineFailure(request("/a").environment(offline("TRUE"))));
    assertEquals(List.of(), files.names());
    assertEquals(List.of(), requests());
    server.reply("/a", version(DATA, TAG));
    assertFetched(DATA, request("/a").environment(offline("0")));
    assertFetched(DATA, request("/a").environment(offline("1")).offline(false).force(true));
    assertEquals(message, offlineFailure(request("/a").offline(true).force(true)));
    assertEquals(
        message, offlineFailure(request("/a").offline(true).hash(CacheFiles.sha256(OTHER))));
    assertFetched(DATA, request("/a").offline(true));
  }

  private static Map<String, String> offline(String value) {
    return Map.of("BATCHMILL_OFFLINE", value);
  }

  private static String offlineFailure(FileRequest.Builder request) {
    return assertThrows(DownloadException.class, () -> FileCache.fetch(request.build()))
        .getMessage();
  }

  @Test
  void offlineReadsLocalOrigins() throws IOException {
    Path copy = Files.write(cache.resolve("copy"), DATA);
    FileRequest request =
        FileRequest.builder(copy.toUri()).cacheDirectory(cache).offline(true).build();
    assertArrayEquals(DATA, Files.readAllBytes(FileCache.fetch(request)));
  }
}
