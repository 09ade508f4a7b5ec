package dev.batchmill.progress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ColumnsTest {
  @Test
  void everyCharacterTakesTheColumnsThatUnicodeSays() throws IOException {
    int characters = 0;
    int recategorised = 0;
    for (String line : vectors()) {
      if (line.startsWith("#")) {
        continue;
      }
      String[] fields = line.split("\t", -1);
      int last = Integer.parseInt(fields[1], 16);
      for (int c = Integer.parseInt(fields[0], 16); c <= last; c++) {
        int expected = Integer.parseInt(fields[2]);
        int actual = Columns.of(c);
        // The JDK's Unicode may be another: it lacks characters, and a few have become marks or
        // letters since.
        if (!Character.isDefined(c)) {
          continue;
        }
        if (actual != expected && Math.min(actual, expected) == 0) {
          recategorised++;
          continue;
        }
        assertEquals(expected, actual, "U+" + Integer.toHexString(c));
        characters++;
      }
    }
    assertTrue(recategorised <= 20, "recategorised=" + recategorised);
    assertTrue(characters > 140_000, "characters=" + characters);
  }

  @Test
  void textIsMeasuredAndCutByColumns() {
    assertEquals(0, Columns.of(""));
    assertEquals(4, Columns.of("图片"));
    assertEquals(4, Columns.of("cafe\u0301"));
    assertEquals(3, Columns.of("a\ud83d\ude80"));
    assertEquals("", Columns.cut("图片", 1));
    assertEquals("图", Columns.cut("图片", 2));
    assertEquals("图", Columns.cut("图片", 3));
    assertEquals("图片", Columns.cut("图片", 4));
    assertEquals("e\u0301", Columns.cut("e\u0301a", 1));
    assertEquals("a", Columns.cut("a\ud83d\ude80", 2));
  }

  private static List<String> vectors() throws IOException {
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(
                    ColumnsTest.class.getResourceAsStream("unicode_columns.tsv")),
                StandardCharsets.US_ASCII))) {
      return in.lines().toList();
    }
  }
}
