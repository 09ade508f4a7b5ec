package dev.batchmill.internal.process;

import dev.batchmill.array.DType;
import dev.batchmill.array.NDArray;
import dev.batchmill.array.Shape;
import dev.batchmill.dataset.Batch;
import dev.batchmill.dataset.Tree;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A batch on its way: where each of its arrays lies. The only class here that knows what a batch is
 * made of.
 */
final class BatchForm {
  /** Where an array begins: at a multiple of this. */
  private static final long ALIGNMENT = 64;

  private static final int CHUNK_BYTES = 1 << 16;

  /** Off the heap an array is at most this large. */
  private static final long MAX_DIRECT_BYTES = Integer.MAX_VALUE - 127;

  /** What comes next in the description of a tree. */
  private static final int NOTHING = 0;

  private static final int LEAF = 1;
  private static final int LIST = 2;
  private static final int MAP = 3;

  /** All arrays, in the order of the trees. */
  private final List<Part> parts = new ArrayList<>();

  private @Nullable Tree<Part> x;
  private @Nullable Tree<Part> y;
  private @Nullable Tree<Part> sampleWeight;
  private long bytes;

  /** One array. */
  private record Part(DType dtype, Shape shape, long offset) {
    long bytes() {
      return shape.size() * dtype.byteSize();
    }
  }

  private BatchForm() {}

  private Part add(DType dtype, Shape shape) {
    Part part = new Part(dtype, shape, bytes);
    parts.add(part);
    bytes = Math.addExact(bytes, (part.bytes() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
    return part;
  }

  // ---------------------------------------------------------------------------------- the sender

  /**
   * The form of a batch.
   *
   * @throws IllegalStateException if an array is closed
   */
  static BatchForm of(Batch batch) {
    BatchForm form = new BatchForm();
    form.x = form.partsOf(batch.xs(), batch);
    form.y = form.partsOf(batch.ys(), batch);
    form.sampleWeight = form.partsOf(batch.sampleWeights(), batch);
    return form;
  }

  private @Nullable Tree<Part> partsOf(@Nullable Tree<NDArray> arrays, Batch batch) {
    return arrays == null
        ? null
        : arrays.map(
            array -> {
              if (array.isClosed()) {
                throw new IllegalStateException("batch must be open: batch=" + batch);
              }
              return add(array.dtype(), array.shape());
            });
  }

  /** The memory that all arrays take, one behind the other. */
  long bytes() {
    return bytes;
  }

  void write(DataOutput out) throws IOException {
    write(x, out);
    write(y, out);
    write(sampleWeight, out);
  }

  private static void write(@Nullable Tree<Part> tree, DataOutput out) throws IOException {
    if (tree == null) {
      out.writeByte(NOTHING);
    } else if (tree.isLeaf()) {
      out.writeByte(LEAF);
      write(tree.leaf(), out);
    } else if (tree.isList()) {
      out.writeByte(LIST);
      out.writeInt(tree.list().size());
      for (Tree<Part> element : tree.list()) {
        write(element, out);
      }
    } else {
      out.writeByte(MAP);
      out.writeInt(tree.map().size());
      for (Map.Entry<String, Tree<Part>> entry : tree.map().entrySet()) {
        out.writeUTF(entry.getKey());
        write(entry.getValue(), out);
      }
    }
  }

  private static void write(Part part, DataOutput out) throws IOException {
    out.writeUTF(part.dtype.numpyName());
    out.writeInt(part.shape.rank());
    for (long size : part.shape.toArray()) {
      out.writeLong(size);
    }
  }

  /** Copies the arrays of the batch whose form this is into memory of {@link #bytes} or more. */
  void copy(Batch batch, ByteBuffer memory) {
    List<NDArray> arrays = batch.arrays();
    for (int i = 0; i < parts.size(); i++) {
      Part part = parts.get(i);
      NDArray.of(slice(memory, part), part.dtype, part.shape.toArray()).assign(arrays.get(i));
    }
  }

  private static ByteBuffer slice(ByteBuffer memory, Part part) {
    return memory.slice((int) part.offset, (int) part.bytes()).order(ByteOrder.nativeOrder());
  }

  /** Sends the arrays of the batch whose form this is, all in C order. */
  void send(Batch batch, Link link) throws IOException {
    List<NDArray> arrays = batch.arrays();
    ByteBuffer chunk = chunk();
    for (int i = 0; i < parts.size(); i++) {
      Part part = parts.get(i);
      NDArray array = arrays.get(i);
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
    form.x = form.readTree(in);
    form.y = form.readTree(in);
    form.sampleWeight = form.readTree(in);
    return form;
  }

  private @Nullable Tree<Part> readTree(DataInput in) throws IOException {
    int kind = in.readByte();
    return kind == NOTHING ? null : readTree(kind, in);
  }

  private Tree<Part> readTree(int kind, DataInput in) throws IOException {
    return switch (kind) {
      case LEAF -> Tree.of(readPart(in));
      case LIST -> {
        List<Tree<Part>> elements = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
          elements.add(readTree(in.readByte(), in));
        }
        yield Tree.ofList(elements);
      }
      case MAP -> {
        Map<String, Tree<Part>> entries = new LinkedHashMap<>();
        for (int left = in.readInt(); left > 0; left--) {
          String key = in.readUTF();
          entries.put(key, readTree(in.readByte(), in));
        }
        yield Tree.ofMap(entries);
      }
      default -> throw new IOException("form of a batch is damaged: kind=" + kind);
    };
  }

  private Part readPart(DataInput in) throws IOException {
    DType dtype = DType.of(in.readUTF());
    long[] sizes = new long[in.readInt()];
    for (int axis = 0; axis < sizes.length; axis++) {
      sizes[axis] = in.readLong();
    }
    return add(dtype, Shape.of(sizes));
  }

  /** The batch over a slot, which gets free when all its arrays are closed. */
  Batch over(Slots.Slot slot) throws IOException {
    slot.lend(parts.size());
    return batch(
        part -> NDArray.of(slice(slot.memory(), part), slot::giveBackOne, part.dtype, part.shape));
  }

  /** Receives the arrays into memory of their own. */
  Batch receive(Link link) throws IOException {
    IdentityHashMap<Part, NDArray> arrays = new IdentityHashMap<>();
    try {
      ByteBuffer chunk = chunk();
      for (Part part : parts) {
        NDArray array =
            part.bytes() <= MAX_DIRECT_BYTES
                ? NDArray.allocate(part.dtype, part.shape)
                : NDArray.zeros(part.dtype, part.shape);
        arrays.put(part, array);
        NDArray elements = array.reshape(-1);
        long step = CHUNK_BYTES / part.dtype.byteSize();
        for (long from = 0; from < elements.size(); from += step) {
          long to = Math.min(elements.size(), from + step);
          chunk.clear().limit((int) (to - from) * part.dtype.byteSize());
          link.read(chunk);
          elements.slice(0, from, to).assign(NDArray.of(chunk.flip(), part.dtype, to - from));
        }
      }
      return batch(arrays::get);
    } catch (Throwable t) {
      arrays.values().forEach(NDArray::close);
      throw t;
    }
  }

  private Batch batch(Function<Part, NDArray> arrays) throws IOException {
    if (x == null) {
      throw new IOException("form of a batch is damaged: x=null");
    }
    return Batch.of(
        x.map(arrays),
        y == null ? null : y.map(arrays),
        sampleWeight == null ? null : sampleWeight.map(arrays));
  }

  private static ByteBuffer chunk() {
    return ByteBuffer.allocateDirect(CHUNK_BYTES).order(ByteOrder.nativeOrder());
  }
}
