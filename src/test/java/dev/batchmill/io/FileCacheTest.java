package dev.batchmill.io;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.batchmill.error.DownloadException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Fetches from local origins, and the cache's directories. */
class FileCacheTest {
  @TempDir Path temp;

  private Path origin(String text) throws IOException {
    return Files.writeString(temp.resolve("origin.txt"), text);
  }

  private FileRequest.Builder request(Path origin) {
    return FileRequest.builder(origin.toUri()).cacheDirectory(temp.resolve("cache"));
  }

  private Path cached(String name) {
    return temp.resolve("cache/datasets").resolve(name);
  }

  @Test
  void fetchesALocalFileAndTrustsTheCachedOne() throws IOException {
    Path origin = origin("one");
    assertEquals(cached("origin.txt"), FileCache.fetch(request(origin).build()));
    assertEquals("one", Files.readString(cached("origin.txt")));
    Files.delete(origin);
    assertEquals(cached("origin.txt"), FileCache.fetch(request(origin).build()));
  }

  @Test
  void fetchesAnEntryOfAJar() throws IOException {
    Path jar = temp.resolve("a b.jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      out.putNextEntry(new JarEntry("dir/entry.txt"));
      out.write("inside".getBytes(UTF_8));
    }
    URI entry = URI.create("jar:" + jar.toUri() + "!/dir/entry.txt");
    FileRequest.Builder request = FileRequest.builder(entry).cacheDirectory(temp.resolve("cache"));
    assertEquals("inside", Files.readString(FileCache.fetch(request.build())));
    URI missing = URI.create("jar:" + jar.toUri() + "!/none.txt");
    DownloadException e =
        assertThrows(
            DownloadException.class,
            () ->
                FileCache.fetch(
                    FileRequest.builder(missing).cacheDirectory(temp.resolve("cache")).build()));
    assertTrue(e.getMessage().startsWith("cannot download: url=" + missing + " reason="));
  }

  @Test
  void namesAMissingOrigin() {
    Path none = temp.resolve("none");
    assertEquals("there is no such file: url=" + none.toUri(), failure(request(none)));
    assertEquals(
        "origin is not a regular file: url=" + temp.toUri(), failure(request(temp).name("a")));
    assertFalse(Files.exists(cached("none")));
  }

  @Test
  void aCachedFileIsVerifiedAndFetchedAgainWhenItIsAnother() throws IOException {
    Path origin = origin("abc");
    String md5 = "900150983cd24fb0d6963f7d28e17f72";
    FileRequest request = request(origin).hash(md5.toUpperCase(java.util.Locale.ROOT)).build();
    FileCache.fetch(request);
    Files.writeString(cached("origin.txt"), "abd");
    FileCache.fetch(request);
    assertEquals("abc", Files.readString(cached("origin.txt")));
  }

  @Test
  void aReadableCacheNeedsNoWriting() throws IOException {
    FileRequest request = request(origin("one")).build();
    FileCache.fetch(request);
    FileTime before = Files.getLastModifiedTime(cached("."));
    FileCache.fetch(request);
    assertEquals(before, Files.getLastModifiedTime(cached(".")), "nothing came or went");
  }

  @Test
  void aLinkedCacheDirectoryIsFollowed() throws IOException {
    Files.createDirectories(temp.resolve("real"));
    Files.createSymbolicLink(temp.resolve("link"), temp.resolve("real"));
    FileRequest.Builder request =
        request(origin("one")).cacheDirectory(temp.resolve("link")).cacheSubdirectory("");
    FileCache.fetch(request.build());
    assertEquals("one", Files.readString(temp.resolve("real/origin.txt")));
  }

  @Test
  void namesACacheThatCannotBeMade() throws IOException {
    Path file = origin("one");
    assertEquals(
        "cannot make the cache directory: directory="
            + file.resolve("datasets")
            + " reason=java.nio.file.FileSystemException: "
            + file.resolve("datasets")
            + ": Not a directory; set cacheDirectory or KERAS_HOME to a place that can be written",
        failure(request(file).cacheDirectory(file)));
  }

  @Test
  void namesACacheThatCannotBeWritten() throws IOException {
    // Not even root writes there.
    Path readOnly = Path.of("/proc/self");
    Assumptions.assumeTrue(Files.isDirectory(readOnly) && !Files.isWritable(readOnly));
    assertEquals(
        "cannot write to the cache directory: directory=/proc/self; set cacheDirectory or"
            + " KERAS_HOME to a place that can be written",
        failure(request(origin("one")).cacheDirectory(readOnly).cacheSubdirectory("")));
  }

  @Test
  void namesADirectoryInTheFilesPlace() throws IOException {
    Files.createDirectories(cached("origin.txt"));
    assertEquals(
        "a directory stands where the file would be kept: path="
            + cached("origin.txt")
            + "; move it away or set another name",
        failure(request(origin("one"))));
  }

  @Test
  void anInterruptedThreadFetchesNothing() throws IOException {
    FileRequest request = request(origin("one")).build();
    Thread.currentThread().interrupt();
    IOException e = assertThrows(InterruptedIOException.class, () -> FileCache.fetch(request));
    assertTrue(Thread.interrupted(), "flag is kept");
    assertEquals("fetch was interrupted: origin=" + request.origin(), e.getMessage());
    assertFalse(Files.exists(cached(".")));
  }

  private static String failure(FileRequest.Builder request) {
    return assertThrows(DownloadException.class, () -> FileCache.fetch(request.build()))
        .getMessage();
  }
}
