package dev.batchmill.internal.archive;

import java.nio.file.attribute.FileTime;
import java.time.Instant;
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
 * @param modified when it was modified, or null when that is unknown or nonsense
 */
record Entry(
    Type type,
    String name,
    @Nullable String link,
    long size,
    boolean executable,
    boolean encrypted,
    @Nullable FileTime modified) {
  /** The end of what ext4 can hold, in the year 2446. */
  private static final long MAX_SECONDS = 0x3_7fff_ffffL;

  private static final int NANOS = 1_000_000_000;

  /** What an entry is; in the order of bm_archive_type in archive.h. */
  enum Type {
    FILE,
    DIRECTORY,
    SYMBOLIC_LINK,
    HARD_LINK,
    /** A device, FIFO or socket. */
    OTHER
  }

  /** A time as a file may have it; null when it lies before 1970 or so late that not all can. */
  static @Nullable FileTime time(long seconds, int nanos) {
    boolean sensible = seconds >= 0 && seconds <= MAX_SECONDS && nanos >= 0 && nanos < NANOS;
    return sensible ? FileTime.from(Instant.ofEpochSecond(seconds, nanos)) : null;
  }
}
