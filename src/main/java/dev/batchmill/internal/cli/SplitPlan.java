package dev.batchmill.internal.cli;

import dev.batchmill.dataset.DatasetSplitter;
import dev.batchmill.dataset.PartSplitter;
import dev.batchmill.dataset.RowIndices;
import dev.batchmill.dataset.Split;
import dev.batchmill.dataset.SplitProvenance;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.function.LongFunction;

/** What the options of {@code batchmill split} describe: two sides, parts or folds. */
sealed interface SplitPlan {
  /** What is done with one part. */
  interface PartAction {
    void accept(String name, RowIndices rows) throws IOException;
  }

  /** Prints the indices of n rows as one JSON object on one line. */
  void print(PrintStream out, long n);

  /** Passes the parts of n rows on, by the names of their directories. */
  void forEachPart(long n, PartAction action) throws IOException;

  /** The record of a split of n rows. */
  SplitProvenance provenance(long n);

  /** A left and a right side. */
  record Sides(DatasetSplitter splitter) implements SplitPlan {
    @Override
    public void print(PrintStream out, long n) {
      printSides(out, "left", "right", splitter.rows(n));
      out.println();
    }

    @Override
    public void forEachPart(long n, PartAction action) throws IOException {
      Split<RowIndices> sides = splitter.rows(n);
      action.accept("left", sides.left());
      action.accept("right", sides.right());
    }

    @Override
    public SplitProvenance provenance(long n) {
      return splitter.provenance(n);
    }
  }

  /** Any number of parts. */
  record Parts(PartSplitter splitter) implements SplitPlan {
    @Override
    public void print(PrintStream out, long n) {
      List<RowIndices> parts = splitter.rows(n);
      out.print("{\"parts\":[");
      for (int part = 0; part < parts.size(); part++) {
        out.print(part == 0 ? "" : ",");
        printRows(out, parts.get(part));
      }
      out.println("]}");
    }

    @Override
    public void forEachPart(long n, PartAction action) throws IOException {
      List<RowIndices> parts = splitter.rows(n);
      for (int part = 0; part < parts.size(); part++) {
        action.accept("part-" + part, parts.get(part));
      }
    }

    @Override
    public SplitProvenance provenance(long n) {
      return splitter.provenance(n);
    }
  }

  /** Folds for cross-validation. */
  record Folds(LongFunction<List<Split<RowIndices>>> rows, LongFunction<SplitProvenance> provenance)
      implements SplitPlan {
    @Override
    public void print(PrintStream out, long n) {
      List<Split<RowIndices>> folds = rows.apply(n);
      out.print("{\"folds\":[");
      for (int fold = 0; fold < folds.size(); fold++) {
        out.print(fold == 0 ? "" : ",");
        printSides(out, "train", "test", folds.get(fold));
      }
      out.println("]}");
    }

    @Override
    public void forEachPart(long n, PartAction action) throws IOException {
      List<Split<RowIndices>> folds = rows.apply(n);
      for (int fold = 0; fold < folds.size(); fold++) {
        Split<RowIndices> sides = folds.get(fold);
        action.accept("fold-" + fold + "/train", sides.left());
        action.accept("fold-" + fold + "/test", sides.right());
      }
    }

    @Override
    public SplitProvenance provenance(long n) {
      return provenance.apply(n);
    }
  }

  private static void printSides(
      PrintStream out, String left, String right, Split<RowIndices> sides) {
    out.print("{\"" + left + "\":");
    printRows(out, sides.left());
    out.print(",\"" + right + "\":");
    printRows(out, sides.right());
    out.print("}");
  }

  /** Prints chunk by chunk, so that there may be any number of rows. */
  private static void printRows(PrintStream out, RowIndices rows) {
    IndexPrinter printer = new IndexPrinter(out);
    long[] chunk = new long[1 << 16];
    for (long first = 0; first < rows.size(); first += chunk.length) {
      int count = (int) Math.min(chunk.length, rows.size() - first);
      rows.fill(first, chunk, 0, count);
      printer.print(chunk, count);
    }
    printer.end();
  }
}
