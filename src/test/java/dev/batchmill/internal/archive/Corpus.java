package dev.batchmill.internal.archive;

import static dev.batchmill.internal.archive.TarBytes.utf8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import org.jspecify.annotations.Nullable;

/** Archives, and what must become of them. */
final class Corpus {
  /** Where libarchive says why, the wording is libarchive's. */
  private static final String ANY = "*";

  private static final String NO_END = ": the zip has no end record, or data follows it";

  /**
   * One archive.
   *
   * @param name what it is
   * @param bytes the archive
   * @param tree what it extracts to, or null when it is refused; see {@link Trees}
   * @param inNative what the message says after the archive's name with libarchive; {@code *} is
   *     anything
   * @param inJava the same without it
   */
  @SuppressWarnings("ArrayRecordComponent") // Cases are never compared.
  record Case(
      String name,
      byte[] bytes,
      @Nullable Map<String, String> tree,
      String inNative,
      String inJava) {
    @Override
    public String toString() {
      return name;
    }
  }

  private Corpus() {}

  // The same tar of data/a.txt and data/b.csv, as the tools of each format compress it.
  static final Map<String, String> COMPRESSED =
      Map.of(
          "bzip2",
          "QlpoOTFBWSZTWaRUsuQABlNbgMmQQAX/gAEQfkSfQAiIIACRCVJoDQGTQAGh6gipqTTIeoYRoaaPUB6p+mEi2QJKsVbr"
              + "qEGwLMZkFirICloIq1GAIq4girnm4Fp0kJYSBOpAkFygq/cgRV474BFWJ3kF+Uzcdq5lSa5hyL23SF8PDQ+PUjEK"
              + "kF3NFCvxdyRThQkKRUsuQA==",
          "xz",
          "/Td6WFoAAATm1rRGAgAhARwAAAAQz1jM4Cf/AH5dADIYSu6W1Oxx2msLtsHVV+nH1g+G1wsrnRjUmtR35hyPI4dAY9uL"
              + "FYil7fc/hC7ihxQsqG7AqaG8C718AoohgcDTlBytTluTF7ImeiuJHLvEDAQT/Z0C8UblcSJxoIAuTqzGzXKlQXRS"
              + "2cmg2YJEN3zvmIsOt85oFZ7raurcAAAAAHg45uGIRrj+AAGaAYBQAADDUC3DscRn+wIAAAAABFla",
          "zstd",
          "KLUv/WQAJy0DAAIEDhKQzwGQK0kPxt0VHtiJgtVFuRTgCCMKMr1UwtWNdjClhPHdp8zW+w4/R63u91UfIdW32Q5GmGUv"
              + "ECCQF9ZuSwQ93Nc+VfC6+GWMimdiKekAhWCvmnnqgOThKAYeMCiA2VTmvavCKg==",
          "lz4",
          "BCJNGGRAp5wAAAC/ZGF0YS9hLnR4dAABAEaSMDAwMDY0NAAwAQAMCAAAHgAHDAAAGACPNzYzMwAgMAABAFCfdXN0YXIA"
              + "MDAAAQDjf2hlbGxvCgABAP/nAQAEX2IuY3N2AARmTTU2NzAABC8yNAAE/1RvMSwyLDMKBgD//////////////6of"
              + "AAEA/////////////////////////////0VQAAAAAAAAAAAAzJx7qw==");

  /** What the archives of {@link #COMPRESSED} hold. */
  static Map<String, String> compressedTree() {
    return tree("data/", "dir", "data/a.txt", "hello\n", "data/b.csv", "1,2,3\n".repeat(500));
  }

  static byte[] compressed(String name) {
    return Base64.getDecoder().decode(COMPRESSED.get(name));
  }

  static Map<String, String> tree(String... pathsAndContents) {
    Map<String, String> tree = new TreeMap<>();
    for (int i = 0; i < pathsAndContents.length; i += 2) {
      tree.put(pathsAndContents[i], pathsAndContents[i + 1]);
    }
    return tree;
  }

  static byte[] gzip(byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 255});
    Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
    try (DeflaterOutputStream deflated = new DeflaterOutputStream(out, deflater)) {
      deflated.write(content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      deflater.end();
    }
    CRC32 crc = new CRC32();
    crc.update(content);
    out.writeBytes(littleEndian(crc.getValue()));
    out.writeBytes(littleEndian(content.length));
    return out.toByteArray();
  }

  private static byte[] littleEndian(long value) {
    return new byte[] {
      (byte) value, (byte) (value >> 8), (byte) (value >> 16), (byte) (value >> 24)
    };
  }

  static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  static byte[] changed(byte[] bytes, int at) {
    byte[] copy = bytes.clone();
    copy[at < 0 ? copy.length + at : at] ^= 1;
    return copy;
  }

  private static byte[] cut(byte[] bytes, int length) {
    return Arrays.copyOf(bytes, length < 0 ? bytes.length + length : length);
  }

  private static TarBytes tar() {
    return new TarBytes();
  }

  private static ZipBytes zip() {
    return new ZipBytes();
  }

  private static ZipBytes.Item item(String name, String content) {
    return new ZipBytes.Item(name, content);
  }

  private static byte[] zipOf(String content, Consumer<ZipBytes.Item> change) {
    ZipBytes.Item item = item("a", content);
    change.accept(item);
    return zip().add(item).end();
  }

  /** Archives that must be extracted. */
  static List<Case> good() {
    List<Case> cases = new ArrayList<>();
    byte[] plain =
        tar()
            .directory("./")
            .directory("./data/")
            .file("./data/a.txt", "hello\n")
            .executable("./data/run.sh", "#!/bin/sh\n", 0755)
            .file("./data/empty", "")
            .file("./data/zähler-数.txt", "名\n")
            .symlink("./data/current", "a.txt")
            .symlink("./data/up", "../data/current")
            .hardLink("./data/again.txt", "./data/a.txt")
            .end();
    Map<String, String> tree =
        tree(
            "data/", "dir",
            "data/a.txt", "hello\n",
            "data/again.txt", "hello\n",
            "data/current", "-> a.txt",
            "data/empty", "",
            "data/run.sh", "x:#!/bin/sh\n",
            "data/up", "-> ../data/current",
            "data/zähler-数.txt", "名\n");
    good(cases, "tar", plain, tree);
    good(cases, "tar.gz", gzip(plain), tree);
    good(
        cases,
        "tar.gz of two members and zeros",
        concat(
            gzip(cut(plain, 700)),
            gzip(Arrays.copyOfRange(plain, 700, plain.length)),
            new byte[512]),
        tree);
    good(
        cases,
        "tar.gz with every optional header field",
        concat(
            new byte[] {0x1f, (byte) 0x8b, 8, 4 + 8 + 16, 1, 2, 3, 4, 2, 3, 2, 0, 'x', 'y'},
            utf8("name.tar\0a comment\0"),
            Arrays.copyOfRange(gzip(plain), 10, gzip(plain).length)),
        tree);
    good(cases, "tar with blocking", concat(plain, new byte[9 * 512]), tree);
    String longName = "d".repeat(150) + "/" + "f".repeat(200);
    Map<String, String> longTree =
        tree("d".repeat(150) + "/", "dir", longName, "long", "l", "-> " + longName);
    good(
        cases,
        "tar with pax names and size",
        tar()
            .global("comment", "0123456789abcdef")
            .pax("path", longName, "size", "4", "mtime", "1700000000.5", "LIBARCHIVE.x", "ÿ")
            .file("short", "long")
            .pax("linkpath", longName)
            .symlink("l", "short")
            .end(),
        longTree);
    good(
        cases,
        "tar with GNU long names",
        tar()
            .gnuLong('L', longName)
            .file("short", "long")
            .gnuLong('K', longName)
            .symlink("l", "short")
            .end(),
        longTree);
    good(
        cases,
        "tar with a ustar prefix",
        tar().entry(utf8("c.txt"), '0', utf8("c"), 1, 0644, "", h -> h[345] = 'p').end(),
        tree("p/", "dir", "p/c.txt", "c"));
    good(
        cases,
        "v7 tar",
        tar()
            .entry(
                utf8("v7.txt"),
                '\0',
                utf8("7"),
                1,
                0644,
                "",
                h -> Arrays.fill(h, 257, 512, (byte) 0))
            .end(),
        tree("v7.txt", "7"));
    good(
        cases,
        "tar with one zero block",
        concat(tar().file("a", "b").withoutEnd(), new byte[512]),
        tree("a", "b"));
    good(
        cases,
        "tar with set-id and write bits",
        tar().executable("suid", "x", 06777).executable("group", "y", 0070).end(),
        tree("suid", "x:x", "group", "y"));
    good(
        cases,
        "tar with a directory twice",
        tar().directory("d/").file("d/a", "1").directory("d").file("d/b", "2").end(),
        tree("d/", "dir", "d/a", "1", "d/b", "2"));
    good(
        cases,
        "tar with links among links",
        tar()
            .directory("a/b")
            .symlink("to-b", "a/b")
            .symlink("a/b/up-twice", "../..")
            .symlink("here", ".")
            .symlink("through", "to-b/../b/later")
            .symlink("a/b/later", "none-yet")
            .end(),
        tree(
            "a/",
            "dir",
            "a/b/",
            "dir",
            "to-b",
            "-> a/b",
            "a/b/up-twice",
            "-> ../..",
            "here",
            "-> .",
            "through",
            "-> to-b/../b/later",
            "a/b/later",
            "-> none-yet"));
    good(
        cases,
        "tar with names of dots and colons",
        tar().file("a..b", "1").file("...", "2").file("12:30:00.log", "3").file("con", "4").end(),
        tree("a..b", "1", "...", "2", "12:30:00.log", "3", "con", "4"));
    good(cases, "empty tar", tar().end(), tree());
    good(cases, "tar of its root only", tar().directory(".").end(), tree());

    good(
        cases,
        "zip",
        zip()
            .directory("data/")
            .file("data/a.txt", "hello\n".repeat(1000))
            .add(item("data/stored", "s").stored("s"))
            .add(item("data/run.sh", "#!/bin/sh\n").mode(0100755))
            .file("data/empty", "")
            .file("data/zähler-数.txt", "名\n")
            .symlink("data/current", "a.txt")
            .file("implied/b", "b")
            .end("a comment"),
        tree(
            "data/", "dir",
            "data/a.txt", "hello\n".repeat(1000),
            "data/stored", "s",
            "data/run.sh", "x:#!/bin/sh\n",
            "data/empty", "",
            "data/zähler-数.txt", "名\n",
            "data/current", "-> a.txt",
            "implied/", "dir",
            "implied/b", "b"));
    good(
        cases,
        "zip from DOS",
        zipOf(
            "dos",
            i -> {
              i.system = 0;
              i.attributes = 0x20;
            }),
        tree("a", "dos"));
    good(cases, "empty zip", zip().end(), tree());
    good(cases, "empty zip with a comment", zip().end("nothing"), tree());
    return cases;
  }

  private static void good(List<Case> cases, String name, byte[] bytes, Map<String, String> tree) {
    cases.add(new Case(name, bytes, tree, "", ""));
  }

  /** Archives that must be refused. */
  static List<Case> refused() {
    List<Case> cases = new ArrayList<>();
    hostileNames(cases);
    hostileLinks(cases);
    hostileKinds(cases);
    damagedTars(cases);
    damagedZips(cases);
    noArchives(cases);
    return cases;
  }

  private static void hostileNames(List<Case> cases) {
    refusedName(cases, "../evil", "the name holds \"..\"");
    refusedName(cases, "a/../../evil", "the name holds \"..\"");
    refusedName(cases, "a/..", "the name holds \"..\"");
    refusedName(cases, "..", "the name holds \"..\"");
    refusedName(cases, "a/../b", "the name holds \"..\"");
    refusedName(cases, "/etc/evil", "the name is absolute");
    refusedName(cases, "//server/evil", "the name is absolute");
    refusedName(cases, "C:/evil", "the name is absolute");
    refused(
        cases,
        "tar of ..\\evil",
        tar().file("..\\evil", "1").end(),
        ", entry=..\\evil: the name holds a backslash");
    // libarchive reads the backslashes of zips from DOS as slashes.
    refused(
        cases,
        "zip of ..\\evil",
        zip().file("..\\evil", "1").end(),
        ", entry=../evil: the name holds \"..\"",
        ", entry=..\\evil: the name holds a backslash");
    refusedName(
        cases, "d/" + "x".repeat(256), "a component of the name is too long: bytes=256, limit=255");
    refusedName(
        cases, "ü".repeat(128), "a component of the name is too long: bytes=256, limit=255");
    refusedName(cases, "abcdefg/".repeat(257) + "f", "the name is too deep: levels=258, limit=256");
    refusedName(
        cases,
        ("x".repeat(200) + "/").repeat(20) + "f",
        "the name is too long: bytes=4021, limit=4000");

    refused(
        cases,
        "a tar's root as a file",
        tar().file(".", "x").end(),
        ", entry=.: the entry would replace the destination");
    refused(
        cases,
        "a tar's root as a link",
        tar().symlink(".", "/etc").end(),
        ", entry=.: the entry would replace the destination");
    refused(
        cases,
        "a NUL in a pax name",
        tar().pax("path", "safe\0/../../evil").file("x", "1").end(),
        ": a name holds a NUL: its beginning=safe",
        ", entry=safe\\u{0}/../../evil: the name holds a NUL");
    refused(
        cases,
        "a NUL in a pax target",
        tar().pax("linkpath", "safe\0/../../evil").symlink("x", "1").end(),
        ": a name holds a NUL: its beginning=safe",
        ", entry=x: the target of the link holds a NUL");
    refused(
        cases,
        "a NUL in a zip's name",
        zip().file("safe\0/../../evil", "1").end(),
        ": the zip cannot be read: a name holds a NUL: name=safe\\u{0}/../../evil");
    refused(
        cases,
        "a NUL in a zip's target",
        zip().symlink("x", "safe\0/../../evil").end(),
        ": a name holds a NUL: its beginning=safe",
        ", entry=x: the target of the link holds a NUL");
    String control = "the name holds a control character: code=";
    refusedName(cases, "a\rb", "a\\u{d}b", control + "U+000D");
    refusedName(cases, "a\u007f", "a\\u{7f}", control + "U+007F");
    refusedName(cases, "a\u009bb", "a\\u{9b}b", control + "U+009B");
    refusedName(cases, "a\u2028b", "a\\u{2028}b", control + "U+2028");
    refusedName(
        cases,
        "a\u202egpj.exe",
        "a\\u{202e}gpj.exe",
        "the name turns the direction of writing: code=U+202E");
    refusedName(
        cases, "a\u2066b", "a\\u{2066}b", "the name turns the direction of writing: code=U+2066");
    refusedName(cases, "a/C:/b", "the name holds a drive: drive=C:");
    refusedName(cases, "c:evil", "the name is absolute");
    refused(
        cases,
        "a control in a target",
        tar().symlink("x", "a\nb").end(),
        ", entry=x: the target of the link holds a control character: code=U+000A");
    for (String other : List.of("STRASSE", "stra\u00dfe\u200d", "Stra\u00dfe")) {
      refused(
          cases,
          "stra\u00dfe and " + Text.shown(other),
          tar().file("stra\u00dfe", "1").file(other, "2").end(),
          ", entry="
              + Text.shown(other)
              + ": the name differs from another only in case or composition: other=stra\u00dfe");
    }
    refused(
        cases,
        "i without and with its dot",
        tar().file("file", "1").file("F\u0131LE", "2").end(),
        ", entry=F\u0131LE: the name differs from another only in case or composition: other=file");
    refused(cases, "an empty name", tar().file("", "x").end(), ANY, ", entry=: the name is empty");
    refused(
        cases,
        "a name in Latin-1",
        tar()
            .entry(
                "caf\u00e9".getBytes(StandardCharsets.ISO_8859_1),
                '0',
                new byte[0],
                0,
                0644,
                "",
                h -> {})
            .end(),
        ": the name of an entry is not UTF-8");
    refused(
        cases,
        "the same name twice",
        tar().file("a/b", "1").file("./a//b", "2").end(),
        ", entry=./a//b: the name is there already: other=a/b");
    refused(
        cases,
        "names that differ in case",
        tar().file("data/File", "1").file("data/file", "2").end(),
        ", entry=data/file: the name differs from another only in case or composition: other=data/File");
    refused(
        cases,
        "directories that differ in case",
        zip().file("Data/a", "1").file("data/b", "2").end(),
        ", entry=data/b: the name differs from another only in case or composition: other=Data");
    refused(
        cases,
        "names that differ in composition",
        tar().file("\u00e9", "1").file("e\u0301", "2").end(),
        ", entry=e\u0301: the name differs from another only in case or composition: other=\u00e9");
    refused(
        cases,
        "a file that is a directory too",
        tar().file("a", "1").file("a/b", "2").end(),
        ", entry=a/b: the name is there already: other=a");
    refused(
        cases,
        "a directory that is a file too",
        tar().file("a/b", "1").file("a", "2").end(),
        ", entry=a: the name is there already: other=a");
    refused(
        cases,
        "controls in a name that is told",
        tar().file("../\u001b[31m\n\u202egpj.exe", "1").end(),
        ", entry=../\\u{1b}[31m\\u{a}\\u{202e}gpj.exe: the name holds a control character: code=U+001B");
  }

  private static void refusedName(List<Case> cases, String name, String reason) {
    refusedName(cases, name, name.length() > 200 ? name.substring(0, 200) + "…" : name, reason);
  }

  private static void refusedName(List<Case> cases, String name, String shown, String reason) {
    String expected = ", entry=" + shown + ": " + reason;
    refused(cases, "tar of " + shown, tar().pax("path", name).file("x", "1").end(), expected);
    refused(cases, "zip of " + shown, zip().file(name, "1").end(), expected);
  }

  private static void hostileLinks(List<Case> cases) {
    refusedLink(
        cases, "/etc/passwd", "the target of the link is no relative path: target=/etc/passwd");
    refusedLink(cases, "../outside.txt", "the link leads out of the destination");
    refusedLink(cases, "d/../../outside.txt", "the link leads out of the destination");
    refusedLink(cases, "none/../../outside.txt", "the link climbs out of nothing");
    refusedLink(
        cases,
        "..\\outside.txt",
        "the target of the link is no relative path: target=..\\outside.txt");
    refusedLink(cases, "link", "the link leads through too many links");

    refused(
        cases,
        "a file through a link",
        tar().symlink("link", "/tmp").file("link/evil", "1").end(),
        ", entry=link: the target of the link is no relative path: target=/tmp");
    refused(
        cases,
        "a file through a link inside",
        tar().directory("d").symlink("link", "d").file("link/evil", "1").end(),
        ", entry=link/evil: the name is there already: other=link");
    refused(
        cases,
        "a file through a link and up",
        tar().directory("a/b").symlink("link", "a/b").file("link/../x", "1").end(),
        ", entry=link/../x: the name holds \"..\"");
    refused(
        cases,
        "a chain of links that leads out",
        tar()
            .directory("a/b")
            .symlink("up", "a/b/one")
            .symlink("a/b/one", "../two")
            .symlink("a/two", "../..")
            .end(),
        ", entry=up: the link leads out of the destination");
    refused(
        cases,
        "a chain of links whose parts lead nowhere bad by themselves",
        tar().directory("a/b").symlink("a/b/s", "../..").symlink("out", "a/b/s/..").end(),
        ", entry=out: the link leads out of the destination");
    refused(
        cases,
        "a link by another case that leads out",
        tar().directory("a/b").symlink("Deep", "a/b").symlink("out", "deep/../../..").end(),
        ", entry=out: the link leads out of the destination");
    refused(
        cases,
        "two links in a circle",
        tar().symlink("a", "b").symlink("b", "a").end(),
        ", entry=a: the link leads through too many links");
    refused(
        cases,
        "a link over a file",
        tar().file("a", "1").symlink("a", "b").end(),
        ", entry=a: the name is there already: other=a");
    refused(
        cases,
        "a file over a link",
        tar().symlink("a", "b").file("a", "1").end(),
        ", entry=a: the name is there already: other=a");
    refused(
        cases,
        "a hard link to what is outside",
        tar().hardLink("h", "../outside.txt").end(),
        ", entry=h: the name holds \"..\"");
    refused(
        cases,
        "a hard link to an absolute name",
        tar().hardLink("h", "/etc/passwd").end(),
        ", entry=h: the name is absolute");
    refused(
        cases,
        "a hard link to what is not there",
        tar().hardLink("h", "a").file("a", "1").end(),
        ", entry=h: the hard link goes to no file before it: target=a");
    refused(
        cases,
        "a hard link to a link",
        tar().symlink("s", "/etc/passwd").hardLink("h", "s").end(),
        ", entry=s: the target of the link is no relative path: target=/etc/passwd");
    refused(
        cases,
        "a hard link to a link inside",
        tar().file("a", "1").symlink("s", "a").hardLink("h", "s").file("h", "2").end(),
        ", entry=h: the hard link goes to no file before it: target=s");
    refused(
        cases,
        "a hard link to a directory",
        tar().directory("d").hardLink("h", "d").end(),
        ", entry=h: the hard link goes to no file before it: target=d");
  }

  private static void refusedLink(List<Case> cases, String target, String reason) {
    String expected = ", entry=link: " + reason;
    refused(
        cases,
        "tar with a link to " + target,
        tar().directory("d").symlink("link", target).end(),
        expected);
    refused(
        cases,
        "zip with a link to " + target,
        zip().directory("d/").symlink("link", target).end(),
        expected);
  }

  private static void hostileKinds(List<Case> cases) {
    String special = ": the entry is a device, FIFO or socket";
    refused(cases, "a character device", tar().special("dev", '3').end(), ", entry=dev" + special);
    refused(cases, "a block device", tar().special("dev", '4').end(), ", entry=dev" + special);
    refused(cases, "a FIFO", tar().special("fifo", '6').end(), ", entry=fifo" + special);
    refused(
        cases,
        "a device in a zip",
        zip().add(item("dev", "").mode(0020666)).end(),
        ", entry=dev" + special);
    refused(
        cases,
        "an encrypted entry",
        zipOf("secret", i -> i.flags |= 1),
        ", entry=a: the entry is encrypted");
  }

  private static void damagedTars(List<Case> cases) {
    byte[] one = tar().file("data/a.txt", "hello\n".repeat(100)).file("data/b.txt", "b").end();
    byte[] packed = gzip(one);
    refused(cases, "tar cut in a header", cut(one, 100), ANY, ": neither a tar nor a zip");
    refused(
        cases, "tar cut in data", cut(one, 700), ANY, ", entry=data/a.txt: the tar is truncated");
    refused(
        cases,
        "tar cut between entries",
        cut(one, 512 + 1024),
        ": the tar is truncated: it has no end-of-archive mark");
    refused(
        cases,
        "tar cut in a later header",
        cut(one, 512 + 1024 + 99),
        ANY,
        ": the tar is truncated");
    refused(
        cases,
        "tar without its end",
        cut(one, -1024),
        ": the tar is truncated: it has no end-of-archive mark");
    refused(
        cases, "tar with another after it", concat(one, one), ": data follows the end of the tar");
    refused(
        cases,
        "tar with text after it",
        concat(one, utf8("text")),
        ": data follows the end of the tar");
    refused(
        cases,
        "tar with a wrong checksum",
        changed(one, 512 + 1024 + 3),
        ANY,
        ": a header of the tar is damaged");
    refused(
        cases,
        "tar that says it is longer",
        tar().entry(utf8("a"), '0', utf8("abc"), 1 << 20, 0644, "", h -> {}).end(),
        ANY,
        ", entry=a: the tar is truncated");
    refused(
        cases,
        "tar with a pax record of a wrong length",
        tar().entry("PaxHeader", 'x', utf8("99 path=a\n"), 0644, "").file("x", "1").end(),
        ANY,
        ": an extended header of the tar is damaged");
    // libarchive takes no names from global headers.
    cases.add(
        new Case(
            "tar with a global name",
            tar().global("path", "everything").file("x", "1").file("y", "2").end(),
            tree("x", "1", "y", "2"),
            "",
            ": a global header of the tar sets a path"));
    refused(cases, "tar.gz cut in its header", cut(packed, 6), ": the gzip data is truncated");
    refused(cases, "tar.gz cut in its data", cut(packed, packed.length / 2), ANY, ANY);
    refused(
        cases, "tar.gz without its trailer", cut(packed, -8), ANY, ": the gzip data is truncated");
    refused(
        cases, "tar.gz cut in its trailer", cut(packed, -1), ANY, ": the gzip data is truncated");
    refused(
        cases,
        "tar.gz with a wrong CRC",
        changed(packed, -8),
        ANY,
        ": the gzip data is damaged: incorrect data check");
    refused(
        cases,
        "tar.gz with a wrong length",
        changed(packed, -1),
        ANY,
        ": the gzip data is damaged: incorrect length check");
    refused(
        cases,
        "tar.gz with text after it",
        concat(packed, utf8("text")),
        ANY,
        ": data follows the end of the gzip data");
    refused(
        cases,
        "tar.gz with text after zeros",
        concat(packed, new byte[100], utf8("t")),
        ANY,
        ": data follows the end of the gzip data");
    refused(cases, "tar.gz compressed twice", gzip(packed), ": neither a tar nor a zip");
    refused(cases, "a zip in gzip", gzip(zip().file("a", "1").end()), ": neither a tar nor a zip");
    // Names of programs that libarchive could start.
    for (String magic : List.of("LRZI\0\0\0\0", "GRZipII\0\2\4:)", "\u0089LZO\0\r\n\u001a\n")) {
      refused(
          cases,
          "what another program unpacks: " + Text.shown(magic),
          concat(magic.getBytes(StandardCharsets.ISO_8859_1), one),
          ANY,
          ": neither a tar nor a zip");
    }
    refused(cases, "gzip of a text", gzip(utf8("x,y\n".repeat(500))), ": neither a tar nor a zip");
  }

  private static void damagedZips(List<Case> cases) {
    byte[] good = zip().file("a.txt", "hello\n".repeat(100)).file("b.txt", "b").end();
    String zip = ": the zip cannot be read: ";
    String entryZip = ", entry=a" + zip;
    refused(cases, "zip without its end record", cut(good, -22), NO_END);
    refused(cases, "zip cut in its end record", cut(good, -1), NO_END);
    refused(cases, "zip cut in the middle", cut(good, good.length / 2), NO_END);
    refused(cases, "zip with text after it", concat(good, utf8("text")), NO_END);
    refused(
        cases,
        "zip with a wrong CRC",
        zipOf("hello", i -> i.crc ^= 1),
        ANY,
        entryZip + "the CRC of an entry is wrong");
    refused(
        cases,
        "stored zip with a wrong CRC",
        zipOf("hello", i -> i.stored("hello").crc ^= 1),
        ANY,
        entryZip + "the CRC of an entry is wrong");
    refused(
        cases,
        "zip that says it is shorter",
        zipOf("hello", i -> i.size = 2),
        ANY,
        entryZip + "an entry has more data than it says");
    refused(
        cases,
        "zip that says it is longer",
        zipOf("hello", i -> i.size = 20),
        ANY,
        entryZip + "an entry has less data than it says");
    refused(
        cases,
        "zip with damaged data",
        zipOf("hello".repeat(99), i -> i.data[0] = 7),
        ANY,
        entryZip + ANY);
    refused(
        cases,
        "zip with an unknown method",
        zipOf("hello", i -> i.method = 77),
        ANY,
        zip + "it is compressed by a method that only the native library can read: method=77");
    refused(
        cases,
        "zip whose directory lies outside",
        changed(good, -22 + 12 + 2),
        ANY,
        zip + "its central directory lies outside the file");
    refused(
        cases,
        "zip whose directory begins elsewhere",
        changed(good, -22 + 16),
        zip + "data stands between its central directory and its end");
    String differs = zip + "a local header differs from the central directory";
    refused(
        cases,
        "zip with two names, the central one good",
        zipOf("1", i -> i.localName = utf8("../evil")),
        differs);
    refused(
        cases,
        "zip with two names, the local one good",
        zip().add(item("../evil", "1").localName("a")).end(),
        differs);
    refused(
        cases,
        "zip with two names of one length",
        zipOf("1", i -> i.localName = utf8("b")),
        differs);
    refused(
        cases,
        "zip with data before it that looks like a zip",
        concat(zip().file("a", "1").withoutEnd(), good),
        zip + "data stands between its central directory and its end");
    refused(
        cases,
        "zip with one entry's data twice",
        zip().add(item("a", "1")).again(item("a", "1"), 0).end(),
        zip + "two of its entries overlap");
    byte[] inner = zip().file("b", "0".repeat(100)).withoutEnd();
    String quoted = new String(inner, StandardCharsets.ISO_8859_1);
    refused(
        cases,
        "zip with an entry inside another's data",
        zip()
            .add(item("a", "").raw(quoted.getBytes(StandardCharsets.ISO_8859_1)))
            .again(item("b", "0".repeat(100)), 30 + 1)
            .end(),
        zip + "two of its entries overlap");
  }

  private static void noArchives(List<Case> cases) {
    refused(cases, "no bytes", new byte[0], ": the file is empty");
    refused(
        cases,
        "a web page",
        utf8("<!DOCTYPE html><html><title>Log in</title></html>\n".repeat(50)),
        ": neither a tar nor a zip");
    refused(cases, "a short text", utf8("404\n"), ": neither a tar nor a zip");
    refused(cases, "zeros, but not a block", new byte[511], ": neither a tar nor a zip");
    refused(cases, "what begins as a zip", utf8("PK\3\4 and goes on as text"), NO_END);
    refused(
        cases,
        "what begins as gzip",
        concat(new byte[] {0x1f, (byte) 0x8b}, utf8("?".repeat(99))),
        ANY,
        ": the gzip data is damaged: incorrect header check");
  }

  private static void refused(List<Case> cases, String name, byte[] bytes, String reason) {
    refused(cases, name, bytes, reason, reason);
  }

  private static void refused(
      List<Case> cases, String name, byte[] bytes, String inNative, String inJava) {
    cases.add(new Case(name, bytes, null, inNative, inJava));
  }
}
