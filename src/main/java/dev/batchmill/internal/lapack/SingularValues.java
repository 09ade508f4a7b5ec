package dev.batchmill.internal.lapack;

import dev.batchmill.error.NativeUnavailableException;
import dev.batchmill.internal.bind.Platform;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The singular values of matrices. Thread-safe. */
public final class SingularValues {
  /** The version of the preset that this library is built and tested with. */
  static final String OPENBLAS_VERSION = "0.3.31-1.5.13";

  private SingularValues() {}

  /** Why LAPACK is not there. */
  private record Problem(String message, LinkageError cause) {}

  /** Loads LAPACK on first use; a failure stays for the life of the virtual machine. */
  private static final class Holder {
    static final @Nullable Problem PROBLEM = load();

    private static @Nullable Problem load() {
      try {
        Lapack.load();
        return null;
      } catch (LinkageError e) {
        return new Problem(message(e), e);
      }
    }
  }

  /**
   * Returns the singular values of a matrix, largest first; NaN for all when LAPACK's method does
   * not converge.
   *
   * @param matrix the elements, all finite, row after row; overwritten
   * @param rows the number of rows, at least 1
   * @param columns the number of columns, at least 1
   * @throws NativeUnavailableException if LAPACK cannot be loaded
   */
  public static double[] of(double[] matrix, int rows, int columns) {
    Problem problem = Holder.PROBLEM;
    if (problem != null) {
      throw new NativeUnavailableException(problem.message(), problem.cause());
    }
    double[] values = new double[Math.min(rows, columns)];
    // Row after row is column after column of the transposed matrix, which has the same values.
    int info = Lapack.singularValues(matrix, columns, rows, values);
    if (info < 0) {
      throw new IllegalStateException(
          "LAPACK failed: dgesdd info=%d, rows=%d, columns=%d".formatted(info, rows, columns));
    }
    if (info > 0) {
      Arrays.fill(values, Double.NaN);
    }
    return values;
  }

  private static String message(LinkageError cause) {
    String modulePath =
        SingularValues.class.getModule().isNamed()
            ? ", on the module path with --add-modules org.bytedeco.openblas,org.bytedeco.openblas."
                + Platform.name().replace('-', '.')
            : "";
    return "singular values need LAPACK, which cannot be loaded: add the dependency"
        + " org.bytedeco:openblas-platform:"
        + OPENBLAS_VERSION
        + modulePath
        + " ("
        + cause
        + ")";
  }
}
