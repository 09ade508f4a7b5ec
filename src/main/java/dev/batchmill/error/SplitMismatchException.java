package dev.batchmill.error;

/** A data set is not split as it was when the split was recorded. */
public class SplitMismatchException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String part;
  private final String property;
  private final String expected;
  private final String actual;

  /**
   * Creates the exception.
   *
   * @param part the part that differs, such as {@code left}, or {@code split} for the whole
   * @param property what differs, such as {@code size} or {@code sha256}
   * @param expected what was recorded
   * @param actual what was seen
   * @param hint what else differs and may be the cause, or nothing
   */
  public SplitMismatchException(
      String part, String property, String expected, String actual, String hint) {
    super(
        "split is not the one that was recorded: part="
            + part
            + " property="
            + property
            + " expected="
            + expected
            + " actual="
            + actual
            + (hint.isEmpty() ? "" : " (" + hint + ")"));
    this.part = part;
    this.property = property;
    this.expected = expected;
    this.actual = actual;
  }

  /**
   * Returns the part that differs.
   *
   * @return a name such as {@code left}, {@code part-1}, {@code fold-0/train}, or {@code split} for
   *     the whole
   */
  public String part() {
    return part;
  }

  /**
   * Returns what differs.
   *
   * @return {@code rows}, {@code parts}, {@code name}, {@code size} or {@code sha256}
   */
  public String property() {
    return property;
  }

  /**
   * Returns what was recorded.
   *
   * @return the value
   */
  public String expected() {
    return expected;
  }

  /**
   * Returns what was seen.
   *
   * @return the value
   */
  public String actual() {
    return actual;
  }
}
