package dev.batchmill.dataset;

import dev.batchmill.array.NDArray;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A leaf, or a list or a map of trees: what a model with several inputs or outputs takes for x or
 * y. A map keeps the order of its keys.
 *
 * <pre>{@code
 * Tree<NDArray> x = Tree.ofArrays(Map.of("image", images, "tokens", tokens));
 * x.get("image").leaf();
 * }</pre>
 *
 * <p>Immutable, and {@link Serializable} if its leaves are; they stay whoever's they are.
 *
 * @param <T> the leaves
 * @see <a href="https://keras.io/api/utils/tree/">keras.tree</a>
 */
public final class Tree<T> implements Serializable {
  private static final long serialVersionUID = 1L;

  /** A leaf; null unless this is one. */
  @SuppressWarnings("serial") // as the class comment says
  private final @Nullable T leaf;

  /** The elements of a list; null unless this is one. */
  @SuppressWarnings("serial") // unmodifiable lists and maps are Serializable
  private final @Nullable List<Tree<T>> list;

  /** The entries of a map; null unless this is one. */
  @SuppressWarnings("serial")
  private final @Nullable Map<String, Tree<T>> map;

  private Tree(@Nullable T leaf, @Nullable List<Tree<T>> list, @Nullable Map<String, Tree<T>> map) {
    this.leaf = leaf;
    this.list = list;
    this.map = map;
  }

  /**
   * Makes a tree of one leaf.
   *
   * @param leaf the leaf
   * @param <T> the leaves
   * @return a tree
   */
  public static <T> Tree<T> of(T leaf) {
    return new Tree<>(leaf, null, null);
  }

  /**
   * Makes a list of trees.
   *
   * @param elements the trees; copied
   * @param <T> the leaves
   * @return a tree
   */
  public static <T> Tree<T> ofList(List<Tree<T>> elements) {
    return new Tree<>(null, Collections.unmodifiableList(new ArrayList<>(elements)), null);
  }

  /**
   * Makes a map of trees.
   *
   * @param entries the trees; copied, in this order
   * @param <T> the leaves
   * @return a tree
   */
  public static <T> Tree<T> ofMap(Map<String, Tree<T>> entries) {
    return new Tree<>(null, null, Collections.unmodifiableMap(new LinkedHashMap<>(entries)));
  }

  /**
   * Makes a tree of arrays.
   *
   * @param structure an array, or a list, a Java array or a map (with texts as keys) of such
   * @return a tree over the same arrays; a tree that is given comes back
   * @throws IllegalArgumentException if there is anything else in the structure
   */
  public static Tree<NDArray> ofArrays(Object structure) {
    return ofArrays("data", structure);
  }

  static Tree<NDArray> ofArrays(String name, @Nullable Object structure) {
    return of(
        name, structure, "arrays", (place, node) -> node instanceof NDArray array ? array : null);
  }

  /** Makes a leaf of a node, or null if it is none; given its place for messages. */
  interface LeafReader<T> {
    @Nullable T read(String place, @Nullable Object node);
  }

  /** Reads a structure of lists and maps; {@code leaves} is what to call the leaves in messages. */
  static <T> Tree<T> of(
      String name, @Nullable Object structure, String leaves, LeafReader<T> reader) {
    T leaf = reader.read(name, structure);
    if (leaf != null) {
      return of(leaf);
    }
    if (structure instanceof Tree<?> tree) {
      return of(name, tree.toObject(), leaves, reader);
    }
    if (structure instanceof Object[] elements) {
      return of(name, Arrays.asList(elements), leaves, reader);
    }
    if (structure instanceof List<?> elements) {
      List<Tree<T>> trees = new ArrayList<>();
      for (Object element : elements) {
        trees.add(of(name + "[" + trees.size() + "]", element, leaves, reader));
      }
      return ofList(trees);
    }
    if (structure instanceof Map<?, ?> entries) {
      Map<String, Tree<T>> trees = new LinkedHashMap<>();
      entries.forEach(
          (key, value) ->
              trees.put(text(name, key), of(name + "[" + key + "]", value, leaves, reader)));
      return ofMap(trees);
    }
    throw new IllegalArgumentException(
        name
            + " must consist of "
            + leaves
            + ", lists and maps: "
            + name
            + "="
            + (structure == null ? null : structure.getClass().getName()));
  }

  private static String text(String name, @Nullable Object key) {
    if (key instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException("keys of " + name + " must be texts: key=" + key);
  }

  /**
   * Tells whether this is a single leaf.
   *
   * @return true for a leaf, false for a list or a map
   */
  public boolean isLeaf() {
    return list == null && map == null;
  }

  /**
   * Tells whether this is a list.
   *
   * @return true for a list, false for a leaf or a map
   */
  public boolean isList() {
    return list != null;
  }

  /**
   * Returns the leaf.
   *
   * @return the leaf
   * @throws IllegalStateException if this is a list or a map
   */
  public T leaf() {
    if (leaf == null) {
      throw new IllegalStateException("not a leaf, but " + this);
    }
    return leaf;
  }

  /**
   * Returns the elements of the list.
   *
   * @return an unmodifiable list
   * @throws IllegalStateException if this is something else
   */
  public List<Tree<T>> list() {
    if (list == null) {
      throw new IllegalStateException("not a list, but " + this);
    }
    return list;
  }

  /**
   * Returns the entries of the map.
   *
   * @return an unmodifiable map
   * @throws IllegalStateException if this is something else
   */
  public Map<String, Tree<T>> map() {
    if (map == null) {
      throw new IllegalStateException("not a map, but " + this);
    }
    return map;
  }

  /**
   * Returns an element of the list.
   *
   * @param index from 0 to the size − 1
   * @return the element
   * @throws IllegalStateException if this is no list
   * @throws IndexOutOfBoundsException if there is no such element
   */
  public Tree<T> get(int index) {
    return list().get(index);
  }

  /**
   * Returns an entry of the map.
   *
   * @param key the key
   * @return the entry
   * @throws IllegalStateException if this is no map
   * @throws IllegalArgumentException if there is no such entry
   */
  public Tree<T> get(String key) {
    Tree<T> entry = map().get(key);
    if (entry == null) {
      throw new IllegalArgumentException("no such key: key=" + key + " keys=" + map().keySet());
    }
    return entry;
  }

  /**
   * Returns all leaves, in order.
   *
   * @return a new list
   */
  public List<T> leaves() {
    List<T> leaves = new ArrayList<>();
    forEach("", (place, each) -> leaves.add(each));
    return leaves;
  }

  /** Visits the leaves in order, each with its place: the name, then {@code [key]} or such. */
  void forEach(String name, BiConsumer<String, T> action) {
    if (list != null) {
      for (int i = 0; i < list.size(); i++) {
        list.get(i).forEach(name + "[" + i + "]", action);
      }
    } else if (map != null) {
      map.forEach((key, entry) -> entry.forEach(name + "[" + key + "]", action));
    } else {
      action.accept(name, leaf());
    }
  }

  /**
   * Makes a tree of the same form with another leaf in each leaf's place, in order.
   *
   * @param change makes the new leaf of the old one
   * @param <R> the new leaves
   * @return a new tree
   */
  public <R> Tree<R> map(Function<? super T, ? extends R> change) {
    if (isLeaf()) {
      return of(change.apply(leaf()));
    }
    return mapNamed("", (place, each) -> change.apply(each));
  }

  /** As {@link #map(Function)}, with the place of each leaf. */
  <R> Tree<R> mapNamed(String name, BiFunction<String, ? super T, ? extends R> change) {
    if (list != null) {
      List<Tree<R>> changed = new ArrayList<>();
      for (Tree<T> element : list) {
        changed.add(element.mapNamed(name + "[" + changed.size() + "]", change));
      }
      return ofList(changed);
    }
    if (map != null) {
      Map<String, Tree<R>> changed = new LinkedHashMap<>();
      map.forEach((key, entry) -> changed.put(key, entry.mapNamed(name + "[" + key + "]", change)));
      return ofMap(changed);
    }
    return of(change.apply(name, leaf()));
  }

  /**
   * Returns the structure in plain Java: the leaf, or an unmodifiable list or map of such.
   *
   * @return what {@link #ofArrays} takes
   */
  public Object toObject() {
    if (list != null) {
      return list.stream().map(Tree::toObject).toList();
    }
    if (map != null) {
      Map<String, Object> plain = new LinkedHashMap<>();
      map.forEach((key, entry) -> plain.put(key, entry.toObject()));
      return Collections.unmodifiableMap(plain);
    }
    return leaf();
  }

  /** Tells whether the other is a tree of the same form with equal leaves in the same order. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Tree<?> tree
        && Objects.equals(leaf, tree.leaf)
        && Objects.equals(list, tree.list)
        && Objects.equals(map, tree.map);
  }

  @Override
  public int hashCode() {
    return Objects.hash(leaf, list, map);
  }

  /** Returns the leaves as text, such as {@code {image=float32[32, 28, 28], tokens=int32[32]}}. */
  @Override
  public String toString() {
    return String.valueOf(list != null ? list : map != null ? map : leaf);
  }
}
