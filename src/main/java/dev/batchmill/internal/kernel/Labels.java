package dev.batchmill.internal.kernel;

import java.nio.Buffer;

/**
 * Class labels in a buffer, read as integers: floats are cut towards zero; NaN is no label.
 *
 * <p>A label stands for a class when it lies in [0, classes). Where ignoring, a label equal to
 * {@code ignored} stands for none; any other label is bad.
 *
 * @param values the labels, in a buffer of their type
 * @param start the element where label 0 lies
 * @param classes the number of classes, at least 1
 */
public record Labels(
    Buffer values, ElementType type, long start, int classes, boolean ignoring, long ignored) {
  /** Labels of which none is ignored. */
  public Labels(Buffer values, ElementType type, long start, int classes) {
    this(values, type, start, classes, false, 0);
  }

  /** The same labels for another number of classes. */
  public Labels withClasses(int number) {
    return new Labels(values, type, start, number, ignoring, ignored);
  }
}
