package dev.batchmill.dataset;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.RandomAccess;

/** Some elements of a list; not modifiable. */
final class ListView<T> extends AbstractList<T> implements RandomAccess {
  private final List<T> elements;
  private final RowIndices indices;

  ListView(List<T> elements, RowIndices indices) {
    this.elements = elements instanceof RandomAccess ? elements : new ArrayList<>(elements);
    this.indices = indices;
  }

  @Override
  public T get(int index) {
    return elements.get((int) indices.get(index));
  }

  @Override
  public int size() {
    return (int) indices.size();
  }
}
