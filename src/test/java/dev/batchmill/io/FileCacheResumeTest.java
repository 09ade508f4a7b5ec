package dev.batchmill.io;

import static dev.batchmill.io.LoopbackServer.brokenVersion;
import static dev.batchmill.io.LoopbackServer.header;
import static dev.batchmill.io.LoopbackServer.status;
import static dev.batchmill.io.LoopbackServer.version;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.batchmill.error.DownloadException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A download goes on where the last one ended, and never mixes two versions of a file. */
@Timeout(20)
class FileCacheResumeTest {
  private static final byte[] DATA = CacheFiles.data(200_000);
  private static final byte[] OTHER = CacheFiles.data(200_001);
  private static final String TAG = "\"one\"";
  private static final int HALF = 100_000;
  private static final List<String> PARTIAL = List.of(".a.ID.from", ".a.ID.part");

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
        .name("a")
        .cacheDirectory(cache)
        .idleTimeout(Duration.ofSeconds(5))
        .retryDelay(Duration.ofMillis(1));
  }

  /** Leaves the first half of the file. */
  private void breakOff(String tag) throws IOException {
    server.reply("/a", brokenVersion(DATA, tag, HALF));
    assertThrows(DownloadException.class, () -> FileCache.fetch(request("/a").retries(0).build()));
    assertFalse(Files.exists(files.file("a")));
    server.requests().clear();
  }

  private void assertFetched(byte[] expected, FileRequest.Builder request) throws IOException {
    assertArrayEquals(expected, Files.readAllBytes(FileCache.fetch(request.build())));
    assertEquals(List.of("a"), files.names());
  }

  /** The ranges that were asked for, nothing where it was the whole. */
  private List<String> ranges() {
    return server.requests().stream().map(head -> header(head, "Range")).toList();
  }

  @Test
  void goesOnWithinAFetch() throws IOException {
    server.replies(
        "/a", brokenVersion(DATA, TAG, HALF), brokenVersion(DATA, TAG, 1000), version(DATA, TAG));
    assertFetched(DATA, request("/a").hash(CacheFiles.sha256(DATA)));
    assertEquals(List.of("", "bytes=100000-", "bytes=101000-"), ranges());
    assertEquals(TAG, header(server.requests().get(1), "If-Range"));
  }

  @Test
  void goesOnInTheNextFetch() throws IOException {
    breakOff(TAG);
    assertEquals(PARTIAL, files.names());
    server.reply("/a", version(DATA, TAG));
    assertFetched(DATA, request("/a").hash(CacheFiles.sha256(DATA)));
    assertEquals(List.of("bytes=100000-"), ranges());
  }

  @Test
  void goesOnByTheTimeOfTheLastChange() throws IOException {
    String changed = "Wed, 21 Oct 2015 07:28:00 GMT";
    String dates = "\nDate: Thu, 22 Oct 2015 07:28:00 GMT\nLast-Modified: " + changed;
    server.replies(
        "/a",
        (head, out) -> {
          String start = "HTTP/1.1 200 OK\nContent-Length: " + DATA.length;
          out.write(LoopbackServer.head(start + dates));
          out.write(DATA, 0, HALF);
        },
        (head, out) -> {
          assertEquals(changed, header(head, "If-Range"));
          out.write(
              LoopbackServer.head(
                  "HTTP/1.1 206 X\nContent-Range: bytes 100000-199999/200000" + dates));
          out.write(DATA, HALF, HALF);
        });
    assertFetched(DATA, request("/a"));
    assertEquals(List.of("", "bytes=100000-"), ranges());
  }

  @ParameterizedTest
  @ValueSource(strings = {"W/\"weak\"", "none", "\"a b\""})
  void keepsNothingWithoutAStrongVersion(String tag) throws IOException {
    breakOff(tag);
    assertEquals(List.of(), files.names());
    server.reply("/a", version(DATA, tag));
    assertFetched(DATA, request("/a"));
    assertEquals(List.of(""), ranges());
  }

  @Test
  void aHashTakesTheVersionsPlace() throws IOException {
    String hash = CacheFiles.sha256(DATA);
    server.reply("/a", brokenVersion(DATA, "none", HALF));
    assertThrows(
        DownloadException.class,
        () -> FileCache.fetch(request("/a").retries(0).hash(hash).build()));
    assertEquals(PARTIAL, files.names());
    server.reply("/a", version(DATA, "none"));
    assertFetched(DATA, request("/a").hash(hash));
    assertEquals(List.of("", "bytes=100000-"), ranges());
  }

  @Test
  void aServerThatIgnoresRangesSendsItAll() throws IOException {
    breakOff(TAG);
    server.reply(
        "/a",
        (head, out) -> {
          out.write(LoopbackServer.head("HTTP/1.1 200 OK\nContent-Length: " + DATA.length));
          out.write(DATA);
        });
    assertFetched(DATA, request("/a"));
    assertEquals(List.of("bytes=100000-"), ranges());
  }

  @Test
  void anotherVersionIsFetchedWhole() throws IOException {
    breakOff(TAG);
    server.reply("/a", version(OTHER, "\"two\""));
    assertFetched(OTHER, request("/a"));
    assertEquals(List.of("bytes=100000-"), ranges());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "206 X\nContent-Range: bytes 0-199999/200000",
        "206 X\nContent-Range: bytes 100001-199999/200000",
        "206 X\nContent-Range: bytes 100000-150000/200000",
        "206 X\nContent-Range: bytes 100000-200000/200001",
        "206 X\nContent-Range: bytes 100000-199999/*",
        "206 X\nContent-Range: lines 1-2/3",
        "206 X\nContent-Type: multipart/byteranges; boundary=x",
        "206 X\nETag: \"two\"\nContent-Range: bytes 100000-199999/200000",
        "416 X\nContent-Range: bytes */200000"
      })
  void anAnswerThatIsNotTheRestIsNotUsed(String answer) throws IOException {
    breakOff(TAG);
    server.replies(
        "/a",
        (head, out) -> {
          out.write(LoopbackServer.head("HTTP/1.1 " + answer));
          out.write(OTHER, 0, HALF);
        },
        version(OTHER, "\"two\""));
    assertFetched(OTHER, request("/a"));
    assertEquals(List.of("bytes=100000-", ""), ranges());
  }

  @Test
  void aServerThatLiesAboutTheVersionIsFoundOutByTheHash() throws IOException {
    breakOff(TAG);
    byte[] changed = DATA.clone();
    changed[0]++;
    server.reply("/a", version(changed, TAG));
    assertFetched(changed, request("/a").hash(CacheFiles.sha256(changed)));
    assertEquals(List.of("bytes=100000-", ""), ranges());
  }

  @Test
  void aPartialFileThatIsWholeNeedsNoRequest() throws IOException {
    breakOff(TAG);
    Files.write(partial(), DATA);
    assertFetched(DATA, request("/a"));
    assertEquals(List.of(), ranges());
  }

  @Test
  void aPartialFileThatIsTooLongOrWithoutANoteIsNotUsed() throws IOException {
    breakOff(TAG);
    Files.write(partial(), OTHER);
    Files.writeString(files.file(".a.0123456789abcdef.part"), "x");
    server.reply("/a", version(DATA, TAG));
    assertFetched(DATA, request("/a"));
    assertEquals(List.of(""), ranges());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 10, 60})
  void aNoteThatIsNotWholeIsNotUsed(int length) throws IOException {
    breakOff(TAG);
    Path note = Path.of(partial().toString().replace(".part", ".from"));
    Files.write(note, Arrays.copyOf(Files.readAllBytes(note), length));
    server.reply("/a", version(DATA, TAG));
    assertFetched(DATA, request("/a"));
    assertEquals(List.of(""), ranges());
  }

  private Path partial() throws IOException {
    try (var all = Files.list(files.file("a").getParent())) {
      return all.filter(path -> path.toString().endsWith(".part")).findFirst().orElseThrow();
    }
  }

  @Test
  void anotherUrlDoesNotGoOn() throws IOException {
    breakOff(TAG);
    server.reply("/b", version(OTHER, TAG));
    assertFetched(OTHER, request("/b"));
    assertEquals(List.of(""), ranges());
  }

  @Test
  void aFinalFailureKeepsNothing() throws IOException {
    breakOff(TAG);
    server.reply("/a", status(404));
    assertThrows(DownloadException.class, () -> FileCache.fetch(request("/a").build()));
    assertEquals(List.of(), files.names());
  }

  @Test
  void anOwnerWhosePartialFileWasTakenStartsOver() throws Exception {
    server.replies(
        "/a",
        (head, out) -> {
          version(DATA, TAG).send(head, out);
          out.flush();
          // What another process does where locks do not work.
          Path part = waitForPartial();
          Files.move(part, files.file(".a.0123456789abcdef.part"));
        },
        version(OTHER, "\"two\""));
    CountDownLatch moved = new CountDownLatch(1);
    FileRequest.Builder request =
        request("/a")
            .progress(
                (bytes, total) -> {
                  if (bytes == DATA.length) {
                    awaitMove(moved);
                  }
                });
    assertFetched(OTHER, request);
    assertEquals(List.of("", ""), ranges());
  }

  private Path waitForPartial() throws IOException, InterruptedException {
    while (files.names().stream().noneMatch(name -> name.endsWith(".part"))) {
      Thread.sleep(1);
    }
    return partial();
  }

  private void awaitMove(CountDownLatch moved) {
    try {
      while (!Files.exists(files.file(".a.0123456789abcdef.part"))) {
        assertFalse(moved.await(1, TimeUnit.MILLISECONDS));
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aKilledProcessIsContinued() throws Exception {
    CountDownLatch sent = new CountDownLatch(1);
    CountDownLatch killed = new CountDownLatch(1);
    server.reply(
        "/a",
        (head, out) -> {
          brokenVersion(DATA, TAG, HALF).send(head, out);
          out.flush();
          sent.countDown();
          killed.await();
        });
    Process process = FetchProcess.start(server.url("/a"), cache);
    assertTrue(sent.await(10, TimeUnit.SECONDS));
    waitForPartial();
    while (Files.size(partial()) < HALF) {
      Thread.sleep(1);
    }
    process.destroyForcibly().waitFor();
    killed.countDown();
    server.requests().clear();
    server.reply("/a", version(DATA, TAG));
    assertFetched(DATA, request("/a"));
    assertEquals(List.of("bytes=100000-"), ranges());
  }

  @Test
  void sweepsWhatWasAbandoned() throws IOException {
    Files.createDirectories(files.file("a").getParent());
    Path old = Files.writeString(files.file(".b.0123456789abcdef.part"), "x");
    Path fresh = Files.writeString(files.file(".c.0123456789abcdef.part"), "x");
    Path other = Files.writeString(files.file(".b.other.part"), "x");
    FileTime longAgo = FileTime.from(Instant.now().minus(Duration.ofDays(8)));
    Files.setLastModifiedTime(old, longAgo);
    Files.setLastModifiedTime(other, longAgo);
    server.reply("/a", version(DATA, TAG));
    FileCache.fetch(request("/a").build());
    assertEquals(List.of(".b.other.part", ".c.ID.part", "a"), files.names());
    assertTrue(Files.exists(fresh));
  }
}
