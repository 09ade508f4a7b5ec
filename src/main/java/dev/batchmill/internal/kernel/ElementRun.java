package dev.batchmill.internal.kernel;

import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;

/** Reads elements of any type that lie one after another. */
final class ElementRun {
  private ElementRun() {}

  /** Reads n elements from an index on as numbers; a long beyond 2^53 is rounded. */
  static void read(ElementType type, Buffer x, int from, double[] to, int n) {
    switch (type) {
      case FLOAT16 -> {
        ShortBuffer halves = (ShortBuffer) x;
        for (int i = 0; i < n; i++) {
          to[i] = Half.fromFloat16(halves.get(from + i));
        }
      }
      case BFLOAT16 -> {
        ShortBuffer halves = (ShortBuffer) x;
        for (int i = 0; i < n; i++) {
          to[i] = Half.fromBfloat16(halves.get(from + i));
        }
      }
      case FLOAT32 -> {
        FloatBuffer floats = (FloatBuffer) x;
        for (int i = 0; i < n; i++) {
          to[i] = floats.get(from + i);
        }
      }
      case FLOAT64 -> ((DoubleBuffer) x).get(from, to, 0, n);
      case INT8 -> {
        ByteBuffer bytes = (ByteBuffer) x;
        for (int i = 0; i < n; i++) {
          to[i] = bytes.get(from + i);
        }
      }
      case INT16 -> {
        ShortBuffer shorts = (ShortBuffer) x;
        for (int i = 0; i < n; i++) {
          to[i] = shorts.get(from + i);
        }
      }
      case INT32 -> {
        IntBuffer ints = (IntBuffer) x;
        for (int i = 0; i < n; i++) {
          to[i] = ints.get(from + i);
        }
      }
      case INT64 -> {
        LongBuffer longs = (LongBuffer) x;
        for (int i = 0; i < n; i++) {
          to[i] = longs.get(from + i);
        }
      }
      case UINT8 -> {
        ByteBuffer bytes = (ByteBuffer) x;
        for (int i = 0; i < n; i++) {
          to[i] = bytes.get(from + i) & 0xff;
        }
      }
      case BOOL -> {
        ByteBuffer bytes = (ByteBuffer) x;
        for (int i = 0; i < n; i++) {
          to[i] = bytes.get(from + i) == 0 ? 0 : 1;
        }
      }
    }
  }
}
