package dev.batchmill.internal.bind;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Why a native library cannot be used, in one line: what is wrong, where, what was looked for and
 * seen, and what to do. {@code docs/loading.md} lists them.
 */
final class LoadFailure extends Exception {
  private static final long serialVersionUID = 1L;

  /**
   * A failure.
   *
   * @param library the library
   * @param what what is wrong
   * @param values the names and values that tell it; may be empty
   * @param remedy what to do
   * @param cause what was thrown, or null
   */
  LoadFailure(
      LibraryFile library, String what, String values, String remedy, @Nullable Throwable cause) {
    super(message(library, what, values, remedy), cause);
  }

  private static String message(LibraryFile library, String what, String values, String remedy) {
    String mismatch = JavaCpp.mismatch();
    List<String> jars = ClassPath.jars();
    return "%s: %splatform=%s, classifier=%s, jars=[%s]; %s%s"
        .formatted(
            what,
            values.isEmpty() ? "" : values + ", ",
            Platform.name(),
            library.classifier(),
            String.join(", ", jars),
            remedy,
            mismatch == null ? "" : ". Besides, " + mismatch);
  }
}
