package dev.batchmill.dataset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.batchmill.array.DType;
import dev.batchmill.array.NDArray;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
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

  private static void assertRefused(String message, Object data) {
    assertEquals(
        message,
        assertThrows(IllegalArgumentException.class, () -> Batch.unpack(data)).getMessage());
  }

  @Test
  void readsTheFormsThatKerasTakes() {
    assertEquals("Batch[x=float32[3, 2]]", Batch.unpack(x).toString());
    assertEquals("Batch[x=float32[3, 2]]", Batch.unpack(List.of(x)).toString());
    assertEquals("Batch[x=float32[3, 2], y=int32[3]]", Batch.unpack(List.of(x, y)).toString());
    assertEquals(
        "Batch[x=float32[3, 2], y=int32[3], sampleWeight=float32[3]]",
        Batch.unpack(new NDArray[] {x, y, weight}).toString());
    assertEquals(
        "Batch[x=float32[3, 2], sampleWeight=float32[3]]",
        Batch.unpack(Arrays.asList(x, null, weight)).toString());
    assertEquals("Batch[x={y=int32[3]}]", Batch.unpack(Map.of("y", y)).toString());
    assertEquals(
        "Batch[x=[float32[3, 2], float32[3]], y={a=int32[3]}]",
        Batch.unpack(List.of(List.of(x, weight), Map.of("a", y))).toString());
  }

  @Test
  void whatWasPackedIsUnpackedAsItWas() {
    for (Object data :
        List.of(
            x,
            Map.of("a", x),
            List.of(List.of(x, weight)),
            List.of(x, y),
            List.of(Map.of("a", x), List.of(y)),
            List.of(x, y, weight),
            Arrays.asList(x, null, weight))) {
      assertEquals(data, Batch.unpack(data).pack());
    }
    assertSame(x, Batch.unpack(List.of(x)).pack());
  }

  @Test
  void anythingElseIsRefused() {
    assertRefused(
        "a batch must be x, [x], [x, y] or [x, y, sampleWeight]: parts=0 data=[]", List.of());
    assertRefused(
        "a batch must be x, [x], [x, y] or [x, y, sampleWeight]: parts=4"
            + " data=[float32[3, 2], int32[3], float32[3], float32[3]]",
        List.of(x, y, weight, weight));
    assertRefused("x must consist of arrays, lists and maps: x=java.lang.String", "x");
    assertRefused(
        "y[1] must consist of arrays, lists and maps: y[1]=java.lang.Integer",
        List.of(x, List.of(y, 1)));
    assertRefused("x must consist of arrays, lists and maps: x=null", Arrays.asList(null, y));
    assertRefused("keys of x must be texts: key=1", Map.of(1, x));
    assertRefused("x must hold an array: x={}", Map.of());
    NDArray four = NDArray.zeros(DType.INT8, 4);
    assertRefused(
        "x[b][0] must have as many rows as x[a]: x[a]=float32[3, 2] x[b][0]=int8[4]",
        new TreeMap<>(Map.of("a", x, "b", List.of(four))));
    assertRefused(
        "y[k] must have as many rows as x: x=float32[3, 2] y[k]=int8[4]",
        List.of(x, Map.of("k", four)));
  }

  @Test
  void oneArrayIsAskedForByNameAndSeveralByTheirTree() {
    Batch batch = Batch.unpack(List.of(Map.of("a", x), List.of(y), weight));
    assertSame(x, batch.xs().get("a").leaf());
    assertSame(y, Objects.requireNonNull(batch.ys()).get(0).leaf());
    assertSame(weight, Objects.requireNonNull(batch.sampleWeights()).leaf());
    assertSame(weight, batch.sampleWeight());
    assertEquals(List.of(x, y, weight), batch.arrays());
    assertEquals(3, batch.size());
    assertEquals(24 + 12 + 12, batch.byteSize());
    assertEquals(
        "x must be one array here, see xs(): x={a=float32[3, 2]}",
        assertThrows(IllegalStateException.class, batch::x).getMessage());
    assertEquals(
        "y must be one array here, see ys(): y=[int32[3]]",
        assertThrows(IllegalStateException.class, batch::y).getMessage());
  }

  @Test
  void closesAllArraysOfAllTrees() {
    NDArray[] owned = new NDArray[4];
    Arrays.setAll(owned, i -> NDArray.allocate(DType.INT8, 2));
    Batch.unpack(
            List.of(Map.of("a", owned[0], "b", List.of(owned[1])), owned[2], List.of(owned[3])))
        .close();
    assertTrue(Arrays.stream(owned).allMatch(NDArray::isClosed));
  }
}
