package dev.batchmill.internal.demo;

import dev.batchmill.array.NDArray;
import dev.batchmill.error.FileFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Handwritten digits.
 *
 * @param images the pixels from 0 (paper) to 16 (ink), float32, one row of 64 for each image
 * @param labels the digits, int32
 */
record Digits(NDArray images, NDArray labels) {
  /** Pixels along each side of an image. */
  static final int SIDE = 8;

  static final int PIXELS = SIDE * SIDE;
  static final int CLASSES = 10;

  /** The value of a pixel that is all ink. */
  static final int INK = 16;

  /** Reads a file of rows of 64 pixels and the digit. */
  static Digits read(Path csv) throws IOException {
    List<String> lines = Files.readAllLines(csv);
    float[] images = new float[lines.size() * PIXELS];
    int[] labels = new int[lines.size()];
    for (int row = 0; row < labels.length; row++) {
      int[] values = values(csv, row, lines.get(row));
      for (int pixel = 0; pixel < PIXELS; pixel++) {
        images[row * PIXELS + pixel] = values[pixel];
      }
      labels[row] = values[PIXELS];
    }
    return new Digits(NDArray.of(images, labels.length, PIXELS), NDArray.of(labels));
  }

  private static int[] values(Path csv, int row, String line) throws FileFormatException {
    String[] words = line.split(",", -1);
    int[] values = new int[words.length];
    try {
      for (int i = 0; i < words.length; i++) {
        values[i] = Integer.parseInt(words[i]);
      }
    } catch (NumberFormatException e) {
      values = new int[0];
    }
    if (values.length != PIXELS + 1) {
      throw new FileFormatException(
          "row must hold 64 pixels and a digit: file=" + csv + " row=" + row + " text=" + line);
    }
    return values;
  }
}
