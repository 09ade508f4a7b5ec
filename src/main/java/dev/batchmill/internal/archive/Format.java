package dev.batchmill.internal.archive;

import java.util.EnumSet;
import java.util.Set;

/** A kind of archive. */
public enum Format {
  /** tar, plain or compressed by gzip, bzip2, xz, zstd or lz4. */
  TAR,
  /** zip. */
  ZIP;

  /** Every kind. */
  public static Set<Format> all() {
    return EnumSet.allOf(Format.class);
  }
}
