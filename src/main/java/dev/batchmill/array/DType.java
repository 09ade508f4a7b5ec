package dev.batchmill.array;

import dev.batchmill.internal.kernel.ElementType;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;
import java.util.Arrays;
import java.util.Locale;

/** The type of an array's elements. */
public enum DType {
  /** IEEE 754 half precision; stored in a {@link ShortBuffer}. */
  FLOAT16(2, Kind.FLOAT, ShortBuffer.class),
  /** The upper half of a {@code float}; stored in a {@link ShortBuffer}. */
  BFLOAT16(2, Kind.FLOAT, ShortBuffer.class),
  /** {@code float}. */
  FLOAT32(4, Kind.FLOAT, FloatBuffer.class),
  /** {@code double}. */
  FLOAT64(8, Kind.FLOAT, DoubleBuffer.class),
  /** {@code byte}. */
  INT8(1, Kind.INTEGER, ByteBuffer.class),
  /** {@code short}. */
  INT16(2, Kind.INTEGER, ShortBuffer.class),
  /** {@code int}. */
  INT32(4, Kind.INTEGER, IntBuffer.class),
  /** {@code long}. */
  INT64(8, Kind.INTEGER, LongBuffer.class),
  /** Unsigned byte, 0 to 255; stored in a {@link ByteBuffer}. */
  UINT8(1, Kind.INTEGER, ByteBuffer.class),
  /** Truth value, one byte holding 0 or 1; stored in a {@link ByteBuffer}. */
  BOOL(1, Kind.BOOLEAN, ByteBuffer.class);

  private enum Kind {
    FLOAT,
    INTEGER,
    BOOLEAN
  }

  private static final DType[] ALL = values();

  private final int byteSize;
  private final Kind kind;
  private final Class<? extends Buffer> bufferType;
  private final String numpyName = name().toLowerCase(Locale.ROOT);

  DType(int byteSize, Kind kind, Class<? extends Buffer> bufferType) {
    this.byteSize = byteSize;
    this.kind = kind;
    this.bufferType = bufferType;
  }

  /**
   * Returns the size of one element.
   *
   * @return the size in bytes
   */
  public int byteSize() {
    return byteSize;
  }

  /**
   * Tells whether this is a floating-point type.
   *
   * @return true for the four float types
   */
  public boolean isFloating() {
    return kind == Kind.FLOAT;
  }

  /**
   * Tells whether this is an integer type; {@link #BOOL} is none.
   *
   * @return true for the signed integers and {@link #UINT8}
   */
  public boolean isInteger() {
    return kind == Kind.INTEGER;
  }

  /**
   * Returns the buffer type that holds elements of this type.
   *
   * @return one of the classes of {@code java.nio}
   */
  public Class<? extends Buffer> bufferType() {
    return bufferType;
  }

  /**
   * Returns the type's name as NumPy spells it.
   *
   * @return the name, such as {@code float32}
   */
  public String numpyName() {
    return numpyName;
  }

  /**
   * Finds a type by NumPy's name for it.
   *
   * @param name the name, such as {@code float32}; upper and lower case are the same
   * @return the type
   * @throws IllegalArgumentException if no type has that name
   */
  public static DType of(String name) {
    for (DType type : ALL) {
      if (type.numpyName.equalsIgnoreCase(name)) {
        return type;
      }
    }
    throw new IllegalArgumentException(
        "dtype must be one of "
            + String.join(", ", Arrays.stream(values()).map(DType::numpyName).toList())
            + ": dtype="
            + name);
  }

  /** The same type as kernels name it. */
  ElementType elementType() {
    return ElementType.valueOf(name());
  }

  /** Allocates a zeroed buffer of {@code size} elements on the Java heap. */
  Buffer heapBuffer(int size) {
    return switch (this) {
      case FLOAT32 -> FloatBuffer.allocate(size);
      case FLOAT64 -> DoubleBuffer.allocate(size);
      case INT32 -> IntBuffer.allocate(size);
      case INT64 -> LongBuffer.allocate(size);
      case FLOAT16, BFLOAT16, INT16 -> ShortBuffer.allocate(size);
      case INT8, UINT8, BOOL -> ByteBuffer.allocate(size).order(ByteOrder.nativeOrder());
    };
  }

  /** Views {@code bytes} as a buffer of this type, in the byte order that {@code bytes} has. */
  Buffer view(ByteBuffer bytes) {
    return switch (this) {
      case FLOAT32 -> bytes.asFloatBuffer();
      case FLOAT64 -> bytes.asDoubleBuffer();
      case INT32 -> bytes.asIntBuffer();
      case INT64 -> bytes.asLongBuffer();
      case FLOAT16, BFLOAT16, INT16 -> bytes.asShortBuffer();
      case INT8, UINT8, BOOL -> bytes.slice().order(bytes.order());
    };
  }

  @Override
  public String toString() {
    return numpyName();
  }
}
