package dev.batchmill.internal.archive;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads tar archives without native code: v7, ustar, pax and GNU long names (POSIX.1-2017, pax; GNU
 * tar manual, "Basic Tar Format"). Sparse files and other extensions are refused.
 */
final class TarReader implements ArchiveReader {
  private static final int BLOCK = 512;
  private static final int MAX_METADATA_BYTES = 1 << 20;
  private static final Pattern TIME_TEXT = Pattern.compile("[0-9]{1,18}(\\.[0-9]{0,100})?");

  // The header's fields: offset, then length.
  private static final int NAME = 0;
  private static final int NAME_LENGTH = 100;
  private static final int MODE = 100;
  private static final int MODE_LENGTH = 8;
  private static final int SIZE = 124;
  private static final int SIZE_LENGTH = 12;
  private static final int TIME = 136;
  private static final int TIME_LENGTH = 12;
  private static final int CHECKSUM = 148;
  private static final int CHECKSUM_LENGTH = 8;
  private static final int TYPE = 156;
  private static final int LINK = 157;
  private static final int LINK_LENGTH = 100;
  private static final int MAGIC = 257;
  private static final int PREFIX = 345;
  private static final int PREFIX_LENGTH = 155;

  private static final byte[] USTAR = {'u', 's', 't', 'a', 'r', 0};
  private static final int OWNER_EXECUTE = 0100;
  private static final int BASE_256 = 0x80;

  private final InputStream in;
  private final byte[] header = new byte[BLOCK];
  private final byte[] buffer = new byte[64 * 1024];
  private boolean first = true;
  private long dataLeft;
  private int padding;

  /** What the extended headers before an entry say of it. */
  private final Map<String, String> extended = new HashMap<>();

  /** Reads the archive that {@code in} gives; the reader owns the stream. */
  TarReader(InputStream in) {
    this.in = in;
  }

  @Override
  public @Nullable Entry next() throws IOException {
    extended.clear();
    while (true) {
      skipData();
      if (!readHeader()) {
        if (!extended.isEmpty()) {
          throw new MalformedArchiveException("the tar ends after an extended header");
        }
        requireOnlyZeros();
        return null;
      }
      long size = number(SIZE, SIZE_LENGTH, "size");
      char type = (char) (header[TYPE] & 0xff);
      switch (type) {
        case 'L' -> extended.putIfAbsent("path", longName(size));
        case 'K' -> extended.putIfAbsent("linkpath", longName(size));
        case 'x' -> readExtended(size);
        case 'g' -> readGlobal(size);
        default -> {
          return entry(type, size);
        }
      }
    }
  }

  private Entry entry(char flag, long headerSize) throws IOException {
    String name = extended.get("path");
    if (name == null) {
      name = headerName();
    }
    Entry.Type type =
        switch (flag) {
          case '0', '\0', '7' -> name.endsWith("/") ? Entry.Type.DIRECTORY : Entry.Type.FILE;
          case '1' -> Entry.Type.HARD_LINK;
          case '2' -> Entry.Type.SYMBOLIC_LINK;
          case '5' -> Entry.Type.DIRECTORY;
          case '3', '4', '6' -> Entry.Type.OTHER;
          default ->
              throw new MalformedArchiveException(
                  "the tar has an entry of a type that only the native library can read: type="
                      + Text.shown(String.valueOf(flag)));
        };
    String sizeText = extended.get("size");
    long size = sizeText == null ? headerSize : decimal(sizeText);
    if (type != Entry.Type.FILE && size != 0) {
      throw new MalformedArchiveException(
          "an entry that is no file has data: entry=" + Text.shown(name) + ", size=" + size);
    }
    String link = null;
    if (type == Entry.Type.SYMBOLIC_LINK || type == Entry.Type.HARD_LINK) {
      link = extended.get("linkpath");
      if (link == null) {
        link = field(LINK, LINK_LENGTH);
      }
    }
    setData(size);
    boolean executable = (number(MODE, MODE_LENGTH, "mode") & OWNER_EXECUTE) != 0;
    return new Entry(type, name, link, size, executable, false, modified());
  }

  /** Null when it cannot be read: a time is nothing to fail for. */
  private @Nullable FileTime modified() {
    try {
      String text = extended.get("mtime");
      if (text == null) {
        return Entry.time(number(TIME, TIME_LENGTH, "time"), 0);
      }
      if (!TIME_TEXT.matcher(text).matches()) {
        return null;
      }
      // As libarchive: digits behind the ninth are cut off.
      BigDecimal time = new BigDecimal(text).setScale(9, RoundingMode.DOWN);
      return Entry.time(
          time.longValue(), time.remainder(BigDecimal.ONE).movePointRight(9).intValue());
    } catch (MalformedArchiveException e) {
      return null;
    }
  }

  private String headerName() throws IOException {
    String name = field(NAME, NAME_LENGTH);
    for (int i = 0; i < USTAR.length; i++) {
      if (header[MAGIC + i] != USTAR[i]) {
        return name;
      }
    }
    String prefix = field(PREFIX, PREFIX_LENGTH);
    return prefix.isEmpty() ? name : prefix + "/" + name;
  }

  @Override
  public int read(ByteBuffer out) throws IOException {
    if (dataLeft == 0) {
      return -1;
    }
    int count = (int) Math.min(Math.min(out.remaining(), buffer.length), dataLeft);
    readFully(buffer, count);
    out.put(buffer, 0, count);
    dataLeft -= count;
    return count;
  }

  private void setData(long size) {
    dataLeft = size;
    padding = (int) (-size & (BLOCK - 1));
  }

  private void skipData() throws IOException {
    while (dataLeft > 0) {
      int count = (int) Math.min(dataLeft, buffer.length);
      readFully(buffer, count);
      dataLeft -= count;
    }
    readFully(buffer, padding);
    padding = 0;
  }

  /** Reads a header; false when it is the end-of-archive mark. */
  private boolean readHeader() throws IOException {
    int count = in.readNBytes(header, 0, BLOCK);
    if (count == 0 && !first) {
      throw new MalformedArchiveException("the tar is truncated: it has no end-of-archive mark");
    }
    if (count < BLOCK) {
      throw first ? neither() : truncated();
    }
    if (isZero(header, BLOCK)) {
      return false;
    }
    if (!checksumAgrees()) {
      throw first ? neither() : new MalformedArchiveException("a header of the tar is damaged");
    }
    first = false;
    return true;
  }

  private static MalformedArchiveException neither() {
    return new MalformedArchiveException("neither a tar nor a zip");
  }

  private static MalformedArchiveException truncated() {
    return new MalformedArchiveException("the tar is truncated");
  }

  /** Old writers summed signed bytes. */
  private boolean checksumAgrees() {
    int unsigned = 0;
    int signed = 0;
    for (int i = 0; i < BLOCK; i++) {
      boolean blank = i >= CHECKSUM && i < CHECKSUM + CHECKSUM_LENGTH;
      unsigned += blank ? ' ' : header[i] & 0xff;
      signed += blank ? ' ' : header[i];
    }
    try {
      long expected = number(CHECKSUM, CHECKSUM_LENGTH, "checksum");
      return expected == unsigned || expected == signed;
    } catch (MalformedArchiveException e) {
      return false;
    }
  }

  private void requireOnlyZeros() throws IOException {
    int count;
    while ((count = in.readNBytes(buffer, 0, buffer.length)) > 0) {
      if (!isZero(buffer, count)) {
        throw new MalformedArchiveException("data follows the end of the tar");
      }
    }
  }

  private static boolean isZero(byte[] bytes, int length) {
    for (int i = 0; i < length; i++) {
      if (bytes[i] != 0) {
        return false;
      }
    }
    return true;
  }

  private String longName(long size) throws IOException {
    byte[] bytes = metadata(size);
    int length = 0;
    while (length < bytes.length && bytes[length] != 0) {
      length++;
    }
    return Text.decode(bytes, 0, length);
  }

  private void readExtended(long size) throws IOException {
    for (Map.Entry<String, String> record : records(size).entrySet()) {
      if (record.getKey().startsWith("GNU.sparse.")) {
        throw new MalformedArchiveException(
            "the tar has a sparse file, which only the native library can read");
      }
      extended.put(record.getKey(), record.getValue());
    }
  }

  /** A global header may say what concerns no entry by itself, such as a comment. */
  private void readGlobal(long size) throws IOException {
    for (String key : records(size).keySet()) {
      if (key.equals("path") || key.equals("linkpath") || key.equals("size")) {
        throw new MalformedArchiveException("a global header of the tar sets a " + key);
      }
    }
  }

  /** The records "length key=value\n" of a pax header. */
  private Map<String, String> records(long size) throws IOException {
    byte[] bytes = metadata(size);
    Map<String, String> records = new HashMap<>();
    int at = 0;
    while (at < bytes.length) {
      int length = 0;
      int digit = at;
      while (digit < bytes.length && bytes[digit] >= '0' && bytes[digit] <= '9') {
        length = Math.min(length * 10 + bytes[digit] - '0', MAX_METADATA_BYTES + 1);
        digit++;
      }
      int equals = digit;
      while (equals < bytes.length && bytes[equals] != '=') {
        equals++;
      }
      int end = at + length - 1;
      if (digit >= bytes.length
          || bytes[digit] != ' '
          || equals >= end
          || end >= bytes.length
          || bytes[end] != '\n') {
        throw new MalformedArchiveException("an extended header of the tar is damaged");
      }
      String key = Text.decode(bytes, digit + 1, equals - digit - 1);
      if (isRead(key)) {
        records.put(key, Text.decode(bytes, equals + 1, end - equals - 1));
      }
      at = end + 1;
    }
    return records;
  }

  /** Other records (owners, attributes) may hold what is no text. */
  private static boolean isRead(String key) {
    return key.equals("path")
        || key.equals("linkpath")
        || key.equals("size")
        || key.equals("mtime")
        || key.startsWith("GNU.sparse.");
  }

  private byte[] metadata(long size) throws IOException {
    if (size > MAX_METADATA_BYTES) {
      throw new MalformedArchiveException(
          "an extended header of the tar is too long: bytes=" + size);
    }
    byte[] bytes = new byte[(int) size];
    readFully(bytes, bytes.length);
    setData(size);
    dataLeft = 0;
    return bytes;
  }

  private String field(int at, int length) throws IOException {
    int end = 0;
    while (end < length && header[at + end] != 0) {
      end++;
    }
    return Text.decode(header, at, end);
  }

  private static long decimal(String text) throws IOException {
    try {
      long value = Long.parseLong(text);
      if (value >= 0) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw new MalformedArchiveException(
        "an extended header of the tar is damaged: size=" + Text.shown(text));
  }

  /** An octal number, blank before and after; or a binary one, which begins with a set bit. */
  private long number(int at, int length, String what) throws MalformedArchiveException {
    long value = 0;
    if ((header[at] & BASE_256) != 0) {
      value = header[at] & (BASE_256 - 1);
      for (int i = 1; i < length; i++) {
        if (value > Long.MAX_VALUE >> Byte.SIZE) {
          throw badNumber(what);
        }
        value = (value << Byte.SIZE) + (header[at + i] & 0xff);
      }
      return value;
    }
    int i = 0;
    while (i < length && header[at + i] == ' ') {
      i++;
    }
    for (; i < length && header[at + i] >= '0' && header[at + i] <= '7'; i++) {
      value = (value << 3) + (header[at + i] - '0');
    }
    for (; i < length; i++) {
      if (header[at + i] != ' ' && header[at + i] != 0) {
        throw badNumber(what);
      }
    }
    return value;
  }

  private static MalformedArchiveException badNumber(String what) {
    return new MalformedArchiveException("a header of the tar is damaged: it has a bad " + what);
  }

  private void readFully(byte[] out, int count) throws IOException {
    if (in.readNBytes(out, 0, count) < count) {
      throw truncated();
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
