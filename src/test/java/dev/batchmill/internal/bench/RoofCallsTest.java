package dev.batchmill.internal.bench;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.batchmill.array.DType;
import dev.batchmill.array.NDArray;
import dev.batchmill.array.Shape;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class RoofCallsTest {
  /** What native code writes where it copies nothing. */
  private static final byte FILLING = 0x5a;

  private static final byte MARK = 0x33;

  /** Runs every call over a zeroed output and checks what it wrote. */
  private static void check(Roof roof, int read, int written) {
    try (Memory memory = new Memory()) {
      NDArray x = memory.input(DType.UINT8, Shape.of(Math.max(read, 1)));
      NDArray out = memory.output(DType.UINT8, Shape.of(Math.max(written, 1)));
      byte[] expected = new byte[written];
      Arrays.fill(expected, FILLING);
      if (roof == Roof.COPY || roof == Roof.STREAM_COPY || roof == Roof.READ_STREAM_COPY) {
        bytes(x).get(0, expected, 0, Math.min(read, written));
      }
      List<Runnable> calls = RoofCalls.of(new Traffic(roof, read, written), memory);
      for (Runnable call : calls) {
        bytes(out).put(0, new byte[written]);
        call.run();
        byte[] seen = new byte[written];
        bytes(out).get(0, seen);
        assertArrayEquals(expected, seen, roof + " " + read + " " + written);
      }
    }
  }

  private static ByteBuffer bytes(NDArray array) {
    return (ByteBuffer) array.buffer();
  }

  @Test
  void copiesCopyAllThereIs() {
    for (int bytes : new int[] {1, 63, 64, 65, (512 << 10) - 1, (512 << 10) + 1, (5 << 20) + 13}) {
      check(Roof.COPY, bytes, bytes);
      check(Roof.STREAM_COPY, bytes, bytes);
      check(Roof.READ_STREAM_COPY, bytes, bytes);
    }
  }

  @Test
  void writesFillAllThereIs() {
    for (int bytes : new int[] {1, 64, 65, (512 << 10) + 1, (5 << 20) + 13}) {
      check(Roof.WRITE, 7, bytes);
      check(Roof.STREAM_WRITE, 0, bytes);
    }
  }

  @Test
  void aCopyToMoreWritesTheRestToo() {
    int read = (1 << 20) + 7;
    int written = 4 * read;
    byte[] marks = new byte[read];
    Arrays.fill(marks, MARK);
    try (Memory memory = new Memory()) {
      bytes(memory.input(DType.UINT8, Shape.of(read))).put(0, marks);
      NDArray out = memory.output(DType.UINT8, Shape.of(written));
      for (Runnable call : RoofCalls.of(new Traffic(Roof.STREAM_COPY, read, written), memory)) {
        bytes(out).put(0, new byte[written]);
        call.run();
        byte[] seen = new byte[written];
        bytes(out).get(0, seen);
        assertEquals(read, count(MARK, seen));
        assertEquals(written - read, count(FILLING, seen));
      }
    }
  }

  private static int count(byte value, byte[] bytes) {
    int count = 0;
    for (byte b : bytes) {
      count += b == value ? 1 : 0;
    }
    return count;
  }

  @Test
  void rowsAreGatheredInARandomOrder() {
    try (Memory memory = new Memory()) {
      NDArray x = memory.input(DType.FLOAT32, Shape.of(1000, 128));
      NDArray out = memory.output(DType.FLOAT32, Shape.of(1000, 128));
      List<Runnable> calls = RoofCalls.of(new Traffic(Roof.GATHER, 512_000, 512_000), memory);
      assertEquals(1, calls.size());
      calls.get(0).run();
      assertNotEquals(rows(x), rows(out));
      assertEquals(new HashSet<>(rows(x)), new HashSet<>(rows(out)));
    }
  }

  private static List<FloatBuffer> rows(NDArray array) {
    List<FloatBuffer> rows = new ArrayList<>();
    for (int i = 0; i < array.shape().dim(0); i++) {
      rows.add(((FloatBuffer) array.buffer()).slice(i * 128, 128));
    }
    return rows;
  }

  @Test
  void largeTrafficIsTriedInPiecesOfSeveralSizes() {
    try (Memory memory = new Memory()) {
      assertEquals(2, RoofCalls.of(new Traffic(Roof.COPY, 9 << 20, 9 << 20), memory).size());
      assertEquals(1, RoofCalls.of(new Traffic(Roof.COPY, 4096, 4096), memory).size());
      assertEquals(3, RoofCalls.of(new Traffic(Roof.COPY, 8 << 20, 8 << 20), memory).size());
      assertEquals(
          5, RoofCalls.of(new Traffic(Roof.READ_STREAM_COPY, 8 << 20, 8 << 20), memory).size());
    }
  }
}
