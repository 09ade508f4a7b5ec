package dev.batchmill.internal.bench;

import dev.batchmill.array.DType;
import dev.batchmill.array.Shape;

/**
 * The memory that an operation must move at least, and the roof over it.
 *
 * @param roof how it is moved at best
 * @param read the bytes of its source
 * @param written the bytes of its result
 */
record Traffic(Roof roof, long read, long written) {
  /** That of an operation which reads and writes so much that the caches hold it. */
  static Traffic inCache(DType dtype, Shape shape) {
    long bytes = shape.size() * dtype.byteSize();
    return new Traffic(Roof.COPY, bytes, bytes);
  }

  /** What the operation moves. */
  long bytes() {
    return roof == Roof.READ_STREAM_COPY ? 2 * read + written : read + written;
  }

  /** What the roof moves: one that only writes, or only reads, leaves out the rest. */
  long roofBytes() {
    return switch (roof) {
      case READ -> read;
      case WRITE, STREAM_WRITE, DEVICE_WRITE -> written;
      case COPY, STREAM_COPY, READ_STREAM_COPY, GATHER, DEVICE_COPY -> bytes();
    };
  }
}
