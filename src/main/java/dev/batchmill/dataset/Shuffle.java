package dev.batchmill.dataset;

import dev.batchmill.random.Permutation;
import dev.batchmill.random.SeedDialect;
import org.jspecify.annotations.Nullable;

/** How rows, or groups of them, are shuffled before they are split. */
record Shuffle(long seed, SeedDialect dialect) {
  /** The order of n rows or groups. */
  RowOrder order(long n) {
    return dialect == SeedDialect.BATCHMILL
        ? new RowOrder.Computed(Permutation.of(n, seed))
        : new RowOrder.Listed(dialect.permutation(n, seed));
  }

  /** The order of n rows or groups, as they are if they are not shuffled. */
  static RowOrder orderOf(@Nullable Shuffle shuffle, long n) {
    return shuffle == null ? new RowOrder.Natural() : shuffle.order(n);
  }
}
