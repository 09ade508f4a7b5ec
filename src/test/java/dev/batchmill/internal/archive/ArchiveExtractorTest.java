package dev.batchmill.internal.archive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.batchmill.ChildJvm;
import dev.batchmill.PackagedJars;
import dev.batchmill.error.ArchiveException;
import dev.batchmill.error.NativeUnavailableException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every archive of the {@link Corpus}, and the rules of extraction, with both readers. */
class ArchiveExtractorTest {
  private static final Set<Format> ALL = Format.USUAL;
  private static final ExtractionLimits DEFAULTS = ExtractionLimits.DEFAULTS;

  /** The two readers. */
  @SuppressWarnings("ImmutableEnumChecker") // The openers are functions without state.
  enum Reader {
    NATIVE(NativeArchiveReader::open),
    JAVA(ArchiveReaders::openInJava);

    final ArchiveReaders.Opener opener;

    Reader(ArchiveReaders.Opener opener) {
      this.opener = opener;
    }
  }

  @TempDir private Path directory;
  private Path archive;
  private Path destination;

  @BeforeEach
  void setPaths() throws IOException {
    archive = directory.resolve("archive");
    destination = directory.resolve("out");
    Files.writeString(directory.resolve("outside.txt"), "outside");
  }

  private ExtractionSummary extract(Reader reader, byte[] bytes, ExtractionLimits limits)
      throws IOException {
    Trees.write(archive, bytes);
    return ArchiveExtractor.extract(
        archive, ALL, destination, limits, reader.opener, StandardCharsets.UTF_8, count -> {});
  }

  private String refusal(Reader reader, byte[] bytes, ExtractionLimits limits) throws IOException {
    ArchiveException e = assertThrows(ArchiveException.class, () -> extract(reader, bytes, limits));
    assertNothingLeft();
    String message = e.getMessage();
    String start = "cannot extract the archive: archive=" + archive;
    assertTrue(message.startsWith(start), message);
    return message.substring(start.length());
  }

  private void assertNothingLeft() throws IOException {
    try (Stream<Path> children = Files.list(directory)) {
      assertEquals(
          List.of("archive", "outside.txt"),
          children.map(p -> p.getFileName().toString()).sorted().toList());
    }
    assertEquals("outside", Files.readString(directory.resolve("outside.txt")));
  }

  private static void assertMatches(String expected, String actual) {
    if (expected.endsWith("*")) {
      String start = expected.substring(0, expected.length() - 1);
      assertTrue(actual.startsWith(start) && actual.length() > start.length(), actual);
    } else {
      assertEquals(expected, actual);
    }
  }

  private static Stream<Arguments> good() {
    return withReaders(Corpus.good());
  }

  private static Stream<Arguments> refused() {
    return withReaders(Corpus.refused());
  }

  private static Stream<Arguments> withReaders(List<Corpus.Case> cases) {
    return cases.stream()
        .flatMap(c -> Arrays.stream(Reader.values()).map(reader -> Arguments.of(c, reader)));
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("good")
  void extractsGoodArchives(Corpus.Case c, Reader reader) throws IOException {
    ExtractionSummary summary = extract(reader, c.bytes(), DEFAULTS);
    Map<String, String> tree = Trees.read(destination);
    assertEquals(c.tree(), tree);
    assertEquals(
        tree.size(), summary.files() + summary.directories() + summary.links(), "things made");
    assertEquals(destination, summary.destination());
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("refused")
  void refusesHostileAndDamagedArchives(Corpus.Case c, Reader reader) throws IOException {
    if (reader == Reader.NATIVE && c.tree() != null) {
      extract(reader, c.bytes(), DEFAULTS);
      assertEquals(c.tree(), Trees.read(destination));
    } else {
      assertMatches(
          reader == Reader.NATIVE ? c.inNative() : c.inJava(),
          refusal(reader, c.bytes(), DEFAULTS));
    }
  }

  @ParameterizedTest
  @EnumSource(Reader.class)
  void noBeginningOfAnArchiveIsAnArchive(Reader reader) throws IOException {
    byte[] tar = new TarBytes().file("a", "hello").symlink("b", "a").end();
    byte[] zip = new ZipBytes().file("a", "hello").symlink("b", "a").end();
    for (byte[] whole : List.of(Corpus.gzip(tar), zip)) {
      for (int length = 0; length < whole.length; length++) {
        refusal(reader, Arrays.copyOf(whole, length), DEFAULTS);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Reader.class)
  void noChangedByteChangesWhatIsExtractedFromGzip(Reader reader) throws IOException {
    byte[] whole = Corpus.gzip(new TarBytes().file("a", "hello").end());
    int refused = 0;
    for (int at = 0; at < whole.length; at++) {
      Path target = directory.resolve("out" + at);
      Trees.write(archive, Corpus.changed(whole, at));
      try {
        ArchiveExtractor.extract(
            archive, ALL, target, DEFAULTS, reader.opener, StandardCharsets.UTF_8, count -> {});
        assertEquals(Map.of("a", "hello"), Trees.read(target), "changed byte: at=" + at);
      } catch (ArchiveException e) {
        refused++;
      }
    }
    // The time, the system and the like may change.
    assertTrue(refused >= whole.length - 10, "refused=" + refused);
  }

  /** Any other exception, or a crash, fails. */
  @ParameterizedTest
  @EnumSource(Reader.class)
  void aChangedByteIsReadOrCalledMalformed(Reader reader) throws IOException {
    byte[] tar =
        new TarBytes().pax("path", "long", "size", "5").file("a", "hello").symlink("b", "a").end();
    byte[] zip = new ZipBytes().file("a", "hello").symlink("b", "a").end("comment");
    int malformed = 0;
    for (byte[] whole : List.of(tar, zip)) {
      for (int at = 0; at < whole.length; at++) {
        for (int bits : new int[] {0x01, 0x80}) {
          byte[] changed = whole.clone();
          changed[at] ^= (byte) bits;
          Trees.write(archive, changed);
          try (ArchiveReader opened = reader.opener.open(archive, ALL, DEFAULTS.maxMemoryBytes())) {
            readToTheEnd(opened);
          } catch (MalformedArchiveException e) {
            malformed++;
          }
        }
      }
    }
    assertTrue(malformed > 1000, "malformed=" + malformed);
  }

  private static void readToTheEnd(ArchiveReader reader) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(100);
    while (reader.next() != null) {
      while (reader.read(buffer.clear()) >= 0) {
        assertTrue(buffer.position() > 0);
      }
    }
  }

  @Test
  void readsEveryCompressionWithLibarchive() throws IOException {
    for (String name : Corpus.COMPRESSED.keySet()) {
      destination = directory.resolve(name);
      extract(Reader.NATIVE, Corpus.compressed(name), DEFAULTS);
      assertEquals(Corpus.compressedTree(), Trees.read(destination), name);
    }
  }

  @Test
  void saysThatACompressionNeedsTheNativeLibrary() throws IOException {
    for (String name : Corpus.COMPRESSED.keySet()) {
      NativeUnavailableException e =
          assertThrows(
              NativeUnavailableException.class,
              () -> extract(Reader.JAVA, Corpus.compressed(name), DEFAULTS));
      assertEquals(
          "only the native library reads this compression: archive="
              + archive
              + ", compression="
              + name,
          e.getMessage());
      assertNothingLeft();
    }
  }

  @Test
  void picksTheNativeReaderWhenItIsThere() throws IOException {
    Trees.write(archive, Corpus.compressed("xz"));
    ArchiveExtractor.extract(archive, ALL, destination, DEFAULTS);
    assertEquals(Corpus.compressedTree(), Trees.read(destination));
  }

  @ParameterizedTest
  @EnumSource(Reader.class)
  void refusesAFormatThatIsNotAllowed(Reader reader) throws IOException {
    Trees.write(archive, new ZipBytes().file("a", "1").end());
    assertEquals(
        "cannot extract the archive: archive="
            + archive
            + ": a zip, which is not among the formats allowed",
        refusalOf(reader, Set.of(Format.TAR)));
    Trees.write(archive, new TarBytes().file("a", "1").end());
    assertEquals(
        "cannot extract the archive: archive="
            + archive
            + ": not a zip, and no other format is allowed",
        refusalOf(reader, Set.of(Format.ZIP)));
  }

  @ParameterizedTest
  @EnumSource(Reader.class)
  void tellsHowManyBytesAreWritten(Reader reader) throws IOException {
    Trees.write(archive, new TarBytes().file("a", "123").directory("d/").file("d/b", "45").end());
    List<Long> told = new ArrayList<>();
    ArchiveExtractor.extract(
        archive, ALL, destination, DEFAULTS, reader.opener, StandardCharsets.UTF_8, told::add);
    assertEquals(List.of(3L, 5L), told);
  }

  @ParameterizedTest
  @EnumSource(Reader.class)
  void anExceptionOfTheListenerEndsTheExtraction(Reader reader) throws IOException {
    Trees.write(archive, new TarBytes().file("a", "123").end());
    IllegalStateException thrown = new IllegalStateException("enough");
    assertSame(
        thrown,
        assertThrows(
            IllegalStateException.class,
            () ->
                ArchiveExtractor.extract(
                    archive,
                    ALL,
                    destination,
                    DEFAULTS,
                    reader.opener,
                    StandardCharsets.UTF_8,
                    count -> {
                      throw thrown;
                    })));
    assertNothingLeft();
  }

  private String refusalOf(Reader reader, Set<Format> formats) throws IOException {
    ArchiveException e =
        assertThrows(
            ArchiveException.class,
            () ->
                ArchiveExtractor.extract(
                    archive,
                    formats,
                    destination,
                    DEFAULTS,
                    reader.opener,
                    StandardCharsets.UTF_8,
                    count -> {}));
    assertNothingLeft();
    return e.getMessage();
  }

  @ParameterizedTest
  @EnumSource(Reader.class)
  void keepsTheLimits(Reader reader) throws IOException {
    byte[] bytes = new TarBytes().file("d/a", "12345").file("d/b", "123").end();
    assertEquals(
        ", entry=d/b: the files are too long together: limit=7",
        refusal(reader, bytes, DEFAULTS.withMaxBytes(7)));
    assertEquals(
        ", entry=d/a: the file is too long: bytes=5, limit=4",
        refusal(reader, bytes, DEFAULTS.withMaxEntryBytes(4)));
    assertEquals(
        ", entry=d/b: the archive has too many entries: limit=2",
        refusal(reader, bytes, DEFAULTS.withMaxEntries(2)));
    assertEquals(
        ", entry=d/a: the name is too deep: levels=2, limit=1",
        refusal(reader, bytes, DEFAULTS.withMaxDepth(1)));
    ExtractionLimits exact =
        DEFAULTS.withMaxBytes(8).withMaxEntryBytes(5).withMaxEntries(3).withMaxDepth(2);
    assertEquals(new ExtractionSummary(destination, 2, 1, 0, 8), extract(reader, bytes, exact));
  }

  @ParameterizedTest
  @EnumSource(Reader.class)
  void refusesBombs(Reader reader) throws IOException {
    String zeros = "0".repeat(1_000_000);
    ExtractionLimits limits = DEFAULTS.withMaxRatio(100, 500_000);
    for (byte[] bomb :
        List.of(
            Corpus.gzip(new TarBytes().file("a", zeros).end()),
            new ZipBytes().file("a", zeros).end())) {
      assertMatches(
          ", entry=a: the archive unpacks to too much: bytes=*", refusal(reader, bomb, limits));
    }
    assertEquals(
        ", entry=" + "d/".repeat(100) + "…: the archive has too many entries: limit=100",
        refusal(
            reader,
            new TarBytes().pax("path", "d/".repeat(200) + "a").file("a", "1").end(),
            DEFAULTS.withMaxEntries(100)));
  }

  @ParameterizedTest
  @EnumSource(Reader.class)
  void keepsOnlyTheRightToExecute(Reader reader) throws IOException {
    extract(reader, new TarBytes().executable("a", "1", 06777).file("b", "2").end(), DEFAULTS);
    Set<PosixFilePermission> a = Files.getPosixFilePermissions(destination.resolve("a"));
    Set<PosixFilePermission> b = Files.getPosixFilePermissions(destination.resolve("b"));
    assertTrue(PosixFilePermissions.fromString("rwxr-xr-x").containsAll(a), a.toString());
    assertTrue(PosixFilePermissions.fromString("rw-r--r--").containsAll(b), b.toString());
    assertEquals(0, (Integer) Files.getAttribute(destination.resolve("a"), "unix:mode") & 06000);
    // As any new directory has them, not as the private one that was worked in.
    Path ordinary = Files.createDirectory(directory.resolve("ordinary"));
    assertEquals(
        Files.getPosixFilePermissions(ordinary), Files.getPosixFilePermissions(destination));
  }

  @ParameterizedTest
  @EnumSource(Reader.class)
  void keepsTimes(Reader reader) throws IOException {
    extract(
        reader,
        new TarBytes()
            .pax("mtime", "1700000000.123456789987")
            .directory("d")
            .pax("mtime", "1700000001.5")
            .file("d/a", "1")
            .pax("mtime", "1700000002")
            .directory("d/e")
            .file("d/e/b", "2")
            .pax("mtime", "1700000003")
            .directory(".")
            .end(),
        DEFAULTS);
    Map<String, String> times =
        Map.of(
            "", "2023-11-14T22:13:23Z",
            "d", "2023-11-14T22:13:20.123456789Z",
            "d/a", "2023-11-14T22:13:21.5Z",
            "d/e", "2023-11-14T22:13:22Z",
            "d/e/b", "1970-01-01T00:00:00Z");
    for (Map.Entry<String, String> time : times.entrySet()) {
      assertEquals(
          time.getValue(),
          Files.getLastModifiedTime(destination.resolve(time.getKey())).toString(),
          time.getKey());
    }
  }

  @ParameterizedTest
  @EnumSource(Reader.class)
  void ignoresTimesThatAreNonsense(Reader reader) throws IOException {
    FileTime before = FileTime.from(Instant.now().minusSeconds(10));
    for (String time : List.of("-1", "-99999999999", "9467000000000", "999999999999999999")) {
      destination = directory.resolve("out" + time);
      extract(reader, new TarBytes().pax("mtime", time).file("a", "1").end(), DEFAULTS);
      assertTrue(Files.getLastModifiedTime(destination.resolve("a")).compareTo(before) > 0, time);
    }
  }

  @Test
  void windowsCannotHoldEveryName() throws IOException {
    for (String name :
        List.of(
            "ab:c", "CON", "nul.txt", "x/Com1.log", "lpt\u00b2", "a.", "a ", "x /y", "a?", "a|b")) {
      MalformedArchiveException e =
          assertThrows(
              MalformedArchiveException.class,
              () -> EntryName.components(name, DEFAULTS, true),
              name);
      assertTrue(
          e.getMessage().startsWith("Windows cannot hold the name: component="), e.getMessage());
      assertEquals(List.of(name.split("/")), EntryName.components(name, DEFAULTS, false));
    }
    for (String name : List.of("console", "nullable.txt", "com10", "a.b", ".a", "auxiliary")) {
      assertEquals(List.of(name), EntryName.components(name, DEFAULTS, true));
    }
  }

  @ParameterizedTest
  @EnumSource(Reader.class)
  void keepsTheLimitsOfNames(Reader reader) throws IOException {
    byte[] bytes = new TarBytes().file("abcdef", "1").symlink("g", "abcdef").end();
    assertEquals(
        ", entry=abcdef: the name is too long: bytes=6, limit=5",
        refusal(reader, bytes, DEFAULTS.withMaxNameBytes(5)));
    TarBytes many = new TarBytes();
    for (int i = 0; i < 10_000; i++) {
      many.directory("directory" + i);
    }
    assertMatches(
        ", entry=directory*", refusal(reader, many.end(), DEFAULTS.withMaxMemoryBytes(2_000_000)));
  }

  @ParameterizedTest
  @EnumSource(Reader.class)
  void hardLinksAreOneFile(Reader reader) throws IOException {
    extract(reader, new TarBytes().file("a", "1").hardLink("d/b", "a").end(), DEFAULTS);
    assertTrue(Files.isSameFile(destination.resolve("a"), destination.resolve("d/b")));
  }

  @Test
  void worksWhereNobodyElseCanLook() throws IOException {
    AtomicReference<Set<PosixFilePermission>> seen = new AtomicReference<>();
    Trees.write(archive, new TarBytes().file("a", "1").end());
    ArchiveExtractor.extract(
        archive,
        ALL,
        destination,
        DEFAULTS,
        (path, formats, memory) -> {
          try (Stream<Path> children = Files.list(directory)) {
            Path work =
                children
                    .filter(p -> p.getFileName().toString().startsWith(".extracting-"))
                    .findFirst()
                    .orElseThrow();
            seen.set(Files.getPosixFilePermissions(work));
          }
          assertFalse(Files.exists(destination));
          return ArchiveReaders.openInJava(path, formats, memory);
        },
        StandardCharsets.UTF_8,
        count -> {});
    assertEquals(PosixFilePermissions.fromString("rwx------"), seen.get());
    assertEquals(Map.of("a", "1"), Trees.read(destination));
  }

  @Test
  void replacesAnEmptyDirectoryAndNothingElse() throws IOException {
    Files.createDirectory(destination);
    extract(Reader.JAVA, new TarBytes().file("a", "1").end(), DEFAULTS);
    assertEquals(Map.of("a", "1"), Trees.read(destination));

    FileAlreadyExistsException e =
        assertThrows(
            FileAlreadyExistsException.class,
            () -> extract(Reader.JAVA, new TarBytes().file("b", "2").end(), DEFAULTS));
    assertEquals(destination + ": the destination is no empty directory", e.getMessage());
    assertEquals(Map.of("a", "1"), Trees.read(destination));
  }

  @Test
  void refusesADestinationThatIsNoDirectory() throws IOException {
    byte[] bytes = new TarBytes().file("a", "1").end();
    Path file = Files.writeString(directory.resolve("file"), "precious");
    Path target = Files.createDirectory(directory.resolve("target"));
    Path link = Files.createSymbolicLink(directory.resolve("link"), target);
    Path dangling =
        Files.createSymbolicLink(directory.resolve("dangling"), directory.resolve("none"));
    for (Path occupied : List.of(file, link, dangling)) {
      destination = occupied;
      assertThrows(FileAlreadyExistsException.class, () -> extract(Reader.JAVA, bytes, DEFAULTS));
    }
    assertEquals("precious", Files.readString(file));
    assertEquals(Map.of(), Trees.read(target));
    assertFalse(Files.exists(directory.resolve("none")));
  }

  @Test
  void losesARaceWithoutHarm() throws IOException {
    Trees.write(archive, new TarBytes().file("a", "mine").end());
    assertThrows(
        FileAlreadyExistsException.class,
        () ->
            ArchiveExtractor.extract(
                archive,
                ALL,
                destination,
                DEFAULTS,
                (path, formats, memory) -> {
                  Files.createDirectory(destination);
                  Files.writeString(destination.resolve("a"), "theirs");
                  return ArchiveReaders.openInJava(path, formats, memory);
                },
                StandardCharsets.UTF_8,
                count -> {}));
    assertEquals(Map.of("a", "theirs"), Trees.read(destination));
    try (Stream<Path> children = Files.list(directory)) {
      assertEquals(3, children.count());
    }
  }

  @Test
  void makesParentsAndTakesThemBackWhenItFails() throws IOException {
    destination = directory.resolve("x/y/out");
    assertEquals(
        ", entry=../evil: the name holds \"..\"",
        refusal(Reader.JAVA, new TarBytes().file("../evil", "1").end(), DEFAULTS));
    extract(Reader.JAVA, new TarBytes().file("a", "1").end(), DEFAULTS);
    assertEquals(Map.of("a", "1"), Trees.read(destination));
  }

  @Test
  void passesOnWhatReadingThrowsAndLeavesNothing() throws IOException {
    Trees.write(archive, new TarBytes().file("a", "1").end());
    IOException thrown = new IOException("disk on fire");
    IOException e =
        assertThrows(
            IOException.class,
            () ->
                ArchiveExtractor.extract(
                    archive,
                    ALL,
                    destination,
                    DEFAULTS,
                    (path, formats, memory) -> {
                      throw thrown;
                    },
                    StandardCharsets.UTF_8,
                    count -> {}));
    assertEquals(thrown, e);
    assertNothingLeft();
  }

  @Test
  void namesAMissingArchive() throws IOException {
    NoSuchFileException e =
        assertThrows(
            NoSuchFileException.class,
            () -> ArchiveExtractor.extract(archive, ALL, destination, DEFAULTS));
    assertEquals(archive.toString(), e.getMessage());
    Files.createDirectory(archive);
    ArchiveException directoryGiven =
        assertThrows(
            ArchiveException.class,
            () -> ArchiveExtractor.extract(archive, ALL, destination, DEFAULTS));
    assertEquals(
        "cannot extract the archive: archive=" + archive + ": not a regular file",
        directoryGiven.getMessage());
    assertNothingLeft();
  }

  @Test
  void refusesNamesThatTheLocaleCannotSpell() throws IOException {
    Charset ascii = StandardCharsets.US_ASCII;
    for (byte[] bytes :
        List.of(
            new TarBytes().file("zähler", "1").end(),
            new TarBytes().symlink("a", "zähler").end())) {
      Trees.write(archive, bytes);
      ArchiveException e =
          assertThrows(
              ArchiveException.class,
              () ->
                  ArchiveExtractor.extract(
                      archive,
                      ALL,
                      destination,
                      DEFAULTS,
                      Reader.NATIVE.opener,
                      ascii,
                      count -> {}));
      assertTrue(
          e.getMessage()
              .endsWith(
                  ": the locale of this process cannot spell the name; set LC_ALL=C.UTF-8:"
                      + " encoding=US-ASCII"),
          e.getMessage());
      assertInstanceOf(MalformedArchiveException.class, e.getCause());
      assertNothingLeft();
    }
  }

  private String probe(byte[] bytes, Map<String, String> environment, Path... natives)
      throws IOException {
    Trees.write(archive, bytes);
    List<Path> path =
        new ArrayList<>(
            List.of(
                ChildJvm.origin(ExtractProbe.class),
                ChildJvm.origin(ArchiveExtractor.class),
                ChildJvm.origin(Loader.class)));
    path.addAll(List.of(natives));
    return ChildJvm.run(
            directory,
            environment,
            List.of(
                "-cp",
                ChildJvm.path(path.toArray(new Path[0])),
                ExtractProbe.class.getName(),
                archive.toString(),
                destination.toString()))
        .good()
        .strip();
  }

  @Test
  void extractsWithoutTheNativeLibrary() throws IOException {
    byte[] bytes = Corpus.gzip(new TarBytes().file("a", "1").symlink("b", "a").end());
    assertEquals("files=1", probe(bytes, Map.of()));
    assertEquals(Map.of("a", "1", "b", "-> a"), Trees.read(destination));

    destination = directory.resolve("other");
    assertMatches(
        "NativeUnavailableException: only the native library reads this compression: archive="
            + archive
            + ", compression=xz: *",
        probe(Corpus.compressed("xz"), Map.of()));
  }

  @Test
  void extractsInTheLocaleOfABareContainer() throws IOException {
    Map<String, String> environment = Map.of("LC_ALL", "C");
    Path natives = PackagedJars.natives();
    assertEquals("files=2", probe(Corpus.compressed("zstd"), environment, natives));
    assertEquals(Corpus.compressedTree(), Trees.read(destination));

    destination = directory.resolve("other");
    byte[] zip = new ZipBytes().file("z\u00e4hler", "1").end();
    assertEquals(
        "ArchiveException: cannot extract the archive: archive="
            + archive
            + ", entry=z?hler: the locale of this process cannot spell the name; set"
            + " LC_ALL=C.UTF-8: encoding=US-ASCII",
        probe(zip, environment, natives));
    assertEquals("files=1", probe(zip, Map.of("LC_ALL", "C.UTF-8"), natives));
    assertEquals(Map.of("z\u00e4hler", "1"), Trees.read(destination));
  }

  @Test
  void refusesBadLimitsAndFormats() {
    assertEquals(
        "limit must be at least 1: maxBytes=0",
        assertThrows(IllegalArgumentException.class, () -> DEFAULTS.withMaxBytes(0)).getMessage());
    assertEquals(
        "there must be a format: formats=[]",
        assertThrows(
                IllegalArgumentException.class,
                () -> ArchiveExtractor.extract(archive, Set.of(), destination, DEFAULTS))
            .getMessage());
  }
}
