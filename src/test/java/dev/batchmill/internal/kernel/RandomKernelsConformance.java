package dev.batchmill.internal.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** What every backend's random numbers must be; one subclass per backend. */
abstract class RandomKernelsConformance {
  private static final int[] COUNTS = {
    0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 1023, 1024, 1025, 2047, 2048,
    2049, 4095, 4096, 4097, 9_001
  };

  private static final long KEY = 0x299f31d0_a4093822L;
  private static final long STREAM = 0x03707344_13198a2eL;

  private final Kernels kernels = kernels();

  abstract Kernels kernels();

  private static Buffer buffer(ElementType type, int size, boolean direct) {
    if (!direct) {
      return switch (type) {
        case INT32 -> IntBuffer.allocate(size);
        case INT64 -> LongBuffer.allocate(size);
        case FLOAT32 -> FloatBuffer.allocate(size);
        default -> DoubleBuffer.allocate(size);
      };
    }
    ByteBuffer bytes =
        ByteBuffer.allocateDirect(size * type.bytes()).order(ByteOrder.nativeOrder());
    return switch (type) {
      case INT32 -> bytes.asIntBuffer();
      case INT64 -> bytes.asLongBuffer();
      case FLOAT32 -> bytes.asFloatBuffer();
      default -> bytes.asDoubleBuffer();
    };
  }

  private static int word(long block, long at) {
    int[] words = new int[PhiloxKernel.BLOCK_WORDS];
    PhiloxKernel.block(KEY, block + at / 4, STREAM, words);
    return words[(int) (at % 4)];
  }

  /** The bits of a number, by the definition. */
  private static long expected(ElementType type, long block, long at) {
    long both = (word(block, at) & 0xFFFF_FFFFL) | (long) word(block, at + 1) << 32;
    return switch (type) {
      case INT32 -> word(block, at);
      case INT64 -> both;
      case FLOAT32 -> Float.floatToRawIntBits((word(block, at) >>> 8) / 16777216f);
      default -> Double.doubleToRawLongBits((both >>> 11) / 9007199254740992.0);
    };
  }

  private static long bits(Buffer buffer, int at) {
    if (buffer instanceof IntBuffer ints) {
      return ints.get(at);
    } else if (buffer instanceof LongBuffer longs) {
      return longs.get(at);
    } else if (buffer instanceof FloatBuffer floats) {
      return Float.floatToRawIntBits(floats.get(at));
    }
    return Double.doubleToRawLongBits(((DoubleBuffer) buffer).get(at));
  }

  private void check(ElementType type, long block, int word, int count, int start, boolean direct) {
    Buffer out = buffer(type, start + count + 1, direct);
    kernels.fillRandom(KEY, STREAM, block, word, out, start, count, count % 2 == 1);
    String name = "%s block=%d word=%d count=%d".formatted(type, block, word, count);
    for (int i = 0; i < start; i++) {
      assertEquals(0, bits(out, i), name);
    }
    assertEquals(0, bits(out, start + count), name);
    for (int i = 0; i < count; i++) {
      long at = word + (long) i * type.bytes() / 4;
      if (expected(type, block, at) != bits(out, start + i)) {
        throw new AssertionError(name + " element=" + i);
      }
    }
  }

  @Test
  void everyNumberIsItsOwnWordsWhereverARangeBeginsAndEnds() {
    ElementType[] types = {
      ElementType.INT32, ElementType.INT64, ElementType.FLOAT32, ElementType.FLOAT64
    };
    for (ElementType type : types) {
      for (int count : COUNTS) {
        for (int word = 0; word < 4; word++) {
          check(type, 0, word, count, (count + word) % 9, count % 3 == 0);
        }
        check(type, (1L << 32) - 2, 1, count, 0, true);
        check(type, -3, 2, count, 1, false);
      }
    }
  }

  @Test
  void viewsOfHeapBytesAreFilledToo() {
    FloatBuffer view = ByteBuffer.allocate(800).order(ByteOrder.nativeOrder()).asFloatBuffer();
    kernels.fillRandom(KEY, STREAM, 7, 3, view, 2, 100, false);
    for (int i = 0; i < 100; i++) {
      assertEquals(expected(ElementType.FLOAT32, 7, 3 + i), bits(view, 2 + i));
    }
  }

  @Test
  void refusesWhatDoesNotFit() {
    IntBuffer out = IntBuffer.allocate(10);
    assertFails(IndexOutOfBoundsException.class, () -> fill(0, out, 1, 10));
    assertFails(IndexOutOfBoundsException.class, () -> fill(0, out, -1, 2));
    assertFails(IndexOutOfBoundsException.class, () -> fill(0, out, 0, -1));
    assertFails(IndexOutOfBoundsException.class, () -> fill(4, out, 0, 1));
    assertFails(IndexOutOfBoundsException.class, () -> fill(-1, out, 0, 1));
    assertFails(IllegalArgumentException.class, () -> fill(0, ShortBuffer.allocate(9), 0, 1));
    assertFails(IllegalArgumentException.class, () -> fill(0, ByteBuffer.allocate(9), 0, 1));
    assertFails(IllegalArgumentException.class, () -> fill(0, out.asReadOnlyBuffer(), 0, 1));
    for (int i = 0; i < 10; i++) {
      assertEquals(0, out.get(i));
    }
  }

  private void fill(int word, Buffer out, long start, long count) {
    kernels.fillRandom(KEY, STREAM, 0, word, out, start, count, false);
  }

  private static void assertFails(Class<? extends RuntimeException> type, Executable call) {
    assertThrows(type, call);
  }
}
