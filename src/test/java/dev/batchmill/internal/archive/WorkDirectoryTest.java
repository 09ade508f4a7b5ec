package dev.batchmill.internal.archive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.batchmill.ChildJvm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What dead extractions leave, and who deletes it. */
class WorkDirectoryTest {
  @TempDir private Path directory;
  private Path archive;
  private Path parent;

  @BeforeEach
  void writeArchive() throws IOException {
    archive = directory.resolve("archive");
    parent = Files.createDirectory(directory.resolve("parent"));
    Files.write(archive, new TarBytes().file("a", "1").file("b", "2").end());
  }

  private ChildJvm.Run child(Path destination, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "-cp",
                ChildJvm.path(
                    ChildJvm.origin(ExtractProbe.class),
                    ChildJvm.origin(ArchiveExtractor.class),
                    ChildJvm.origin(Loader.class)),
                ExtractProbe.class.getName(),
                archive.toString(),
                destination.toString()));
    arguments.addAll(List.of(more));
    return ChildJvm.run(directory, Map.of(), arguments);
  }

  private static FileTime hoursAgo(int hours) {
    return FileTime.from(Instant.now().minus(Duration.ofHours(hours)));
  }

  private List<Path> left() throws IOException {
    try (Stream<Path> children = Files.list(parent)) {
      return children
          .filter(p -> p.getFileName().toString().startsWith(WorkDirectory.PREFIX))
          .toList();
    }
  }

  private void extract(String name, ArchiveReaders.Opener opener) throws IOException {
    ArchiveExtractor.extract(
        archive,
        Format.USUAL,
        parent.resolve(name),
        ExtractionLimits.DEFAULTS,
        opener,
        StandardCharsets.UTF_8,
        bytes -> {});
  }

  @Test
  void whatAKilledProcessLeftIsDeletedADayLater() throws IOException {
    assertEquals(9, child(parent.resolve("one"), "die").exit());
    assertEquals(1, left().size());
    Path dead = left().get(0);
    assertTrue(Files.exists(dead.resolve("content/a")));

    Files.setLastModifiedTime(dead, hoursAgo(23));
    extract("two", ArchiveReaders::openInJava);
    assertEquals(List.of(dead), left());

    Files.setLastModifiedTime(dead, hoursAgo(25));
    extract("three", ArchiveReaders::openInJava);
    assertEquals(List.of(), left());
  }

  @Test
  void whatALivingProcessUsesStays() throws IOException {
    extract(
        "one",
        (file, formats, memory) -> {
          Path alive = left().get(0);
          Files.setLastModifiedTime(alive, hoursAgo(25));
          assertEquals("files=2", child(parent.resolve("two")).good().strip());
          extract("three", ArchiveReaders::openInJava);
          assertEquals(List.of(alive), left());
          return ArchiveReaders.openInJava(file, formats, memory);
        });
    assertEquals(List.of(), left());
    for (String name : List.of("one", "two", "three")) {
      assertEquals(Map.of("a", "1", "b", "2"), Trees.read(parent.resolve(name)));
    }
  }

  @Test
  void nothingElseIsDeleted() throws IOException {
    Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
    Files.writeString(elsewhere.resolve("precious"), "1");
    Path link = Files.createSymbolicLink(parent.resolve(".extracting-link"), elsewhere);
    Path file = Files.writeString(parent.resolve(".extracting-file"), "2");
    Path other = Files.createDirectory(parent.resolve(".extracted-1"));
    for (Path path : List.of(elsewhere, file, other)) {
      Files.setLastModifiedTime(path, hoursAgo(25));
    }
    extract("one", ArchiveReaders::openInJava);
    assertEquals("1", Files.readString(elsewhere.resolve("precious")));
    assertTrue(Files.isSymbolicLink(link) && Files.exists(file) && Files.exists(other));
  }
}
