package dev.batchmill.internal.demo;

import dev.batchmill.array.NDArray;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a run of the demo gave.
 *
 * @param options what it depended on
 * @param source where the archive came from
 * @param kernels which kernels ran
 * @param product what computed the matrix products
 * @param trainingRows the number of rows that were learnt from
 * @param epochs how well each epoch went
 * @param resumption where another loader went on; null if none did
 * @param images the images held out
 * @param stages the time spent in each stage
 */
public record DemoResult(
    DemoOptions options,
    Source source,
    String kernels,
    String product,
    int trainingRows,
    List<Epoch> epochs,
    @Nullable Resumption resumption,
    List<TestImage> images,
    List<StageClock.Stage> stages) {

  /**
   * Where the archive came from.
   *
   * @param origin its address
   * @param cached whether the cache had it already
   */
  public record Source(URI origin, boolean cached) {
    @Override
    public String toString() {
      return origin + (cached ? " (found in the cache)" : " (fetched, SHA-256 verified)");
    }
  }

  /**
   * How well an epoch went.
   *
   * @param training the score on the training rows, each before its step
   * @param test the score on the rows held out, after the epoch; nothing depends on it
   */
  public record Epoch(Classifier.Score training, Classifier.Score test) {}

  /**
   * Where another loader went on.
   *
   * @param batches how many batches the first one gave
   * @param state what it left, as JSON
   * @param workers the number of workers of the other one
   */
  public record Resumption(long batches, String state, int workers) {
    @Override
    public String toString() {
      return "after %d batches by another loader with %d workers, from %s"
          .formatted(batches, workers, state);
    }
  }

  /**
   * An image held out.
   *
   * @param pixels its pixels, see {@link Digits}
   * @param digit what it shows
   * @param reading what it was taken for
   */
  record TestImage(NDArray pixels, int digit, int reading) {
    boolean misread() {
      return digit != reading;
    }
  }

  Epoch last() {
    return epochs.get(epochs.size() - 1);
  }

  /** How often each digit (first index) was taken for each (second index). */
  int[][] confusion() {
    int[][] counts = new int[Digits.CLASSES][Digits.CLASSES];
    for (TestImage image : images) {
      counts[image.digit][image.reading]++;
    }
    return counts;
  }
}
