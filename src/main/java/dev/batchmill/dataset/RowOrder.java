package dev.batchmill.dataset;

import dev.batchmill.random.Permutation;
import java.io.Serializable;

/** An order of rows: which row stands at each position. Immutable. */
sealed interface RowOrder extends Serializable {
  /** The row at a position. */
  long at(long position);

  /** Copies the rows at the positions from {@code first} on to {@code out[from]} … out[to - 1]. */
  void fill(long first, long[] out, int from, int to);

  /** The order in which the rows are. */
  record Natural() implements RowOrder {
    private static final long serialVersionUID = 1L;

    @Override
    public long at(long position) {
      return position;
    }

    @Override
    public void fill(long first, long[] out, int from, int to) {
      for (int i = from; i < to; i++) {
        out[i] = first + (i - from);
      }
    }
  }

  /** An order that is computed where it is asked for. */
  record Computed(Permutation permutation) implements RowOrder {
    private static final long serialVersionUID = 1L;

    @Override
    public long at(long position) {
      return permutation.indexAt(position);
    }

    @Override
    public void fill(long first, long[] out, int from, int to) {
      permutation.fill(first, out, from, to);
    }
  }

  /** An order that is written down; nobody changes the array. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Listed(long[] rows) implements RowOrder {
    private static final long serialVersionUID = 1L;

    @Override
    public long at(long position) {
      return rows[(int) position];
    }

    @Override
    public void fill(long first, long[] out, int from, int to) {
      System.arraycopy(rows, (int) first, out, from, to - from);
    }
  }
}
