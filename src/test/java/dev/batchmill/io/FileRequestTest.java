package dev.batchmill.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileRequestTest {
  private static final Path CACHE = Path.of("/cache");
  private static final String ORIGIN = "http://h/d/a.tar.gz?q=/x#f";

  private static FileRequest.Builder request() {
    return FileRequest.builder(ORIGIN).cacheDirectory(CACHE);
  }

  /** The names that Keras gives. */
  @ParameterizedTest
  @CsvSource({
    ",               false, a.tar.gz,         a.tar.gz",
    ",               true,  a.tar.gz_archive, a.tar.gz",
    "x,              false, x,                x",
    "x,              true,  x_archive,        x",
    "x.tar.gz,       true,  x.tar.gz,         x_extracted",
    "archive.v1.zip, true,  archive.v1.zip,   archive_extracted",
    "x.,             true,  x.,               x_extracted",
    ".x,             true,  .x,               _extracted",
  })
  void namesFilesAsKerasDoes(String name, boolean extract, String file, String result) {
    FileRequest.Builder builder = request().extract(extract);
    if (name != null) {
      builder.name(name);
    }
    Path directory = CACHE.toAbsolutePath().resolve("datasets");
    assertEquals(
        new CacheEntry(directory.resolve(file), directory.resolve(result)),
        builder.build().entry());
  }

  @Test
  @SuppressWarnings("deprecation")
  void understandsWhatKerasHasDeprecated() {
    FileRequest untar = request().untar(true).build();
    assertEquals(List.of(ArchiveFormat.TAR), untar.archiveFormats());
    assertEquals("a.tar.gz_archive", untar.entry().file().getFileName().toString());
    assertEquals(request().build().entry(), request().untar(false).build().entry());
    String md5 = "a".repeat(32);
    assertEquals(new FileHash(FileHash.Algorithm.MD5, md5), request().md5Hash(md5).build().hash());
    FileHash other = FileHash.of("b".repeat(64));
    assertEquals(other, request().md5Hash(md5).hash(other).build().hash());
    assertThrows(IllegalArgumentException.class, () -> request().md5Hash("b".repeat(64)));
  }

  @Test
  void keepsTheOriginsNameAsItIsWritten() {
    assertEquals(
        Path.of("pl%61in.txt"),
        FileRequest.builder("http://h/pl%61in.txt").build().entry().file().getFileName());
    assertEquals(
        Path.of("b.txt"),
        FileRequest.builder("jar:file:/x.jar!/a/b.txt").build().entry().file().getFileName());
  }

  @Test
  void placesTheSubdirectory() {
    Path cache = CACHE.toAbsolutePath();
    assertEquals(cache.resolve("a.tar.gz"), request().cacheSubdirectory("").build().entry().file());
    assertEquals(
        cache.resolve("x/y/a.tar.gz"), request().cacheSubdirectory("x/y").build().entry().file());
    Path other = Path.of("/other").toAbsolutePath();
    assertEquals(
        other.resolve("a.tar.gz"),
        request().cacheSubdirectory(other.toString()).build().entry().file());
  }

  @Test
  void findsTheDefaultDirectory() {
    assertEquals(Path.of("/h/.keras"), CacheEntry.defaultDirectory(Map.of(), "/h"));
    assertEquals(Path.of("/h/.keras"), CacheEntry.defaultDirectory(Map.of("KERAS_HOME", ""), "/h"));
    assertEquals(Path.of("/k"), CacheEntry.defaultDirectory(Map.of("KERAS_HOME", "/k"), "/h"));
    assertEquals(Path.of("/h/k"), CacheEntry.defaultDirectory(Map.of("KERAS_HOME", "~/k"), "/h"));
    assertEquals(Path.of("/h"), CacheEntry.defaultDirectory(Map.of("KERAS_HOME", "~"), "/h"));
    refused(
        "home directory is unknown: user.home=?; set cacheDirectory or KERAS_HOME",
        () -> CacheEntry.defaultDirectory(Map.of(), "?"));
  }

  @Test
  void refusesNamesThatAreNoPlainFileNames() {
    refused("name is empty: name=; use a plain file name", () -> request().name(""));
    refused("name names a directory: name=.; use a plain file name", () -> request().name("."));
    refused("name names a directory: name=..; use a plain file name", () -> request().name(".."));
    refused("name holds a separator: name=a/b; use a plain file name", () -> request().name("a/b"));
    refused(
        "name holds a separator: name=a\\b; use a plain file name", () -> request().name("a\\b"));
    refused(
        "name holds a control character: name=a\\u0000b; use a plain file name",
        () -> request().name("a\0b"));
    String longName = "\u00e9".repeat(111);
    refused(
        "name is longer than 220 bytes: name=" + longName + "; use a plain file name",
        () -> request().name(longName));
    refused(
        "file name in the origin is empty: origin=http://h/; set a name",
        () -> FileRequest.builder("http://h/").build());
    refused(
        "file name in the origin is empty: origin=http://h; set a name",
        () -> FileRequest.builder("http://h").build());
    refused(
        "file name in the origin names a directory: origin=http://h/..; set a name",
        () -> FileRequest.builder("http://h/..").build());
  }

  @Test
  void refusesOriginsThatCannotBeFetched() {
    refused(
        "origin is not a URI: origin=http://h/a b (Illegal character in path); percent-encode it",
        () -> FileRequest.builder("http://h/a b"));
    refused(
        "origin has no scheme: origin=/a/b; write https://…, http://… or file:///…",
        () -> FileRequest.builder("/a/b"));
    refused(
        "origin has a scheme that cannot be fetched: origin=ftp://h/a; use http, https, file or"
            + " jar",
        () -> FileRequest.builder("ftp://h/a"));
    refused(
        "origin has no valid host name: origin=http:///a; write http(s)://host/path",
        () -> FileRequest.builder("http:///a"));
    refused(
        "origin must not hold a user name or password: host=h",
        () -> FileRequest.builder("https://user:secret@h/a"));
    refused(
        "origin is not a local file: origin=file://h/a (URI has an authority component)",
        () -> FileRequest.builder("file://h/a"));
    refused(
        "origin does not name an entry of a local jar: origin=jar:http://h/a.jar!/b; use"
            + " jar:file:…!/…",
        () -> FileRequest.builder("jar:http://h/a.jar!/b"));
  }

  @Test
  void refusesSettingsThatCannotWork() {
    refused(
        "hash is empty: leave the hash out if the file is not to be verified",
        () -> request().hash("").build());
    refused(
        "hash algorithm without a hash: hashAlgorithm=sha256; set the hash",
        () -> request().hashAlgorithm("sha256").build());
    refused(
        "unknown hash algorithm: algorithm=x; use auto, md5, sha1, sha256, sha384, sha512",
        () -> request().hash("a".repeat(32)).hashAlgorithm("x").build());
    refused(
        "no archive format to extract with: archiveFormat=[]; name one or leave it out",
        () -> request().extract(true).archiveFormat().build());
    refused("maxBytes must not be negative: maxBytes=-1", () -> request().maxBytes(-1));
    refused(
        "connectTimeout must be more than zero and at most a day: connectTimeout=PT0S",
        () -> request().connectTimeout(Duration.ZERO));
    refused(
        "idleTimeout must be more than zero and at most a day: idleTimeout=PT25H",
        () -> request().idleTimeout(Duration.ofHours(25)));
    refused(
        "unknown archive format: format=iso; use auto, tar, zip, 7z, cpio, rar or none",
        () -> ArchiveFormat.parse("iso"));
    refused(
        "unknown archive format: format=; use auto, tar, zip, 7z, cpio, rar or none",
        () -> ArchiveFormat.parse("tar,"));
  }

  @Test
  void readsKerasArchiveFormats() {
    assertEquals(List.of(ArchiveFormat.TAR, ArchiveFormat.ZIP), ArchiveFormat.parse("auto"));
    assertEquals(List.of(ArchiveFormat.TAR), ArchiveFormat.parse("TAR"));
    assertEquals(List.of(ArchiveFormat.ZIP), ArchiveFormat.parse("zip"));
    assertEquals(List.of(), ArchiveFormat.parse("none"));
    assertEquals(
        List.of(ArchiveFormat.ZIP, ArchiveFormat.TAR, ArchiveFormat.SEVEN_ZIP, ArchiveFormat.CPIO),
        ArchiveFormat.parse("zip,auto,7z,CPIO,zip"));
    assertEquals(List.of(ArchiveFormat.RAR), ArchiveFormat.parse("rar"));
  }

  private static void refused(String message, Executable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
  }
}
