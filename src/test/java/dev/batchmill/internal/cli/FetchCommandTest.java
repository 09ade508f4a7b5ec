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
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
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

  private String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/digits.tar.gz";
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
        List.<List<Object>>of(List.of("--max-bytes", 1000), List.of("--max-entries", 1))) {
      Outcome outcome =
          Outcome.of("extract", file, directory.resolve("out"), limit.get(0), limit.get(1));
      assertEquals(1, outcome.status());
      assertEquals(1, outcome.err().lines().count(), outcome.err());
      assertEquals(List.of("", "digits.tar.gz"), List.copyOf(Outcome.listing(directory)));
    }
  }
}
