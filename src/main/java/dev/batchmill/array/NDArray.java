package dev.batchmill.array;

import dev.batchmill.internal.kernel.ArrayMemory;
import dev.batchmill.internal.kernel.CallLimit;
import dev.batchmill.internal.kernel.ElementAccess;
import dev.batchmill.internal.kernel.KernelRegistry;
import dev.batchmill.internal.kernel.Kernels;
import dev.batchmill.internal.kernel.Parallel;
import dev.batchmill.internal.memory.HostMemory;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An N-dimensional array: a {@link DType}, a {@link Shape}, strides and memory.
 *
 * <p>The memory is a typed {@code java.nio} buffer in the machine's byte order, on the Java heap or
 * off it. The {@code of} methods share the caller's array or buffer (those that copy say so);
 * {@link #zeros} allocates on the heap; {@link #allocate} allocates off the heap, aligned to 64
 * bytes, and owns what it allocates until {@link #close}. A view ({@link #reshape}, {@link
 * #transpose}, {@link #slice}) shares the memory of its array and keeps it alive; closing the array
 * closes its views, closing a view does nothing.
 *
 * <p>One array holds at most 2<sup>31</sup> − 1 elements, and at most 2<sup>31</sup> − 127 bytes
 * off the heap: the limits of Java's arrays and buffers.
 *
 * <p>Thread-safety: reading at the same time is safe; writing and closing need the caller's
 * ordering. {@code close} may be called from any thread, more than once; what is computed from an
 * array that is closed meanwhile may be computed from zeros.
 *
 * <p>Java serialisation writes the elements in the machine's byte order and reads them into a new
 * array on the heap, or off it if that is where they were.
 */
@SuppressWarnings("serial") // written by a SerializedArray
public final class NDArray implements AutoCloseable, Serializable {
  /** Bytes one task of a parallel copy handles. */
  private static final int GATHER_GRAIN_BYTES = 1 << 20;

  /** Elements one task of a parallel conversion handles. */
  private static final int CONVERT_GRAIN_ELEMENTS = 1 << 16;

  static {
    ArrayMemory.grant(array -> ((NDArray) array).openBuffer());
  }

  private final DType dtype;
  private final Shape shape;
  private final long[] strides;
  private final long offset;
  private final Buffer buffer;
  private final ElementAccess elements;
  private final @Nullable HostMemory owned;
  private final boolean view;

  private NDArray(
      DType dtype,
      Shape shape,
      long[] strides,
      long offset,
      Buffer buffer,
      @Nullable HostMemory owned,
      boolean view) {
    this.dtype = dtype;
    this.shape = shape;
    this.strides = strides;
    this.offset = offset;
    this.buffer = buffer;
    this.elements = ElementAccess.of(dtype.elementType(), buffer);
    this.owned = owned;
    this.view = view;
  }

  private static NDArray share(DType dtype, Buffer buffer, long... sizes) {
    int size = buffer.remaining();
    Shape shape = sizes.length == 0 ? Shape.of(size) : Shape.of(sizes);
    if (shape.size() != size) {
      throw new IllegalArgumentException(
          "shape must have as many elements as the data: shape=" + shape + " elements=" + size);
    }
    return new NDArray(dtype, shape, shape.strides(), 0, buffer, null, false);
  }

  private static void requireNativeOrder(ByteOrder order) {
    if (order != ByteOrder.nativeOrder()) {
      throw new IllegalArgumentException(
          "buffer must be in the machine's byte order, see ByteBuffer.order: order=" + order);
    }
  }

  // ---------------------------------------------------------------------------------- creation

  /**
   * Shares {@code data} as a float32 array.
   *
   * @param data the elements in C order
   * @param shape the size along each axis; none means one axis
   * @return an array over the same memory
   * @throws IllegalArgumentException if the shape has another number of elements
   */
  public static NDArray of(float[] data, long... shape) {
    return share(DType.FLOAT32, FloatBuffer.wrap(data), shape);
  }

  /**
   * Shares {@code data} as a float64 array.
   *
   * @param data the elements in C order
   * @param shape the size along each axis; none means one axis
   * @return an array over the same memory
   * @throws IllegalArgumentException if the shape has another number of elements
   */
  public static NDArray of(double[] data, long... shape) {
    return share(DType.FLOAT64, DoubleBuffer.wrap(data), shape);
  }

  /**
   * Shares {@code data} as an int32 array.
   *
   * @param data the elements in C order
   * @param shape the size along each axis; none means one axis
   * @return an array over the same memory
   * @throws IllegalArgumentException if the shape has another number of elements
   */
  public static NDArray of(int[] data, long... shape) {
    return share(DType.INT32, IntBuffer.wrap(data), shape);
  }

  /**
   * Shares {@code data} as an int64 array.
   *
   * @param data the elements in C order
   * @param shape the size along each axis; none means one axis
   * @return an array over the same memory
   * @throws IllegalArgumentException if the shape has another number of elements
   */
  public static NDArray of(long[] data, long... shape) {
    return share(DType.INT64, LongBuffer.wrap(data), shape);
  }

  /**
   * Shares {@code data} as an int16 array.
   *
   * @param data the elements in C order
   * @param shape the size along each axis; none means one axis
   * @return an array over the same memory
   * @throws IllegalArgumentException if the shape has another number of elements
   */
  public static NDArray of(short[] data, long... shape) {
    return share(DType.INT16, ShortBuffer.wrap(data), shape);
  }

  /**
   * Shares {@code data} as an int8 array.
   *
   * @param data the elements in C order
   * @param shape the size along each axis; none means one axis
   * @return an array over the same memory
   * @throws IllegalArgumentException if the shape has another number of elements
   */
  public static NDArray of(byte[] data, long... shape) {
    return share(DType.INT8, ByteBuffer.wrap(data).order(ByteOrder.nativeOrder()), shape);
  }

  /**
   * Copies {@code data} into a bool array.
   *
   * @param data the elements in C order
   * @param shape the size along each axis; none means one axis
   * @return a new array on the heap
   * @throws IllegalArgumentException if the shape has another number of elements
   */
  public static NDArray of(boolean[] data, long... shape) {
    ByteBuffer bytes = ByteBuffer.allocate(data.length).order(ByteOrder.nativeOrder());
    for (int i = 0; i < data.length; i++) {
      bytes.put(i, (byte) (data[i] ? 1 : 0));
    }
    return share(DType.BOOL, bytes, shape);
  }

  /**
   * Copies {@code rows} into a float32 array of shape {@code [rows, columns]}.
   *
   * @param rows the rows, all of one length
   * @return a new array on the heap
   * @throws IllegalArgumentException if the rows differ in length
   */
  public static NDArray of(float[][] rows) {
    int columns = rows.length == 0 ? 0 : rows[0].length;
    float[] data = new float[Math.multiplyExact(rows.length, columns)];
    for (int i = 0; i < rows.length; i++) {
      requireColumns(i, rows[i].length, columns);
      System.arraycopy(rows[i], 0, data, i * columns, columns);
    }
    return of(data, rows.length, columns);
  }

  /**
   * Copies {@code rows} into a float64 array of shape {@code [rows, columns]}.
   *
   * @param rows the rows, all of one length
   * @return a new array on the heap
   * @throws IllegalArgumentException if the rows differ in length
   */
  public static NDArray of(double[][] rows) {
    int columns = rows.length == 0 ? 0 : rows[0].length;
    double[] data = new double[Math.multiplyExact(rows.length, columns)];
    for (int i = 0; i < rows.length; i++) {
      requireColumns(i, rows[i].length, columns);
      System.arraycopy(rows[i], 0, data, i * columns, columns);
    }
    return of(data, rows.length, columns);
  }

  private static void requireColumns(int row, int columns, int expected) {
    if (columns != expected) {
      throw new IllegalArgumentException(
          "rows must all have the length of the first: row="
              + row
              + " length="
              + columns
              + " expected="
              + expected);
    }
  }

  /**
   * Shares the remaining elements of {@code data} as a float32 array.
   *
   * @param data the elements in C order, from the buffer's position to its limit
   * @param shape the size along each axis; none means one axis
   * @return an array over the same memory
   * @throws IllegalArgumentException if the shape has another number of elements or the buffer is
   *     not in the machine's byte order
   */
  public static NDArray of(FloatBuffer data, long... shape) {
    requireNativeOrder(data.order());
    return share(DType.FLOAT32, data.slice(), shape);
  }

  /**
   * Shares the remaining elements of {@code data} as a float64 array.
   *
   * @param data the elements in C order, from the buffer's position to its limit
   * @param shape the size along each axis; none means one axis
   * @return an array over the same memory
   * @throws IllegalArgumentException if the shape has another number of elements or the buffer is
   *     not in the machine's byte order
   */
  public static NDArray of(DoubleBuffer data, long... shape) {
    requireNativeOrder(data.order());
    return share(DType.FLOAT64, data.slice(), shape);
  }

  /**
   * Shares the remaining elements of {@code data} as an int32 array.
   *
   * @param data the elements in C order, from the buffer's position to its limit
   * @param shape the size along each axis; none means one axis
   * @return an array over the same memory
   * @throws IllegalArgumentException if the shape has another number of elements or the buffer is
   *     not in the machine's byte order
   */
  public static NDArray of(IntBuffer data, long... shape) {
    requireNativeOrder(data.order());
    return share(DType.INT32, data.slice(), shape);
  }

  /**
   * Shares the remaining elements of {@code data} as an int64 array.
   *
   * @param data the elements in C order, from the buffer's position to its limit
   * @param shape the size along each axis; none means one axis
   * @return an array over the same memory
   * @throws IllegalArgumentException if the shape has another number of elements or the buffer is
   *     not in the machine's byte order
   */
  public static NDArray of(LongBuffer data, long... shape) {
    requireNativeOrder(data.order());
    return share(DType.INT64, data.slice(), shape);
  }

  /**
   * Shares the remaining bytes of {@code data} as an array of any type.
   *
   * @param data the elements in C order, from the buffer's position to its limit
   * @param dtype the type of the elements
   * @param shape the size along each axis; none means one axis
   * @return an array over the same memory
   * @throws IllegalArgumentException if the shape has another number of elements, the buffer is not
   *     in the machine's byte order, or its bytes are no whole number of elements
   */
  public static NDArray of(ByteBuffer data, DType dtype, long... shape) {
    requireNativeOrder(data.order());
    if (data.remaining() % dtype.byteSize() != 0) {
      throw new IllegalArgumentException(
          "buffer must hold a whole number of elements: bytes="
              + data.remaining()
              + " dtype="
              + dtype);
    }
    return share(dtype, dtype.view(data.slice().order(data.order())), shape);
  }

  /**
   * Borrows the remaining bytes of {@code data} as an array of any type. Whoever closes the array
   * gives them back; one that is never closed is reported as a leak and gives nothing back.
   *
   * @param data the elements in C order, from the buffer's position to its limit
   * @param onClose run once, by the first {@link #close}, on its thread; what it throws, {@code
   *     close} throws
   * @param dtype the type of the elements
   * @param shape the shape
   * @return an array over the same memory, to be closed
   * @throws IllegalArgumentException if the shape has another number of elements than the data, or
   *     the buffer is not in the machine's byte order
   */
  public static NDArray of(ByteBuffer data, Runnable onClose, DType dtype, Shape shape) {
    requireNativeOrder(data.order());
    if (Math.multiplyExact(shape.size(), dtype.byteSize()) != data.remaining()) {
      throw new IllegalArgumentException(
          "shape must have as many elements as the data: shape="
              + shape
              + " dtype="
              + dtype
              + " bytes="
              + data.remaining());
    }
    HostMemory memory = HostMemory.onLoan(data, onClose);
    Buffer buffer = dtype.view(memory.buffer());
    return new NDArray(dtype, shape, shape.strides(), 0, buffer, memory, false);
  }

  /**
   * Allocates a zeroed array on the Java heap.
   *
   * @param dtype the type of the elements
   * @param shape the size along each axis; none for a scalar
   * @return a new array
   * @throws IllegalArgumentException if there are more than 2^31 − 1 elements
   */
  public static NDArray zeros(DType dtype, long... shape) {
    return zeros(dtype, Shape.of(shape));
  }

  /**
   * Allocates a zeroed array on the Java heap.
   *
   * @param dtype the type of the elements
   * @param shape the shape
   * @return a new array
   * @throws IllegalArgumentException if there are more than 2^31 − 1 elements
   */
  public static NDArray zeros(DType dtype, Shape shape) {
    if (shape.size() > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "array must not have more than 2^31 - 1 elements: shape=" + shape);
    }
    Buffer buffer = dtype.heapBuffer((int) shape.size());
    return new NDArray(dtype, shape, shape.strides(), 0, buffer, null, false);
  }

  /**
   * Allocates a zeroed array off the Java heap, aligned to 64 bytes. The caller owns it and closes
   * it; one that is never closed is reported as a leak.
   *
   * @param dtype the type of the elements
   * @param shape the size along each axis; none for a scalar
   * @return a new array
   * @throws IllegalArgumentException if it needs more than 2^31 − 127 bytes
   */
  public static NDArray allocate(DType dtype, long... shape) {
    return allocate(dtype, Shape.of(shape));
  }

  /**
   * Allocates a zeroed array off the Java heap, aligned to 64 bytes. The caller owns it and closes
   * it; one that is never closed is reported as a leak.
   *
   * @param dtype the type of the elements
   * @param shape the shape
   * @return a new array
   * @throws IllegalArgumentException if it needs more than 2^31 − 127 bytes
   */
  public static NDArray allocate(DType dtype, Shape shape) {
    return owning(HostMemory.allocate(byteSize(dtype, shape)), dtype, shape);
  }

  /**
   * Allocates a zeroed array in page-locked memory, for copies from and to a GPU that take place by
   * themselves while the caller goes on. There is little of it: use it again rather than allocating
   * anew. The caller owns it and closes it; one that is never closed is reported as a leak.
   *
   * @param dtype the type of the elements
   * @param shape the size along each axis; none for a scalar
   * @return a new array
   * @throws IllegalArgumentException if it needs more than 2^31 − 127 bytes
   * @throws dev.batchmill.error.NativeUnavailableException if there is no GPU to use
   * @throws dev.batchmill.error.DeviceException if there is not so much memory
   */
  public static NDArray allocatePinned(DType dtype, long... shape) {
    Shape made = Shape.of(shape);
    return owning(HostMemory.allocatePinned(byteSize(dtype, made)), dtype, made);
  }

  /** The bytes that an array takes. */
  static long byteSize(DType dtype, Shape shape) {
    return Math.multiplyExact(shape.size(), dtype.byteSize());
  }

  /** An array that owns memory of its size. */
  static NDArray owning(HostMemory memory, DType dtype, Shape shape) {
    Buffer buffer = dtype.view(memory.buffer());
    return new NDArray(dtype, shape, shape.strides(), 0, buffer, memory, false);
  }

  /**
   * Allocates a zeroed array of another type and shape where this one lives: on the heap, or off
   * it.
   *
   * @param dtype the type of the elements
   * @param shape the shape
   * @return a new array; the caller closes it
   * @throws IllegalArgumentException if it is too large
   */
  public NDArray allocateLike(DType dtype, Shape shape) {
    return buffer.isDirect() ? allocate(dtype, shape) : zeros(dtype, shape);
  }

  // ------------------------------------------------------------------------------- description

  /**
   * Returns the type of the elements.
   *
   * @return the type
   */
  public DType dtype() {
    return dtype;
  }

  /**
   * Returns the shape.
   *
   * @return the shape
   */
  public Shape shape() {
    return shape;
  }

  /**
   * Returns the distance between neighbours along each axis.
   *
   * @return a new array of strides in elements
   */
  public long[] strides() {
    return strides.clone();
  }

  /**
   * Returns where the first element lies in {@link #buffer}.
   *
   * @return the index in elements
   */
  public long offset() {
    return offset;
  }

  /**
   * Returns the number of elements.
   *
   * @return the number of elements
   */
  public long size() {
    return shape.size();
  }

  /**
   * Tells whether the elements lie one after another in C order.
   *
   * @return true if a single run of {@link #size} elements from {@link #offset} holds them all
   */
  public boolean isContiguous() {
    long expected = 1;
    for (int axis = shape.rank() - 1; axis >= 0; axis--) {
      if (shape.dim(axis) != 1 && strides[axis] != expected) {
        return shape.size() == 0;
      }
      expected *= shape.dim(axis);
    }
    return true;
  }

  /**
   * Tells whether the memory lies off the Java heap.
   *
   * @return true for direct buffers
   */
  public boolean isDirect() {
    return buffer.isDirect();
  }

  /**
   * Tells whether {@link #close} was called on the array that owns the memory.
   *
   * @return true if the memory must not be used any more
   */
  public boolean isClosed() {
    return owned != null && owned.isClosed();
  }

  /**
   * Returns the memory: a buffer of {@link DType#bufferType}, in the machine's byte order, of which
   * this array's elements are those at {@link #offset} plus index times stride. The buffer is a
   * duplicate with its own position and limit; it shares and keeps alive the memory.
   *
   * @return the memory
   * @throws IllegalStateException if the array is closed
   */
  public Buffer buffer() {
    if (owned != null) {
      // Before it is seen that the array is open: whoever closes it meanwhile sees this.
      owned.share();
    }
    requireOpen();
    return buffer instanceof ByteBuffer bytes
        ? bytes.duplicate().order(bytes.order())
        : buffer.duplicate();
  }

  /** The memory without a duplicate, for those who use it only while the array is open. */
  private Buffer openBuffer() {
    requireOpen();
    return buffer;
  }

  private void requireOpen() {
    if (isClosed()) {
      throw new IllegalStateException("array is closed: dtype=" + dtype + " shape=" + shape);
    }
  }

  // ------------------------------------------------------------------------------- single values

  private int position(long... index) {
    requireOpen();
    if (index.length != shape.rank()) {
      throw new IllegalArgumentException(
          "index must have one number for each axis: index="
              + Arrays.toString(index)
              + " shape="
              + shape);
    }
    long position = offset;
    for (int axis = 0; axis < index.length; axis++) {
      if (index[axis] < 0 || index[axis] >= shape.dim(axis)) {
        throw new IndexOutOfBoundsException(
            "index is outside the array: index=" + Arrays.toString(index) + " shape=" + shape);
      }
      position += index[axis] * strides[axis];
    }
    return (int) position;
  }

  /**
   * Reads one element as a {@code float}.
   *
   * @param index the index along each axis
   * @return the element, rounded if its type is wider
   * @throws IndexOutOfBoundsException if the index is outside the array
   */
  public float getFloat(long... index) {
    return (float) elements.getDouble(position(index));
  }

  /**
   * Reads one element as a {@code double}.
   *
   * @param index the index along each axis
   * @return the element
   * @throws IndexOutOfBoundsException if the index is outside the array
   */
  public double getDouble(long... index) {
    return elements.getDouble(position(index));
  }

  /**
   * Reads one element as a {@code long}.
   *
   * @param index the index along each axis
   * @return the element; floats are cut towards zero
   * @throws IndexOutOfBoundsException if the index is outside the array
   */
  public long getLong(long... index) {
    return elements.getLong(position(index));
  }

  /**
   * Writes one element.
   *
   * @param value the value, converted as by {@link #astype}
   * @param index the index along each axis
   * @throws IndexOutOfBoundsException if the index is outside the array
   */
  public void setDouble(double value, long... index) {
    elements.setDouble(position(index), value);
  }

  /**
   * Writes one element.
   *
   * @param value the value, converted as by {@link #astype}
   * @param index the index along each axis
   * @throws IndexOutOfBoundsException if the index is outside the array
   */
  public void setLong(long value, long... index) {
    elements.setLong(position(index), value);
  }

  // -------------------------------------------------------------------------------------- views

  private NDArray viewOf(Shape newShape, long[] newStrides, long newOffset) {
    requireOpen();
    return new NDArray(dtype, newShape, newStrides, newOffset, buffer, owned, true);
  }

  /**
   * Returns the same elements in another shape.
   *
   * @param sizes the new shape; one size may be −1 and follows from the others
   * @return a view
   * @throws IllegalArgumentException if the number of elements differs, or the elements do not lie
   *     one after another ({@link #contiguous} helps)
   */
  public NDArray reshape(long... sizes) {
    if (!isContiguous()) {
      throw new IllegalArgumentException(
          "array must be contiguous to be reshaped, see NDArray.contiguous: shape="
              + shape
              + " strides="
              + Arrays.toString(strides));
    }
    Shape newShape = Shape.of(inferSize(sizes));
    if (newShape.size() != shape.size()) {
      throw new IllegalArgumentException(
          "new shape must have as many elements: shape=" + shape + " newShape=" + newShape);
    }
    return viewOf(newShape, newShape.strides(), offset);
  }

  private long[] inferSize(long[] sizes) {
    long[] inferred = sizes.clone();
    int unknown = -1;
    long known = 1;
    for (int axis = 0; axis < sizes.length; axis++) {
      if (sizes[axis] != -1) {
        known *= sizes[axis];
      } else if (unknown < 0) {
        unknown = axis;
      } else {
        throw new IllegalArgumentException(
            "only one size may be -1: newShape=" + Arrays.toString(sizes));
      }
    }
    if (unknown >= 0) {
      if (known == 0 || shape.size() % known != 0) {
        throw new IllegalArgumentException(
            "no size fits in place of -1: shape=" + shape + " newShape=" + Arrays.toString(sizes));
      }
      inferred[unknown] = shape.size() / known;
    }
    return inferred;
  }

  /**
   * Returns the same elements with the order of the axes reversed.
   *
   * @return a view
   */
  public NDArray transpose() {
    int rank = shape.rank();
    long[] sizes = new long[rank];
    long[] newStrides = new long[rank];
    for (int axis = 0; axis < rank; axis++) {
      sizes[axis] = shape.dim(rank - 1 - axis);
      newStrides[axis] = strides[rank - 1 - axis];
    }
    return viewOf(Shape.of(sizes), newStrides, offset);
  }

  /**
   * Returns the same elements with the axes in another order.
   *
   * @param axes for each axis of the view the one of this array, each of them once; a negative one
   *     counts from the end
   * @return a view
   * @throws IllegalArgumentException if an axis is missing or comes twice, or there is no such axis
   */
  public NDArray transpose(int... axes) {
    int rank = shape.rank();
    long[] sizes = new long[axes.length];
    long[] newStrides = new long[axes.length];
    boolean[] seen = new boolean[rank];
    int distinct = 0;
    for (int i = 0; i < axes.length; i++) {
      int axis = shape.normalizeAxis(axes[i]);
      distinct += seen[axis] ? 0 : 1;
      seen[axis] = true;
      sizes[i] = shape.dim(axis);
      newStrides[i] = strides[axis];
    }
    if (distinct != rank || axes.length != rank) {
      throw new IllegalArgumentException(
          "axes must name every axis once: axes=" + Arrays.toString(axes) + " shape=" + shape);
    }
    return viewOf(Shape.of(sizes), newStrides, offset);
  }

  /**
   * Returns a range of indices along one axis.
   *
   * @param axis the axis; a negative one counts from the end
   * @param from the first index
   * @param to the index after the last
   * @return a view
   * @throws IllegalArgumentException if there is no such axis
   * @throws IndexOutOfBoundsException unless 0 ≤ from ≤ to ≤ the size along the axis
   */
  public NDArray slice(int axis, long from, long to) {
    int position = shape.normalizeAxis(axis);
    Objects.checkFromToIndex(from, to, shape.dim(position));
    long[] sizes = shape.toArray();
    sizes[position] = to - from;
    return viewOf(Shape.of(sizes), strides(), offset + from * strides[position]);
  }

  /**
   * Returns the sub-array at an index along the first axis.
   *
   * @param index the index along the first axis
   * @return a view with one axis less
   * @throws IllegalArgumentException if the array is a scalar
   * @throws IndexOutOfBoundsException if the index is outside the array
   */
  public NDArray get(long index) {
    Objects.checkIndex(index, shape.dim(0));
    long[] sizes = shape.toArray();
    return viewOf(
        Shape.of(Arrays.copyOfRange(sizes, 1, sizes.length)),
        Arrays.copyOfRange(strides, 1, strides.length),
        offset + index * strides[0]);
  }

  // -------------------------------------------------------------------------------------- copies

  /**
   * Copies the elements into a new contiguous array of the same type, on the heap or off it as this
   * one is.
   *
   * @return a new array; the caller closes it
   */
  public NDArray copy() {
    NDArray out = allocateLike(dtype, shape);
    out.assign(this);
    return out;
  }

  /**
   * Returns this array if its elements lie one after another in C order, else a copy that does.
   *
   * @return this array or a new one
   */
  public NDArray contiguous() {
    return isContiguous() ? this : copy();
  }

  /**
   * Converts the elements to another type: integers keep their low bits, floats are cut towards
   * zero when they become integers (NaN to 0, too large ones to the nearest {@code long} first),
   * wider floats are rounded to nearest even, and everything but zero is true.
   *
   * @param newType the new type
   * @return a new array, also when the type is the same; the caller closes it
   */
  public NDArray astype(DType newType) {
    NDArray out = allocateLike(newType, shape);
    out.assign(this);
    return out;
  }

  /**
   * Copies the elements of another array into this one, converting them as {@link #astype} does.
   *
   * @param source an array of the same shape that does not overlap this one
   * @throws IllegalArgumentException if the shapes differ
   */
  public void assign(NDArray source) {
    requireOpen();
    source.requireOpen();
    if (!shape.equals(source.shape)) {
      throw new IllegalArgumentException(
          "arrays must have the same shape: shape=" + shape + " source=" + source.shape);
    }
    if (dtype == source.dtype && isContiguous() && source.isContiguous()) {
      put(buffer, (int) offset, source.buffer, (int) source.offset, (int) size());
    } else if (isContiguous() && source.isContiguous()) {
      convert(source);
    } else if (size() > 0) {
      assignStrided(source, 0, (int) offset, (int) source.offset);
    }
  }

  private void convert(NDArray source) {
    Kernels kernels = KernelRegistry.active();
    Parallel.forRange(
        size(),
        CONVERT_GRAIN_ELEMENTS,
        CallLimit.of(Math.max(source.dtype.byteSize(), dtype.byteSize()), source.buffer, buffer),
        (from, to) ->
            kernels.convert(
                source.buffer,
                source.dtype.elementType(),
                source.offset + from,
                buffer,
                dtype.elementType(),
                offset + from,
                to - from,
                false));
  }

  private void assignStrided(NDArray source, int axis, int to, int from) {
    if (axis == shape.rank()) {
      assignOne(source, to, from);
      return;
    }
    int count = (int) shape.dim(axis);
    int toStride = (int) strides[axis];
    int fromStride = (int) source.strides[axis];
    if (axis < shape.rank() - 1) {
      for (int i = 0; i < count; i++) {
        assignStrided(source, axis + 1, to + i * toStride, from + i * fromStride);
      }
    } else {
      for (int i = 0; i < count; i++) {
        assignOne(source, to + i * toStride, from + i * fromStride);
      }
    }
  }

  private void assignOne(NDArray source, int to, int from) {
    if (source.dtype.isFloating()) {
      elements.setDouble(to, source.elements.getDouble(from));
    } else {
      elements.setLong(to, source.elements.getLong(from));
    }
  }

  /** Copies elements between two buffers of one type. */
  static Buffer put(Buffer to, int toIndex, Buffer from, int fromIndex, int count) {
    if (to instanceof FloatBuffer t && from instanceof FloatBuffer f) {
      t.put(toIndex, f, fromIndex, count);
    } else if (to instanceof DoubleBuffer t && from instanceof DoubleBuffer f) {
      t.put(toIndex, f, fromIndex, count);
    } else if (to instanceof IntBuffer t && from instanceof IntBuffer f) {
      t.put(toIndex, f, fromIndex, count);
    } else if (to instanceof LongBuffer t && from instanceof LongBuffer f) {
      t.put(toIndex, f, fromIndex, count);
    } else if (to instanceof ShortBuffer t && from instanceof ShortBuffer f) {
      t.put(toIndex, f, fromIndex, count);
    } else if (to instanceof ByteBuffer t && from instanceof ByteBuffer f) {
      t.put(toIndex, f, fromIndex, count);
    } else {
      throw new IllegalStateException("buffers differ in type: to=" + to + " from=" + from);
    }
    return to;
  }

  /** Shares a typed buffer in native order as an array of one axis. */
  static NDArray ofBuffer(DType dtype, Buffer buffer) {
    return share(dtype, buffer);
  }

  /**
   * Copies rows (sub-arrays along the first axis) in a given order.
   *
   * @param rows the indices of the rows; an index may come more than once
   * @return a new array of shape {@code [rows.length, …]}; the caller closes it
   * @throws IllegalArgumentException if the array is a scalar
   * @throws IndexOutOfBoundsException if an index is outside the first axis
   */
  public NDArray take(long[] rows) {
    requireRows(rows);
    long[] sizes = shape.toArray();
    sizes[0] = rows.length;
    NDArray out = allocateLike(dtype, Shape.of(sizes));
    takeValid(rows, out);
    return out;
  }

  /**
   * Copies rows (sub-arrays along the first axis) in a given order into a given array.
   *
   * @param rows the indices of the rows; an index may come more than once
   * @param out a contiguous array of the same type and of shape {@code [rows.length, …]} that does
   *     not overlap this one
   * @throws IllegalArgumentException if {@code out} does not fit; nothing is written then
   * @throws IndexOutOfBoundsException if an index is outside the first axis; nothing is written
   *     then
   */
  public void take(long[] rows, NDArray out) {
    requireRows(rows);
    long[] sizes = shape.toArray();
    sizes[0] = rows.length;
    out.requireOutput(dtype, Shape.of(sizes));
    takeValid(rows, out);
  }

  private void requireRows(long[] rows) {
    requireOpen();
    long count = shape.dim(0);
    for (int i = 0; i < rows.length; i++) {
      if (rows[i] < 0 || rows[i] >= count) {
        throw new IndexOutOfBoundsException(
            "row is outside the array: rows[" + i + "]=" + rows[i] + " shape=" + shape);
      }
    }
  }

  private void takeValid(long[] rows, NDArray out) {
    if (out.size() == 0) {
      return;
    }
    NDArray source = contiguous();
    try {
      gather(source, rows, out);
    } finally {
      if (source != this) {
        source.close();
      }
    }
  }

  private static void gather(NDArray source, long[] rows, NDArray out) {
    long rowElements = out.size() / rows.length;
    Kernels kernels = KernelRegistry.active();
    long rowBytes = rowElements * source.dtype.byteSize();
    Parallel.forRange(
        rows.length,
        Math.max(1, GATHER_GRAIN_BYTES / rowBytes),
        CallLimit.held(rowBytes),
        (from, to) ->
            kernels.gather(
                source.buffer,
                source.offset,
                rowElements,
                rows,
                (int) from,
                (int) to,
                out.buffer,
                out.offset + from * rowElements));
  }

  /**
   * Checks that a result can be written into this array.
   *
   * @param type the result's type
   * @param resultShape the result's shape
   * @throws IllegalArgumentException if this array has another type or shape, is not contiguous or
   *     is read-only
   * @throws IllegalStateException if this array is closed
   */
  public void requireOutput(DType type, Shape resultShape) {
    requireOpen();
    if (dtype != type || !shape.equals(resultShape)) {
      throw new IllegalArgumentException(
          "output must have the type and shape of the result: output="
              + dtype
              + shape
              + " result="
              + type
              + resultShape);
    }
    if (!isContiguous()) {
      throw new IllegalArgumentException(
          "output must be contiguous: shape=" + shape + " strides=" + Arrays.toString(strides));
    }
    if (buffer.isReadOnly()) {
      throw new IllegalArgumentException("output must not be read-only: output=" + this);
    }
  }

  /**
   * Copies the elements, in C order, converted as by {@link #astype}.
   *
   * @return a new array
   */
  public float[] toFloatArray() {
    float[] data = new float[(int) size()];
    of(data, shape.toArray()).assignFlat(this);
    return data;
  }

  /**
   * Copies the elements, in C order, converted as by {@link #astype}.
   *
   * @return a new array
   */
  public double[] toDoubleArray() {
    double[] data = new double[(int) size()];
    of(data, shape.toArray()).assignFlat(this);
    return data;
  }

  /**
   * Copies the elements, in C order, converted as by {@link #astype}.
   *
   * @return a new array
   */
  public int[] toIntArray() {
    int[] data = new int[(int) size()];
    of(data, shape.toArray()).assignFlat(this);
    return data;
  }

  /**
   * Copies the elements, in C order, converted as by {@link #astype}.
   *
   * @return a new array
   */
  public long[] toLongArray() {
    long[] data = new long[(int) size()];
    of(data, shape.toArray()).assignFlat(this);
    return data;
  }

  /** {@link #assign} into a fresh one-axis array that may stand for a scalar. */
  private void assignFlat(NDArray source) {
    if (source.shape.rank() == 0) {
      assignOne(source, 0, source.position());
    } else {
      assign(source);
    }
  }

  // ---------------------------------------------------------------------------------- the object

  /**
   * Tells whether another array has the same type, shape and element values; all NaNs are equal,
   * and +0 equals −0 no more than it does in {@link Double#equals}.
   *
   * @param other the other array
   * @return true if the contents are equal
   */
  public boolean contentEquals(NDArray other) {
    if (dtype != other.dtype || !shape.equals(other.shape)) {
      return false;
    }
    return dtype.isFloating()
        ? Arrays.equals(toDoubleArray(), other.toDoubleArray())
        : Arrays.equals(toLongArray(), other.toLongArray());
  }

  /**
   * Gives up the memory that {@link #allocate} took: at once, or where {@link #buffer} was called,
   * as soon as no such buffer is used any more; they stay valid until then. Does nothing for views
   * and for arrays over shared memory, and nothing the second time.
   */
  @Override
  public void close() {
    if (owned != null && !view) {
      owned.close();
    }
  }

  private Object writeReplace() {
    return new SerializedArray(this);
  }

  private void readObject(ObjectInputStream in) throws InvalidObjectException {
    throw new InvalidObjectException("an array is read through its serialised form: in=" + in);
  }

  /** Returns type and shape, such as {@code float32[3, 4]}. */
  @Override
  public String toString() {
    return dtype + shape.toString();
  }
}
