package dev.batchmill.internal.kernel;

import java.nio.Buffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The buffer of an array itself, for those who hand it to kernels while the array is open: the
 * public {@code NDArray.buffer} makes a duplicate, one object too many where a call must not
 * allocate, and promises that its contents outlast the array, so that closing gives back less.
 *
 * <p>Whoever gets the buffer leaves its position and limit alone.
 */
public final class ArrayMemory {
  private static volatile @Nullable Access access;

  private ArrayMemory() {}

  /** What the class of arrays lets this one do. */
  @FunctionalInterface
  public interface Access {
    /** The buffer of an open array. */
    Buffer buffer(Object array);
  }

  /** Called by the class of arrays when it is initialised, before there is any array. */
  public static void grant(Access granted) {
    access = granted;
  }

  /**
   * The memory of an {@code NDArray}.
   *
   * @throws IllegalStateException if the array is closed
   */
  public static Buffer of(Object array) {
    return Objects.requireNonNull(access).buffer(array);
  }
}
