package dev.batchmill.internal.kernel;

import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;

/**
 * Memory for a kernel under test: floats or doubles, of one of the kinds that kernels must take.
 */
record Operand(Buffer buffer, int start, int size) {
  /** What lies around the elements and must stay as it is. */
  static final double GUARD = -77;

  enum Type {
    FLOAT,
    DOUBLE;

    /** The value nearest to an exact result, as the type holds it. */
    double round(double exact) {
      return this == FLOAT ? (float) exact : exact;
    }

    /** The same bits, but for the payload of NaN. */
    boolean same(double a, double b) {
      return Double.doubleToLongBits(a) == Double.doubleToLongBits(b);
    }

    int bytes() {
      return this == FLOAT ? Float.BYTES : Double.BYTES;
    }
  }

  enum Kind {
    HEAP,
    SLICED_HEAP,
    DIRECT,
    HEAP_BYTES
  }

  static Operand of(Type type, Kind kind, int start, double[] values) {
    int size = start + values.length + 3;
    Buffer buffer = allocate(type, kind, size);
    Operand operand = new Operand(buffer, start, values.length);
    for (int i = 0; i < size; i++) {
      boolean inside = i >= start && i < start + values.length;
      operand.set(i, inside ? values[i - start] : GUARD);
    }
    // Kernels count from element 0, whatever the position.
    buffer.position(Math.min(size, 2));
    return operand;
  }

  private static Buffer allocate(Type type, Kind kind, int size) {
    ByteBuffer bytes =
        switch (kind) {
          case DIRECT -> ByteBuffer.allocateDirect(size * type.bytes());
          default -> ByteBuffer.allocate(size * type.bytes());
        };
    bytes.order(ByteOrder.nativeOrder());
    boolean floats = type == Type.FLOAT;
    return switch (kind) {
      case HEAP -> floats ? FloatBuffer.allocate(size) : DoubleBuffer.allocate(size);
      case SLICED_HEAP ->
          floats
              ? FloatBuffer.allocate(size + 5).slice(3, size)
              : DoubleBuffer.allocate(size + 5).slice(3, size);
      default -> floats ? bytes.asFloatBuffer() : bytes.asDoubleBuffer();
    };
  }

  double get(int at) {
    return buffer instanceof FloatBuffer floats ? floats.get(at) : ((DoubleBuffer) buffer).get(at);
  }

  private void set(int at, double value) {
    if (buffer instanceof FloatBuffer floats) {
      floats.put(at, (float) value);
    } else {
      ((DoubleBuffer) buffer).put(at, value);
    }
  }

  double[] values() {
    double[] values = new double[size];
    for (int i = 0; i < size; i++) {
      values[i] = get(start + i);
    }
    return values;
  }

  /** Whether everything around the elements is as it was. */
  boolean guardsStand() {
    for (int i = 0; i < buffer.limit(); i++) {
      if ((i < start || i >= start + size) && get(i) != GUARD) {
        return false;
      }
    }
    return true;
  }
}
