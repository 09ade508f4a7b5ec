package dev.batchmill.array;

import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;

/** Reads and writes single elements of a buffer, whatever their type. */
abstract class Elements {
  private Elements() {}

  static Elements of(DType dtype, Buffer buffer) {
    return switch (dtype) {
      case FLOAT16, BFLOAT16 -> new Halves((ShortBuffer) buffer, dtype == DType.FLOAT16);
      case FLOAT32 -> new Floats((FloatBuffer) buffer);
      case FLOAT64 -> new Doubles((DoubleBuffer) buffer);
      case INT8, UINT8 -> new Bytes((ByteBuffer) buffer, dtype == DType.UINT8 ? 0xff : -1);
      case INT16 -> new Shorts((ShortBuffer) buffer);
      case INT32 -> new Ints((IntBuffer) buffer);
      case INT64 -> new Longs((LongBuffer) buffer);
      case BOOL -> new Booleans((ByteBuffer) buffer);
    };
  }

  abstract double getDouble(int index);

  abstract void setDouble(int index, double value);

  /** The element as an integer; floats are cut towards zero. */
  abstract long getLong(int index);

  abstract void setLong(int index, long value);

  private abstract static class Floating extends Elements {
    @Override
    long getLong(int index) {
      return (long) getDouble(index);
    }
  }

  private abstract static class Integral extends Elements {
    @Override
    double getDouble(int index) {
      return getLong(index);
    }

    @Override
    void setDouble(int index, double value) {
      setLong(index, (long) value);
    }
  }

  private static final class Floats extends Floating {
    private final FloatBuffer buffer;

    Floats(FloatBuffer buffer) {
      this.buffer = buffer;
    }

    @Override
    double getDouble(int index) {
      return buffer.get(index);
    }

    @Override
    void setDouble(int index, double value) {
      buffer.put(index, (float) value);
    }

    @Override
    void setLong(int index, long value) {
      buffer.put(index, (float) value);
    }
  }

  private static final class Doubles extends Floating {
    private final DoubleBuffer buffer;

    Doubles(DoubleBuffer buffer) {
      this.buffer = buffer;
    }

    @Override
    double getDouble(int index) {
      return buffer.get(index);
    }

    @Override
    void setDouble(int index, double value) {
      buffer.put(index, value);
    }

    @Override
    void setLong(int index, long value) {
      buffer.put(index, (double) value);
    }
  }

  private static final class Halves extends Floating {
    private final ShortBuffer buffer;
    private final boolean ieee;

    Halves(ShortBuffer buffer, boolean ieee) {
      this.buffer = buffer;
      this.ieee = ieee;
    }

    @Override
    double getDouble(int index) {
      short bits = buffer.get(index);
      return ieee ? Half.fromFloat16(bits) : Half.fromBfloat16(bits);
    }

    @Override
    void setDouble(int index, double value) {
      float rounded = Half.roundToOdd(value);
      buffer.put(index, ieee ? Half.toFloat16(rounded) : Half.toBfloat16(rounded));
    }

    @Override
    void setLong(int index, long value) {
      // A long beyond 2^53 loses bits here that no 16-bit float keeps: 2^53 is exact in both.
      setDouble(index, (double) value);
    }
  }

  private static final class Bytes extends Integral {
    private final ByteBuffer buffer;
    private final int mask;

    Bytes(ByteBuffer buffer, int mask) {
      this.buffer = buffer;
      this.mask = mask;
    }

    @Override
    long getLong(int index) {
      return buffer.get(index) & mask;
    }

    @Override
    void setLong(int index, long value) {
      buffer.put(index, (byte) value);
    }
  }

  private static final class Shorts extends Integral {
    private final ShortBuffer buffer;

    Shorts(ShortBuffer buffer) {
      this.buffer = buffer;
    }

    @Override
    long getLong(int index) {
      return buffer.get(index);
    }

    @Override
    void setLong(int index, long value) {
      buffer.put(index, (short) value);
    }
  }

  private static final class Ints extends Integral {
    private final IntBuffer buffer;

    Ints(IntBuffer buffer) {
      this.buffer = buffer;
    }

    @Override
    long getLong(int index) {
      return buffer.get(index);
    }

    @Override
    void setLong(int index, long value) {
      buffer.put(index, (int) value);
    }
  }

  private static final class Longs extends Integral {
    private final LongBuffer buffer;

    Longs(LongBuffer buffer) {
      this.buffer = buffer;
    }

    @Override
    long getLong(int index) {
      return buffer.get(index);
    }

    @Override
    void setLong(int index, long value) {
      buffer.put(index, value);
    }
  }

  private static final class Booleans extends Integral {
    private final ByteBuffer buffer;

    Booleans(ByteBuffer buffer) {
      this.buffer = buffer;
    }

    @Override
    long getLong(int index) {
      return buffer.get(index) == 0 ? 0 : 1;
    }

    @Override
    void setLong(int index, long value) {
      buffer.put(index, (byte) (value == 0 ? 0 : 1));
    }

    @Override
    void setDouble(int index, double value) {
      buffer.put(index, (byte) (value == 0 ? 0 : 1));
    }
  }
}
