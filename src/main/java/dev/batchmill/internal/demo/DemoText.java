package dev.batchmill.internal.demo;

import java.io.PrintStream;
import java.util.Locale;

/** Prints what a run of the demo gave; the last line is the test accuracy. */
public final class DemoText {
  private DemoText() {}

  /** Prints a result. */
  public static void print(DemoResult result, PrintStream out) {
    DemoOptions options = result.options();
    line(out, "archive", result.source());
    line(out, "kernels", result.kernels());
    line(out, "matrix product", result.product());
    line(
        out,
        "rows",
        result.trainingRows() + " to learn from, " + result.images().size() + " held out");
    line(out, "model", Classifier.description());
    line(
        out,
        "training",
        "%d epochs, batches of %d, seed %d, %d workers"
            .formatted(options.epochs(), options.batchSize(), options.seed(), options.workers()));
    if (result.resumption() != null) {
      line(out, "resumed", result.resumption());
    }
    out.println();
    printStages(result, out);
    out.println();
    printConfusion(result.confusion(), out);
    out.println();
    Classifier.Score training = result.last().training();
    Classifier.Score test = result.last().test();
    line(out, "training loss", training.loss());
    line(out, "training accuracy", accuracy(training));
    line(out, "test loss", test.loss());
    line(out, "test accuracy", accuracy(test));
  }

  private static void line(PrintStream out, String name, Object value) {
    out.println(String.format(Locale.ROOT, "%-18s%s", name, value));
  }

  /** An accuracy with what it was counted from. */
  static String accuracy(Classifier.Score score) {
    return String.format(
        Locale.ROOT, "%.4f (%d of %d)", score.accuracy(), score.correct(), score.rows());
  }

  private static void printStages(DemoResult result, PrintStream out) {
    out.println("time by stage");
    for (StageClock.Stage stage : result.stages()) {
      out.println(
          String.format(Locale.ROOT, "  %-22s%9.1f ms", stage.name(), stage.milliseconds()));
    }
  }

  private static void printConfusion(int[][] confusion, PrintStream out) {
    StringBuilder head = new StringBuilder("digit \\ read as");
    for (int column = 0; column < confusion.length; column++) {
      head.append(String.format(Locale.ROOT, "%5d", column));
    }
    out.println(head);
    for (int row = 0; row < confusion.length; row++) {
      StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%15d", row));
      for (int count : confusion[row]) {
        line.append(String.format(Locale.ROOT, "%5s", count == 0 ? "." : Integer.toString(count)));
      }
      out.println(line);
    }
  }
}
