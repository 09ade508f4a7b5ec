package dev.batchmill.internal.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Fetching and extracting, from a real server. */
class FetchCommandTest {
  private static final String SHA256 =
      "b85fd7a9ea8121cc1158f04ddbff3e7353487722d9f73e8e1b02728ebad33d5a";

  @TempDir Path directory;
  private final AtomicInteger requests = new AtomicInteger();
  private final AtomicReference<String> authorization = new AtomicReference<>();
  private HttpServer server;
  private byte[] archive;

  @BeforeEach
  void serveTheDigits() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(
            Main.class.getResourceAsStream("/dev/batchmill/internal/demo/digits.tar.gz"))) {
      archive = in.readAllBytes();
    }
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/digits.tar.gz",
        exchange -> {
          try (exchange) {
            requests.incrementAndGet();
            exchange.sendResponseHeaders(200, archive.length);
            exchange.getResponseBody().write(archive);
          }
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private String url() {
    return address() + "/digits.tar.gz";
  }

  @Test
  void fetchPrintsThePathAndFetchesOnce() throws IOException {
    Outcome outcome =
        Outcome.of("fetch", url(), "--cache-dir", directory, "--hash", SHA256, "--name", "d.tgz");
    assertEquals(0, outcome.status(), outcome.err());
    Path file = directory.resolve("datasets").resolve("d.tgz");
    assertEquals(file + "\n", outcome.out());
    assertArrayEquals(archive, Files.readAllBytes(file));
    assertTrue(outcome.err().startsWith("53/53 "), outcome.err());
    assertTrue(outcome.err().contains("/KiB"), outcome.err());

    Outcome again =
        Outcome.of(
            "fetch",
            url(),
            "--cache-dir",
            directory,
            "--hash",
            SHA256,
            "--hash-algorithm",
            "sha256",
            "--name",
            "d.tgz");
    assertEquals(file + "\n", again.succeeded().out());
    assertEquals(1, requests.get());
    assertEquals(
        0,
        Outcome.of("fetch", url(), "--cache-dir", directory, "--name", "d.tgz", "--force")
            .status());
    assertEquals(2, requests.get());
  }

  @Test
  void fetchExtracts() throws IOException {
    Outcome outcome =
        Outcome.of(
            "fetch",
            url(),
            "--cache-dir",
            directory,
            "--cache-subdir",
            "sets",
            "--name",
            "digits",
            "--extract",
            "--archive-format",
            "tar");
    assertEquals(0, outcome.status(), outcome.err());
    assertEquals(directory.resolve("sets").resolve("digits") + "\n", outcome.out());
    assertEquals(
        List.of("", "LICENCE.txt", "digits.csv"),
        List.copyOf(Outcome.listing(directory.resolve("sets").resolve("digits"))));
  }

  @Test
  void fetchExtractsOnceAndThenSendsNoRequest() throws IOException {
    Object[] command = {
      "fetch", url(), "--cache-dir", directory, "--hash", "sha256:" + SHA256, "--extract"
    };
    Path extracted = directory.resolve("datasets").resolve("digits.tar.gz");
    assertEquals(extracted + "\n", done(Outcome.of(command)).out());
    FileTime written = Files.getLastModifiedTime(extracted.resolve("digits.csv"));
    Object fileKey = Files.readAttributes(extracted, BasicFileAttributes.class).fileKey();
    Outcome again = Outcome.of(command).succeeded();
    assertEquals(extracted + "\n", again.out());
    assertEquals("", again.err());
    assertEquals(1, requests.get());
    assertEquals(written, Files.getLastModifiedTime(extracted.resolve("digits.csv")));
    assertEquals(fileKey, Files.readAttributes(extracted, BasicFileAttributes.class).fileKey());
  }

  /** Answers with one status after the other, then with the archive. */
  private void answer(String path, int... statuses) {
    AtomicInteger next = new AtomicInteger();
    server.createContext(
        path,
        exchange -> {
          try (exchange) {
            int attempt = next.getAndIncrement();
            if (attempt < statuses.length) {
              exchange.sendResponseHeaders(statuses[attempt], -1);
              return;
            }
            authorization.set(exchange.getRequestHeaders().getFirst("Authorization"));
            exchange.sendResponseHeaders(200, archive.length);
            exchange.getResponseBody().write(archive);
          }
        });
  }

  private Outcome fetch(String path, Object... options) {
    List<Object> command = new ArrayList<>(List.of("fetch", address() + path));
    command.addAll(List.of("--cache-dir", directory, "--name", "d.tgz"));
    command.addAll(List.of(options));
    return Outcome.of(command.toArray());
  }

  /** The outcome of a command that has succeeded, and may have drawn a bar. */
  private static Outcome done(Outcome outcome) {
    assertEquals(0, outcome.status(), outcome.err());
    return outcome;
  }

  @Test
  void fetchTriesAgainAndElsewhere() throws IOException {
    answer("/busy", 503);
    answer("/gone", 404, 404);
    Path file = directory.resolve("datasets").resolve("d.tgz");
    assertEquals(file + "\n", done(fetch("/busy", "--retries", 1)).out());
    Outcome gone = fetch("/gone", "--force", "--retries", 0);
    assertEquals(
        "batchmill fetch: server did not send the file: url="
            + address()
            + "/gone status=404 expected=200\n",
        gone.err());
    assertEquals(1, gone.status());
    assertArrayEquals(archive, Files.readAllBytes(file));
    String none = "http://127.0.0.1:1/d.tgz";
    done(fetch("/gone", "--force", "--retries", 0, "--mirror", none, "--mirror", url()));
    assertEquals(1, requests.get());
  }

  @Test
  void fetchKeepsToItsBounds() {
    answer("/a");
    CountDownLatch done = new CountDownLatch(1);
    server.createContext(
        "/stalls",
        exchange -> {
          try (exchange) {
            exchange.sendResponseHeaders(200, archive.length);
            exchange.getResponseBody().write(archive, 0, 100);
            exchange.getResponseBody().flush();
            done.await();
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
        });
    Outcome tooLarge = fetch("/a", "--max-bytes", archive.length - 1);
    assertEquals(1, tooLarge.status());
    assertTrue(tooLarge.err().contains(" maxBytes=" + (archive.length - 1)), tooLarge.err());
    Outcome stalled = fetch("/stalls", "--timeout", 1, "--retries", 0);
    done.countDown();
    assertEquals(1, stalled.status());
    assertTrue(stalled.err().endsWith("reason=no bytes came for 1000 ms\n"), stalled.err());
    fetch("/a", "--max-bytes", -1)
        .refused("batchmill fetch", "maxBytes must not be negative: maxBytes=-1");
    fetch("/a", "--retries", -1)
        .refused("batchmill fetch", "retries must not be negative: retries=-1");
    fetch("/a", "--timeout", 0)
        .refused(
            "batchmill fetch",
            "idleTimeout must be more than zero and at most a day: idleTimeout=PT0S");
  }

  @Test
  void fetchWithoutANetworkTakesWhatIsThere() {
    Outcome none = Outcome.of("fetch", url(), "--cache-dir", directory, "--offline");
    assertEquals(1, none.status());
    assertTrue(
        none.err().startsWith("batchmill fetch: offline, and the cache does not"), none.err());
    done(Outcome.of("fetch", url(), "--cache-dir", directory));
    Outcome.of("fetch", url(), "--cache-dir", directory, "--offline").succeeded();
    assertEquals(1, requests.get());
  }

  @Test
  void fetchSendsTheTokenInTheFile() throws IOException {
    answer("/private");
    Path token = Files.writeString(directory.resolve("token"), "s3cret\n");
    done(fetch("/private", "--bearer-token-file", token));
    assertEquals("Bearer s3cret", authorization.get());
    Outcome missing = fetch("/private", "--bearer-token-file", directory.resolve("no"));
    assertEquals(1, missing.status());
    assertTrue(missing.err().contains(directory.resolve("no").toString()), missing.err());
  }

  @Test
  void settingsThatCannotWorkAreWrongUsage() {
    Outcome.of("fetch", url(), "--hash-algorithm", "sha256")
        .refused(
            "batchmill fetch", "hash algorithm without a hash: hashAlgorithm=sha256; set the hash");
    Outcome outcome = Outcome.of("fetch", "ftp://example.org/x");
    assertEquals(2, outcome.status());
    assertTrue(outcome.err().contains("origin=ftp://example.org/x"), outcome.err());
  }

  @Test
  void extractPrintsTheDirectory() throws IOException {
    Path file = Files.write(directory.resolve("digits.tar.gz"), archive);
    Path destination = directory.resolve("digits");
    Outcome outcome = Outcome.of("extract", file, destination);
    assertEquals(destination + "\n", outcome.succeeded().out());
    assertEquals(
        List.of("", "LICENCE.txt", "digits.csv"), List.copyOf(Outcome.listing(destination)));
    Outcome occupied = Outcome.of("extract", file, destination);
    assertEquals(1, occupied.status());
    assertTrue(occupied.err().contains("file=" + destination), occupied.err());
  }

  @Test
  void extractKeepsToItsLimits() throws IOException {
    Path file = Files.write(directory.resolve("digits.tar.gz"), archive);
    for (List<Object> limit :
        List.<List<Object>>of(
            List.of("--max-bytes", 1000),
            List.of("--max-entries", 1),
            List.of("--max-memory", 1000))) {
      Outcome outcome =
          Outcome.of("extract", file, directory.resolve("out"), limit.get(0), limit.get(1));
      assertEquals(1, outcome.status());
      assertEquals(1, outcome.err().lines().count(), outcome.err());
      assertEquals(List.of("", "digits.tar.gz"), List.copyOf(Outcome.listing(directory)));
    }
  }
}
