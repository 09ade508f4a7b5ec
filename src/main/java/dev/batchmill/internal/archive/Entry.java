package dev.batchmill.internal.archive;

import org.jspecify.annotations.Nullable;

/**
 * What an archive says about one of its entries; nothing of it is checked.
 *
 * @param type what it is
 * @param name its path as the archive spells it
 * @param link what it links to, for links
 * @param size the bytes of its data, or -1 when that is not known before they are read
 * @param executable whether its owner may execute it
 * @param encrypted whether its data is encrypted
 */
record Entry(
    Type type,
    String name,
    @Nullable String link,
    long size,
    boolean executable,
    boolean encrypted) {
  /** What an entry is; in the order of bm_archive_type in archive.h. */
  enum Type {
    FILE,
    DIRECTORY,
    SYMBOLIC_LINK,
    HARD_LINK,
    /** A device, FIFO or socket. */
    OTHER
  }
}
