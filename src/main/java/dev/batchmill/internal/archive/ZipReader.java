package dev.batchmill.internal.archive;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Reads zip archives without native code, through their central directory (PKWARE, APPNOTE.TXT
 * 6.3.10): stored and deflated entries, zip64. The JDK's reader tells no modes, so it cannot tell a
 * link from a file, and checks no CRC.
 */
final class ZipReader implements ArchiveReader {
  private static final int LOCAL_HEADER = 0x04034b50;
  private static final int LOCAL_HEADER_BYTES = 30;
  private static final int CENTRAL_HEADER = 0x02014b50;
  private static final int CENTRAL_HEADER_BYTES = 46;
  private static final int END_RECORD = 0x06054b50;
  private static final int END_RECORD_BYTES = 22;
  private static final int END64_RECORD = 0x06064b50;
  private static final int END64_RECORD_BYTES = 56;
  private static final int END64_LOCATOR = 0x07064b50;
  private static final int END64_LOCATOR_BYTES = 20;
  private static final int EXTRA_ZIP64 = 0x0001;
  private static final int EXTRA_TIME = 0x5455;
  private static final int MAX_COMMENT = 0xffff;
  private static final int MAX_LINK_BYTES = 64 * 1024;
  private static final int UINT16_MAX = 0xffff;
  private static final long UINT32_MAX = 0xffffffffL;

  private static final int FLAGS_ENCRYPTED = 0x2041; // encrypted, strongly, masked headers
  private static final int STORED = 0;
  private static final int DEFLATED = 8;
  private static final int SYSTEM_UNIX = 3;
  private static final int DOS_DIRECTORY = 0x10;
  private static final int MODE_TYPE = 0170000;
  private static final int MODE_FIFO = 0010000; // some writers' mode of what came through a pipe
  private static final int MODE_DIRECTORY = 0040000;
  private static final int MODE_FILE = 0100000;
  private static final int MODE_LINK = 0120000;
  private static final int OWNER_EXECUTE = 0100;

  private static final String OVERLAP = "two of its entries overlap";

  private final FileChannel channel;
  private final Inflater inflater = new Inflater(true);
  private final CRC32 crc = new CRC32();
  private final byte[] input = new byte[64 * 1024];
  private final ByteBuffer directory;
  private final long directoryStart;
  private long entriesLeft;

  // The entry that is being read.
  private String name = "";
  private int system;
  private int method;
  private int attributes;
  private boolean encrypted;
  private @Nullable FileTime modified;
  private long localAt;
  private boolean deflated;
  private long expectedCrc;
  private long compressedSize;
  private long size;
  private long dataAt;
  private long dataEnd;
  private long produced;
  private boolean dataEnded = true;

  private ZipReader(FileChannel channel, long memoryLimit) throws IOException {
    this.channel = channel;
    long endAt = findEndRecord();
    ByteBuffer end = bytesAt(endAt, END_RECORD_BYTES);
    entriesLeft = Short.toUnsignedLong(end.getShort(10));
    long directoryBytes = Integer.toUnsignedLong(end.getInt(12));
    long start = Integer.toUnsignedLong(end.getInt(16));
    long limit = endAt;
    boolean oneDisk = end.getShort(4) == 0 && end.getShort(6) == 0;
    long locatorAt = endAt - END64_LOCATOR_BYTES;
    if (locatorAt >= 0
        && bytesAt(locatorAt, END64_LOCATOR_BYTES).getInt(0) == END64_LOCATOR
        && (entriesLeft == UINT16_MAX || directoryBytes == UINT32_MAX || start == UINT32_MAX)) {
      limit = bytesAt(locatorAt, END64_LOCATOR_BYTES).getLong(8);
      ByteBuffer end64 = bytesAt(limit, END64_RECORD_BYTES);
      // The record's own length leaves out its first two fields.
      require(
          end64.getInt(0) == END64_RECORD && end64.getLong(4) == locatorAt - limit - 12,
          "its zip64 end record is damaged");
      oneDisk = end64.getInt(16) == 0 && end64.getInt(20) == 0;
      entriesLeft = end64.getLong(32);
      directoryBytes = end64.getLong(40);
      start = end64.getLong(48);
    }
    require(oneDisk, "it is one part of several");
    require(
        directoryBytes >= 0 && start >= 0 && start <= limit && directoryBytes <= limit - start,
        "its central directory lies outside the file");
    require(
        directoryBytes == limit - start, "data stands between its central directory and its end");
    // What is kept of a header is about as long as it.
    require(
        directoryBytes <= Math.min(memoryLimit / 2, Integer.MAX_VALUE - 8),
        "its central directory is too long: bytes=" + directoryBytes);
    directory = bytesAt(start, (int) directoryBytes);
    directoryStart = start;
  }

  /** Opens an archive. */
  static ZipReader open(Path archive, long memoryLimit) throws IOException {
    FileChannel channel = FileChannel.open(archive, StandardOpenOption.READ);
    try {
      ZipReader reader = new ZipReader(channel, memoryLimit);
      reader.checkEntries();
      return reader;
    } catch (Throwable e) {
      channel.close();
      throw e;
    }
  }

  /**
   * Checks what libarchive leaves out, if the file is a zip that holds anything: the local headers
   * agree with the central directory, no two entries share data, and no name holds a NUL.
   */
  static void checkIfZip(Path archive, long memoryLimit) throws IOException {
    try (FileChannel channel = FileChannel.open(archive, StandardOpenOption.READ)) {
      ByteBuffer magic = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      channel.read(magic, 0);
      if (magic.flip().remaining() == Integer.BYTES && magic.getInt() == LOCAL_HEADER) {
        new ZipReader(channel, memoryLimit).checkEntries();
      }
    }
  }

  /** Goes through the central directory once, and back to its beginning. */
  private void checkEntries() throws IOException {
    long count = entriesLeft;
    long[] starts = new long[(int) Math.min(count, directory.limit() / CENTRAL_HEADER_BYTES)];
    Map<Long, Long> ends = new HashMap<>();
    for (int i = 0; readCentral(); i++) {
      starts[i] = localAt;
      require(ends.put(localAt, dataEnd) == null, OVERLAP);
    }
    Arrays.sort(starts);
    for (int i = 1; i < starts.length; i++) {
      require(ends.getOrDefault(starts[i - 1], 0L) <= starts[i], OVERLAP);
    }
    directory.position(0);
    entriesLeft = count;
    dataEnded = true;
  }

  /** The record whose comment reaches to the end of the file. */
  private long findEndRecord() throws IOException {
    long fileSize = channel.size();
    int tailBytes = (int) Math.min(fileSize, END_RECORD_BYTES + MAX_COMMENT);
    ByteBuffer tail = bytesAt(fileSize - tailBytes, tailBytes);
    for (int at = tailBytes - END_RECORD_BYTES; at >= 0; at--) {
      if (tail.getInt(at) == END_RECORD
          && Short.toUnsignedInt(tail.getShort(at + 20)) == tailBytes - END_RECORD_BYTES - at) {
        return fileSize - tailBytes + at;
      }
    }
    throw new MalformedArchiveException("the zip has no end record, or data follows it");
  }

  @Override
  public @Nullable Entry next() throws IOException {
    finishData();
    return readCentral() ? entry() : null;
  }

  /** Reads the next header of the central directory and the local one; false at the end. */
  private boolean readCentral() throws IOException {
    if (!directory.hasRemaining() && entriesLeft == 0) {
      return false;
    }
    int at = directory.position();
    require(
        entriesLeft > 0
            && directory.remaining() >= CENTRAL_HEADER_BYTES
            && directory.getInt(at) == CENTRAL_HEADER,
        "its central directory is damaged");
    entriesLeft--;
    int nameLength = Short.toUnsignedInt(directory.getShort(at + 28));
    int extraLength = Short.toUnsignedInt(directory.getShort(at + 30));
    int commentLength = Short.toUnsignedInt(directory.getShort(at + 32));
    int headerLength = CENTRAL_HEADER_BYTES + nameLength + extraLength + commentLength;
    require(headerLength <= directory.remaining(), "its central directory is damaged");
    byte[] rawName = new byte[nameLength];
    directory.get(at + CENTRAL_HEADER_BYTES, rawName);
    ByteBuffer extra =
        directory
            .slice(at + CENTRAL_HEADER_BYTES + nameLength, extraLength)
            .order(ByteOrder.LITTLE_ENDIAN);
    directory.position(at + headerLength);
    name = Text.decode(rawName, 0, rawName.length);
    require(name.indexOf('\0') < 0, "a name holds a NUL: name=" + Text.shown(name));
    system = directory.get(at + 5) & 0xff;
    int flags = Short.toUnsignedInt(directory.getShort(at + 8));
    method = Short.toUnsignedInt(directory.getShort(at + 10));
    expectedCrc = Integer.toUnsignedLong(directory.getInt(at + 16));
    compressedSize = Integer.toUnsignedLong(directory.getInt(at + 20));
    size = Integer.toUnsignedLong(directory.getInt(at + 24));
    attributes = directory.getInt(at + 38);
    long offset = Integer.toUnsignedLong(directory.getInt(at + 42));
    localAt = readZip64(extra, offset);
    encrypted = (flags & FLAGS_ENCRYPTED) != 0;
    readLocal(rawName);
    return true;
  }

  private Entry entry() throws IOException {
    beginData();
    boolean unix = system == SYSTEM_UNIX;
    int mode = unix ? attributes >>> 16 : 0;
    boolean directoryEntry = name.endsWith("/") || (!unix && (attributes & DOS_DIRECTORY) != 0);
    Entry.Type type = directoryEntry ? Entry.Type.DIRECTORY : type(mode);
    String link = type == Entry.Type.SYMBOLIC_LINK && !encrypted ? linkTarget() : null;
    return new Entry(
        type,
        name,
        link,
        type == Entry.Type.FILE ? size : 0,
        (mode & OWNER_EXECUTE) != 0,
        encrypted,
        modified);
  }

  private static Entry.Type type(int mode) {
    return switch (mode & MODE_TYPE) {
      case 0, MODE_FILE, MODE_FIFO -> Entry.Type.FILE;
      case MODE_DIRECTORY -> Entry.Type.DIRECTORY;
      case MODE_LINK -> Entry.Type.SYMBOLIC_LINK;
      default -> Entry.Type.OTHER;
    };
  }

  /** Takes the sizes that do not fit into 32 bits; returns the offset of the local header. */
  private long readZip64(ByteBuffer extra, long offset) throws IOException {
    long result = offset;
    while (extra.remaining() >= 4) {
      int id = Short.toUnsignedInt(extra.getShort());
      int length = Short.toUnsignedInt(extra.getShort());
      require(length <= extra.remaining(), "an extra field of its central directory is damaged");
      ByteBuffer field = extra.slice(extra.position(), length).order(ByteOrder.LITTLE_ENDIAN);
      extra.position(extra.position() + length);
      if (id == EXTRA_ZIP64) {
        size = wide(field, size);
        compressedSize = wide(field, compressedSize);
        result = wide(field, result);
      }
    }
    return result;
  }

  private static long wide(ByteBuffer field, long value) throws IOException {
    if (value != UINT32_MAX) {
      return value;
    }
    require(field.remaining() >= Long.BYTES, "a zip64 field is damaged");
    return field.getLong();
  }

  /** Checks the local header against the central one and finds the data. */
  private void readLocal(byte[] rawName) throws IOException {
    ByteBuffer local = bytesAt(localAt, LOCAL_HEADER_BYTES);
    int nameLength = Short.toUnsignedInt(local.getShort(26));
    int extraLength = Short.toUnsignedInt(local.getShort(28));
    require(
        local.getInt(0) == LOCAL_HEADER
            && Short.toUnsignedInt(local.getShort(8)) == method
            && nameLength == rawName.length
            && Arrays.equals(bytesAt(localAt + LOCAL_HEADER_BYTES, nameLength).array(), rawName),
        "a local header differs from the central directory");
    dataAt = localAt + LOCAL_HEADER_BYTES + nameLength + extraLength;
    require(
        compressedSize >= 0 && size >= 0 && compressedSize <= directoryStart - dataAt,
        "the data of an entry lies outside the file");
    dataEnd = dataAt + compressedSize;
    modified = modified(local, bytesAt(dataAt - extraLength, extraLength));
  }

  /** The "UT" field's time if there is one, else that of DOS, which names no time zone. */
  private static @Nullable FileTime modified(ByteBuffer local, ByteBuffer extra) {
    while (extra.remaining() >= 4) {
      int id = Short.toUnsignedInt(extra.getShort());
      int length = Math.min(Short.toUnsignedInt(extra.getShort()), extra.remaining());
      if (id == EXTRA_TIME && length >= 5 && (extra.get(extra.position()) & 1) != 0) {
        return Entry.time(Integer.toUnsignedLong(extra.getInt(extra.position() + 1)), 0);
      }
      extra.position(extra.position() + length);
    }
    int time = Short.toUnsignedInt(local.getShort(10));
    int date = Short.toUnsignedInt(local.getShort(12));
    try {
      LocalDateTime there =
          LocalDateTime.of(
              1980 + (date >> 9),
              date >> 5 & 15,
              date & 31,
              time >> 11,
              time >> 5 & 63,
              (time & 31) * 2);
      return Entry.time(there.atZone(ZoneId.systemDefault()).toEpochSecond(), 0);
    } catch (DateTimeException e) {
      return null;
    }
  }

  private void beginData() throws IOException {
    if (!encrypted && method != STORED && method != DEFLATED) {
      throw damaged(
          "it is compressed by a method that only the native library can read: method=" + method);
    }
    deflated = method == DEFLATED;
    require(deflated || encrypted || compressedSize == size, "a stored entry has two sizes");
    produced = 0;
    dataEnded = encrypted;
    crc.reset();
    inflater.reset();
  }

  private String linkTarget() throws IOException {
    require(size <= MAX_LINK_BYTES, "the target of a link is too long");
    ByteBuffer target = ByteBuffer.allocate((int) size + 1);
    while (read(target) >= 0) {
      // Until it has ended.
    }
    return Text.decode(target.array(), 0, target.position());
  }

  @Override
  public int read(ByteBuffer out) throws IOException {
    if (dataEnded) {
      return -1;
    }
    int from = out.position();
    try {
      while (out.position() == from && !dataEnded) {
        if (deflated) {
          inflate(out);
        } else {
          copy(out);
        }
      }
    } catch (DataFormatException e) {
      throw damaged("the data of an entry is damaged: " + e.getMessage());
    }
    int count = out.position() - from;
    crc.update(out.duplicate().flip().position(from));
    produced += count;
    require(produced <= size, "an entry has more data than it says");
    if (dataEnded) {
      require(produced == size, "an entry has less data than it says");
      require(crc.getValue() == expectedCrc, "the CRC of an entry is wrong");
    }
    return count == 0 ? -1 : count;
  }

  private void inflate(ByteBuffer out) throws IOException, DataFormatException {
    int count = inflater.inflate(out);
    if (inflater.finished()) {
      require(
          dataAt == dataEnd && inflater.getRemaining() == 0, "data follows the data of an entry");
      dataEnded = true;
    } else if (count == 0) {
      require(!inflater.needsDictionary(), "the data of an entry wants a dictionary");
      int more = readInput();
      require(more > 0, "the data of an entry is truncated");
      inflater.setInput(input, 0, more);
    }
  }

  private void copy(ByteBuffer out) throws IOException {
    int count = (int) Math.min(Math.min(out.remaining(), input.length), dataEnd - dataAt);
    ByteBuffer part = ByteBuffer.wrap(input, 0, count);
    readFully(part, dataAt);
    out.put(part.flip());
    dataAt += count;
    dataEnded = dataAt == dataEnd;
  }

  private int readInput() throws IOException {
    int count = (int) Math.min(input.length, dataEnd - dataAt);
    readFully(ByteBuffer.wrap(input, 0, count), dataAt);
    dataAt += count;
    return count;
  }

  /** What is not read is checked all the same. */
  private void finishData() throws IOException {
    ByteBuffer ignored = ByteBuffer.allocate(input.length);
    while (read(ignored) >= 0) {
      ignored.clear();
    }
  }

  private ByteBuffer bytesAt(long position, int count) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
    readFully(bytes, position);
    return bytes.flip();
  }

  private void readFully(ByteBuffer out, long position) throws IOException {
    long at = position;
    while (out.hasRemaining()) {
      int count = at < 0 ? -1 : channel.read(out, at);
      require(count > 0, "it is truncated");
      at += count;
    }
  }

  private static void require(boolean good, String otherwise) throws MalformedArchiveException {
    if (!good) {
      throw damaged(otherwise);
    }
  }

  private static MalformedArchiveException damaged(String what) {
    return new MalformedArchiveException("the zip cannot be read: " + what);
  }

  @Override
  public void close() throws IOException {
    inflater.end();
    channel.close();
  }
}
