package dev.batchmill.transform;

import dev.batchmill.array.NDArray;
import dev.batchmill.array.Npy;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/** The vectors that src/test/python/transform_golden.py made with NumPy and Keras. */
final class Golden {
  private Golden() {}

  static NDArray read(String name) {
    try (InputStream in =
        Objects.requireNonNull(Golden.class.getResourceAsStream(name + ".npy"), name)) {
      return Npy.read(in, name);
    } catch (IOException e) {
      throw new IllegalStateException(name, e);
    }
  }
}
