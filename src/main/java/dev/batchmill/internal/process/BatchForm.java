package dev.batchmill.internal.process;

import dev.batchmill.array.DType;
import dev.batchmill.array.NDArray;
import dev.batchmill.array.Shape;
import dev.batchmill.dataset.Batch;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A batch on its way: where each of its arrays lies. The only class here that knows what a batch is
 * made of.
 */
final class BatchForm {
  private static final String X = "x";
  private static final String Y = "y";
  private static final String SAMPLE_WEIGHT = "sampleWeight";

  /** Where an array begins: at a multiple of this. */
  private static final long ALIGNMENT = 64;

  private static final int CHUNK_BYTES = 1 << 16;

  /** Off the heap an array is at most this large. */
  private static final long MAX_DIRECT_BYTES = Integer.MAX_VALUE - 127;

  private final List<Part> parts = new ArrayList<>();
  private long bytes;

  /** One array. */
  private record Part(String name, DType dtype, Shape shape, long offset) {
    long bytes() {
      return shape.size() * dtype.byteSize();
    }
  }

  private BatchForm() {}

  private static Map<String, NDArray> arrays(Batch batch) {
    Map<String, NDArray> arrays = new LinkedHashMap<>();
    arrays.put(X, batch.x());
    NDArray y = batch.y();
    if (y != null) {
      arrays.put(Y, y);
    }
    NDArray sampleWeight = batch.sampleWeight();
    if (sampleWeight != null) {
      arrays.put(SAMPLE_WEIGHT, sampleWeight);
    }
    return arrays;
  }

  private static Batch batch(Map<String, NDArray> arrays) throws IOException {
    NDArray x = arrays.get(X);
    if (x == null) {
      throw new IOException("batch has no features: arrays=" + arrays);
    }
    return Batch.of(x, arrays.get(Y), arrays.get(SAMPLE_WEIGHT));
  }

  // ---------------------------------------------------------------------------------- the sender

  /**
   * The form of a batch.
   *
   * @throws IllegalStateException if an array is closed
   */
  static BatchForm of(Batch batch) {
    BatchForm form = new BatchForm();
    arrays(batch)
        .forEach(
            (name, array) -> {
              if (array.isClosed()) {
                throw new IllegalStateException(
                    "batch must be open: closed=" + name + " batch=" + batch);
              }
              form.add(name, array.dtype(), array.shape());
            });
    return form;
  }

  private void add(String name, DType dtype, Shape shape) {
    Part part = new Part(name, dtype, shape, bytes);
    parts.add(part);
    bytes = Math.addExact(bytes, (part.bytes() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
  }

  /** The memory that all arrays take, one behind the other. */
  long bytes() {
    return bytes;
  }

  void write(DataOutput out) throws IOException {
    out.writeInt(parts.size());
    for (Part part : parts) {
      out.writeUTF(part.name);
      out.writeUTF(part.dtype.numpyName());
      out.writeInt(part.shape.rank());
      for (long size : part.shape.toArray()) {
        out.writeLong(size);
      }
    }
  }

  /** Copies the arrays of the batch whose form this is into memory of {@link #bytes} or more. */
  void copy(Batch batch, ByteBuffer memory) {
    Map<String, NDArray> arrays = arrays(batch);
    for (Part part : parts) {
      NDArray.of(slice(memory, part), part.dtype, part.shape.toArray()).assign(get(arrays, part));
    }
  }

  private static NDArray get(Map<String, NDArray> arrays, Part part) {
    NDArray array = arrays.get(part.name);
    if (array == null) {
      throw new IllegalStateException("array is missing: name=" + part.name);
    }
    return array;
  }

  private static ByteBuffer slice(ByteBuffer memory, Part part) {
    return memory.slice((int) part.offset, (int) part.bytes()).order(ByteOrder.nativeOrder());
  }

  /** Sends the arrays of the batch whose form this is, all in C order. */
  void send(Batch batch, Link link) throws IOException {
    Map<String, NDArray> arrays = arrays(batch);
    ByteBuffer chunk = chunk();
    for (Part part : parts) {
      NDArray array = get(arrays, part);
      NDArray whole = array.contiguous();
      try {
        NDArray elements = whole.reshape(-1);
        long step = CHUNK_BYTES / part.dtype.byteSize();
        for (long from = 0; from < elements.size(); from += step) {
          long to = Math.min(elements.size(), from + step);
          chunk.clear().limit((int) (to - from) * part.dtype.byteSize());
          NDArray.of(chunk, part.dtype, to - from).assign(elements.slice(0, from, to));
          link.write(chunk);
        }
      } finally {
        if (whole != array) {
          whole.close();
        }
      }
    }
  }

  // -------------------------------------------------------------------------------- the receiver

  /** Reads a form. */
  static BatchForm read(DataInput in) throws IOException {
    BatchForm form = new BatchForm();
    int count = in.readInt();
    for (int i = 0; i < count; i++) {
      String name = in.readUTF();
      DType dtype = DType.of(in.readUTF());
      long[] sizes = new long[in.readInt()];
      for (int axis = 0; axis < sizes.length; axis++) {
        sizes[axis] = in.readLong();
      }
      form.add(name, dtype, Shape.of(sizes));
    }
    return form;
  }

  /** The batch over a slot, which gets free when all its arrays are closed. */
  Batch over(Slots.Slot slot) throws IOException {
    slot.lend(parts.size());
    Map<String, NDArray> arrays = new LinkedHashMap<>();
    for (Part part : parts) {
      ByteBuffer bytes = slice(slot.memory(), part);
      arrays.put(part.name, NDArray.of(bytes, slot::giveBackOne, part.dtype, part.shape));
    }
    return batch(arrays);
  }

  /** Receives the arrays into memory of their own. */
  Batch receive(Link link) throws IOException {
    Map<String, NDArray> arrays = new LinkedHashMap<>();
    try {
      ByteBuffer chunk = chunk();
      for (Part part : parts) {
        NDArray array =
            part.bytes() <= MAX_DIRECT_BYTES
                ? NDArray.allocate(part.dtype, part.shape)
                : NDArray.zeros(part.dtype, part.shape);
        arrays.put(part.name, array);
        NDArray elements = array.reshape(-1);
        long step = CHUNK_BYTES / part.dtype.byteSize();
        for (long from = 0; from < elements.size(); from += step) {
          long to = Math.min(elements.size(), from + step);
          chunk.clear().limit((int) (to - from) * part.dtype.byteSize());
          link.read(chunk);
          elements.slice(0, from, to).assign(NDArray.of(chunk.flip(), part.dtype, to - from));
        }
      }
      return batch(arrays);
    } catch (Throwable t) {
      arrays.values().forEach(NDArray::close);
      throw t;
    }
  }

  private static ByteBuffer chunk() {
    return ByteBuffer.allocateDirect(CHUNK_BYTES).order(ByteOrder.nativeOrder());
  }
}
