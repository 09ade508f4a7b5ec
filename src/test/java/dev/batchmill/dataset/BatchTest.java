package dev.batchmill.dataset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.batchmill.array.DType;
import dev.batchmill.array.NDArray;
import org.junit.jupiter.api.Test;

class BatchTest {
  private final NDArray x = NDArray.zeros(DType.FLOAT32, 3, 2);
  private final NDArray y = NDArray.zeros(DType.INT32, 3);
  private final NDArray weight = NDArray.zeros(DType.FLOAT32, 3);

  @Test
  void givesBackWhatWasPacked() {
    Batch one = Batch.of(x);
    assertSame(x, one.x());
    assertNull(one.y());
    assertNull(one.sampleWeight());
    assertEquals("Batch[x=float32[3, 2]]", one.toString());
    Batch two = Batch.of(x, y);
    assertSame(y, two.y());
    assertNull(two.sampleWeight());
    Batch three = Batch.of(x, y, weight);
    assertSame(weight, three.sampleWeight());
    assertEquals(3, three.size());
    assertEquals("Batch[x=float32[3, 2], y=int32[3], sampleWeight=float32[3]]", three.toString());
    assertSame(weight, Batch.of(x, null, weight).sampleWeight());
  }

  @Test
  void closesItsArraysButNotTheArraysBehindViews() {
    NDArray source = NDArray.allocate(DType.FLOAT32, 6, 2);
    NDArray owned = NDArray.allocate(DType.INT32, 3);
    NDArray ownedWeight = NDArray.allocate(DType.FLOAT32, 3);
    Batch batch = Batch.of(source.slice(0, 0, 3), owned, ownedWeight);
    batch.close();
    batch.close();
    assertTrue(owned.isClosed());
    assertTrue(ownedWeight.isClosed());
    assertFalse(source.isClosed());
    source.close();
  }

  @Test
  void refusesArraysOfDifferentLength() {
    NDArray four = NDArray.zeros(DType.INT32, 4);
    assertEquals(
        "y must have as many rows as x: x=float32[3, 2] y=int32[4]",
        assertThrows(IllegalArgumentException.class, () -> Batch.of(x, four)).getMessage());
    assertEquals(
        "sampleWeight must have as many rows as x: x=float32[3, 2] sampleWeight=int32[4]",
        assertThrows(IllegalArgumentException.class, () -> Batch.of(x, y, four)).getMessage());
    assertEquals(
        "x must have at least one axis: x=int32[]",
        assertThrows(IllegalArgumentException.class, () -> Batch.of(NDArray.zeros(DType.INT32)))
            .getMessage());
  }
}
