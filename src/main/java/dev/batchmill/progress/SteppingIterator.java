package dev.batchmill.progress;

import java.util.Iterator;

/** Adds a step to a bar when the consumer comes back for what follows an element. */
final class SteppingIterator<T> implements Iterator<T> {
  private final Iterator<T> elements;
  private final ProgressBar bar;
  private boolean inWork;

  SteppingIterator(Iterator<T> elements, ProgressBar bar) {
    this.elements = elements;
    this.bar = bar;
  }

  @Override
  public boolean hasNext() {
    step();
    boolean more = elements.hasNext();
    if (!more) {
      bar.close();
    }
    return more;
  }

  @Override
  public T next() {
    step();
    T element = elements.next();
    inWork = true;
    return element;
  }

  @Override
  public void remove() {
    elements.remove();
  }

  private void step() {
    if (inWork) {
      inWork = false;
      bar.add(1);
    }
  }
}
