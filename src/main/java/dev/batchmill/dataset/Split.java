package dev.batchmill.dataset;

import java.util.function.Function;

/**
 * The two sides of a split.
 *
 * @param <T> what is split: row indices, views of an array, of lists of arrays, of a data set
 * @param left the first side, often the training data
 * @param right the second side, often the test data
 * @see DatasetSplitter
 */
public record Split<T>(T left, T right) {
  /**
   * Applies a function to both sides, the left one first.
   *
   * @param function the function
   * @param <R> what it makes
   * @return both results
   */
  public <R> Split<R> map(Function<? super T, ? extends R> function) {
    return new Split<>(function.apply(left), function.apply(right));
  }
}
