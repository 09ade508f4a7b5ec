package dev.batchmill.transform;

import dev.batchmill.array.DType;
import dev.batchmill.array.NDArray;
import dev.batchmill.array.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;

/**
 * Memory of one tile, on loan: every thread keeps as many as it has ever needed at a time, which is
 * as many as steps lie within each other. Closing gives it back.
 */
final class Scratch implements AutoCloseable {
  private static final int ALIGNMENT = 64;

  private static final ThreadLocal<ArrayDeque<Scratch>> KEPT =
      ThreadLocal.withInitial(ArrayDeque::new);

  private final ByteBuffer memory =
      ByteBuffer.allocateDirect(RowTiles.TILE_BYTES + ALIGNMENT - 1)
          .alignedSlice(ALIGNMENT)
          .order(ByteOrder.nativeOrder());

  private Scratch() {}

  /** Takes the memory of a tile; the same thread closes it. */
  static Scratch take() {
    Scratch kept = KEPT.get().poll();
    return kept != null ? kept : new Scratch();
  }

  /** An array over this memory, valid until it is closed; one that does not fit is a new one. */
  NDArray array(DType dtype, Shape shape) {
    long bytes = shape.size() * dtype.byteSize();
    return bytes > memory.capacity()
        ? NDArray.zeros(dtype, shape)
        : NDArray.of(
            memory.slice(0, (int) bytes).order(ByteOrder.nativeOrder()), dtype, shape.toArray());
  }

  @Override
  public void close() {
    KEPT.get().push(this);
  }
}
