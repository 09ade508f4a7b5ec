package dev.batchmill.internal.archive;

import dev.batchmill.internal.bind.NativeArchive;
import dev.batchmill.internal.bind.NativeLibrary;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads archives through libarchive. */
final class NativeArchiveReader implements ArchiveReader {
  private static final int TEXT_BYTES = 8192;
  private static final int MAX_TEXT_BYTES = 1 << 20;
  private static final int OWNER_EXECUTE = 0100;
  private static final Entry.Type[] TYPES = Entry.Type.values();

  private long handle;
  private ByteBuffer text = ByteBuffer.allocateDirect(TEXT_BYTES);

  private NativeArchiveReader(long handle) {
    this.handle = handle;
  }

  /**
   * Opens an archive.
   *
   * @throws dev.batchmill.error.NativeUnavailableException if there is no native library
   */
  static NativeArchiveReader open(Path archive, Set<Format> formats, long memoryLimit)
      throws IOException {
    NativeLibrary.requireLoaded();
    long handle = NativeArchive.create();
    if (handle == 0) {
      throw new OutOfMemoryError("no native memory for an archive reader: archive=" + archive);
    }
    NativeArchiveReader reader = new NativeArchiveReader(handle);
    try {
      reader.check(NativeArchive.open(handle, fileName(archive), bits(formats), memoryLimit));
      if (formats.contains(Format.ZIP)) {
        ZipReader.checkIfZip(archive, memoryLimit);
      }
      return reader;
    } catch (Throwable e) {
      reader.close();
      throw e;
    }
  }

  private static int bits(Set<Format> formats) {
    return (formats.contains(Format.TAR) ? NativeArchive.TAR : 0)
        | (formats.contains(Format.ZIP) ? NativeArchive.ZIP : 0)
        | (formats.contains(Format.SEVEN_ZIP) ? NativeArchive.SEVEN_ZIP : 0)
        | (formats.contains(Format.CPIO) ? NativeArchive.CPIO : 0)
        | (formats.contains(Format.RAR) ? NativeArchive.RAR : 0);
  }

  /** The path as the JDK gives it to the system, with the NUL that ends it. */
  private static byte[] fileName(Path path) {
    byte[] bytes = path.toAbsolutePath().toString().getBytes(fileNameCharset());
    return Arrays.copyOf(bytes, bytes.length + 1);
  }

  /** The character set in which the JDK gives file names to the system. */
  static Charset fileNameCharset() {
    return Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));
  }

  @Override
  public @Nullable Entry next() throws IOException {
    if (check(NativeArchive.next(open())) == NativeArchive.END) {
      return null;
    }
    String name = text(NativeArchive.TEXT_NAME);
    if (name == null) {
      throw new MalformedArchiveException("the name of an entry is not UTF-8");
    }
    Entry.Type type = TYPES[NativeArchive.entryType(handle)];
    return new Entry(
        type,
        name,
        type == Entry.Type.SYMBOLIC_LINK || type == Entry.Type.HARD_LINK
            ? text(NativeArchive.TEXT_LINK)
            : null,
        NativeArchive.entrySize(handle),
        (NativeArchive.entryMode(handle) & OWNER_EXECUTE) != 0,
        NativeArchive.entryEncrypted(handle) != 0,
        modified());
  }

  private @Nullable FileTime modified() {
    int nanos = NativeArchive.entryNanos(handle);
    return nanos < 0 ? null : Entry.time(NativeArchive.entrySeconds(handle), nanos);
  }

  @Override
  public int read(ByteBuffer out) throws IOException {
    ByteBuffer rest = out.slice();
    long count = NativeArchive.read(open(), rest, rest.capacity());
    if (count < 0) {
      check(NativeArchive.FAILED);
    }
    out.position(out.position() + (int) count);
    return count == 0 ? -1 : (int) count;
  }

  @Override
  public void close() {
    if (handle != 0) {
      NativeArchive.free(handle);
      handle = 0;
    }
  }

  private long open() {
    if (handle == 0) {
      throw new IllegalStateException("the archive reader is closed");
    }
    return handle;
  }

  private int check(int status) throws IOException {
    if (status != NativeArchive.OK && status != NativeArchive.END) {
      throw new MalformedArchiveException(String.valueOf(text(NativeArchive.TEXT_ERROR)));
    }
    return status;
  }

  /** A text of the handle; null if there is none, or if it is not UTF-8. */
  private @Nullable String text(int kind) throws IOException {
    long length = NativeArchive.text(handle, kind, text, text.capacity());
    if (length > MAX_TEXT_BYTES) {
      throw new MalformedArchiveException("a name is too long: bytes=" + length);
    }
    if (length > text.capacity()) {
      text = ByteBuffer.allocateDirect((int) length);
      length = NativeArchive.text(handle, kind, text, text.capacity());
    }
    if (length < 0) {
      return null;
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(text.slice(0, (int) length)).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }
}
