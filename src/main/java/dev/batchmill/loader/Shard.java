package dev.batchmill.loader;

/**
 * The part of each epoch that one of several processes walks: of the (shuffled) list of batches,
 * every {@code count}-th from number {@code rank} on. All ranks together walk each batch once.
 *
 * @param rank the number of this process, from 0 to the count − 1
 * @param count the number of processes, at least 1
 * @param uneven what becomes of the last batches when the processes cannot have as many each
 * @see <a href="https://keras.io/api/utils/python_utils/#pydataset-class">keras.utils.PyDataset, by
 *     a distribution's data shards</a>
 */
public record Shard(int rank, int count, Uneven uneven) {
  /** What becomes of the last batches when the processes cannot have as many each. */
  public enum Uneven {
    /** The first ranks have one batch more than the others. */
    EXACT,
    /** All ranks have as many; the batches that are left over are in no shard of the epoch. */
    DROP,
    /**
     * All ranks have as many: those without a last batch get one of the first batches of the epoch
     * once more, with weights of zero for all its samples, so that it changes nothing.
     */
    PAD
  }

  /** The whole epoch. */
  static final Shard WHOLE = new Shard(0, 1, Uneven.EXACT);

  /**
   * Describes a shard.
   *
   * @param rank the number of this process, from 0 to the count − 1
   * @param count the number of processes, at least 1
   * @param uneven what becomes of the last batches when the processes cannot have as many each
   * @throws IllegalArgumentException if the count is less than 1 or the rank is out of range
   */
  public Shard {
    if (count < 1) {
      throw new IllegalArgumentException("shard count must be at least 1: count=" + count);
    }
    if (rank < 0 || rank >= count) {
      throw new IllegalArgumentException(
          "shard rank must be in [0, count): rank=" + rank + " count=" + count);
    }
  }

  /** How many of so many batches this shard has. */
  long size(long batches) {
    long whole = batches / count;
    long left = batches % count;
    return switch (uneven) {
      case EXACT -> rank < left ? whole + 1 : whole;
      case DROP -> whole;
      case PAD -> left > 0 ? whole + 1 : whole;
    };
  }

  /** The position in the whole epoch of a position in this shard; padding goes past the end. */
  long positionOf(long position) {
    return position * count + rank;
  }

  @Override
  public String toString() {
    return rank + "/" + count + " " + uneven;
  }
}
