package dev.batchmill.io;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.batchmill.error.DownloadException;
import dev.batchmill.error.HashMismatchException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Downloads from a server that misbehaves in every way; whatever fails leaves nothing behind. */
@Timeout(20)
class FileCacheHttpTest {
  private static final byte[] DATA = new byte[300_000];
  private static final Duration SOON = Duration.ofMillis(300);

  static {
    new Random(7).nextBytes(DATA);
  }

  @TempDir Path cache;
  private LoopbackServer server;

  @BeforeEach
  void start() throws IOException {
    server = new LoopbackServer();
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private FileRequest.Builder request(String path) {
    return FileRequest.builder(server.uri(path)).cacheDirectory(cache).idleTimeout(SOON).retries(0);
  }

  private Path file(String name) {
    return cache.resolve("datasets").resolve(name);
  }

  private static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  /** Fetches what must fail, and looks that nothing but lock files is left. */
  private String failure(FileRequest.Builder request) throws IOException {
    DownloadException e =
        assertThrows(DownloadException.class, () -> FileCache.fetch(request.build()));
    assertEquals(List.of(), leftovers());
    return e.getMessage();
  }

  private List<String> leftovers() throws IOException {
    if (!Files.exists(cache)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(cache)) {
      return files
          .filter(path -> !path.equals(cache) && !path.equals(cache.resolve("datasets")))
          .map(path -> path.getFileName().toString())
          .sorted()
          .toList();
    }
  }

  @Test
  void fetchesOnceAndTellsTheProgress() throws Exception {
    server.file("/a.bin?v=1", DATA);
    List<Long> bytes = new ArrayList<>();
    FileRequest request =
        request("/a.bin?v=1#part")
            .hash(sha256(DATA))
            .progress(
                (done, total) -> {
                  assertEquals(DATA.length, total);
                  bytes.add(done);
                })
            .build();
    assertEquals(file("a.bin"), FileCache.fetch(request));
    assertEquals(file("a.bin"), FileCache.fetch(request));
    assertArrayEquals(DATA, Files.readAllBytes(file("a.bin")));
    assertEquals(List.of("a.bin"), leftovers());
    assertEquals(1, server.requests().size());
    assertTrue(server.requests().get(0).contains("Accept-Encoding: identity\r\n"));
    assertEquals(DATA.length, bytes.get(bytes.size() - 1));
    assertEquals(bytes.stream().sorted().toList(), bytes);
  }

  @Test
  void fetchesAgainWhenForced() throws IOException {
    server.file("/a", "old".getBytes(UTF_8));
    FileCache.fetch(request("/a").build());
    server.file("/a", "new".getBytes(UTF_8));
    FileCache.fetch(request("/a").build());
    assertEquals("old", Files.readString(file("a")));
    FileCache.fetch(request("/a").force(true).build());
    assertEquals("new", Files.readString(file("a")));
  }

  @Test
  void readsChunkedAndUnboundedBodies() throws IOException {
    server.on(
        "/chunked",
        "HTTP/1.1 200 OK\nTransfer-Encoding: chunked",
        "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n".getBytes(UTF_8));
    server.on("/unbounded", "HTTP/1.0 200 OK", "abcde".getBytes(UTF_8));
    server.on("/empty", "HTTP/1.1 200 OK\nContent-Length: 0", new byte[0]);
    assertEquals("abcde", Files.readString(FileCache.fetch(request("/chunked").build())));
    assertEquals("abcde", Files.readString(FileCache.fetch(request("/unbounded").build())));
    assertEquals("", Files.readString(FileCache.fetch(request("/empty").build())));
  }

  @ParameterizedTest
  @CsvSource({"204, 0", "206, 3", "304, 0", "401, 3", "404, 3", "500, 3", "503, 3"})
  void acceptsNothingButStatus200(int status, int length) throws IOException {
    String lengthLine = length == 0 ? "" : "\nContent-Length: " + length;
    server.on("/a", "HTTP/1.1 " + status + " X" + lengthLine, new byte[length]);
    assertEquals(
        "server did not send the file: url="
            + server.url("/a")
            + " status="
            + status
            + " expected=200",
        failure(request("/a")));
  }

  @Test
  void anEndlessErrorPageIsNotRead() throws Exception {
    CountDownLatch dropped = new CountDownLatch(1);
    server.on(
        "/a",
        (socket, out) -> {
          out.write(LoopbackServer.head("HTTP/1.1 500 Oops"));
          try {
            sendForEver(out);
          } finally {
            dropped.countDown();
          }
        });
    assertEquals(
        "server did not send the file: url=" + server.url("/a") + " status=500 expected=200",
        failure(request("/a")));
    assertTrue(dropped.await(10, TimeUnit.SECONDS), "the connection is dropped");
  }

  @Test
  void namesARefusedConnection() throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    String url = "http://127.0.0.1:" + port + "/a";
    assertEquals(
        "cannot download: url=" + url + " reason=connection refused",
        failure(FileRequest.builder(url).cacheDirectory(cache).retries(0)));
  }

  @Test
  void namesAnUnknownHost() throws IOException {
    assertEquals(
        "cannot download: url=http://host.invalid/a reason=unknown host",
        failure(FileRequest.builder("http://host.invalid/a").cacheDirectory(cache).retries(0)));
  }

  @Test
  void refusesATruncatedBody() throws IOException {
    server.on("/a", "HTTP/1.1 200 OK\nContent-Length: 1000", new byte[400]);
    String message = failure(request("/a"));
    String start =
        "download broke off: url=" + server.url("/a") + " received=400 expected=1000 reason=";
    assertTrue(message.startsWith(start), message);
  }

  @Test
  void refusesATruncatedChunk() throws IOException {
    server.on(
        "/a", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked", "3\r\nabc\r\n9\r\nde".getBytes(UTF_8));
    String message = failure(request("/a"));
    String start = "download broke off: url=" + server.url("/a") + " received=";
    assertTrue(message.startsWith(start) && message.contains(" expected=unknown reason="), message);
  }

  @Test
  void refusesAResetConnection() throws IOException {
    CountDownLatch received = new CountDownLatch(1);
    server.on(
        "/a",
        (socket, out) -> {
          out.write(LoopbackServer.head("HTTP/1.1 200 OK\nContent-Length: 1000"));
          out.write(new byte[10]);
          received.await();
          socket.setSoLinger(true, 0);
        });
    String message =
        failure(
            request("/a")
                .idleTimeout(Duration.ofSeconds(10))
                .progress((done, total) -> received.countDown()));
    String start =
        "download broke off: url=" + server.url("/a") + " received=10 expected=1000 reason=";
    assertTrue(message.startsWith(start), message);
  }

  @Test
  void refusesAConnectionClosedWithoutAnAnswer() throws IOException {
    server.on("/a", (socket, out) -> {});
    assertEquals(
        "cannot download: url="
            + server.url("/a")
            + " reason=HTTP/1.1 header parser received no bytes",
        failure(request("/a")));
  }

  @Test
  void givesUpAStalledBody() throws IOException {
    CountDownLatch done = new CountDownLatch(1);
    server.on(
        "/a",
        (socket, out) -> {
          out.write(LoopbackServer.head("HTTP/1.1 200 OK\nContent-Length: 1000"));
          out.write(new byte[10]);
          done.await();
        });
    assertEquals(
        "download broke off: url="
            + server.url("/a")
            + " received=10 expected=1000 reason=no bytes came for 300 ms",
        failure(request("/a")));
    done.countDown();
  }

  @Test
  void waitsForASlowBodyAsLongAsItMoves() throws IOException {
    byte[] data = CacheFiles.data(10);
    server.on(
        "/a",
        (socket, out) -> {
          out.write(LoopbackServer.head("HTTP/1.1 200 OK\nContent-Length: 10"));
          for (byte one : data) {
            out.write(one);
            out.flush();
            Thread.sleep(SOON.toMillis() / 3);
          }
        });
    assertArrayEquals(data, Files.readAllBytes(FileCache.fetch(request("/a").build())));
  }

  @Test
  void takesNoMoreThanWasAnnounced() throws IOException {
    server.on("/a", "HTTP/1.1 200 OK\nContent-Length: 3", "abcdef".getBytes(UTF_8));
    assertEquals("abc", Files.readString(FileCache.fetch(request("/a").build())));
  }

  @Test
  void givesUpAServerThatDoesNotAnswer() throws IOException {
    CountDownLatch done = new CountDownLatch(1);
    server.on("/a", (socket, out) -> done.await());
    assertEquals(
        "server does not answer: url=" + server.url("/a") + " idleTimeout=PT0.3S",
        failure(request("/a").connectTimeout(SOON)));
    done.countDown();
  }

  @Test
  void stopsAnEndlessBodyAtItsBound() throws IOException {
    server.on(
        "/a",
        (socket, out) -> {
          out.write(LoopbackServer.head("HTTP/1.1 200 OK"));
          sendForEver(out);
        });
    assertEquals(
        "file is larger than allowed: url=" + server.url("/a") + " bytes>1000000 maxBytes=1000000",
        failure(request("/a").maxBytes(1_000_000)));
  }

  @Test
  void acceptsAFileOfExactlyTheBound() throws IOException {
    server.file("/a", new byte[1000]);
    assertEquals(1000, Files.size(FileCache.fetch(request("/a").maxBytes(1000).build())));
    server.file("/b", new byte[1001]);
    DownloadException e =
        assertThrows(
            DownloadException.class, () -> FileCache.fetch(request("/b").maxBytes(1000).build()));
    assertEquals(
        "file is larger than allowed: url=" + server.url("/b") + " bytes=1001 maxBytes=1000",
        e.getMessage());
  }

  @Test
  void refusesAFileThatHasNoRoom() throws IOException {
    server.on("/a", "HTTP/1.1 200 OK\nContent-Length: " + (1L << 62), DATA);
    String message = failure(request("/a"));
    String start =
        "no room for the file: url=" + server.url("/a") + " bytes=4611686018427387904 free=";
    assertTrue(message.startsWith(start), message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "deflate", "br"})
  void refusesAnEncodedBody(String encoding) throws IOException {
    server.on(
        "/a", "HTTP/1.1 200 OK\nContent-Length: 3\nContent-Encoding: " + encoding, new byte[3]);
    assertEquals(
        "server sent the file encoded although it was asked not to: url="
            + server.url("/a")
            + " Content-Encoding="
            + encoding
            + " expected=identity",
        failure(request("/a")));
  }

  @ParameterizedTest
  @CsvSource({"gzip, tar.gz", "x-gzip, TGZ", "x-bzip2, tar.bz2", "xz, txz", "zstd, zst"})
  void takesAFileThatTheServerCallsEncodedByItsOwnCompression(String encoding, String suffix)
      throws IOException {
    byte[] data = CacheFiles.data(1000);
    server.on(
        "/a." + suffix,
        "HTTP/1.1 200 OK\nContent-Length: 1000\nContent-Encoding: " + encoding,
        data);
    Path file = FileCache.fetch(request("/a." + suffix).build());
    assertArrayEquals(data, Files.readAllBytes(file));
  }

  @Test
  void refusesAnotherEncodingThanTheFilesOwn() throws IOException {
    server.on("/a.gz", "HTTP/1.1 200 OK\nContent-Length: 3\nContent-Encoding: br", new byte[3]);
    assertTrue(failure(request("/a.gz")).contains(" Content-Encoding=br "));
  }

  @Test
  void refusesTwoLengths() throws IOException {
    server.on("/a", "HTTP/1.1 200 OK\nContent-Length: 3\nContent-Length: 5", new byte[5]);
    assertEquals(
        "server did not state one length: url=" + server.url("/a") + " Content-Length=[3, 5]",
        failure(request("/a")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-5", "12abc", ""})
  void refusesALengthThatIsNone(String length) throws IOException {
    server.on("/a", "HTTP/1.1 200 OK\nContent-Length: " + length, new byte[5]);
    String message = failure(request("/a"));
    assertTrue(message.contains("url=" + server.url("/a")), message);
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 303, 307, 308})
  void followsRedirects(int status) throws IOException {
    server.redirect("/a.bin", status, "/deep/b?x=1");
    server.redirect("/deep/b?x=1", status, "?y=2");
    server.redirect("/deep/b?y=2", status, "c d\u00e9");
    server.redirect("/deep/c%20d%E9", status, server.url("/e#f"));
    server.file("/e", DATA);
    assertEquals(file("a.bin"), FileCache.fetch(request("/a.bin").build()));
    assertArrayEquals(DATA, Files.readAllBytes(file("a.bin")));
  }

  @Test
  void namesARedirectLoop() throws IOException {
    server.redirect("/a", 302, "/b");
    server.redirect("/b", 302, "/a");
    assertEquals(
        "redirects go round in a loop: "
            + String.join(" -> ", server.url("/a"), server.url("/b"), server.url("/a")),
        failure(request("/a")));
  }

  @Test
  void limitsRedirects() throws IOException {
    for (int i = 0; i < 30; i++) {
      server.redirect("/" + i, 302, "/" + (i + 1));
    }
    String message = failure(request("/0"));
    assertTrue(message.startsWith("too many redirects: limit=20 path=" + server.url("/0 -> ")));
    server.file("/30", DATA);
    assertEquals(file("10"), FileCache.fetch(request("/10").build()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"file:///etc/passwd", "data:text/plain,x", "ftp://127.0.0.1/a"})
  void refusesARedirectToAnotherScheme(String location) throws IOException {
    server.redirect("/a", 302, location);
    assertEquals(
        "redirect leaves http and https: url="
            + server.url("/a")
            + " status=302 location="
            + location,
        failure(request("/a")));
  }

  @Test
  void refusesARedirectToNowhere() throws IOException {
    server.on("/a", "HTTP/1.1 302 Found\nContent-Length: 0", new byte[0]);
    assertEquals(
        "redirect names no location: url=" + server.url("/a") + " status=302 location=none",
        failure(request("/a")));
    server.redirect("/b", 301, "http://[bad/");
    assertEquals(
        "redirect names no URL: url=" + server.url("/b") + " status=301 location=http://[bad/",
        failure(request("/b")));
    server.redirect("/c", 301, "http://user:secret@127.0.0.1/");
    assertEquals(
        "redirect names a user or no host: url="
            + server.url("/c")
            + " status=301 location=127.0.0.1",
        failure(request("/c")));
  }

  @Test
  void wrongHashKeepsNothing() throws Exception {
    server.file("/a", DATA);
    String wrong = "0".repeat(64);
    HashMismatchException e =
        assertThrows(
            HashMismatchException.class, () -> FileCache.fetch(request("/a").hash(wrong).build()));
    assertEquals(
        "file does not have the expected hash: file="
            + file("a")
            + " algorithm=sha256 expected="
            + wrong
            + " actual="
            + sha256(DATA),
        e.getMessage());
    assertEquals(List.of(), leftovers());
  }

  @Test
  void aStaleFileStaysUntilTheNewOneIsVerified() throws Exception {
    Files.createDirectories(cache.resolve("datasets"));
    Files.writeString(file("a"), "stale");
    FileRequest request = request("/a").hash(sha256(DATA)).build();
    assertThrows(DownloadException.class, () -> FileCache.fetch(request));
    assertEquals("stale", Files.readString(file("a")));
    server.file("/a", "wrong".getBytes(UTF_8));
    assertThrows(HashMismatchException.class, () -> FileCache.fetch(request));
    assertEquals("stale", Files.readString(file("a")));
    server.file("/a", DATA);
    FileCache.fetch(request);
    assertArrayEquals(DATA, Files.readAllBytes(file("a")));
    assertEquals(List.of("a"), leftovers());
  }

  @Test
  void threadsThatWantTheSameFileFetchItOnce() throws Exception {
    server.file("/a", DATA);
    CountDownLatch go = new CountDownLatch(1);
    List<FutureTask<Path>> tasks = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      FutureTask<Path> task =
          new FutureTask<>(
              () -> {
                go.await();
                return FileCache.fetch(request("/a").build());
              });
      tasks.add(task);
      new Thread(task).start();
    }
    go.countDown();
    for (FutureTask<Path> task : tasks) {
      assertArrayEquals(DATA, Files.readAllBytes(task.get()));
    }
    assertEquals(1, server.requests().size());
  }

  @Test
  void anInterruptEndsTheTransfer() throws Exception {
    CountDownLatch sending = new CountDownLatch(1);
    CountDownLatch done = new CountDownLatch(1);
    server.on(
        "/a",
        (socket, out) -> {
          out.write(LoopbackServer.head("HTTP/1.1 200 OK\nContent-Length: 1000"));
          out.write(new byte[10]);
          sending.countDown();
          done.await();
        });
    String message = "download was interrupted: url=" + server.url("/a");
    Interrupted first = Interrupted.start(request("/a").idleTimeout(Duration.ofMinutes(1)).build());
    sending.await();
    first.thread.interrupt();
    assertEquals(message, first.message());
    assertEquals(List.of(), leftovers());
    done.countDown();
  }

  @Test
  void anInterruptEndsTheWaitForAnAnswer() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch dropped = new CountDownLatch(1);
    server.on(
        "/a",
        (socket, out) -> {
          asked.countDown();
          if (socket.getInputStream().read() < 0) {
            dropped.countDown();
          }
        });
    FileRequest request = request("/a").idleTimeout(Duration.ofMinutes(1)).build();
    Interrupted first = Interrupted.start(request);
    asked.await();
    // The second one waits for the first one's lock.
    Interrupted second = Interrupted.start(request);
    second.thread.interrupt();
    assertEquals("fetch was interrupted: origin=" + server.url("/a"), second.message());
    first.thread.interrupt();
    assertEquals("download was interrupted: url=" + server.url("/a"), first.message());
    assertEquals(List.of(), leftovers());
    assertTrue(dropped.await(10, TimeUnit.SECONDS), "the connection is dropped");
  }

  /** A fetch on a thread that will be interrupted. */
  private static final class Interrupted {
    final Thread thread;
    private final FutureTask<String> task;

    private Interrupted(FileRequest request) {
      task =
          new FutureTask<>(
              () -> {
                IOException e = assertThrows(IOException.class, () -> FileCache.fetch(request));
                assertInstanceOf(InterruptedIOException.class, e);
                assertTrue(Thread.currentThread().isInterrupted(), "flag is kept");
                return e.getMessage();
              });
      thread = new Thread(task);
    }

    static Interrupted start(FileRequest request) {
      Interrupted started = new Interrupted(request);
      started.thread.start();
      return started;
    }

    String message() throws Exception {
      return task.get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void aListenersExceptionEndsTheTransfer() throws IOException {
    server.file("/a", DATA);
    IllegalStateException stop = new IllegalStateException("stop");
    FileRequest request =
        request("/a")
            .progress(
                (done, total) -> {
                  throw stop;
                })
            .build();
    assertSame(stop, assertThrows(IllegalStateException.class, () -> FileCache.fetch(request)));
    assertEquals(List.of(), leftovers());
  }

  @Test
  void aKilledProcessLeavesNothingUnderTheFinalName() throws Exception {
    CountDownLatch sending = new CountDownLatch(1);
    CountDownLatch done = new CountDownLatch(1);
    server.on(
        "/a",
        (socket, out) -> {
          out.write(LoopbackServer.head("HTTP/1.1 200 OK\nContent-Length: " + DATA.length));
          out.write(DATA, 0, 1000);
          sending.countDown();
          done.await();
        });
    Process process = FetchProcess.start(server.url("/a"), cache);
    assertTrue(sending.await(10, TimeUnit.SECONDS));
    process.destroyForcibly().waitFor();
    done.countDown();
    assertFalse(Files.exists(file("a")));
    server.file("/a", DATA);
    assertArrayEquals(DATA, Files.readAllBytes(FileCache.fetch(request("/a").build())));
  }

  @Test
  void processesThatWantTheSameFileFetchItOnce() throws Exception {
    CountDownLatch sending = new CountDownLatch(1);
    CountDownLatch allRun = new CountDownLatch(1);
    server.on(
        "/a",
        (socket, out) -> {
          sending.countDown();
          allRun.await();
          out.write(LoopbackServer.head("HTTP/1.1 200 OK\nContent-Length: " + DATA.length));
          out.write(DATA);
        });
    Process first = FetchProcess.start(server.url("/a"), cache);
    assertTrue(sending.await(10, TimeUnit.SECONDS));
    List<Process> others = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      others.add(FetchProcess.start(server.url("/a"), cache));
    }
    for (Process other : others) {
      assertEquals("ready", FetchProcess.readLine(other));
    }
    allRun.countDown();
    assertEquals("ready", FetchProcess.readLine(first));
    others.add(first);
    for (Process process : others) {
      assertEquals(file("a").toString(), FetchProcess.readLine(process));
      assertEquals(0, process.waitFor());
    }
    assertArrayEquals(DATA, Files.readAllBytes(file("a")));
    assertEquals(1, server.requests().size());
    assertEquals(List.of("a"), leftovers());
  }

  @Test
  void aFailedFetchTakesTheDirectoriesAwayThatItMade() throws IOException {
    Path made = cache.resolve("made/by/this");
    FileRequest request = request("/missing").cacheDirectory(made).build();
    assertThrows(DownloadException.class, () -> FileCache.fetch(request));
    assertFalse(Files.exists(cache.resolve("made")));
    Files.createDirectories(made);
    assertThrows(DownloadException.class, () -> FileCache.fetch(request));
    assertEquals(List.of("by", "made", "this"), leftovers());
  }

  private static void sendForEver(OutputStream out) throws IOException {
    while (true) {
      out.write(DATA);
    }
  }
}
