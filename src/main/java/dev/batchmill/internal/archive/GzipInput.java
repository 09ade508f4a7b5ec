package dev.batchmill.internal.archive;

import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * The content of gzip members, one after the other (RFC 1952). Unlike the JDK's stream it accepts
 * nothing but zeros after the last member.
 */
final class GzipInput extends InputStream {
  private static final int BUFFER_BYTES = 64 * 1024;
  private static final int MAGIC_1 = 0x1f;
  private static final int MAGIC_2 = 0x8b;
  private static final int DEFLATE = 8;
  private static final int FLAG_HEADER_CRC = 2;
  private static final int FLAG_EXTRA = 4;
  private static final int FLAG_NAME = 8;
  private static final int FLAG_COMMENT = 16;
  private static final int FLAGS_RESERVED = 0xe0;
  private static final int TIME_FLAGS_SYSTEM_BYTES = 6;

  private final InputStream in;
  private final Inflater inflater = new Inflater(true);
  private final CRC32 crc = new CRC32();
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int from;
  private int to;
  private boolean ended;

  /** Reads the header of the first member; the stream owns {@code in}. */
  GzipInput(InputStream in) throws IOException {
    this.in = in;
    try {
      readHeader(readByte());
    } catch (Throwable e) {
      close();
      throw e;
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] out, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (!ended) {
      int count = inflate(out, offset, length);
      if (count > 0) {
        crc.update(out, offset, count);
        return count;
      }
      if (inflater.finished()) {
        endMember();
      } else if (inflater.needsDictionary()) {
        throw new MalformedArchiveException("the gzip data is damaged: it wants a dictionary");
      } else {
        fill();
        inflater.setInput(buffer, from, to - from);
        from = to;
      }
    }
    return -1;
  }

  private int inflate(byte[] out, int offset, int length) throws IOException {
    try {
      return inflater.inflate(out, offset, length);
    } catch (DataFormatException e) {
      throw new MalformedArchiveException("the gzip data is damaged: " + e.getMessage(), e);
    }
  }

  /** Checks the trailer; then another member begins, or nothing but zeros is left. */
  private void endMember() throws IOException {
    from = to - inflater.getRemaining();
    if (readInt() != (int) crc.getValue()) {
      throw new MalformedArchiveException("the gzip data is damaged: incorrect data check");
    }
    if (readInt() != (int) inflater.getBytesWritten()) {
      throw new MalformedArchiveException("the gzip data is damaged: incorrect length check");
    }
    int next = readByteOrEnd();
    if (next == MAGIC_1) {
      readHeader(next);
      return;
    }
    while (next == 0) {
      next = readByteOrEnd();
    }
    if (next > 0) {
      throw new MalformedArchiveException("data follows the end of the gzip data");
    }
    ended = true;
  }

  private void readHeader(int first) throws IOException {
    crc.reset();
    crc.update(first);
    int second = readHeaderByte();
    int method = readHeaderByte();
    int flags = readHeaderByte();
    if (first != MAGIC_1
        || second != MAGIC_2
        || method != DEFLATE
        || (flags & FLAGS_RESERVED) != 0) {
      throw new MalformedArchiveException("the gzip data is damaged: incorrect header check");
    }
    skipHeaderBytes(TIME_FLAGS_SYSTEM_BYTES);
    if ((flags & FLAG_EXTRA) != 0) {
      int low = readHeaderByte();
      skipHeaderBytes(low + (readHeaderByte() << 8));
    }
    if ((flags & FLAG_NAME) != 0) {
      skipHeaderText();
    }
    if ((flags & FLAG_COMMENT) != 0) {
      skipHeaderText();
    }
    if ((flags & FLAG_HEADER_CRC) != 0) {
      int expected = (int) crc.getValue() & 0xffff;
      int low = readByte();
      if (low + (readByte() << 8) != expected) {
        throw new MalformedArchiveException("the gzip data is damaged: header crc mismatch");
      }
    }
    crc.reset();
    inflater.reset();
    inflater.setInput(buffer, from, to - from);
    from = to;
  }

  private int readHeaderByte() throws IOException {
    int value = readByte();
    crc.update(value);
    return value;
  }

  private void skipHeaderBytes(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      readHeaderByte();
    }
  }

  private void skipHeaderText() throws IOException {
    int value;
    do {
      value = readHeaderByte();
    } while (value != 0);
  }

  private int readInt() throws IOException {
    int value = 0;
    for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
      value |= readByte() << shift;
    }
    return value;
  }

  private int readByte() throws IOException {
    if (from == to) {
      fill();
    }
    return buffer[from++] & 0xff;
  }

  private int readByteOrEnd() throws IOException {
    return from < to || refill() ? buffer[from++] & 0xff : -1;
  }

  private void fill() throws IOException {
    if (!refill()) {
      throw new MalformedArchiveException("the gzip data is truncated");
    }
  }

  private boolean refill() throws IOException {
    from = 0;
    to = Math.max(0, in.read(buffer, 0, buffer.length));
    return to > 0;
  }

  @Override
  public void close() throws IOException {
    inflater.end();
    in.close();
  }
}
