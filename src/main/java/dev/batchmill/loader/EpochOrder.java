package dev.batchmill.loader;

import dev.batchmill.random.Permutation;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Which batches a loader walks in an epoch, in which order. Immutable. */
final class EpochOrder {
  private final OptionalLong batchCount;
  private final @Nullable Permutation shuffled;
  private final Shard shard;
  private final OptionalLong count;

  /**
   * Describes the order.
   *
   * @param batchCount the number of batches of the data set, empty if it is infinite
   * @param seed the seed of the shuffle, empty for the order of the indices
   */
  EpochOrder(OptionalLong batchCount, OptionalLong seed, long epoch, Shard shard) {
    this.batchCount = batchCount;
    this.shuffled =
        seed.isPresent() && batchCount.isPresent()
            ? Permutation.of(batchCount.getAsLong(), seed.getAsLong(), epoch)
            : null;
    this.shard = shard;
    this.count =
        batchCount.isPresent()
            ? OptionalLong.of(shard.size(batchCount.getAsLong()))
            : OptionalLong.empty();
  }

  /** The number of batches to walk, empty if there is no end. */
  OptionalLong count() {
    return count;
  }

  /** The index in the data set of the batch at a position of the walk. */
  long indexAt(long position) {
    long at = shard.positionOf(position);
    if (batchCount.isPresent()) {
      at %= batchCount.getAsLong();
    }
    return shuffled == null ? at : shuffled.indexAt(at);
  }

  /** Whether the batch at a position is there only to make the shards even. */
  boolean isPadding(long position) {
    return batchCount.isPresent() && shard.positionOf(position) >= batchCount.getAsLong();
  }
}
