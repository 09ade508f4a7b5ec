package dev.batchmill.transform;

import dev.batchmill.array.NDArray;
import dev.batchmill.array.Npy;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/** The vectors that the scripts in src/test/python made with NumPy and Keras. */
final class Golden {
  private Golden() {}

  private static InputStream open(String file) {
    return Objects.requireNonNull(Golden.class.getResourceAsStream(file), file);
  }

  static NDArray read(String name) {
    try (InputStream in = open(name + ".npy")) {
      return Npy.read(in, name);
    } catch (IOException e) {
      throw new UncheckedIOException(name, e);
    }
  }

  static List<String> lines(String file) {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(open(file), StandardCharsets.US_ASCII))) {
      return lines.lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(file, e);
    }
  }
}
