package dev.batchmill.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills the fetching process again and again; what stands under the file's name is whole. {@code
 * -Dbatchmill.test.crashes=200} kills it more often.
 */
@Timeout(600)
class FileCacheCrashTest {
  private static final int CRASHES = Integer.getInteger("batchmill.test.crashes", 20);
  private static final int LATEST_MILLISECONDS = 600;
  private static final int PART_BYTES = 8192;
  private static final byte[] DATA = CacheFiles.data(2_000_000);

  @TempDir Path cache;

  @Test
  void aKilledFetchLeavesTheFileRightOrAbsent() throws Exception {
    CacheFiles files = new CacheFiles(cache);
    Random random = new Random(11);
    int whole = 0;
    try (LoopbackServer server = new LoopbackServer()) {
      server.reply("/a", FileCacheCrashTest::sendSlowly);
      for (int crash = 0; crash < CRASHES; crash++) {
        Process process = FetchProcess.start(server.url("/a"), cache);
        assertEquals("ready", FetchProcess.readLine(process));
        boolean ended = process.waitFor(random.nextInt(LATEST_MILLISECONDS), TimeUnit.MILLISECONDS);
        process.destroyForcibly().waitFor();
        if (ended) {
          assertEquals(0, process.exitValue());
        }
        if (Files.exists(files.file("a"))) {
          assertArrayEquals(DATA, Files.readAllBytes(files.file("a")));
          Files.delete(files.file("a"));
          whole++;
        }
        // A kill within the taking over of a partial file leaves two, with their notes.
        assertTrue(files.names().size() <= 6, () -> "left after the kill: " + names(files));
      }
      FileCache.fetch(FileRequest.builder(server.uri("/a")).cacheDirectory(cache).build());
      assertArrayEquals(DATA, Files.readAllBytes(files.file("a")));
      assertEquals(List.of("a"), files.names());
      System.out.println(
          "crashes=" + CRASHES + " whole=" + whole + " requests=" + server.requests().size());
    }
  }

  private static List<String> names(CacheFiles files) {
    try {
      return files.names();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** About 20 MB a second. */
  private static void sendSlowly(String head, OutputStream out)
      throws IOException, InterruptedException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    LoopbackServer.version(DATA, "\"one\"").send(head, all);
    byte[] bytes = all.toByteArray();
    for (int at = 0; at < bytes.length; at += PART_BYTES) {
      out.write(bytes, at, Math.min(PART_BYTES, bytes.length - at));
      out.flush();
      Thread.sleep(1);
    }
  }
}
