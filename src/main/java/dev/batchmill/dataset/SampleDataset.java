package dev.batchmill.dataset;

import java.util.List;

/**
 * A data set whose samples are found by index.
 *
 * <p>{@link #size} does not change. An implementation should be safe for use by many threads, and a
 * sample should depend on its index alone.
 *
 * @param <T> the type of the samples
 * @see DatasetSplitter#split(SampleDataset)
 * @see <a href="https://docs.pytorch.org/docs/stable/data.html">torch.utils.data.Dataset</a>
 */
public interface SampleDataset<T> {
  /**
   * Returns the number of samples.
   *
   * @return the number, not negative
   */
  long size();

  /**
   * Reads or makes one sample.
   *
   * @param index from 0 to the size − 1
   * @return the sample
   * @throws IndexOutOfBoundsException if there is no such sample
   * @throws Exception if the sample cannot be read
   */
  T sample(long index) throws Exception;

  /**
   * Takes the elements of a list as samples.
   *
   * @param elements the samples; the list is not copied and does not change its size
   * @param <T> the type of the samples
   * @return a data set
   */
  static <T> SampleDataset<T> of(List<T> elements) {
    return new SampleDataset<>() {
      @Override
      public long size() {
        return elements.size();
      }

      @Override
      public T sample(long index) {
        return elements.get(Math.toIntExact(index));
      }

      @Override
      public String toString() {
        return "SampleDataset[size=" + size() + "]";
      }
    };
  }
}
