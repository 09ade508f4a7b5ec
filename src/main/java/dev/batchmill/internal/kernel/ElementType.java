package dev.batchmill.internal.kernel;

import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;

/**
 * The types of elements that kernels tell apart: {@code bm_type} of the C ABI, with its numbers.
 * Each lies in a buffer of its size; the 16-bit floats in a {@link ShortBuffer}.
 */
public enum ElementType {
  FLOAT16(0, 2, true, ShortBuffer.class),
  BFLOAT16(1, 2, true, ShortBuffer.class),
  FLOAT32(2, 4, true, FloatBuffer.class),
  FLOAT64(3, 8, true, DoubleBuffer.class),
  INT8(4, 1, false, ByteBuffer.class),
  INT16(5, 2, false, ShortBuffer.class),
  INT32(6, 4, false, IntBuffer.class),
  INT64(7, 8, false, LongBuffer.class),
  UINT8(8, 1, false, ByteBuffer.class),
  BOOL(9, 1, false, ByteBuffer.class);

  private final int code;
  private final int bytes;
  private final boolean floating;
  private final Class<? extends Buffer> buffer;

  ElementType(int code, int bytes, boolean floating, Class<? extends Buffer> buffer) {
    this.code = code;
    this.bytes = bytes;
    this.floating = floating;
    this.buffer = buffer;
  }

  /** The number in the C ABI. */
  public int code() {
    return code;
  }

  /** The size of an element in bytes. */
  public int bytes() {
    return bytes;
  }

  /** Whether the elements are floating-point numbers. */
  public boolean isFloating() {
    return floating;
  }

  /** Whether a buffer can hold elements of this type. */
  boolean lieIn(Buffer elements) {
    return buffer.isInstance(elements);
  }
}
