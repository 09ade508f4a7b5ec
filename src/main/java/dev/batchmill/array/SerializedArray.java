package dev.batchmill.array;

import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * What Java serialisation writes in place of an array: byte order, type, shape, whether it lies off
 * the heap, and its elements in C order.
 */
final class SerializedArray implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final int CHUNK_BYTES = 1 << 16;

  private transient @Nullable NDArray array;

  SerializedArray(NDArray array) {
    this.array = array;
  }

  private NDArray array() {
    if (array == null) {
      throw new IllegalStateException("the array has not been read yet");
    }
    return array;
  }

  private void writeObject(ObjectOutputStream out) throws IOException {
    NDArray source = array();
    out.writeBoolean(ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN);
    out.writeUTF(source.dtype().name());
    out.writeBoolean(source.isDirect());
    out.writeInt(source.shape().rank());
    for (long size : source.shape().toArray()) {
      out.writeLong(size);
    }
    NDArray whole = source.contiguous();
    try {
      NDArray elements = whole.reshape(-1);
      Chunk chunk = new Chunk(source.dtype());
      for (long from = 0; from < elements.size(); from += chunk.elements) {
        NDArray part = chunk.part(elements.size() - from);
        part.assign(elements.slice(0, from, from + part.size()));
        out.write(chunk.bytes, 0, (int) part.size() * source.dtype().byteSize());
      }
    } finally {
      if (whole != source) {
        whole.close();
      }
    }
  }

  private void readObject(ObjectInputStream in) throws IOException {
    if (in.readBoolean() != (ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN)) {
      throw new InvalidObjectException("array was written on a machine of another byte order");
    }
    DType dtype = DType.of(in.readUTF());
    boolean direct = in.readBoolean();
    long[] sizes = new long[in.readInt()];
    for (int axis = 0; axis < sizes.length; axis++) {
      sizes[axis] = in.readLong();
    }
    NDArray read = direct ? NDArray.allocate(dtype, sizes) : NDArray.zeros(dtype, sizes);
    NDArray elements = read.reshape(-1);
    Chunk chunk = new Chunk(dtype);
    for (long from = 0; from < elements.size(); from += chunk.elements) {
      NDArray part = chunk.part(elements.size() - from);
      in.readFully(chunk.bytes, 0, (int) part.size() * dtype.byteSize());
      elements.slice(0, from, from + part.size()).assign(part);
    }
    array = read;
  }

  private Object readResolve() {
    return array();
  }

  /** A few elements as bytes. */
  private static final class Chunk {
    private final DType dtype;
    private final int elements;
    private final byte[] bytes = new byte[CHUNK_BYTES];

    Chunk(DType dtype) {
      this.dtype = dtype;
      elements = CHUNK_BYTES / dtype.byteSize();
    }

    /** The first elements, of which so many are left. */
    NDArray part(long left) {
      int size = (int) Math.min(elements, left);
      ByteBuffer part = ByteBuffer.wrap(bytes, 0, size * dtype.byteSize());
      return NDArray.of(part.order(ByteOrder.nativeOrder()), dtype, size);
    }
  }
}
