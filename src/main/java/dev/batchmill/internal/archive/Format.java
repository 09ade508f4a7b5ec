package dev.batchmill.internal.archive;

import java.util.Set;

/** A kind of archive. */
public enum Format {
  /** tar, plain or compressed by gzip, bzip2, xz, lzma, zstd or lz4. */
  TAR,
  /** zip. */
  ZIP,
  /** 7z; only the native library reads it. */
  SEVEN_ZIP,
  /** cpio, plain or compressed as a tar; only the native library reads it. */
  CPIO,
  /** RAR 4 and 5; only the native library reads it. */
  RAR;

  /** The kinds that are read unless others are asked for, as Keras: tar and zip. */
  public static final Set<Format> USUAL = Set.of(TAR, ZIP);
}
