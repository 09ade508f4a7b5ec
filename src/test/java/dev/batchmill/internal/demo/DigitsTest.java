package dev.batchmill.internal.demo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.batchmill.error.FileFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DigitsTest {
  private static final String ROW = "16," + "0,".repeat(62) + "3,7";

  @TempDir Path directory;

  private Path csv(String text) throws IOException {
    return Files.writeString(directory.resolve("digits.csv"), text);
  }

  @Test
  void aRowIsAnImageAndItsDigit() throws IOException {
    Digits digits = Digits.read(csv(ROW + "\n" + ROW + "\n"));
    assertEquals("[2, 64]", digits.images().shape().toString());
    assertEquals(16, digits.images().getFloat(1, 0));
    assertEquals(3, digits.images().getFloat(1, 63));
    assertArrayEquals(new int[] {7, 7}, digits.labels().toIntArray());
  }

  @ParameterizedTest
  @ValueSource(strings = {"1,2,3", "", "a"})
  void aBadRowIsNamed(String row) throws IOException {
    Path csv = csv(ROW + "\n" + row + "\n");
    FileFormatException e = assertThrows(FileFormatException.class, () -> Digits.read(csv));
    assertEquals(
        "row must hold 64 pixels and a digit: file=" + csv + " row=1 text=" + row, e.getMessage());
  }
}
