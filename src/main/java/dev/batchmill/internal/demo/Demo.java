package dev.batchmill.internal.demo;

import dev.batchmill.array.NDArray;
import dev.batchmill.dataset.ArrayDataset;
import dev.batchmill.dataset.Batch;
import dev.batchmill.dataset.DatasetSplitter;
import dev.batchmill.dataset.RowView;
import dev.batchmill.dataset.Split;
import dev.batchmill.internal.kernel.KernelRegistry;
import dev.batchmill.io.FileCache;
import dev.batchmill.io.FileRequest;
import dev.batchmill.progress.ProgressBar;
import dev.batchmill.transform.Normalizer;
import dev.batchmill.transform.OneHot;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The demo: a handwritten-digits classifier, from a URL to its test accuracy, through every room of
 * the library.
 *
 * <p>A seed gives the same numbers to the last digit for any number of workers, any kernels and
 * wherever the loader is given up and another one goes on, as long as the same library computes the
 * matrix products.
 */
public final class Demo {
  private static final String ARCHIVE_SHA256 =
      "b85fd7a9ea8121cc1158f04ddbff3e7353487722d9f73e8e1b02728ebad33d5a";

  private static final double TRAINING_FRACTION = 0.8;

  private final DemoOptions options;
  private final PrintStream err;
  private final StageClock clock = new StageClock();

  private Demo(DemoOptions options, PrintStream err) {
    this.options = options;
    this.err = err;
  }

  /**
   * Runs the demo.
   *
   * @param options what it depends on
   * @param err where the progress bar goes
   * @return what it gave
   * @throws Exception if a stage fails
   */
  public static DemoResult run(DemoOptions options, PrintStream err) throws Exception {
    return new Demo(options, err).run();
  }

  /** Features and one-hot classes of some rows. */
  private record Rows(NDArray x, NDArray y) {}

  private DemoResult run() throws Exception {
    Fetched fetched = fetch();
    Digits digits = clock.time("read", () -> Digits.read(fetched.directory.resolve("digits.csv")));
    Split<List<NDArray>> split =
        clock.time(
            "split",
            () ->
                DatasetSplitter.left(TRAINING_FRACTION)
                    .shuffle(options.seed())
                    .split(List.of(digits.images(), digits.labels()))
                    .map(side -> side.stream().map(RowView::toArray).toList()));
    Rows training = prepare(split.left());
    Rows test = prepare(split.right());
    MatrixProduct product = clock.time("load the BLAS", MatrixProduct::best);
    Classifier classifier = new Classifier(Digits.PIXELS, Digits.CLASSES, options.seed(), product);
    Trained trained = train(classifier, training, test);
    int[] readings = classifier.best(predict(classifier, test));
    return new DemoResult(
        options,
        fetched.source,
        KernelRegistry.active().description(),
        product.name(),
        (int) training.x.shape().dim(0),
        trained.epochs,
        trained.resumption,
        images(split.right(), readings),
        clock.stages());
  }

  private static List<DemoResult.TestImage> images(List<NDArray> side, int[] readings) {
    List<DemoResult.TestImage> images = new ArrayList<>();
    for (int i = 0; i < readings.length; i++) {
      int digit = (int) side.get(1).getLong(i);
      images.add(new DemoResult.TestImage(side.get(0).get(i), digit, readings[i]));
    }
    return images;
  }

  private record Fetched(DemoResult.Source source, Path directory) {}

  private Fetched fetch() throws Exception {
    try (DigitsServer server = clock.time("serve", DigitsServer::start)) {
      FileRequest request =
          FileRequest.builder(server.uri())
              .name("digits")
              .hash(ARCHIVE_SHA256)
              .extract(true)
              .cacheDirectory(options.cacheDirectory())
              .build();
      Path directory = clock.time("fetch, verify, extract", () -> FileCache.fetch(request));
      return new Fetched(new DemoResult.Source(server.uri(), server.served() == 0), directory);
    }
  }

  private Rows prepare(List<NDArray> side) throws Exception {
    return new Rows(
        clock.time("normalise", () -> Normalizer.normalize(side.get(0))),
        clock.time("one-hot", () -> OneHot.encode(side.get(1), Digits.CLASSES)));
  }

  /** How well the epochs went, and where the loader was changed. */
  private record Trained(
      List<DemoResult.Epoch> epochs, DemoResult.@Nullable Resumption resumption) {}

  private Trained train(Classifier classifier, Rows training, Rows test) throws Exception {
    ArrayDataset dataset =
        ArrayDataset.builder(training.x)
            .y(training.y)
            .batchSize(options.batchSize())
            .shuffle(options.seed())
            .build();
    List<DemoResult.Epoch> epochs = new ArrayList<>();
    long batches = dataset.batchCount().orElseThrow();
    long steps = batches * options.epochs();
    long stopAfter = options.stopAfter().orElse(options.epochs() / 2 * batches + batches / 2);
    try (Feed feed = new Feed(dataset, options.workers(), stopAfter);
        ProgressBar bar = bar(steps)) {
      for (int epoch = 0; epoch < options.epochs(); epoch++) {
        Classifier.Score score = trainEpoch(classifier, feed, bar);
        epochs.add(
            new DemoResult.Epoch(score, classifier.score(predict(classifier, test), y(test))));
      }
      return new Trained(epochs, feed.resumption());
    }
  }

  private ProgressBar bar(long steps) {
    return ProgressBar.builder()
        .target(steps)
        .statefulMetrics("loss", "accuracy")
        .output(err)
        .build();
  }

  private Classifier.Score trainEpoch(Classifier classifier, Feed feed, ProgressBar bar)
      throws Exception {
    Classifier.Score score = Classifier.Score.NONE;
    clock.time(
        "wait for batches",
        () -> {
          feed.beginEpoch();
          return feed;
        });
    while (clock.time("wait for batches", feed::hasNext)) {
      try (Batch batch = clock.time("wait for batches", feed::next)) {
        score = score.plus(clock.time("train", () -> learn(classifier, batch)));
      }
      bar.add(
          1,
          ProgressBar.metric("loss", score.loss()),
          ProgressBar.metric("accuracy", score.accuracy()));
    }
    return score;
  }

  private static Classifier.Score learn(Classifier classifier, Batch batch) {
    NDArray y = Objects.requireNonNull(batch.y());
    return classifier.learn(batch.x().toFloatArray(), y.toFloatArray());
  }

  private float[] predict(Classifier classifier, Rows rows) throws Exception {
    return clock.time(
        "test", () -> classifier.predict(rows.x.toFloatArray(), (int) rows.x.shape().dim(0)));
  }

  private static float[] y(Rows rows) {
    return rows.y.toFloatArray();
  }
}
