package dev.batchmill.io;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.batchmill.error.ArchiveException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Fetches real archives from a server and extracts them. */
class FileCacheExtractTest {
  private static final int BLOCK = 512;

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
    return FileRequest.builder(server.uri(path))
        .cacheDirectory(cache)
        .cacheSubdirectory("")
        .extract(true);
  }

  private List<String> tree() throws IOException {
    try (Stream<Path> files = Files.walk(cache)) {
      return files
          .filter(Files::isRegularFile)
          .map(path -> cache.relativize(path).toString())
          .sorted()
          .toList();
    }
  }

  @Test
  void extractsATarGz() throws IOException {
    server.file("/digits.tar.gz", tarGz("digits/train.csv", "1,2,3\n"));
    Path directory = FileCache.fetch(request("/digits.tar.gz").build());
    assertEquals(cache.resolve("digits.tar.gz"), directory);
    assertEquals("1,2,3\n", Files.readString(directory.resolve("digits/train.csv")));
    assertEquals(
        List.of(
            ".digits.tar.gz.extracted", "digits.tar.gz/digits/train.csv", "digits.tar.gz_archive"),
        tree());
    FileCache.fetch(request("/digits.tar.gz").build());
    assertEquals(1, server.requests().size());
  }

  @Test
  void extractsAZipUnderItsGivenName() throws IOException {
    server.file("/x", zip("a/b.txt", "hello"));
    Path directory = FileCache.fetch(request("/x").name("flowers.v1.zip").build());
    assertEquals(cache.resolve("flowers_extracted"), directory);
    assertEquals("hello", Files.readString(directory.resolve("a/b.txt")));
    assertEquals(
        List.of(".flowers_extracted.extracted", "flowers.v1.zip", "flowers_extracted/a/b.txt"),
        tree());
  }

  @Test
  void anArchiveThatLeavesItsDirectoryIsRefusedAsAWhole() throws IOException {
    server.file("/evil.zip", zip("../evil.txt", "evil"));
    assertThrows(ArchiveException.class, () -> FileCache.fetch(request("/evil.zip").build()));
    assertEquals(List.of("evil.zip_archive"), tree());
  }

  @Test
  void aPageThatIsNoArchiveIsRefused() throws IOException {
    server.file("/a.zip", "<html>please log in</html>".getBytes(UTF_8));
    assertThrows(ArchiveException.class, () -> FileCache.fetch(request("/a.zip").build()));
    assertFalse(Files.exists(cache.resolve("a.zip")));
    server.file("/a.zip", zip("a.txt", "good"));
    Path directory = FileCache.fetch(request("/a.zip").force(true).build());
    assertEquals("good", Files.readString(directory.resolve("a.txt")));
  }

  @Test
  void onlyTheNamedFormatsAreExtracted() throws IOException {
    server.file("/a.zip", zip("a.txt", "good"));
    FileRequest.Builder request = request("/a.zip").archiveFormat(ArchiveFormat.TAR);
    assertThrows(ArchiveException.class, () -> FileCache.fetch(request.build()));
    FileCache.fetch(request.archiveFormat(ArchiveFormat.ZIP).build());
    assertEquals("good", Files.readString(cache.resolve("a.zip/a.txt")));
  }

  @Test
  void anArchiveBeyondTheLimitsIsRefused() throws IOException {
    server.file("/a.tar.gz", tarGz("b/a.txt", "good"));
    String archive = cache.resolve("a.tar.gz_archive").toString();
    for (FileRequest.Builder request :
        List.of(
            request("/a.tar.gz").maxExtractedBytes(3),
            request("/a.tar.gz").maxExtractedName(4, 9),
            request("/a.tar.gz").maxExtractedName(9, 1),
            request("/a.tar.gz").maxExtractionMemory(1))) {
      ArchiveException e =
          assertThrows(ArchiveException.class, () -> FileCache.fetch(request.build()));
      assertTrue(e.getMessage().contains("archive=" + archive), e.getMessage());
      assertTrue(e.getMessage().contains("limit="), e.getMessage());
    }
    assertThrows(IllegalArgumentException.class, () -> request("/a.tar.gz").maxExtractedEntries(0));
    assertThrows(IllegalArgumentException.class, () -> request("/a.tar.gz").maxExtractionRatio(0));
    FileRequest enough =
        request("/a.tar.gz")
            .maxExtractedBytes(4)
            .maxExtractedEntries(2)
            .maxExtractedName(7, 2)
            .build();
    assertEquals("good", Files.readString(FileCache.fetch(enough).resolve("b/a.txt")));
    assertEquals(1, server.requests().size());
  }

  @Test
  void theListenerIsToldOfEveryStep() throws IOException {
    byte[] archive = tarGz("a.txt", "good");
    server.file("/a.tar.gz", archive);
    List<String> told = new ArrayList<>();
    ProgressListener listener =
        new ProgressListener() {
          @Override
          public void onProgress(long bytes, long total) {
            told.add("transfer " + bytes + "/" + total);
          }

          @Override
          public void onVerify(long bytes, long total) {
            told.add("verify " + bytes + "/" + total);
          }

          @Override
          public void onExtract(long bytes) {
            told.add("extract " + bytes);
          }
        };
    FileCache.fetch(request("/a.tar.gz").progress(listener).build());
    FileCache.fetch(request("/a.tar.gz").progress(listener).build());
    String all = archive.length + "/" + archive.length;
    assertEquals(List.of("transfer " + all, "extract 4", "verify " + all), told);
  }

  private static byte[] zip(String name, String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry(name));
      zip.write(text.getBytes(UTF_8));
    }
    return bytes.toByteArray();
  }

  /** Makes a ustar archive with one file, compressed. */
  private static byte[] tarGz(String name, String text) throws IOException {
    byte[] tar = new byte[4 * BLOCK];
    byte[] body = text.getBytes(UTF_8);
    put(tar, 0, name);
    put(tar, 100, "0000644\0");
    put(tar, 108, "0000000\0");
    put(tar, 116, "0000000\0");
    put(tar, 124, String.format("%011o\0", body.length));
    put(tar, 136, "00000000000\0");
    put(tar, 148, "        ");
    put(tar, 156, "0");
    put(tar, 257, "ustar\00000");
    int sum = 0;
    for (int i = 0; i < BLOCK; i++) {
      sum += tar[i] & 0xff;
    }
    put(tar, 148, String.format("%06o\0 ", sum));
    System.arraycopy(body, 0, tar, BLOCK, body.length);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(tar);
    }
    return bytes.toByteArray();
  }

  private static void put(byte[] tar, int offset, String text) {
    byte[] bytes = text.getBytes(UTF_8);
    System.arraycopy(bytes, 0, tar, offset, bytes.length);
  }
}
