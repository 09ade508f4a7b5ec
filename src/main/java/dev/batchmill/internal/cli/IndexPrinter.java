package dev.batchmill.internal.cli;

import java.io.PrintStream;

/** Prints numbers as one JSON array, chunk by chunk. */
final class IndexPrinter {
  private final PrintStream out;
  private final StringBuilder text = new StringBuilder("[");
  private boolean first = true;

  IndexPrinter(PrintStream out) {
    this.out = out;
  }

  /** Prints an array that is there as a whole. */
  static void printAll(PrintStream out, long[] numbers) {
    IndexPrinter printer = new IndexPrinter(out);
    printer.print(numbers, numbers.length);
    printer.end();
  }

  /** Prints the first {@code count} of some numbers. */
  void print(long[] numbers, int count) {
    for (int i = 0; i < count; i++) {
      text.append(first ? "" : ", ").append(numbers[i]);
      first = false;
    }
    out.append(text);
    text.setLength(0);
    requireOutput();
  }

  /** Closes the array. */
  void end() {
    out.append(text).append("]");
    requireOutput();
  }

  private void requireOutput() {
    if (out.checkError()) {
      throw new IllegalStateException("standard output cannot be written");
    }
  }
}
