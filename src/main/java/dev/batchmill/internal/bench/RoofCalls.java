package dev.batchmill.internal.bench;

import dev.batchmill.array.DType;
import dev.batchmill.array.DeviceArray;
import dev.batchmill.array.NDArray;
import dev.batchmill.array.Shape;
import dev.batchmill.internal.bind.NativeKernels;
import dev.batchmill.internal.bind.NativeLibrary;
import dev.batchmill.internal.kernel.Parallel;
import dev.batchmill.random.Permutation;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The calls that measure a roof: the same memory moved by all threads in pieces of several sizes,
 * of which the fastest counts. A copy whose sides differ in length copies what they have in common
 * and reads or writes the rest, piece by piece. Rows are gathered by one call of {@link
 * NDArray#take(long[], NDArray)}.
 */
final class RoofCalls {
  /** From what stays in a processor's own cache to what the operations use. */
  private static final long[] PIECE_BYTES = {256 << 10, 2 << 20, 32 << 20};

  /** Up to here one thread may be faster than two that have to meet. */
  private static final long ONE_THREAD_BYTES = 8 << 20;

  private static final long LINE = 64;

  private static final int GATHERED_COLUMNS = 128;
  private static final long GATHER_SEED = 1337;

  private final Traffic traffic;
  private final long source;
  private final long sink;

  private RoofCalls(Traffic traffic, long source, long sink) {
    this.traffic = traffic;
    this.source = source;
    this.sink = sink;
  }

  /** Whether there are roofs: they are native code. */
  static boolean available() {
    return NativeLibrary.state().loaded();
  }

  /** The calls for some traffic in this memory, which outlives them. */
  static List<Runnable> of(Traffic traffic, Memory memory) {
    if (traffic.roof() == Roof.GATHER) {
      return List.of(gather(traffic, memory));
    }
    if (traffic.roof().isOnDevice()) {
      return List.of(onDevice(traffic, memory.gpu()));
    }
    RoofCalls roof =
        new RoofCalls(
            traffic, memory.sourceAddress(traffic.read()), memory.sinkAddress(traffic.written()));
    long longer = Math.max(traffic.read(), traffic.written());
    List<Runnable> calls = new ArrayList<>();
    if (longer <= ONE_THREAD_BYTES) {
      calls.add(() -> roof.move(1, false));
    }
    for (long pieceBytes : PIECE_BYTES) {
      long pieces = longer / pieceBytes;
      if (pieces > 1) {
        calls.add(() -> roof.move(pieces, false));
        if (traffic.roof() == Roof.READ_STREAM_COPY) {
          // The second pass begins with what the first one has left in the caches.
          calls.add(() -> roof.move(pieces, true));
        }
      }
    }
    return calls;
  }

  private static Runnable gather(Traffic traffic, Memory memory) {
    Shape shape = Shape.of(traffic.read() / (GATHERED_COLUMNS * Float.BYTES), GATHERED_COLUMNS);
    NDArray x = memory.input(DType.FLOAT32, shape);
    NDArray out = memory.output(DType.FLOAT32, shape);
    long[] rows = Permutation.of(shape.dim(0), GATHER_SEED).toArray();
    return () -> x.take(rows, out);
  }

  /** CUDA's own copy, of half of the traffic from one place to another, or fill. */
  private static Runnable onDevice(Traffic traffic, GpuMemory gpu) {
    if (traffic.roof() == Roof.DEVICE_WRITE) {
      DeviceArray sink = gpu.output(DType.UINT8, Shape.of(traffic.written()));
      return gpu.timed(() -> sink.clear(gpu.stream()));
    }
    Shape half = Shape.of(traffic.bytes() / 2);
    DeviceArray source = gpu.output(DType.UINT8, half);
    DeviceArray sink = gpu.output(DType.UINT8, half);
    return gpu.timed(() -> sink.copyFrom(source, gpu.stream()));
  }

  private void move(long pieces, boolean backwards) {
    if (traffic.roof() == Roof.READ_STREAM_COPY) {
      inPieces(pieces, false, Roof.READ);
      inPieces(pieces, backwards, Roof.STREAM_COPY);
    } else {
      inPieces(pieces, false, traffic.roof());
    }
  }

  /** Every thread takes the next piece until none is left. */
  private void inPieces(long pieces, boolean backwards, Roof roof) {
    if (pieces == 1) {
      movePiece(0, 1, roof);
      return;
    }
    AtomicLong next = new AtomicLong();
    Parallel.forRange(
        Parallel.threads(),
        1,
        (from, to) -> {
          for (long i = next.getAndIncrement(); i < pieces; i = next.getAndIncrement()) {
            movePiece(backwards ? pieces - 1 - i : i, pieces, roof);
          }
        });
  }

  private void movePiece(long piece, long pieces, Roof roof) {
    long from = source + start(traffic.read(), piece, pieces);
    long to = sink + start(traffic.written(), piece, pieces);
    long read = source + start(traffic.read(), piece + 1, pieces) - from;
    long written = sink + start(traffic.written(), piece + 1, pieces) - to;
    long both = Math.min(read, written);
    switch (roof) {
      case READ -> call(NativeKernels.ROOF_READ, from, 0, read);
      case WRITE -> call(NativeKernels.ROOF_WRITE, 0, to, written);
      case STREAM_WRITE -> call(NativeKernels.ROOF_STREAM_WRITE, 0, to, written);
      case COPY -> {
        call(NativeKernels.ROOF_COPY, from, to, both);
        call(NativeKernels.ROOF_READ, from + both, 0, read - both);
        call(NativeKernels.ROOF_WRITE, 0, to + both, written - both);
      }
      case STREAM_COPY -> {
        call(NativeKernels.ROOF_STREAM_COPY, from, to, both);
        call(NativeKernels.ROOF_READ, from + both, 0, read - both);
        call(NativeKernels.ROOF_STREAM_WRITE, 0, to + both, written - both);
      }
      case READ_STREAM_COPY, GATHER, DEVICE_COPY, DEVICE_WRITE ->
          throw new IllegalArgumentException("roof does not move pieces: " + roof);
    }
  }

  /** Where a piece of some bytes begins: at a line. */
  private static long start(long bytes, long piece, long pieces) {
    return piece == pieces ? bytes : bytes / pieces * piece / LINE * LINE;
  }

  private static void call(int kind, long from, long to, long bytes) {
    if (bytes > 0) {
      NativeKernels.roof(kind, from, to, bytes);
    }
  }
}
