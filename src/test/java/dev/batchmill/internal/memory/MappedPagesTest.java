package dev.batchmill.internal.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.batchmill.internal.bind.NativeLibrary;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import org.junit.jupiter.api.Test;

class MappedPagesTest {
  private static final int SIZE = 256 << 20;

  @Test
  void smallMemoryHasNoPagesOfItsOwn() {
    NativeLibrary.requireLoaded();
    assertNull(MappedPages.allocate((4 << 20) - 1));
    assertNotNull(MappedPages.allocate(4 << 20));
  }

  @Test
  void allocatingForEverReusesWhatIsNotHeld() {
    NativeLibrary.requireLoaded();
    long limit = Runtime.getRuntime().maxMemory();
    // Three times what may be in use at once; what is written proves that the pages are there.
    for (long bytes = 0; bytes < 3 * limit; bytes += SIZE) {
      ByteBuffer buffer = MappedPages.allocate(SIZE);
      assertNotNull(buffer, "bytes=" + bytes);
      assertEquals(0, buffer.get(SIZE - 1));
      buffer.put(SIZE - 1, (byte) 1);
      assertTrue(MappedPages.bytes() <= limit);
    }
  }

  @Test
  void viewsKeepThePagesAlive() throws InterruptedException {
    NativeLibrary.requireLoaded();
    FloatBuffer view = view();
    for (int i = 0; i < 5; i++) {
      System.gc();
      Thread.sleep(10);
    }
    assertTrue(MappedPages.bytes() >= SIZE);
    assertEquals(2.5f, view.get(0));
  }

  private static FloatBuffer view() {
    ByteBuffer buffer = MappedPages.allocate(SIZE);
    assertNotNull(buffer);
    FloatBuffer view = buffer.slice(8, 1024).slice(0, 512).asFloatBuffer();
    view.put(0, 2.5f);
    return view;
  }

  @Test
  void whatIsLargerThanTheLimitGetsNone() {
    NativeLibrary.requireLoaded();
    long limit = Runtime.getRuntime().maxMemory();
    int n = 0;
    ByteBuffer[] held = new ByteBuffer[(int) (limit / SIZE) + 1];
    while (n < held.length) {
      ByteBuffer buffer = MappedPages.allocate(SIZE);
      if (buffer == null) {
        break;
      }
      held[n++] = buffer;
    }
    assertTrue(n < held.length, "n=" + n);
    // HostMemory goes on with Java's own direct memory.
    try (HostMemory memory = HostMemory.allocate(SIZE)) {
      assertEquals(SIZE, memory.buffer().capacity());
    }
    assertTrue(held[0].isDirect());
  }
}
