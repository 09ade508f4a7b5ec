package dev.batchmill.progress;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;

/**
 * Lines of a terminal that are drawn again and again: a bar's, and below it those of the bars that
 * are nested in it. The cursor stays at the end of the line that was drawn last. Guarded by the
 * bars' lock.
 */
final class Screen {
  private static final int UNKNOWN = -1;

  private final PrintStream out;
  private final IntSupplier terminalColumns;
  private int columns = UNKNOWN;

  /** The columns drawn in each line. */
  private final List<Integer> drawn = new ArrayList<>();

  private int cursor;

  Screen(PrintStream out, IntSupplier terminalColumns) {
    this.out = out;
    this.terminalColumns = terminalColumns;
  }

  /** How many columns a line may take; the terminal is asked once. */
  int columns() {
    if (columns == UNKNOWN) {
      columns = terminalColumns.getAsInt();
    }
    return columns;
  }

  /**
   * Draws a line, over what it held.
   *
   * @param row the line, 0 for the first; at most one below the last that was drawn
   * @param text what it holds
   * @param last whether the lines stay as they are: whatever comes next begins below them
   */
  void draw(int row, String text, boolean last) {
    int width = BarText.columns(text);
    while (drawn.size() <= row) {
      drawn.add(0);
    }
    String blanks = " ".repeat(Math.max(0, drawn.get(row) - width));
    StringBuilder line = new StringBuilder(move(row)).append('\r').append(text).append(blanks);
    drawn.set(row, width);
    cursor = row;
    if (last) {
      line.append(move(drawn.size()));
      drawn.clear();
      cursor = 0;
    }
    out.print(line);
    out.flush();
  }

  private String move(int row) {
    return row < cursor ? "\u001b[" + (cursor - row) + "A" : "\n".repeat(row - cursor);
  }
}
