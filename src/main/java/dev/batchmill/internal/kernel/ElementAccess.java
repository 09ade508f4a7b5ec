package dev.batchmill.internal.kernel;

import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;

/**
 * Reads and writes single elements of a buffer, whatever their type.
 *
 * <p>What is too large or too precise for a type is converted as {@link Kernels#convert} does.
 */
public abstract class ElementAccess {
  private ElementAccess() {}

  /** The elements of a buffer that holds them as this type does. */
  public static ElementAccess of(ElementType type, Buffer buffer) {
    return switch (type) {
      case FLOAT16, BFLOAT16 -> new Halves((ShortBuffer) buffer, type == ElementType.FLOAT16);
      case FLOAT32 -> new Floats((FloatBuffer) buffer);
      case FLOAT64 -> new Doubles((DoubleBuffer) buffer);
      case INT8, UINT8 -> new Bytes((ByteBuffer) buffer, type == ElementType.UINT8 ? 0xff : -1);
      case INT16 -> new Shorts((ShortBuffer) buffer);
      case INT32 -> new Ints((IntBuffer) buffer);
      case INT64 -> new Longs((LongBuffer) buffer);
      case BOOL -> new Booleans((ByteBuffer) buffer);
    };
  }

  /** The element as a number; a long beyond 2^53 is rounded. */
  public abstract double getDouble(int index);

  /** Writes a number, rounded or cut as the type needs. */
  public abstract void setDouble(int index, double value);

  /** The element as an integer; floats are cut towards zero. */
  public abstract long getLong(int index);

  /** Writes an integer, rounded or cut as the type needs. */
  public abstract void setLong(int index, long value);

  private abstract static class Floating extends ElementAccess {
    @Override
    public long getLong(int index) {
      return (long) getDouble(index);
    }
  }

  private abstract static class Integral extends ElementAccess {
    @Override
    public double getDouble(int index) {
      return getLong(index);
    }

    @Override
    public void setDouble(int index, double value) {
      setLong(index, (long) value);
    }
  }

  private static final class Floats extends Floating {
    private final FloatBuffer buffer;

    Floats(FloatBuffer buffer) {
      this.buffer = buffer;
    }

    @Override
    public double getDouble(int index) {
      return buffer.get(index);
    }

    @Override
    public void setDouble(int index, double value) {
      buffer.put(index, (float) value);
    }

    @Override
    public void setLong(int index, long value) {
      buffer.put(index, (float) value);
    }
  }

  private static final class Doubles extends Floating {
    private final DoubleBuffer buffer;

    Doubles(DoubleBuffer buffer) {
      this.buffer = buffer;
    }

    @Override
    public double getDouble(int index) {
      return buffer.get(index);
    }

    @Override
    public void setDouble(int index, double value) {
      buffer.put(index, value);
    }

    @Override
    public void setLong(int index, long value) {
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
    public double getDouble(int index) {
      short bits = buffer.get(index);
      return ieee ? Half.fromFloat16(bits) : Half.fromBfloat16(bits);
    }

    @Override
    public void setDouble(int index, double value) {
      float rounded = Half.roundToOdd(value);
      buffer.put(index, ieee ? Half.toFloat16(rounded) : Half.toBfloat16(rounded));
    }

    @Override
    public void setLong(int index, long value) {
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
    public long getLong(int index) {
      return buffer.get(index) & mask;
    }

    @Override
    public void setLong(int index, long value) {
      buffer.put(index, (byte) value);
    }
  }

  private static final class Shorts extends Integral {
    private final ShortBuffer buffer;

    Shorts(ShortBuffer buffer) {
      this.buffer = buffer;
    }

    @Override
    public long getLong(int index) {
      return buffer.get(index);
    }

    @Override
    public void setLong(int index, long value) {
      buffer.put(index, (short) value);
    }
  }

  private static final class Ints extends Integral {
    private final IntBuffer buffer;

    Ints(IntBuffer buffer) {
      this.buffer = buffer;
    }

    @Override
    public long getLong(int index) {
      return buffer.get(index);
    }

    @Override
    public void setLong(int index, long value) {
      buffer.put(index, (int) value);
    }
  }

  private static final class Longs extends Integral {
    private final LongBuffer buffer;

    Longs(LongBuffer buffer) {
      this.buffer = buffer;
    }

    @Override
    public long getLong(int index) {
      return buffer.get(index);
    }

    @Override
    public void setLong(int index, long value) {
      buffer.put(index, value);
    }
  }

  private static final class Booleans extends Integral {
    private final ByteBuffer buffer;

    Booleans(ByteBuffer buffer) {
      this.buffer = buffer;
    }

    @Override
    public long getLong(int index) {
      return buffer.get(index) == 0 ? 0 : 1;
    }

    @Override
    public void setLong(int index, long value) {
      buffer.put(index, (byte) (value == 0 ? 0 : 1));
    }

    @Override
    public void setDouble(int index, double value) {
      buffer.put(index, (byte) (value == 0 ? 0 : 1));
    }
  }
}
