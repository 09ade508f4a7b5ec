package dev.batchmill.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.batchmill.error.DownloadException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What may pass is tried again, what will not is not. */
@Timeout(20)
class FileCacheRetryTest {
  private static final byte[] DATA = CacheFiles.data(100_000);

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

  private FileRequest.Builder request(String path) {
    return FileRequest.builder(server.uri(path))
        .cacheDirectory(cache)
        .idleTimeout(Duration.ofMillis(300))
        .retryDelay(Duration.ofMillis(1));
  }

  private static LoopbackServer.Reply whole() {
    return (head, out) -> {
      out.write(LoopbackServer.head("HTTP/1.1 200 OK\nContent-Length: " + DATA.length));
      out.write(DATA);
    };
  }

  private void assertFetched(FileRequest.Builder request, int requests) throws IOException {
    assertArrayEquals(DATA, Files.readAllBytes(FileCache.fetch(request.build())));
    assertEquals(List.of("a"), files.names());
    assertEquals(requests, server.requests().size());
  }

  private String failure(FileRequest.Builder request) throws IOException {
    DownloadException e =
        assertThrows(DownloadException.class, () -> FileCache.fetch(request.build()));
    assertEquals(List.of(), files.names());
    return e.getMessage();
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 429, 500, 502, 503, 504})
  void aServerThatIsBusyIsAskedAgain(int status) throws IOException {
    LoopbackServer.Reply busy = LoopbackServer.status(status);
    server.replies("/a", busy, busy, whole());
    assertFetched(request("/a"), 3);
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 403, 404, 410, 501, 505})
  void aServerThatRefusesIsNot(int status) throws IOException {
    server.replies("/a", LoopbackServer.status(status), whole());
    assertEquals(
        "server did not send the file: url="
            + server.url("/a")
            + " status="
            + status
            + " expected=200",
        failure(request("/a")));
    assertEquals(1, server.requests().size());
  }

  @Test
  void theErrorSaysHowOftenItWasTried() throws IOException {
    server.replies("/a", LoopbackServer.status(500), LoopbackServer.status(503));
    assertEquals(
        "server did not send the file: url="
            + server.url("/a")
            + " status=503 expected=200 attempts=5",
        failure(request("/a")));
    assertEquals(5, server.requests().size());
  }

  @Test
  void aBodyThatBreaksOffIsFetchedAgain() throws IOException {
    server.replies(
        "/a",
        (head, out) -> {},
        (head, out) -> {
          out.write(LoopbackServer.head("HTTP/1.1 200 OK\nContent-Length: " + DATA.length));
          out.write(DATA, 0, 5000);
        },
        (head, out) -> {
          out.write(LoopbackServer.head("HTTP/1.1 200 OK\nTransfer-Encoding: chunked"));
          out.write("3\r\nabc\r\n9\r\nde".getBytes(StandardCharsets.US_ASCII));
        },
        whole());
    assertFetched(request("/a").hash(CacheFiles.sha256(DATA)), 4);
  }

  @Test
  void aBodyThatStallsIsFetchedAgain() throws IOException {
    server.replies(
        "/a",
        (head, out) -> {
          out.write(LoopbackServer.head("HTTP/1.1 200 OK\nContent-Length: " + DATA.length));
          out.write(DATA, 0, 5000);
          out.flush();
          Thread.sleep(2000);
        },
        whole());
    assertFetched(request("/a"), 2);
  }

  @Test
  void waitsAsLongAsTheServerAsks() throws IOException {
    server.replies("/a", LoopbackServer.status(429, "Retry-After: 1"), whole());
    long before = System.nanoTime();
    assertFetched(request("/a"), 2);
    long waited = System.nanoTime() - before;
    assertTrue(waited >= TimeUnit.MILLISECONDS.toNanos(1000), "waited " + waited + " ns");
  }

  @Test
  void givesUpAServerThatAsksForAnHour() throws IOException {
    server.replies("/a", LoopbackServer.status(429, "Retry-After: 3600"), whole());
    assertEquals(
        "server did not send the file: url="
            + server.url("/a")
            + " status=429 expected=200 retryAfter=3600s",
        failure(request("/a")));
    assertEquals(1, server.requests().size());
  }

  @Test
  void whatIsTooLargeOrEncodedIsNotFetchedAgain() throws IOException {
    server.reply("/a", whole());
    failure(request("/a").maxBytes(10));
    assertEquals(1, server.requests().size());
    server.replies("/b", LoopbackServer.status(200, "Content-Encoding: gzip"), whole());
    failure(request("/b"));
    assertEquals(2, server.requests().size());
  }

  @Test
  void anInterruptEndsTheWait() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    server.reply(
        "/a",
        (head, out) -> {
          LoopbackServer.status(503, "Retry-After: 60").send(head, out);
          asked.countDown();
        });
    FileRequest request = request("/a").build();
    FutureTask<String> task =
        new FutureTask<>(
            () -> {
              IOException e = assertThrows(IOException.class, () -> FileCache.fetch(request));
              assertInstanceOf(InterruptedIOException.class, e);
              assertTrue(Thread.currentThread().isInterrupted(), "flag is kept");
              return e.getMessage();
            });
    Thread thread = new Thread(task);
    thread.start();
    asked.await();
    thread.interrupt();
    assertEquals(
        "download was interrupted: url=" + server.url("/a"), task.get(10, TimeUnit.SECONDS));
  }
}
