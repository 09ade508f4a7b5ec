package dev.batchmill.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.batchmill.internal.file.FileTree;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Kills the fetching process again and again: at any moment of its life, when the server has sent
 * any number of bytes, and shortly after the last one, when the file gets its name and is
 * extracted. What stands under the final names is always whole. {@code
 * -Dbatchmill.test.crashes=200} kills it more often.
 */
@Timeout(900)
class FileCacheCrashTest {
  private static final int CRASHES = Integer.getInteger("batchmill.test.crashes", 24);
  private static final int AFTER_THE_LAST_BYTE_MILLISECONDS = 60;
  private static final int PART_BYTES = 8192;
  private static final int FILES = 200;

  /** When to kill. */
  private enum Moment {
    ANY_TIME,
    WITHIN_THE_TRANSFER,
    AFTER_THE_TRANSFER
  }

  @TempDir Path cache;
  private final Random random = new Random(11);
  private final Map<String, byte[]> content = new TreeMap<>();
  private byte[] archive = {};

  /** The process of the round, and the number of sent bytes at which the server kills it. */
  private record Round(Process process, long killAt, long delay) {}

  private volatile Round round;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatAKilledFetchLeavesIsWholeOrAbsent(boolean extract) throws Exception {
    archive = archive();
    try (LoopbackServer server = new LoopbackServer()) {
      server.reply("/a", this::sendAndKill);
      long lifetime = run(server, extract, Moment.ANY_TIME, Long.MAX_VALUE);
      assertTrue(takeWhatIsThere(extract), "a fetch that is not killed ends well");
      int whole = 0;
      for (int crash = 0; crash < CRASHES; crash++) {
        run(server, extract, Moment.values()[crash % Moment.values().length], lifetime);
        if (takeWhatIsThere(extract)) {
          whole++;
        }
      }
      // Else the kills came too early or too late to prove anything.
      long continued =
          server.requests().stream()
              .filter(head -> !LoopbackServer.header(head, "Range").isEmpty())
              .count();
      assertTrue(continued > 0, "no fetch continued what a killed one had left");
      assertTrue(whole < CRASHES, "no fetch was killed before its end");
      FileCache.fetch(request(server, extract).build());
      assertEquals(extract ? List.of(".a.extracted", "a", "a_archive") : List.of("a"), names());
      assertTrue(takeWhatIsThere(extract));
      System.out.println(
          "crashes="
              + CRASHES
              + " extract="
              + extract
              + " whole="
              + whole
              + " continued="
              + continued);
    }
  }

  private FileRequest.Builder request(LoopbackServer server, boolean extract) {
    return FileRequest.builder(server.uri("/a")).cacheDirectory(cache).extract(extract);
  }

  /** Runs a fetch and kills it; returns how many milliseconds it lived once it was ready. */
  private long run(LoopbackServer server, boolean extract, Moment moment, long lifetime)
      throws Exception {
    Process process = FetchProcess.start(server.url("/a"), cache, extract);
    long killAt = moment == Moment.WITHIN_THE_TRANSFER ? random.nextInt(archive.length) : -1;
    long delay = 0;
    if (moment == Moment.AFTER_THE_TRANSFER) {
      killAt = archive.length;
      delay = random.nextInt(AFTER_THE_LAST_BYTE_MILLISECONDS);
    }
    round = new Round(process, killAt, delay);
    assertEquals("ready", FetchProcess.readLine(process));
    long start = System.nanoTime();
    boolean any = moment == Moment.ANY_TIME;
    long patience = any && lifetime < Long.MAX_VALUE ? random.nextLong(lifetime) : 60_000;
    boolean ended = process.waitFor(patience, TimeUnit.MILLISECONDS);
    process.destroyForcibly().waitFor();
    assertTrue(ended || any, "neither ended nor was killed");
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start) + 1;
  }

  /** Sends at about 20 MB a second, and kills where the round says so. */
  private void sendAndKill(String head, OutputStream out) throws IOException, InterruptedException {
    Round current = round;
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    LoopbackServer.version(archive, "\"one\"").send(head, all);
    byte[] bytes = all.toByteArray();
    int body = archive.length - LoopbackServer.start(head);
    int before = bytes.length - body - LoopbackServer.start(head);
    for (int at = 0; at < bytes.length; at += PART_BYTES) {
      int end = Math.min(at + PART_BYTES, bytes.length);
      out.write(bytes, at, end - at);
      out.flush();
      // Bytes of the file that are sent, those of earlier rounds included.
      if (current.killAt() >= 0 && end - before >= current.killAt()) {
        Thread.sleep(current.delay());
        current.process().destroyForcibly();
      }
      Thread.sleep(1);
    }
  }

  /** Checks what stands under the final names and deletes it; whether all of it was there. */
  private boolean takeWhatIsThere(boolean extract) throws IOException {
    Path datasets = cache.resolve("datasets");
    Path file = datasets.resolve(extract ? "a_archive" : "a");
    boolean fileThere = Files.exists(file);
    if (fileThere) {
      assertArrayEquals(archive, Files.readAllBytes(file));
      Files.delete(file);
    }
    Path directory = datasets.resolve("a");
    if (!extract || !Files.exists(directory)) {
      return fileThere && !extract;
    }
    assertTrue(fileThere, "extracted, but the archive is gone");
    try (Stream<Path> files = Files.list(directory)) {
      assertEquals(FILES, files.count());
    }
    for (Map.Entry<String, byte[]> entry : content.entrySet()) {
      assertArrayEquals(entry.getValue(), Files.readAllBytes(directory.resolve(entry.getKey())));
    }
    FileTree.delete(directory);
    return true;
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(cache.resolve("datasets"))) {
      return files
          .map(path -> path.getFileName().toString())
          // What a killed extraction leaves stays for a day; no name of the cache begins so.
          .filter(name -> !name.startsWith(".extracting-"))
          .sorted()
          .toList();
    }
  }

  private byte[] archive() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (int i = 0; i < FILES; i++) {
        byte[] data = CacheFiles.data(10_000 + i);
        content.put("f" + i, data);
        zip.putNextEntry(new ZipEntry("f" + i));
        zip.write(data);
      }
    }
    return bytes.toByteArray();
  }
}
