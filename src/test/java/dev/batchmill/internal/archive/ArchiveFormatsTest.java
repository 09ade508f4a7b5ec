package dev.batchmill.internal.archive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.batchmill.PackagedJars;
import dev.batchmill.error.ArchiveException;
import dev.batchmill.error.NativeUnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every format and compression, as written by the tools that people use; see make.sh. */
class ArchiveFormatsTest {
  private static final Set<Format> EVERY = EnumSet.allOf(Format.class);
  private static final ExtractionLimits DEFAULTS = ExtractionLimits.DEFAULTS;
  private static final FileTime TIME = FileTime.from(Instant.parse("2024-02-29T12:34:56Z"));

  @TempDir private Path directory;
  private Path archive;
  private Path destination;

  @BeforeEach
  void setPaths() {
    archive = directory.resolve("archive");
    destination = directory.resolve("out");
  }

  private static byte[] fixture(String name) throws IOException {
    try (InputStream in = ArchiveFormatsTest.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    }
  }

  private ExtractionSummary extract(
      ArchiveReaders.Opener opener, byte[] bytes, Set<Format> formats, ExtractionLimits limits)
      throws IOException {
    Trees.write(archive, bytes);
    return ArchiveExtractor.extract(
        archive, formats, destination, limits, opener, StandardCharsets.UTF_8, count -> {});
  }

  private String refusal(byte[] bytes, Set<Format> formats, ExtractionLimits limits)
      throws IOException {
    ArchiveException e =
        assertThrows(
            ArchiveException.class,
            () -> extract(NativeArchiveReader::open, bytes, formats, limits));
    assertNothingLeft();
    return e.getMessage().substring(("cannot extract the archive: archive=" + archive).length());
  }

  private void assertNothingLeft() throws IOException {
    try (Stream<Path> children = Files.list(directory)) {
      assertEquals(List.of(archive), children.toList());
    }
  }

  private static Map<String, String> tree() {
    return Corpus.tree(
        "data/",
        "dir",
        "data/a.txt",
        "hello\n",
        "data/empty/",
        "dir",
        "data/link",
        "-> a.txt",
        "data/nothing",
        "",
        "data/numbers.csv",
        IntStream.rangeClosed(1, 500).mapToObj(i -> i + "\n").collect(Collectors.joining()),
        "data/run.sh",
        "x:#!/bin/sh\n",
        "data/zähler-数.txt",
        "n\n");
  }

  private static Map<String, String> without(String name) {
    Map<String, String> tree = new TreeMap<>(tree());
    tree.remove(name);
    return tree;
  }

  private static Map<String, String> expected(String name) {
    if (name.matches("(v7|ustar|gnu|pax)\\.tar\\.xz")) {
      return without("data/zähler-数.txt");
    }
    return name.endsWith(".zip") && !name.equals("zip64.zip") ? without("data/link") : tree();
  }

  private static List<String> trees() {
    return List.of(
        "LZMA2.7z",
        "LZMA.7z",
        "PPMd.7z",
        "BZip2.7z",
        "Deflate.7z",
        "Copy.7z",
        "Copy.zip",
        "Deflate.zip",
        "BZip2.zip",
        "LZMA.zip",
        "PPMd.zip",
        "zip64.zip",
        "bin.cpio",
        "odc.cpio",
        "newc.cpio",
        "crc.cpio",
        "newc.cpio.gz",
        "newc.cpio.zst",
        "v7.tar.xz",
        "ustar.tar.xz",
        "gnu.tar.xz",
        "pax.tar.xz",
        "gnu.tar.lzma",
        "gnu.tar.bz2",
        "gnu.tar.zst",
        "gnu.tar.lz4");
  }

  private void assertTree(String name) throws IOException {
    assertEquals(expected(name), Trees.read(destination));
    for (String path : expected(name).keySet()) {
      Path made = destination.resolve(path);
      if (!Files.isSymbolicLink(made)) {
        assertEquals(TIME, Files.getLastModifiedTime(made), path);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("trees")
  void readsWhatTheToolsWrite(String name) throws IOException {
    extract(NativeArchiveReader::open, fixture(name), EVERY, DEFAULTS);
    assertTree(name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Copy.zip", "Deflate.zip", "zip64.zip"})
  void readsZipsInJavaToo(String name) throws IOException {
    extract(ArchiveReaders::openInJava, fixture(name), EVERY, DEFAULTS);
    assertTree(name);
  }

  /** No tool at hand writes these methods: printf '0123456789' | xz (zstd) | base64. */
  @Test
  void readsZipsOfXzAndZstd() throws IOException {
    Map<Integer, String> packed =
        Map.of(
            93,
            "KLUv/QRYUQAAMDEyMzQ1Njc4OednGKg=",
            95,
            "/Td6WFoAAATm1rRGAgAhARYAAAB0L+WjAQAJMDEyMzQ1Njc4OQAAAB5zEn8sz2UnAAEiChUa4WcftvN9AQAAAAAEWVo=");
    byte[] content = TarBytes.utf8("0123456789");
    for (Map.Entry<Integer, String> method : packed.entrySet()) {
      byte[] data = Base64.getDecoder().decode(method.getValue());
      destination = directory.resolve("method" + method.getKey());
      byte[] zip =
          new ZipBytes()
              .add(new ZipBytes.Item("a", "").compressed(method.getKey(), data, content))
              .end();
      extract(NativeArchiveReader::open, zip, EVERY, DEFAULTS);
      assertEquals(Map.of("a", "0123456789"), Trees.read(destination));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"links-bin.cpio", "links-odc.cpio", "links-newc.cpio", "links-crc.cpio"})
  void hardLinksOfCpioAreOneFile(String name) throws IOException {
    extract(NativeArchiveReader::open, fixture(name), EVERY, DEFAULTS);
    Path a = destination.resolve("linked/a");
    assertEquals("linked\n", Files.readString(a));
    assertTrue(Files.isSameFile(a, destination.resolve("linked/b")));
    assertEquals(TIME, Files.getLastModifiedTime(a));
  }

  @Test
  void hardLinksOfCpioWithOtherDataAreRefused() throws IOException {
    byte[] bytes = fixture("links-odc.cpio");
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    bytes[text.lastIndexOf("linked\n")] = 'L';
    assertEquals(
        ", entry=linked/b: the hard link has other data than its file: target=linked/a",
        refusal(bytes, EVERY, DEFAULTS));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sparse-gnu.tar.xz",
        "sparse-0.0.tar.xz",
        "sparse-0.1.tar.xz",
        "sparse-1.0.tar.xz"
      })
  void fillsTheHolesOfSparseFiles(String name) throws IOException {
    extract(NativeArchiveReader::open, fixture(name), EVERY, DEFAULTS);
    StringBuilder content = new StringBuilder("\0".repeat(1_000_000));
    content.replace(300_000, 300_008, "12345678").replace(999_992, 1_000_000, "87654321");
    assertEquals(content.toString(), Files.readString(destination.resolve("sparse/holes")));
    destination = directory.resolve("limited");
    assertEquals(
        ", entry=sparse/holes: the file is too long: bytes=1000000, limit=999999",
        assertThrows(
                ArchiveException.class,
                () ->
                    extract(
                        NativeArchiveReader::open,
                        fixture(name),
                        EVERY,
                        DEFAULTS.withMaxEntryBytes(999_999)))
            .getMessage()
            .substring(("cannot extract the archive: archive=" + archive).length()));
  }

  @Test
  void readsRar() throws IOException {
    String text = "test text document\r\n";
    Map<String, Map<String, String>> trees =
        Map.of(
            "links4.rar",
            Corpus.tree(
                "test.txt", text,
                "testdir/", "dir",
                "testdir/test.txt", text,
                "testemptydir/", "dir",
                "testlink", "-> test.txt"),
            "links5.rar",
            Corpus.tree(
                "dir/",
                "dir",
                "dirlink",
                "-> dir",
                "file.txt",
                "1234\n",
                "symlink.txt",
                "-> file.txt"));
    for (Map.Entry<String, Map<String, String>> tree : trees.entrySet()) {
      destination = directory.resolve(tree.getKey());
      extract(NativeArchiveReader::open, fixture(tree.getKey()), EVERY, DEFAULTS);
      assertEquals(tree.getValue(), Trees.read(destination));
    }
    destination = directory.resolve("packed");
    extract(NativeArchiveReader::open, fixture("packed5.rar"), EVERY, DEFAULTS);
    assertEquals(1200, Files.size(destination.resolve("test.bin")));
  }

  @Test
  void saysThatAnArchiveIsEncrypted() throws IOException {
    String entry = ", entry=data/a.txt: the entry is encrypted";
    Map<String, String> messages =
        Map.of(
            "encrypted.7z", entry,
            "encrypted-names.7z", ": The archive header is encrypted, but currently not supported",
            "aes.zip", entry,
            "zipcrypto.zip", entry,
            "encrypted.rar", ", entry=foo.txt: the entry is encrypted");
    for (Map.Entry<String, String> message : messages.entrySet()) {
      assertEquals(message.getValue(), refusal(fixture(message.getKey()), EVERY, DEFAULTS));
    }
    for (String zip : List.of("aes.zip", "zipcrypto.zip")) {
      ArchiveException e =
          assertThrows(
              ArchiveException.class,
              () -> extract(ArchiveReaders::openInJava, fixture(zip), EVERY, DEFAULTS));
      assertTrue(e.getMessage().endsWith(entry), e.getMessage());
    }
  }

  @Test
  void refusesWhatIsNotRead() throws IOException {
    assertEquals(
        ", entry=data/numbers.csv: Unsupported ZIP compression method (9: deflation-64-bit)",
        refusal(fixture("Deflate64.zip"), EVERY, DEFAULTS));
  }

  private static List<String> all() {
    return Stream.concat(
            trees().stream(),
            Stream.of(
                "links-bin.cpio",
                "links-odc.cpio",
                "links-newc.cpio",
                "links-crc.cpio",
                "sparse-gnu.tar.xz",
                "links4.rar",
                "links5.rar",
                "packed5.rar"))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("all")
  void noBeginningOfAnArchiveIsAnArchive(String name) throws IOException {
    byte[] whole = fixture(name);
    extract(NativeArchiveReader::open, whole, EVERY, DEFAULTS);
    // The zeros after a cpio's trailer mean nothing.
    int needed = whole.length;
    while (name.endsWith(".cpio") && whole[needed - 1] == 0) {
      needed--;
    }
    destination = directory.resolve("cut");
    for (int length = 0; length < whole.length; length += length < whole.length - 70 ? 13 : 1) {
      byte[] cut = Arrays.copyOf(whole, length);
      if (length < needed) {
        assertThrows(
            ArchiveException.class,
            () -> extract(NativeArchiveReader::open, cut, EVERY, DEFAULTS),
            "length=" + length);
        assertTrue(Files.notExists(destination));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void nothingMayFollow(String name) throws IOException {
    byte[] whole = fixture(name);
    for (String more : List.of("x", "\0\0\0\0x", "PK\3\4", "0123456789".repeat(200))) {
      refusal(Corpus.concat(whole, TarBytes.utf8(more)), EVERY, DEFAULTS);
    }
    refusal(Corpus.concat(whole, whole), EVERY, DEFAULTS);
  }

  /** Where no sum covers a byte it may change what is extracted, but nothing else. */
  @ParameterizedTest
  @MethodSource("all")
  void aChangedByteIsReadOrRefused(String name) throws IOException {
    byte[] whole = fixture(name);
    ExtractionLimits limits = DEFAULTS.withMaxBytes(10 << 20).withMaxMemoryBytes(256 << 20);
    int refused = 0;
    for (int at = 0; at < whole.length; at += 7) {
      byte[] changed = whole.clone();
      changed[at] ^= (byte) (1 << at % 8);
      destination = directory.resolve("out" + at);
      try {
        extract(NativeArchiveReader::open, changed, EVERY, limits);
      } catch (ArchiveException e) {
        refused++;
        assertTrue(Files.notExists(destination));
      }
    }
    assertTrue(refused > 10, "refused=" + refused);
  }

  @Test
  void refusesFormatsThatAreNotAskedFor() throws IOException {
    Map<String, String> messages =
        Map.of(
            "Copy.7z", ": a 7z, which is not among the formats allowed",
            "links4.rar", ": a RAR, which is not among the formats allowed",
            "links5.rar", ": a RAR, which is not among the formats allowed",
            "newc.cpio", ": a cpio, which is not among the formats allowed",
            "odc.cpio", ": a cpio, which is not among the formats allowed",
            "bin.cpio", ": a cpio, which is not among the formats allowed",
            "newc.cpio.gz", ": neither a tar nor a zip");
    for (Map.Entry<String, String> message : messages.entrySet()) {
      byte[] bytes = fixture(message.getKey());
      assertEquals(message.getValue(), refusal(bytes, Format.USUAL, DEFAULTS));
      ArchiveException e =
          assertThrows(
              ArchiveException.class,
              () -> extract(ArchiveReaders::openInJava, bytes, Format.USUAL, DEFAULTS));
      assertTrue(e.getMessage().endsWith(message.getValue()), e.getMessage());
    }
    assertEquals(
        ": not an archive of the formats allowed",
        refusal(TarBytes.utf8("x".repeat(2000)), EVERY, DEFAULTS));
    assertEquals(
        ": not an archive of the formats allowed",
        refusal(new TarBytes().file("a", "1").end(), Set.of(Format.RAR), DEFAULTS));
  }

  @Test
  void saysThatAFormatNeedsTheNativeLibrary() throws IOException {
    Map<String, String> what =
        Map.of(
            "Copy.7z", "format: archive=%s, format=7z",
            "links5.rar", "format: archive=%s, format=RAR",
            "newc.cpio", "format: archive=%s, format=cpio",
            "newc.cpio.gz", "format: archive=%s, format=tar or cpio",
            "gnu.tar.lzma", "compression: archive=%s, compression=lzma");
    for (Map.Entry<String, String> message : what.entrySet()) {
      NativeUnavailableException e =
          assertThrows(
              NativeUnavailableException.class,
              () ->
                  extract(ArchiveReaders::openInJava, fixture(message.getKey()), EVERY, DEFAULTS));
      assertEquals(
          "only the native library reads this " + String.format(message.getValue(), archive),
          e.getMessage());
      assertNothingLeft();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gnu.tar.xz", "gnu.tar.lzma", "PPMd.zip", "gnu.tar.bz2"})
  void keepsToTheMemoryAllowed(String name) throws IOException {
    byte[] bytes = fixture(name);
    String refusal = refusal(bytes, EVERY, DEFAULTS.withMaxMemoryBytes(400_000));
    assertTrue(
        refusal.endsWith(": the archive needs more memory than allowed: limit=400000"), refusal);
  }

  /** The header of a 7z is compressed itself; both its sums are made to agree. */
  @Test
  void aDictionaryOfTwoGigabytesIsTooMuch() throws IOException {
    byte[] bytes = fixture("LZMA.7z");
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    int coder = text.lastIndexOf("\u0003\u0001\u0001\u0005]");
    bytes[coder + 8] = (byte) 0x80;
    ByteBuffer fields = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int header = 32 + (int) fields.getLong(12);
    CRC32 sum = new CRC32();
    sum.update(bytes, header, bytes.length - header);
    fields.putInt(28, (int) sum.getValue());
    sum.reset();
    sum.update(bytes, 12, 20);
    fields.putInt(8, (int) sum.getValue());
    assertEquals(
        ": the archive needs more memory than allowed: limit=1073741824",
        refusal(bytes, EVERY, DEFAULTS));

    byte[] lzma = fixture("gnu.tar.lzma");
    Arrays.fill(lzma, 1, 5, (byte) 0xff);
    assertEquals(
        ": the lzma data cannot be read: its header is damaged", refusal(lzma, EVERY, DEFAULTS));
  }

  @Test
  void theNativeJarHoldsTheLicencesOfWhatIsInIt() throws IOException {
    try (ZipFile jar = new ZipFile(PackagedJars.natives().toFile())) {
      for (String library : List.of("zlib", "bzip2", "xz-utils", "libzstd", "lz4", "libarchive")) {
        ZipEntry licence = jar.getEntry("META-INF/third-party/licenses/" + library + ".txt");
        assertTrue(licence != null && licence.getSize() > 500, library);
      }
      ZipEntry versions = jar.getEntry("META-INF/third-party/versions");
      assertTrue(versions != null && versions.getSize() > 0);
    }
  }

  @Test
  void aNulInANameOfCpioIsRefused() throws IOException {
    for (String name : List.of("bin.cpio", "odc.cpio", "newc.cpio", "crc.cpio")) {
      byte[] bytes = fixture(name);
      String text = new String(bytes, StandardCharsets.ISO_8859_1);
      bytes[text.indexOf("data/numbers.csv") + 9] = 0;
      assertEquals(
          ": a name holds a NUL: its beginning=data/numb", refusal(bytes, EVERY, DEFAULTS));
    }
  }

  @Test
  void hostileNamesOfOtherFormatsAreRefused() throws IOException {
    byte[] cpio = fixture("newc.cpio");
    String text = new String(cpio, StandardCharsets.ISO_8859_1);
    String[][] names = {
      {"../numbers.csvxx", "the name holds \"..\""},
      {"/ata/numbers.csv", "the name is absolute"},
      {"c:ta/numbers.csv", "the name is absolute"},
      {"data/num\ners.csv", "the name holds a control character: code=U+000A"}
    };
    for (String[] name : names) {
      byte[] changed = cpio.clone();
      byte[] replacement = TarBytes.utf8(name[0]);
      System.arraycopy(
          replacement, 0, changed, text.indexOf("data/numbers.csv"), replacement.length);
      String message = refusal(changed, EVERY, DEFAULTS);
      assertTrue(message.endsWith(": " + name[1]), message);
    }
    // Stored as they are in a 7z of copies, with no sum but that of the data.
    byte[] cpioLink = cpio.clone();
    byte[] target = TarBytes.utf8("../..");
    System.arraycopy(target, 0, cpioLink, text.indexOf("data/link") + 10, target.length);
    String message = refusal(cpioLink, EVERY, DEFAULTS);
    assertTrue(message.endsWith(": the link leads out of the destination"), message);
  }
}
