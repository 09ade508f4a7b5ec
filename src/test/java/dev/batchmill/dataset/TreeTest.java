package dev.batchmill.dataset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.batchmill.array.NDArray;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TreeTest {
  private static Tree<String> sample() {
    Map<String, Tree<String>> entries = new LinkedHashMap<>();
    entries.put("z", Tree.of("1"));
    entries.put("a", Tree.ofList(List.of(Tree.of("2"), Tree.ofList(List.of()), Tree.of("3"))));
    return Tree.ofMap(entries);
  }

  @Test
  void leavesComeInTheOrderOfTheirMaking() {
    assertEquals(List.of("1", "2", "3"), sample().leaves());
    assertEquals("{z=1, a=[2, [], 3]}", sample().toString());
    List<String> places = new ArrayList<>();
    sample().forEach("t", (place, leaf) -> places.add(place + "=" + leaf));
    assertEquals(List.of("t[z]=1", "t[a][0]=2", "t[a][2]=3"), places);
  }

  @Test
  void whatIsMappedKeepsTheForm() {
    Tree<Integer> lengths = sample().map(text -> 10 * Integer.parseInt(text));
    assertEquals("{z=10, a=[20, [], 30]}", lengths.toString());
    assertEquals(20, lengths.get("a").get(0).leaf());
    assertEquals(7, Tree.of("x").map(text -> 7).leaf());
  }

  @Test
  void equalIsWhatHasTheSameFormAndLeaves() {
    assertEquals(sample(), sample());
    assertEquals(sample().hashCode(), sample().hashCode());
    assertNotEquals(sample(), sample().map(text -> text + "!"));
    assertNotEquals(Tree.of("1"), Tree.ofList(List.of(Tree.of("1"))));
  }

  @Test
  void laterChangesOfWhatItWasMadeOfDoNotReachIt() {
    List<Tree<String>> elements = new ArrayList<>(List.of(Tree.of("1")));
    Tree<String> tree = Tree.ofList(elements);
    elements.clear();
    assertEquals("[1]", tree.toString());
    assertThrows(UnsupportedOperationException.class, () -> tree.list().clear());
    assertThrows(UnsupportedOperationException.class, () -> sample().map().clear());
  }

  @Test
  void askedForWhatItIsNotItSaysWhatItIs() {
    assertEquals(
        "not a leaf, but {z=1, a=[2, [], 3]}",
        assertThrows(IllegalStateException.class, () -> sample().leaf()).getMessage());
    assertEquals(
        "not a list, but 1",
        assertThrows(IllegalStateException.class, () -> Tree.of("1").get(0)).getMessage());
    assertEquals(
        "not a map, but [2, [], 3]",
        assertThrows(IllegalStateException.class, () -> sample().get("a").map()).getMessage());
    assertEquals(
        "no such key: key=b keys=[z, a]",
        assertThrows(IllegalArgumentException.class, () -> sample().get("b")).getMessage());
    assertTrue(sample().get("z").isLeaf());
    assertTrue(sample().get("a").isList());
  }

  @Test
  void arraysComeOutOfPlainStructuresAndGoBack() {
    NDArray one = NDArray.of(new int[] {1});
    NDArray two = NDArray.of(new int[] {2});
    Object structure = Map.of("a", List.of(one, two));
    assertEquals(structure, Tree.ofArrays(structure).toObject());
    assertSame(one, Tree.ofArrays(one).toObject());
    assertSame(two, Tree.ofArrays(new NDArray[] {one, two}).get(1).leaf());
    assertEquals(Tree.ofArrays(structure), Tree.ofArrays(Tree.ofArrays(structure)));
  }
}
