package dev.batchmill.internal.archive;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** Writes zip archives byte by byte, hostile and damaged ones too. */
@SuppressWarnings("ByteBufferBackingArray") // The buffers are whole arrays of their own.
final class ZipBytes {
  private static final int UNIX = 3;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream directory = new ByteArrayOutputStream();
  private int entries;

  /** One entry; what it says of itself may be wrong. */
  static final class Item {
    byte[] name;
    byte[] localName;
    byte[] data;
    int method = 8;
    int flags = 0x800;
    int system = UNIX;
    int attributes = 0100644 << 16;
    long crc;
    long size;
    byte[] extra = {};

    Item(String name, String content) {
      this.name = TarBytes.utf8(name);
      localName = this.name;
      byte[] bytes = TarBytes.utf8(content);
      size = bytes.length;
      CRC32 sum = new CRC32();
      sum.update(bytes);
      crc = sum.getValue();
      data = deflate(bytes);
    }

    Item mode(int mode) {
      attributes = mode << 16;
      return this;
    }

    Item localName(String name) {
      localName = TarBytes.utf8(name);
      return this;
    }

    /** Stored bytes. */
    Item raw(byte[] bytes) {
      return compressed(0, bytes, bytes);
    }

    /** The content, and what a method of compression makes of it. */
    Item compressed(int method, byte[] bytes, byte[] content) {
      this.method = method;
      data = bytes;
      size = content.length;
      CRC32 sum = new CRC32();
      sum.update(content);
      crc = sum.getValue();
      return this;
    }

    Item stored(String content) {
      method = 0;
      data = TarBytes.utf8(content);
      return this;
    }
  }

  private static byte[] deflate(byte[] bytes) {
    Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
    deflater.setInput(bytes);
    deflater.finish();
    ByteArrayOutputStream result = new ByteArrayOutputStream();
    byte[] buffer = new byte[64 * 1024];
    while (!deflater.finished()) {
      result.write(buffer, 0, deflater.deflate(buffer));
    }
    deflater.end();
    return result.toByteArray();
  }

  ZipBytes file(String name, String content) {
    return add(new Item(name, content));
  }

  ZipBytes directory(String name) {
    return add(new Item(name, "").stored("").mode(0040755));
  }

  ZipBytes symlink(String name, String target) {
    return add(new Item(name, target).stored(target).mode(0120777));
  }

  ZipBytes add(Item item) {
    int offset = out.size();
    ByteBuffer local = buffer(30);
    local.putInt(0x04034b50).putShort((short) 20);
    describe(local, item);
    local.putShort((short) item.localName.length).putShort((short) 0);
    out.writeBytes(local.array());
    out.writeBytes(item.localName);
    out.writeBytes(item.data);
    return again(item, offset);
  }

  /** An entry of the central directory alone, whose local header stands at the offset. */
  ZipBytes again(Item item, int offset) {
    ByteBuffer central = buffer(46);
    central.putInt(0x02014b50).put((byte) 20).put((byte) item.system).putShort((short) 20);
    describe(central, item);
    central.putShort((short) item.name.length).putShort((short) item.extra.length);
    central.putShort((short) 0).putShort((short) 0).putShort((short) 0);
    central.putInt(item.attributes).putInt(offset);
    directory.writeBytes(central.array());
    directory.writeBytes(item.name);
    directory.writeBytes(item.extra);
    entries++;
    return this;
  }

  private static void describe(ByteBuffer header, Item item) {
    header.putShort((short) item.flags).putShort((short) item.method).putInt(0);
    header.putInt((int) item.crc).putInt(item.data.length).putInt((int) item.size);
  }

  byte[] end() {
    return end("");
  }

  /** The local headers and their data. */
  byte[] withoutEnd() {
    return out.toByteArray();
  }

  byte[] end(String comment) {
    byte[] text = TarBytes.utf8(comment);
    ByteBuffer end = buffer(22);
    end.putInt(0x06054b50).putInt(0).putShort((short) entries).putShort((short) entries);
    end.putInt(directory.size()).putInt(out.size()).putShort((short) text.length);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(out.toByteArray());
    all.writeBytes(directory.toByteArray());
    all.writeBytes(end.array());
    all.writeBytes(text);
    return all.toByteArray();
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
