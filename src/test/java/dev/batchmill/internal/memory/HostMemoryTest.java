package dev.batchmill.internal.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.batchmill.internal.bind.NativeKernels;
import dev.batchmill.internal.bind.NativeLibrary;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class HostMemoryTest {
  @Test
  void memoryIsAlignedZeroedAndOfTheSizeAskedFor() {
    NativeLibrary.requireLoaded();
    for (int size :
        new int[] {0, 1, 63, 64, 65, 127, 128, 129, 1_000_000, 4 << 20, (8 << 20) + 1}) {
      try (HostMemory memory = HostMemory.allocate(size)) {
        ByteBuffer buffer = memory.buffer();
        assertEquals(size, memory.byteSize());
        assertEquals(size, buffer.capacity());
        assertEquals(0, buffer.position());
        assertEquals(size, buffer.limit());
        assertEquals(ByteOrder.nativeOrder(), buffer.order());
        assertTrue(buffer.isDirect());
        if (size > 0) {
          assertEquals(0, NativeKernels.addressOf(buffer) % HostMemory.ALIGNMENT);
          assertEquals(0, buffer.get(size - 1));
          buffer.put(size - 1, (byte) 7);
          assertEquals(7, buffer.get(size - 1));
        }
      }
    }
  }

  @Test
  void closingCountsOnceAndKeepsBuffersAlive() {
    long bytes = HostMemory.liveBytes();
    long count = HostMemory.liveCount();
    HostMemory memory = HostMemory.allocate(1000);
    assertEquals(bytes + 1000, HostMemory.liveBytes());
    assertEquals(count + 1, HostMemory.liveCount());
    ByteBuffer buffer = memory.buffer();
    assertFalse(memory.isClosed());
    memory.close();
    memory.close();
    assertTrue(memory.isClosed());
    assertEquals(bytes, HostMemory.liveBytes());
    assertEquals(count, HostMemory.liveCount());
    buffer.put(999, (byte) 7);
    assertEquals(7, buffer.get(999));
    assertEquals(
        "the memory was closed: byteSize=1000",
        assertThrows(IllegalStateException.class, memory::buffer).getMessage());
  }

  @Test
  void sharedPagesKeepTheirContentsWhenClosed() {
    ByteBuffer buffer = closed(HostMemory::share);
    assertEquals(7, buffer.get(0));
    assertEquals(8, buffer.get(buffer.capacity() - 1));
  }

  @Test
  @EnabledOnOs(OS.LINUX) // other systems take the pages when they need them
  void otherPagesGoBackAtOnceAndCanStillBeUsed() {
    ByteBuffer buffer = closed(memory -> {});
    int last = buffer.capacity() - 1;
    assertEquals(0, buffer.get(0));
    assertEquals(0, buffer.get(last));
    buffer.put(last, (byte) 9);
    assertEquals(9, buffer.get(last));
  }

  private static ByteBuffer closed(Consumer<HostMemory> before) {
    NativeLibrary.requireLoaded();
    int size = (8 << 20) + 3;
    HostMemory memory = HostMemory.allocate(size);
    ByteBuffer buffer = memory.buffer().put(0, (byte) 7).put(size - 1, (byte) 8);
    before.accept(memory);
    memory.close();
    return buffer;
  }

  @Test
  void sizesThatNoBufferHoldsAreRefused() {
    for (long size : new long[] {-1, Integer.MAX_VALUE, Long.MIN_VALUE, Long.MAX_VALUE}) {
      assertEquals(
          "off-heap memory must have 0 to 2147483521 bytes: byteSize=" + size,
          assertThrows(IllegalArgumentException.class, () -> HostMemory.allocate(size))
              .getMessage());
    }
  }

  @Test
  void aLeakIsReportedWithItsSizeAndWhere() throws InterruptedException {
    LogRecord plain = leak(4321);
    assertEquals(
        "off-heap memory was not closed: byteSize=4321; -Dbatchmill.leaks=trace says where",
        plain.getMessage());
    assertNull(plain.getThrown());
    System.setProperty(HostMemory.LEAKS_PROPERTY, "trace");
    try {
      LogRecord traced = leak(1234);
      assertEquals("off-heap memory was not closed: byteSize=1234", traced.getMessage());
      assertNotNull(traced.getThrown());
      boolean here = false;
      for (StackTraceElement element : traced.getThrown().getStackTrace()) {
        here |= element.getMethodName().equals("forget");
      }
      assertTrue(here);
    } finally {
      System.clearProperty(HostMemory.LEAKS_PROPERTY);
    }
  }

  private static LogRecord leak(int size) throws InterruptedException {
    BlockingQueue<LogRecord> records = new LinkedBlockingQueue<>();
    Logger logger = Logger.getLogger(HostMemory.class.getName());
    logger.setFilter(
        record -> {
          records.add(record);
          return false;
        });
    try {
      forget(size);
      for (int tries = 0; tries < 100; tries++) {
        System.gc();
        LogRecord record = records.poll(100, TimeUnit.MILLISECONDS);
        if (record != null && record.getMessage().contains("byteSize=" + size)) {
          return record;
        }
      }
      throw new AssertionError("no leak was reported: size=" + size);
    } finally {
      logger.setFilter(null);
    }
  }

  private static void forget(int size) {
    assertEquals(size, HostMemory.allocate(size).byteSize());
  }
}
