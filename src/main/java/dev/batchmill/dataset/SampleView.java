package dev.batchmill.dataset;

/** Some samples of a data set. */
record SampleView<T>(SampleDataset<T> data, RowIndices indices) implements SampleDataset<T> {
  @Override
  public long size() {
    return indices.size();
  }

  @Override
  public T sample(long index) throws Exception {
    return data.sample(indices.get(index));
  }
}
