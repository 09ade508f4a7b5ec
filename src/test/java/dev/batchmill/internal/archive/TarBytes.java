package dev.batchmill.internal.archive;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Writes tar archives byte by byte, hostile and damaged ones too. */
final class TarBytes {
  private static final int BLOCK = 512;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  TarBytes file(String name, String content) {
    return entry(name, '0', utf8(content), 0644, "");
  }

  TarBytes executable(String name, String content, int mode) {
    return entry(name, '0', utf8(content), mode, "");
  }

  TarBytes directory(String name) {
    return entry(name, '5', new byte[0], 0755, "");
  }

  TarBytes symlink(String name, String target) {
    return entry(name, '2', new byte[0], 0777, target);
  }

  TarBytes hardLink(String name, String target) {
    return entry(name, '1', new byte[0], 0644, target);
  }

  TarBytes special(String name, char type) {
    return entry(name, type, new byte[0], 0644, "");
  }

  /** A pax header of records "key", "value", … for the next entry. */
  TarBytes pax(String... records) {
    return entry("PaxHeader", 'x', records(records), 0644, "");
  }

  TarBytes global(String... records) {
    return entry("GlobalHeader", 'g', records(records), 0644, "");
  }

  /** GNU's long name ('L') or long target ('K') for the next entry. */
  TarBytes gnuLong(char type, String text) {
    return entry("././@LongLink", type, utf8(text + "\0"), 0644, "");
  }

  TarBytes entry(String name, char type, byte[] content, int mode, String link) {
    return entry(utf8(name), type, content, content.length, mode, link, header -> {});
  }

  /** An entry whose header is changed before its checksum is written. */
  TarBytes entry(
      byte[] name,
      char type,
      byte[] content,
      long size,
      int mode,
      String link,
      Consumer<byte[]> change) {
    byte[] header = new byte[BLOCK];
    put(header, 0, name);
    put(header, 100, octal(mode, 7));
    put(header, 108, octal(0, 7));
    put(header, 116, octal(0, 7));
    put(header, 124, octal(size, 11));
    put(header, 136, octal(0, 11));
    header[156] = (byte) type;
    put(header, 157, utf8(link));
    put(header, 257, utf8("ustar\00000"));
    change.accept(header);
    put(header, 148, utf8("        "));
    int sum = 0;
    for (byte b : header) {
      sum += b & 0xff;
    }
    put(header, 148, octal(sum, 6));
    header[154] = 0;
    return raw(header).raw(content).raw(new byte[-content.length & (BLOCK - 1)]);
  }

  TarBytes raw(byte[] bytes) {
    out.writeBytes(bytes);
    return this;
  }

  byte[] withoutEnd() {
    return out.toByteArray();
  }

  byte[] end() {
    return raw(new byte[2 * BLOCK]).withoutEnd();
  }

  private static byte[] records(String... records) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < records.length; i += 2) {
      String rest = " " + records[i] + "=" + records[i + 1] + "\n";
      int length = utf8(rest).length;
      int digits = String.valueOf(length + String.valueOf(length).length()).length();
      text.append(length + digits).append(rest);
    }
    return utf8(text.toString());
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] octal(long value, int digits) {
    String text = Long.toOctalString(value);
    return utf8("0".repeat(Math.max(0, digits - text.length())) + text);
  }

  private static void put(byte[] out, int at, byte[] bytes) {
    System.arraycopy(bytes, 0, out, at, bytes.length);
  }
}
