package dev.batchmill.internal.bench;

/** How large the arrays are. */
enum Scale {
  /** Beyond the caches, where an operation is not about them. */
  FULL,
  /** A few rows: to see that everything runs. */
  QUICK;

  private static final int QUICK_ROWS = 64;

  /** A number of rows. */
  int rows(int full) {
    return this == FULL ? full : Math.min(full, QUICK_ROWS);
  }

  Plan plan() {
    return this == FULL ? Plan.FULL : Plan.QUICK;
  }
}
