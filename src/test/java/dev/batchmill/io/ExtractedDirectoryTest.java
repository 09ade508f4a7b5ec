package dev.batchmill.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.batchmill.error.ArchiveException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * When an archive is extracted and what becomes of the old content; the archives are plain text.
 */
class ExtractedDirectoryTest {
  @TempDir Path temp;
  private final List<List<ArchiveFormat>> extracted = new ArrayList<>();

  /** Makes a directory with the archive's text in a file. */
  private void extract(FileRequest request, Path destination) throws IOException {
    Path archive = request.entry().file();
    extracted.add(request.archiveFormats());
    Files.createDirectory(destination);
    Files.writeString(destination.resolve("content.txt"), Files.readString(archive));
  }

  private FileRequest.Builder request(String text) throws IOException {
    Path origin = Files.writeString(temp.resolve("a.tar"), text);
    return FileRequest.builder(origin.toUri())
        .cacheDirectory(temp.resolve("cache"))
        .cacheSubdirectory("")
        .extract(true);
  }

  private Path fetch(FileRequest.Builder request) throws IOException {
    return FileCache.fetch(request.build(), this::extract);
  }

  private String content() throws IOException {
    return Files.readString(temp.resolve("cache/a.tar/content.txt"));
  }

  private List<String> cached() throws IOException {
    try (Stream<Path> files = Files.list(temp.resolve("cache"))) {
      return files.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  private static final List<String> CLEAN = List.of(".a.tar.extracted", "a.tar", "a.tar_archive");

  @Test
  void extractsTheSameBytesOnce() throws IOException {
    assertEquals(temp.resolve("cache/a.tar"), fetch(request("one")));
    assertEquals(temp.resolve("cache/a.tar"), fetch(request("one")));
    assertEquals("one", content());
    assertEquals(List.of(ArchiveFormat.auto()), extracted);
    assertEquals(CLEAN, cached());
    assertEquals(
        "sha256:7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed\n",
        Files.readString(temp.resolve("cache/.a.tar.extracted")));
  }

  @Test
  void extractsOtherBytesIntoTheOldOnesPlace() throws IOException {
    fetch(request("one"));
    fetch(request("two").force(true).archiveFormat(ArchiveFormat.ZIP));
    assertEquals("two", content());
    assertEquals(List.of(ArchiveFormat.ZIP), extracted.get(1));
    assertEquals(CLEAN, cached());
  }

  @Test
  void extractsAgainWhatWasDeletedOrLeftUnfinished() throws IOException {
    fetch(request("one"));
    Files.delete(temp.resolve("cache/a.tar/content.txt"));
    Files.delete(temp.resolve("cache/a.tar"));
    fetch(request("one"));
    assertEquals("one", content());
    // As a crash between the two renames and the marker leaves it.
    Files.writeString(temp.resolve("cache/.a.tar.extracted"), "changing\n");
    fetch(request("one"));
    assertEquals(3, extracted.size());
    assertEquals(CLEAN, cached());
  }

  @Test
  void deletesWhatKilledProcessesLeft() throws IOException {
    fetch(request("one"));
    Path cache = temp.resolve("cache");
    for (String left : List.of(".a.tar.0123456789abcdef.tree", ".a.tar.0123456789abcdef.gone")) {
      Files.writeString(Files.createDirectory(cache.resolve(left)).resolve("x"), "x");
    }
    Files.writeString(cache.resolve(".a.tar.0123456789abcdef.mark"), "chang");
    // Not this directory's, or not the cache's at all.
    List<String> others = List.of(".a.0123456789abcdef.tree", ".a.tar.x.tree", ".a.tar.tree");
    for (String other : others) {
      Files.createDirectory(cache.resolve(other));
    }
    fetch(request("two").force(true));
    assertEquals("two", content());
    List<String> expected = new ArrayList<>(CLEAN);
    expected.addAll(others);
    Collections.sort(expected);
    assertEquals(expected, cached());
  }

  @Test
  void aFailedExtractionLeavesTheOldContent() throws IOException {
    fetch(request("one"));
    ArchiveException broken = new ArchiveException("broken");
    FileRequest request = request("two").force(true).build();
    Extractor failing =
        (failed, destination) -> {
          Files.createDirectory(destination);
          Files.writeString(destination.resolve("half.txt"), "half");
          throw broken;
        };
    assertSame(
        broken, assertThrows(ArchiveException.class, () -> FileCache.fetch(request, failing)));
    assertEquals("one", content());
    assertEquals(CLEAN, cached());
    fetch(request("two"));
    assertEquals("two", content());
  }

  @Test
  void aDirectoryOfSomebodyElseIsSetAside() throws IOException {
    Files.createDirectories(temp.resolve("cache/a.tar"));
    Files.writeString(temp.resolve("cache/a.tar/precious.txt"), "mine");
    Files.createDirectories(temp.resolve("cache/a.tar.old"));
    fetch(request("one"));
    assertEquals("one", content());
    assertEquals("mine", Files.readString(temp.resolve("cache/a.tar.old.1/precious.txt")));
  }

  @Test
  void aFileInTheDirectorysPlaceIsRefused() throws IOException {
    Files.createDirectories(temp.resolve("cache"));
    Files.writeString(temp.resolve("cache/a.tar"), "a file");
    FileRequest.Builder request = request("one");
    assertEquals(
        "a file stands where the archive would be extracted: path="
            + temp.resolve("cache/a.tar")
            + "; move it away or set another name",
        assertThrows(ArchiveException.class, () -> fetch(request)).getMessage());
    assertEquals("a file", Files.readString(temp.resolve("cache/a.tar")));
  }
}
