package dev.batchmill.array;

import dev.batchmill.error.DeviceException;
import dev.batchmill.internal.cuda.CudaLaunch;
import dev.batchmill.internal.cuda.CudaRuntime;
import dev.batchmill.internal.memory.DeviceMemory;
import org.jspecify.annotations.Nullable;

/**
 * An N-dimensional array in the memory of a GPU: a {@link DType}, a {@link Shape}, and elements in
 * C order one after another.
 *
 * <p>{@link #allocate} takes memory from the device's {@link Device#allocator allocator} and owns
 * it until {@link #close}; {@link #wrap} takes memory that belongs to somebody else, such as the
 * framework that trains. A view ({@link #reshape}, {@link #slice}) shares the memory of its array;
 * closing the array closes its views, closing a view does nothing.
 *
 * <p>Every method that takes a {@link CudaStream} queues its work there and returns. It is the
 * caller's task to let work on other streams wait (see {@link CudaStream#waitFor}), and to leave
 * the arrays of the host that take part as they are, open, until the work is done.
 *
 * <p>Thread-safe in itself. An array that is forgotten without being closed is reported as a leak,
 * and its memory stays allocated.
 */
public final class DeviceArray implements AutoCloseable {
  private final Device device;
  private final DType dtype;
  private final Shape shape;
  private final long pointer;
  private final DeviceMemory memory;

  /** Gives the memory back; null in a view. */
  private final @Nullable Release release;

  /** The stream of {@link #close()}; null where it makes no difference. */
  private final @Nullable CudaStream stream;

  /** How memory is given back. */
  @FunctionalInterface
  private interface Release {
    void run(@Nullable CudaStream stream);
  }

  private DeviceArray(
      Device device,
      DType dtype,
      Shape shape,
      long pointer,
      DeviceMemory memory,
      @Nullable Release release,
      @Nullable CudaStream stream) {
    this.device = device;
    this.dtype = dtype;
    this.shape = shape;
    this.pointer = pointer;
    this.memory = memory;
    this.release = release;
    this.stream = stream;
  }

  // ------------------------------------------------------------------------------------ creation

  /**
   * Allocates an array of arbitrary elements, aligned to 256 bytes, in the order of a stream. The
   * caller closes it, before the stream.
   *
   * @param stream the stream whose work uses it first
   * @param dtype the type of the elements
   * @param shape the size along each axis; none for a scalar
   * @return a new array
   * @throws DeviceException if the device has not so much memory
   */
  public static DeviceArray allocate(CudaStream stream, DType dtype, long... shape) {
    return allocate(stream, dtype, Shape.of(shape));
  }

  /**
   * Allocates an array of arbitrary elements, aligned to 256 bytes, in the order of a stream. The
   * caller closes it, before the stream.
   *
   * @param stream the stream whose work uses it first
   * @param dtype the type of the elements
   * @param shape the shape
   * @return a new array
   * @throws DeviceException if the device has not so much memory
   */
  public static DeviceArray allocate(CudaStream stream, DType dtype, Shape shape) {
    Device device = stream.device();
    long bytes = NDArray.byteSize(dtype, shape);
    if (bytes == 0) {
      return new DeviceArray(
          device, dtype, shape, 0, new DeviceMemory(0, device.toString()), last -> {}, null);
    }
    DeviceAllocator allocator = device.allocator();
    long address = allocator.allocate(bytes, stream);
    Release free = last -> allocator.free(address, bytes, last == null ? stream : last);
    return new DeviceArray(
        device, dtype, shape, address, new DeviceMemory(bytes, device.toString()), free, stream);
  }

  /**
   * Takes memory of a device that belongs to somebody else.
   *
   * @param pointer its address, a multiple of the size of an element
   * @param bytes how many bytes there are
   * @param device its device
   * @param release run once by {@link #close}, which may be before queued work is done
   * @param dtype the type of the elements
   * @param shape the size along each axis; none for a scalar
   * @return an array over this memory, to be closed
   * @throws IllegalArgumentException if the array does not fit into the memory, or the address is
   *     not aligned
   */
  public static DeviceArray wrap(
      long pointer, long bytes, Device device, Runnable release, DType dtype, long... shape) {
    Shape made = Shape.of(shape);
    if (NDArray.byteSize(dtype, made) > bytes) {
      throw new IllegalArgumentException(
          "memory must hold the array: bytes=" + bytes + " dtype=" + dtype + " shape=" + made);
    }
    if ((pointer == 0 && bytes != 0) || pointer % dtype.byteSize() != 0) {
      throw new IllegalArgumentException(
          "memory must be aligned to its elements: pointer=0x"
              + Long.toHexString(pointer)
              + " dtype="
              + dtype);
    }
    return new DeviceArray(
        device,
        dtype,
        made,
        pointer,
        new DeviceMemory(bytes, device.toString()),
        last -> release.run(),
        null);
  }

  /**
   * Copies an array of the host into a new one. The caller closes it.
   *
   * @param host the array, which stays open and as it is until the copy is done
   * @param stream the stream that copies
   * @return a new array of the same type and shape
   * @throws DeviceException if the device has not so much memory
   */
  public static DeviceArray of(NDArray host, CudaStream stream) {
    DeviceArray made = allocate(stream, host.dtype(), host.shape());
    try {
      made.copyFrom(host, stream);
      return made;
    } catch (Throwable e) {
      made.close();
      throw e;
    }
  }

  // --------------------------------------------------------------------------------- description

  /**
   * Returns the device.
   *
   * @return the device in whose memory the elements lie
   */
  public Device device() {
    return device;
  }

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
   * Returns the number of elements.
   *
   * @return the number of elements
   */
  public long size() {
    return shape.size();
  }

  /**
   * Returns the number of bytes.
   *
   * @return the bytes of all elements
   */
  public long byteSize() {
    return NDArray.byteSize(dtype, shape);
  }

  /**
   * Returns where the elements lie, for use by other code.
   *
   * @return the address on the device; 0 may stand for no elements
   * @throws IllegalStateException if the array is closed
   */
  public long pointer() {
    if (memory.isClosed()) {
      throw new IllegalStateException(
          "device array is closed: device=" + device + " dtype=" + dtype + " shape=" + shape);
    }
    return pointer;
  }

  /**
   * Tells whether {@link #close} was called on the array that has the memory.
   *
   * @return true if it must not be used any more
   */
  public boolean isClosed() {
    return memory.isClosed();
  }

  // --------------------------------------------------------------------------------------- views

  /**
   * Views the same elements in another shape.
   *
   * @param sizes the size along each axis
   * @return a view
   * @throws IllegalArgumentException if the shape has another number of elements
   */
  public DeviceArray reshape(long... sizes) {
    Shape other = Shape.of(sizes);
    if (other.size() != shape.size()) {
      throw new IllegalArgumentException(
          "shape must have as many elements as the array: shape=" + other + " array=" + shape);
    }
    return view(other, pointer());
  }

  /**
   * Views a range along the first axis.
   *
   * @param from the first index
   * @param to the index after the last one
   * @return a view
   * @throws IndexOutOfBoundsException if the range is outside the array
   * @throws IllegalArgumentException if the array is a scalar
   */
  public DeviceArray slice(long from, long to) {
    if (shape.rank() == 0) {
      throw new IllegalArgumentException("a scalar has no axis to slice");
    }
    if (from < 0 || to < from || to > shape.dim(0)) {
      throw new IndexOutOfBoundsException(
          "range is outside the array: from=" + from + " to=" + to + " shape=" + shape);
    }
    long[] sizes = shape.toArray();
    long rowBytes = sizes[0] == 0 ? 0 : byteSize() / sizes[0];
    sizes[0] = to - from;
    return view(Shape.of(sizes), pointer() + from * rowBytes);
  }

  private DeviceArray view(Shape other, long at) {
    return new DeviceArray(device, dtype, other, at, memory, null, null);
  }

  // -------------------------------------------------------------------------------------- copies

  /**
   * Copies an array of the host into this one. From page-locked memory ({@link
   * NDArray#allocatePinned}) the device copies by itself; from other memory off the heap the driver
   * may do it first; one on the heap, or a strided view, is copied when this returns.
   *
   * @param host an array of the same type and shape, which stays open and as it is until the copy
   *     is done
   * @param stream the stream that copies
   * @throws IllegalArgumentException if type or shape differ, or the stream is another device's
   */
  public void copyFrom(NDArray host, CudaStream stream) {
    requireAlike("copied", dtype, shape, host.dtype(), host.shape());
    requireStream(stream);
    if (byteSize() == 0) {
      return;
    }
    if (host.isDirect() && host.isContiguous()) {
      copy(pointer(), addressOf(host), stream);
      return;
    }
    try (NDArray staged = NDArray.allocate(dtype, shape)) {
      staged.assign(host);
      copy(pointer(), addressOf(staged), stream);
      stream.synchronize();
    }
  }

  /**
   * Copies this array into one of the host. Into page-locked memory the device copies by itself;
   * one on the heap, or a strided view, is there when this returns; any other is not to be read
   * before the stream is done.
   *
   * @param host an array of the same type and shape, which stays open until the copy is done
   * @param stream the stream that copies
   * @throws IllegalArgumentException if type or shape differ, or the stream is another device's
   */
  public void copyTo(NDArray host, CudaStream stream) {
    requireAlike("copied", dtype, shape, host.dtype(), host.shape());
    requireStream(stream);
    if (byteSize() == 0) {
      return;
    }
    if (host.isDirect() && host.isContiguous()) {
      copy(addressOf(host), pointer(), stream);
      return;
    }
    try (NDArray staged = NDArray.allocate(dtype, shape)) {
      copy(addressOf(staged), pointer(), stream);
      stream.synchronize();
      host.assign(staged);
    }
  }

  /**
   * Copies this array to the host and waits for it.
   *
   * @param stream the stream that copies
   * @return a new array off the heap; the caller closes it
   */
  public NDArray toHost(CudaStream stream) {
    NDArray host = NDArray.allocate(dtype, shape);
    try {
      copyTo(host, stream);
      stream.synchronize();
      return host;
    } catch (Throwable e) {
      host.close();
      throw e;
    }
  }

  /**
   * Copies another array, of this or of another device, into this one.
   *
   * @param source an array of the same type and shape
   * @param stream the stream that copies
   * @throws IllegalArgumentException if type or shape differ, or the stream is another device's
   */
  public void copyFrom(DeviceArray source, CudaStream stream) {
    requireAlike("copied", dtype, shape, source.dtype, source.shape);
    requireStream(stream);
    if (byteSize() > 0) {
      copy(pointer(), source.pointer(), stream);
    }
  }

  /**
   * Sets all bytes of this array to zero.
   *
   * @param stream the stream that does it
   */
  public void clear(CudaStream stream) {
    requireStream(stream);
    if (byteSize() > 0) {
      CudaRuntime.fill(pointer(), 0, byteSize(), device.index(), stream.handle());
    }
  }

  private void copy(long to, long from, CudaStream stream) {
    CudaRuntime.copy(to, from, byteSize(), device.index(), stream.handle());
  }

  private static long addressOf(NDArray host) {
    // By buffer(), whose contents outlast the array: the copy may go on after this call.
    return CudaRuntime.addressOf(host.buffer()) + host.offset() * host.dtype().byteSize();
  }

  // ------------------------------------------------------------------------------------- gathering

  /**
   * Copies rows of this array, slices along its first axis, into another one: row {@code rows[i]}
   * becomes row i.
   *
   * @param rows int64 numbers of rows, one axis; they are not checked, and one that is out of range
   *     makes the device read what is not this array's
   * @param out an array of the same type and the same shape but for the first axis, which is as
   *     long as {@code rows}; it does not overlap this one
   * @param stream the stream that does it
   * @throws IllegalArgumentException if something does not fit
   */
  public void gather(DeviceArray rows, DeviceArray out, CudaStream stream) {
    requireRows(rows, stream);
    requireAlike("gathered", dtype, gathered(rows), out.dtype, out.shape);
    out.requireStream(stream);
    if (out.byteSize() > 0) {
      CudaLaunch.gather(
          pointer(),
          out.byteSize() / rows.size(),
          rows.pointer(),
          rows.size(),
          out.pointer(),
          place(stream));
    }
  }

  /**
   * Copies rows as {@link #gather} does and converts their elements, as {@link NDArray#astype}
   * does, in one pass.
   *
   * @param rows int64 numbers of rows, one axis, not checked
   * @param out an array of type float32, float16 or bfloat16, with the shape of the gathered rows;
   *     it does not overlap this one
   * @param stream the stream that does it
   * @throws IllegalArgumentException if something does not fit
   */
  public void gatherAs(DeviceArray rows, DeviceArray out, CudaStream stream) {
    requireRows(rows, stream);
    requireConverted(out, gathered(rows));
    out.requireStream(stream);
    if (out.byteSize() > 0) {
      convert(rows.pointer(), rows.size(), out, stream);
    }
  }

  /**
   * Converts the elements as {@link NDArray#astype} does.
   *
   * @param out an array of type float32, float16 or bfloat16 and of this shape; it does not overlap
   *     this one
   * @param stream the stream that does it
   * @throws IllegalArgumentException if something does not fit
   */
  public void convertInto(DeviceArray out, CudaStream stream) {
    requireConverted(out, shape);
    requireStream(stream);
    out.requireStream(stream);
    if (out.byteSize() > 0) {
      convert(0, 1, out, stream);
    }
  }

  private void convert(long rows, long count, DeviceArray out, CudaStream stream) {
    CudaLaunch.gatherConvert(
        pointer(),
        dtype.elementType().code(),
        out.size() / count,
        rows,
        count,
        out.pointer(),
        out.dtype.elementType().code(),
        place(stream));
  }

  private CudaLaunch.Place place(CudaStream stream) {
    return new CudaLaunch.Place(device.index(), stream.handle());
  }

  private static void requireConverted(DeviceArray out, Shape expected) {
    if (out.dtype != DType.FLOAT32 && out.dtype != DType.FLOAT16 && out.dtype != DType.BFLOAT16) {
      throw new IllegalArgumentException(
          "a GPU converts to float32, float16 or bfloat16: dtype=" + out.dtype);
    }
    requireAlike("converted", out.dtype, expected, out.dtype, out.shape);
  }

  private Shape gathered(DeviceArray rows) {
    if (shape.rank() == 0) {
      throw new IllegalArgumentException("a scalar has no rows");
    }
    long[] sizes = shape.toArray();
    sizes[0] = rows.size();
    return Shape.of(sizes);
  }

  private void requireRows(DeviceArray rows, CudaStream stream) {
    if (rows.dtype != DType.INT64 || rows.shape.rank() != 1) {
      throw new IllegalArgumentException(
          "rows must be int64 numbers along one axis: dtype="
              + rows.dtype
              + " shape="
              + rows.shape);
    }
    requireStream(stream);
    rows.requireStream(stream);
  }

  // --------------------------------------------------------------------------------------- checks

  /**
   * Returns when the stream is of this array's device.
   *
   * @param stream the stream
   * @throws IllegalArgumentException if it is another device's
   */
  public void requireStream(CudaStream stream) {
    if (stream.device() != device) {
      throw new IllegalArgumentException(
          "stream and array must be of one device: stream=" + stream.device() + " array=" + device);
    }
  }

  private static void requireAlike(
      String done, DType dtype, Shape shape, DType otherType, Shape otherShape) {
    if (dtype != otherType || !shape.equals(otherShape)) {
      throw new IllegalArgumentException(
          "arrays must have one type and shape to be %s: dtype=%s shape=%s other dtype=%s other shape=%s"
              .formatted(done, dtype, shape, otherType, otherShape));
    }
  }

  // --------------------------------------------------------------------------------------- closing

  /**
   * Gives the memory back when the work that is queued on the array's first stream so far is done.
   * If it was used on another stream since, close it by {@link #close(CudaStream)}. Closing twice
   * is allowed.
   */
  @Override
  public void close() {
    end(stream);
  }

  /**
   * Gives the memory back when the work that is queued on a stream so far is done.
   *
   * @param last the stream that used it last
   * @throws IllegalArgumentException if the stream is another device's
   */
  public void close(CudaStream last) {
    requireStream(last);
    end(last);
  }

  private void end(@Nullable CudaStream last) {
    if (release != null && memory.release()) {
      release.run(last);
    }
  }

  @Override
  public String toString() {
    return "DeviceArray(" + dtype + ", " + shape + ", " + device + ")";
  }
}
