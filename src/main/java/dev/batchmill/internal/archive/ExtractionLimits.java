package dev.batchmill.internal.archive;

/**
 * How much an archive may unpack to. A limit is the largest value that is still allowed.
 *
 * @param maxBytes bytes of all files together
 * @param maxEntryBytes bytes of one file
 * @param maxEntries entries of every kind, and the directories that only their names imply
 * @param maxDepth components of a name
 * @param maxNameBytes bytes of a name in UTF-8; one component has 255 at most
 * @param maxMemoryBytes what the reader holds in native memory, dictionaries of codecs included,
 *     and, counted apart, about what the names take on the heap
 * @param maxRatio bytes of all files per byte of the archive
 * @param ratioFreeBytes up to how many bytes of all files any ratio is allowed
 */
public record ExtractionLimits(
    long maxBytes,
    long maxEntryBytes,
    long maxEntries,
    int maxDepth,
    int maxNameBytes,
    long maxMemoryBytes,
    long maxRatio,
    long ratioFreeBytes) {
  /**
   * For data sets of honest origin: 256 GiB, a million entries, 256 levels, names of 4000 bytes, 1
   * GiB of memory, and beyond 256 MiB not more than 250 bytes for one.
   */
  public static final ExtractionLimits DEFAULTS =
      new ExtractionLimits(256L << 30, 256L << 30, 1_000_000, 256, 4000, 1L << 30, 250, 256L << 20);

  /** Checks that every limit is positive. */
  public ExtractionLimits {
    requirePositive("maxBytes", maxBytes);
    requirePositive("maxEntryBytes", maxEntryBytes);
    requirePositive("maxEntries", maxEntries);
    requirePositive("maxDepth", maxDepth);
    requirePositive("maxNameBytes", maxNameBytes);
    requirePositive("maxMemoryBytes", maxMemoryBytes);
    requirePositive("maxRatio", maxRatio);
    requirePositive("ratioFreeBytes", ratioFreeBytes);
  }

  private static void requirePositive(String name, long value) {
    if (value < 1) {
      throw new IllegalArgumentException("limit must be at least 1: " + name + "=" + value);
    }
  }

  /** These limits with another one for all bytes together, and so for one file too. */
  public ExtractionLimits withMaxBytes(long bytes) {
    return new ExtractionLimits(
        bytes,
        Math.min(bytes, maxEntryBytes),
        maxEntries,
        maxDepth,
        maxNameBytes,
        maxMemoryBytes,
        maxRatio,
        ratioFreeBytes);
  }

  /** These limits with another one for the bytes of one file. */
  public ExtractionLimits withMaxEntryBytes(long bytes) {
    return new ExtractionLimits(
        maxBytes,
        bytes,
        maxEntries,
        maxDepth,
        maxNameBytes,
        maxMemoryBytes,
        maxRatio,
        ratioFreeBytes);
  }

  /** These limits with another number of entries. */
  public ExtractionLimits withMaxEntries(long entries) {
    return new ExtractionLimits(
        maxBytes,
        maxEntryBytes,
        entries,
        maxDepth,
        maxNameBytes,
        maxMemoryBytes,
        maxRatio,
        ratioFreeBytes);
  }

  /** These limits with another depth. */
  public ExtractionLimits withMaxDepth(int depth) {
    return new ExtractionLimits(
        maxBytes,
        maxEntryBytes,
        maxEntries,
        depth,
        maxNameBytes,
        maxMemoryBytes,
        maxRatio,
        ratioFreeBytes);
  }

  /** These limits with another length of names. */
  public ExtractionLimits withMaxNameBytes(int bytes) {
    return new ExtractionLimits(
        maxBytes,
        maxEntryBytes,
        maxEntries,
        maxDepth,
        bytes,
        maxMemoryBytes,
        maxRatio,
        ratioFreeBytes);
  }

  /** These limits with another one for memory. */
  public ExtractionLimits withMaxMemoryBytes(long bytes) {
    return new ExtractionLimits(
        maxBytes,
        maxEntryBytes,
        maxEntries,
        maxDepth,
        maxNameBytes,
        bytes,
        maxRatio,
        ratioFreeBytes);
  }

  /** These limits with another ratio, looked at beyond so many bytes. */
  public ExtractionLimits withMaxRatio(long ratio, long freeBytes) {
    return new ExtractionLimits(
        maxBytes,
        maxEntryBytes,
        maxEntries,
        maxDepth,
        maxNameBytes,
        maxMemoryBytes,
        ratio,
        freeBytes);
  }
}
