package dev.batchmill.internal.bind;

import java.nio.ByteBuffer;
import org.bytedeco.javacpp.annotation.Cast;
import org.bytedeco.javacpp.annotation.Name;
import org.bytedeco.javacpp.annotation.NoException;
import org.bytedeco.javacpp.annotation.Platform;

/**
 * The C ABI of the archive reader (archive.h), as JavaCPP binds it. Usable once {@link
 * NativeLibrary} has loaded.
 *
 * <p>A handle is an address that {@link #create} gave and {@link #free} takes. Buffers must be
 * direct and stand at position 0.
 */
@Platform(include = "batchmill/archive.h", library = NativeLibrary.NAME)
@NoException
public final class NativeArchive {
  /** Status: done. */
  public static final int OK = 0;

  /** Status: there are no more entries. */
  public static final int END = 1;

  /** Status: {@link #TEXT_ERROR} says why. */
  public static final int FAILED = 2;

  /** Format bit: tar. */
  public static final int TAR = 1;

  /** Format bit: zip. */
  public static final int ZIP = 2;

  /** Format bit: 7z. */
  public static final int SEVEN_ZIP = 4;

  /** Format bit: cpio. */
  public static final int CPIO = 8;

  /** Format bit: RAR. */
  public static final int RAR = 16;

  /** Kind of text: the entry's path. */
  public static final int TEXT_NAME = 0;

  /** Kind of text: what the entry links to. */
  public static final int TEXT_LINK = 1;

  /** Kind of text: why the last call failed. */
  public static final int TEXT_ERROR = 2;

  private NativeArchive() {}

  /** A closed handle; 0 when there is no memory. */
  @Name("bm_archive_new")
  public static native @Cast("jlong") long create();

  /** Opens a file named by a path that ends in a NUL. */
  @Name("bm_archive_open")
  public static native int open(
      @Cast("bm_archive*") long archive,
      @Cast("const char*") byte[] path,
      int formats,
      long memoryLimit);

  @Name("bm_archive_next")
  public static native int next(@Cast("bm_archive*") long archive);

  @Name("bm_archive_entry_type")
  public static native int entryType(@Cast("bm_archive*") long archive);

  @Name("bm_archive_entry_mode")
  public static native int entryMode(@Cast("bm_archive*") long archive);

  @Name("bm_archive_entry_size")
  public static native long entrySize(@Cast("bm_archive*") long archive);

  /** When the entry was modified; only if the nanoseconds are not negative. */
  @Name("bm_archive_entry_seconds")
  public static native long entrySeconds(@Cast("bm_archive*") long archive);

  /** The nanoseconds after the seconds; -1 when the archive does not say. */
  @Name("bm_archive_entry_nanos")
  public static native int entryNanos(@Cast("bm_archive*") long archive);

  @Name("bm_archive_entry_encrypted")
  public static native int entryEncrypted(@Cast("bm_archive*") long archive);

  /**
   * The length of a text in bytes of UTF-8, the first of which are written; -1 if there is none.
   */
  @Name("bm_archive_text")
  public static native long text(
      @Cast("bm_archive*") long archive, int kind, @Cast("char*") ByteBuffer out, long capacity);

  /** Reads data: how many bytes, 0 at the end, -1 when it failed. */
  @Name("bm_archive_read")
  public static native long read(
      @Cast("bm_archive*") long archive, @Cast("void*") ByteBuffer out, long capacity);

  /** Frees the handle. */
  @Name("bm_archive_free")
  public static native void free(@Cast("bm_archive*") long archive);
}
