package dev.batchmill.internal.archive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.batchmill.error.ArchiveException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Attacks, each by itself, each behind good entries, and each followed by each of several others,
 * in tar and zip, with both readers: all are refused, nothing is left, and all that lies around the
 * destination is as it was.
 */
class HostileArchivesTest {
  private static final ExtractionLimits LIMITS =
      ExtractionLimits.DEFAULTS.withMaxEntries(1000).withMaxBytes(1 << 20).withMaxRatio(100, 4096);

  /** How far behind an attack in the list those stand that follow it. */
  private static final int[] CHAINED = {1, 7, 23, 31};

  /** In a zip a socket: some writers give a FIFO's mode to what came through a pipe. */
  private static final int SOCKET = 0140644;

  private static final int CHARACTER_DEVICE = 0020644;
  private static final int BLOCK_DEVICE = 0060644;

  /** An archive that is being written. */
  private interface Writer {
    void file(String name, String content);

    void directory(String name);

    void symlink(String name, String target);

    void special(String name, int mode);

    byte[] end();
  }

  private static final class Tar implements Writer {
    final TarBytes bytes = new TarBytes();

    @Override
    public void file(String name, String content) {
      bytes.pax("path", name).file("x", content);
    }

    @Override
    public void directory(String name) {
      bytes.pax("path", name).directory("x");
    }

    @Override
    public void symlink(String name, String target) {
      bytes.pax("path", name, "linkpath", target).symlink("x", "x");
    }

    @Override
    public void special(String name, int mode) {
      bytes.special(name, mode == SOCKET ? '6' : mode == CHARACTER_DEVICE ? '3' : '4');
    }

    @Override
    public byte[] end() {
      return bytes.end();
    }
  }

  private static final class Zip implements Writer {
    final ZipBytes bytes = new ZipBytes();

    @Override
    public void file(String name, String content) {
      bytes.file(name, content);
    }

    @Override
    public void directory(String name) {
      bytes.directory(name + "/");
    }

    @Override
    public void symlink(String name, String target) {
      bytes.symlink(name, target);
    }

    @Override
    public void special(String name, int mode) {
      bytes.add(new ZipBytes.Item(name, "").mode(mode));
    }

    @Override
    public byte[] end() {
      return bytes.end();
    }
  }

  @TempDir private Path directory;
  private Path archive;
  private Path inside;
  private Map<String, String> before;
  private int extractions;

  @BeforeEach
  void setCanaries() throws IOException {
    archive = directory.resolve("archive");
    inside = Files.createDirectories(directory.resolve("cache/data"));
    Files.writeString(directory.resolve("outside.txt"), "canary");
    Files.writeString(inside.resolve("precious.txt"), "canary");
    Files.writeString(inside.resolve("evil"), "canary");
    Files.createDirectory(inside.resolve("other"));
    Files.createSymbolicLink(inside.resolve("link"), Path.of("other"));
    before = around();
  }

  /** All there is, with what it holds, its mode and its time, but for the archive. */
  private Map<String, String> around() throws IOException {
    Map<String, String> all = new TreeMap<>();
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes a) throws IOException {
            if (!file.equals(archive)) {
              String content =
                  a.isSymbolicLink()
                      ? Files.readSymbolicLink(file).toString()
                      : Files.readString(file, StandardCharsets.ISO_8859_1);
              all.put(file.toString(), content + " " + mode(file) + " " + a.lastModifiedTime());
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult preVisitDirectory(Path visited, BasicFileAttributes a)
              throws IOException {
            // The time of the destination's parent changes: the work directory is made in it.
            all.put(visited + "/", mode(visited));
            return FileVisitResult.CONTINUE;
          }
        });
    return all;
  }

  private static String mode(Path path) throws IOException {
    return Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS).toString();
  }

  private static Map<String, Consumer<Writer>> attacks() {
    Map<String, Consumer<Writer>> attacks = new LinkedHashMap<>();
    String[] names = {
      "../evil",
      "a/../../evil",
      "x/../evil",
      "..",
      "/tmp/batchmill-evil",
      "//tmp/batchmill-evil",
      "C:/evil",
      "C:evil",
      "a/C:/evil",
      "..\\evil",
      "C:\\evil",
      "\\\\server\\evil",
      "a\nb",
      "a\u001b[31m",
      "a\u0085b",
      "a\u007f",
      "evil\u202etxt.exe",
      "n".repeat(256),
      "ü".repeat(128),
      "d/".repeat(300) + "f",
      ("n".repeat(250) + "/").repeat(17) + "f"
    };
    for (String name : names) {
      attacks.put("name " + Text.shown(name), w -> w.file(name, "evil"));
    }
    attacks.put("directory ../evil", w -> w.directory("../evil"));
    attacks.put("link at ../evil", w -> w.symlink("../evil", "x"));
    String[] targets = {
      "/etc/passwd",
      "/",
      "..",
      "../evil",
      "a/../../evil",
      "none/../../evil",
      "C:/evil",
      "..\\evil",
      "a\nb",
      "self"
    };
    for (String target : targets) {
      attacks.put("link to " + Text.shown(target), w -> w.symlink("self", target));
    }
    attacks.put(
        "a file through a link out",
        w -> {
          w.symlink("link1", "..");
          w.file("link1/evil", "evil");
        });
    attacks.put(
        "a file through a link in",
        w -> {
          w.directory("dir2");
          w.symlink("link2", "dir2");
          w.file("link2/evil", "evil");
        });
    attacks.put(
        "a directory over a link",
        w -> {
          w.symlink("link3", "..");
          w.directory("link3");
          w.file("link3/evil", "evil");
        });
    attacks.put(
        "a link over a directory",
        w -> {
          w.directory("dir4");
          w.symlink("dir4", "..");
        });
    attacks.put(
        "links that lead out together",
        w -> {
          w.directory("a5/b5");
          w.symlink("a5/b5/up", "../..");
          w.symlink("out5", "a5/b5/up/..");
          w.file("out5/evil", "evil");
        });
    attacks.put(
        "a chain of long links",
        w -> {
          String deep = ("d".repeat(200) + "/").repeat(16) + "end";
          w.directory(deep);
          w.symlink("long", deep + "/..".repeat(18));
          w.file("long/evil", "evil");
        });
    attacks.put(
        "links in a circle",
        w -> {
          w.symlink("c1", "c2");
          w.symlink("c2", "c1");
        });
    attacks.put("the destination as a link", w -> w.symlink(".", ".."));
    attacks.put(
        "a file where a directory stands",
        w -> {
          w.file("e1/f", "1");
          w.file("e1", "2");
        });
    attacks.put(
        "a directory where a file stands",
        w -> {
          w.file("e2", "1");
          w.file("e2/f", "2");
        });
    attacks.put("twice", w -> both(w, "same", "same"));
    attacks.put("case", w -> both(w, "Case", "cASE"));
    attacks.put("sharp s", w -> both(w, "ß", "SS"));
    attacks.put("composition", w -> both(w, "\u00e9", "e\u0301"));
    attacks.put("hangul", w -> both(w, "\uac00", "\u1100\u1161"));
    attacks.put("kelvin", w -> both(w, "k", "\u212a"));
    attacks.put("a directory's case", w -> both(w, "Dir/a", "dir/b"));
    attacks.put("FIFO or socket", w -> w.special("fifo", SOCKET));
    attacks.put("character device", w -> w.special("dev", CHARACTER_DEVICE));
    attacks.put("block device", w -> w.special("dev", BLOCK_DEVICE));
    attacks.put("too many bytes", w -> w.file("large", noise(2 << 20)));
    attacks.put("ratio", w -> w.file("bomb", "0".repeat(2 << 20)));
    attacks.put(
        "entries",
        w -> {
          for (int i = 0; i < 1001; i++) {
            w.directory("many/" + i);
          }
        });
    return attacks;
  }

  private static void both(Writer writer, String one, String two) {
    writer.file(one, "1");
    writer.file(two, "2");
  }

  private static String noise(int length) {
    StringBuilder text = new StringBuilder();
    int state = 1;
    for (int i = 0; i < length; i++) {
      state = state * 1664525 + 1013904223;
      text.append((char) ('0' + (state >>> 26)));
    }
    return text.toString();
  }

  /** What only a tar can say. */
  private static Map<String, Consumer<TarBytes>> tarAttacks() {
    Map<String, Consumer<TarBytes>> attacks = new LinkedHashMap<>();
    attacks.put("NUL", t -> t.pax("path", "safe\0/../evil").file("x", "evil"));
    attacks.put("NUL in a target", t -> t.pax("linkpath", "x\0y").symlink("nul", "x"));
    attacks.put("hard link out", t -> t.hardLink("h1", "../evil"));
    attacks.put("hard link to /", t -> t.hardLink("h2", "/etc/passwd"));
    attacks.put("hard link to nothing", t -> t.hardLink("h3", "none"));
    attacks.put("hard link to itself", t -> t.hardLink("h4", "h4"));
    attacks.put("hard link to a link", t -> t.symlink("s5", "../evil").hardLink("h5", "s5"));
    attacks.put(
        "hard link to a link in, written through",
        t -> t.file("f6", "1").symlink("s6", "f6").hardLink("h6", "s6").file("h6", "evil"));
    attacks.put("hard link through a link", t -> t.symlink("s7", "..").hardLink("h7", "s7/evil"));
    attacks.put("hard link by case", t -> t.file("f8", "1").hardLink("h8", "F8"));
    attacks.put("an empty name", t -> t.file("", "1"));
    attacks.put("the destination as a file", t -> t.file(".", "1"));
    attacks.put("GNU long name", t -> t.gnuLong('L', "../" + "e".repeat(120)).file("x", "evil"));
    attacks.put(
        "GNU long target", t -> t.gnuLong('K', "../" + "e".repeat(120)).symlink("long9", "x"));
    attacks.put(
        "two pax names, the last bad", t -> t.pax("path", "a", "path", "../evil").file("x", "1"));
    attacks.put(
        "a GNU name and a pax name",
        t -> t.gnuLong('L', "../evil").pax("path", "../evil2").file("x", "1"));
    attacks.put("a pax size that lies", t -> t.pax("size", "99999999").file("x", "1"));
    attacks.put("a contiguous file", t -> t.pax("path", "../evil").special("x", '7'));
    return attacks;
  }

  private void refuse(String name, byte[] bytes) throws IOException {
    Trees.write(archive, bytes);
    for (ArchiveExtractorTest.Reader reader : ArchiveExtractorTest.Reader.values()) {
      ArchiveException e =
          assertThrows(
              ArchiveException.class,
              () ->
                  ArchiveExtractor.extract(
                      archive,
                      Format.USUAL,
                      inside.resolve("out"),
                      LIMITS,
                      reader.opener,
                      StandardCharsets.UTF_8,
                      count -> {}),
              name + ", " + reader);
      assertTrue(e.getMessage().startsWith("cannot extract the archive: "), e.getMessage());
      extractions++;
    }
    assertEquals(before, around(), name);
  }

  private static <W extends Writer> W good(W writer) {
    writer.directory("good");
    writer.file("good/a.txt", "good");
    writer.symlink("good/link", "a.txt");
    return writer;
  }

  private <W extends Writer> void refuseAll(
      Supplier<W> writers, Map<String, Consumer<? super W>> attacks) throws IOException {
    List<String> names = List.copyOf(attacks.keySet());
    for (Map.Entry<String, Consumer<? super W>> one : attacks.entrySet()) {
      W alone = writers.get();
      one.getValue().accept(alone);
      byte[] bytes = alone.end();
      refuse(one.getKey(), bytes);
      refuse(one.getKey() + ", in gzip", Corpus.gzip(bytes));
      W last = good(writers.get());
      one.getValue().accept(last);
      refuse(one.getKey() + ", at the end", last.end());
      for (int distance : CHAINED) {
        String two = names.get((names.indexOf(one.getKey()) + distance) % names.size());
        W both = good(writers.get());
        one.getValue().accept(both);
        attacks.get(two).accept(both);
        refuse(one.getKey() + ", then " + two, both.end());
      }
    }
  }

  @Test
  void tarsAreRefused() throws IOException {
    Map<String, Consumer<? super Tar>> attacks = new LinkedHashMap<>(attacks());
    tarAttacks().forEach((name, attack) -> attacks.put(name, tar -> attack.accept(tar.bytes)));
    refuseAll(Tar::new, attacks);
    assertTrue(extractions > 900, "extractions=" + extractions);
  }

  @Test
  void zipsAreRefused() throws IOException {
    refuseAll(Zip::new, new LinkedHashMap<>(attacks()));
    assertTrue(extractions > 700, "extractions=" + extractions);
  }
}
