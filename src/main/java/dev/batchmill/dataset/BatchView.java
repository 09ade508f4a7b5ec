package dev.batchmill.dataset;

import java.util.OptionalLong;

/** Some batches of a data set, which stays in epoch 0; see {@link RowIndices#viewBatches}. */
record BatchView(BatchDataset data, RowIndices indices) implements BatchDataset {
  /** The number of batches of a finite data set. */
  static long count(BatchDataset data) {
    return data.batchCount()
        .orElseThrow(() -> new IllegalArgumentException("data set must be finite: data=" + data));
  }

  @Override
  public Batch batch(long index) throws Exception {
    return data.batch(indices.get(index));
  }

  @Override
  public OptionalLong batchCount() {
    return OptionalLong.of(indices.size());
  }

  @Override
  public void onEpochBegin(long epoch) {
    data.onEpochBegin(0);
  }

  @Override
  public void onEpochEnd(long epoch) {
    data.onEpochEnd(0);
  }
}
