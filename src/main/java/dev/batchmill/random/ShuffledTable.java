package dev.batchmill.random;

import dev.batchmill.array.CudaStream;
import dev.batchmill.array.DeviceArray;
import dev.batchmill.array.NDArray;

/** A permutation of at most 65 536 indices as a table and its inverse: a Fisher–Yates shuffle. */
final class ShuffledTable implements Bijection {
  /** The largest size: an index fits a {@code char}. */
  static final int MAX_SIZE = 1 << Character.SIZE;

  private final char[] indices;
  private final char[] positions;

  /** Shuffles [0, {@code size}) with the draws of {@code random}, from the last position down. */
  ShuffledTable(int size, PhiloxRandom random) {
    indices = new char[size];
    positions = new char[size];
    for (int i = 0; i < size; i++) {
      indices[i] = (char) i;
    }
    for (int i = size - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      char index = indices[j];
      indices[j] = indices[i];
      indices[i] = index;
    }
    for (int i = 0; i < size; i++) {
      positions[indices[i]] = (char) i;
    }
  }

  @Override
  public long indexAt(long position) {
    return indices[(int) position];
  }

  @Override
  public long positionOf(long index) {
    return positions[(int) index];
  }

  @Override
  public void fill(long first, long[] out, int from, int to) {
    int position = (int) first;
    for (int i = from; i < to; i++) {
      out[i] = indices[position++];
    }
  }

  /** The table is made and kept on the host, and copied from there. */
  @Override
  public void fill(long first, DeviceArray out, CudaStream stream) {
    long[] taken = new long[(int) out.size()];
    fill(first, taken, 0, taken.length);
    out.reshape(taken.length).copyFrom(NDArray.of(taken), stream);
  }
}
