package dev.batchmill.array;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.batchmill.internal.memory.HostMemory;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("counts the memory of the process")
class ArrayPoolTest {
  private static final long KIB = 1024;

  private static NDArray filled(ArrayPool pool, long value) {
    NDArray array = pool.allocate(DType.INT64, KIB / 8);
    array.setLong(value, KIB / 8 - 1);
    return array;
  }

  @Test
  void theMemoryOfAClosedArrayIsTheNextOnes() {
    try (ArrayPool pool = new ArrayPool()) {
      filled(pool, 7).close();
      assertEquals(KIB, pool.idleBytes());
      try (NDArray again = pool.allocate(DType.FLOAT32, 16, 16)) {
        assertEquals(0, pool.idleBytes());
        try (NDArray other = pool.allocate(DType.INT64, KIB / 8)) {
          other.setLong(9, KIB / 8 - 1);
          // The low half of the 7.
          assertEquals(Float.intBitsToFloat(7), again.getDouble(15, 14));
          assertNotSame(again.buffer(), other.buffer());
        }
      }
      assertEquals(2 * KIB, pool.idleBytes());
    }
  }

  @Test
  void closingTwiceGivesTheMemoryBackOnce() {
    try (ArrayPool pool = new ArrayPool()) {
      NDArray array = filled(pool, 1);
      array.close();
      array.close();
      assertEquals(KIB, pool.idleBytes());
      assertThrows(IllegalStateException.class, () -> array.setLong(2, 0));
    }
  }

  @Test
  void noMoreIsKeptThanAskedFor() {
    try (ArrayPool pool = new ArrayPool(2 * KIB)) {
      NDArray[] arrays = {filled(pool, 1), filled(pool, 2), filled(pool, 3)};
      for (NDArray array : arrays) {
        array.close();
      }
      assertEquals(2 * KIB, pool.idleBytes());
    }
    assertEquals(
        "maxIdleBytes must not be negative: maxIdleBytes=-1",
        assertThrows(IllegalArgumentException.class, () -> new ArrayPool(-1)).getMessage());
  }

  @Test
  void aClosedPoolKeepsNothing() {
    ArrayPool pool = new ArrayPool();
    NDArray open = filled(pool, 1);
    filled(pool, 2).close();
    pool.close();
    assertEquals(0, pool.idleBytes());
    open.close();
    assertEquals(0, pool.idleBytes());
    filled(pool, 3).close();
    assertEquals(0, pool.idleBytes());
  }

  @Test
  void manyThreadsNeverShareAnArray() {
    long before = HostMemory.liveBytes();
    AtomicLong wrong = new AtomicLong();
    Set<Long> threads = new HashSet<>();
    try (ArrayPool pool = new ArrayPool()) {
      IntStream.range(0, 8)
          .parallel()
          .forEach(
              thread -> {
                for (int i = 0; i < 5000; i++) {
                  long mark = thread * 5000L + i;
                  try (NDArray array = filled(pool, mark)) {
                    array.setLong(-mark, 0);
                    Thread.onSpinWait();
                    if (array.getLong(KIB / 8 - 1) != mark || array.getLong(0) != -mark) {
                      wrong.incrementAndGet();
                    }
                  }
                }
                synchronized (threads) {
                  threads.add(Thread.currentThread().getId());
                }
              });
      assertEquals(0, wrong.get());
      assertTrue(pool.idleBytes() <= threads.size() * KIB);
    }
    assertEquals(before, HostMemory.liveBytes());
  }
}
