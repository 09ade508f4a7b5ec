package dev.batchmill.transform;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.batchmill.array.DType;
import dev.batchmill.array.NDArray;
import dev.batchmill.error.FileFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Saved scalers: what comes back, and what is said about other files. */
class ScalerFileTest {
  private static final String GOOD =
      """
      batchmill standardizer 1
      axis -1
      count 3
      with-mean true
      with-std false
      type float32
      features 2
      0.1 1.0E-300
      -2.5 NaN
      end
      """;

  @TempDir private Path directory;

  @Test
  void whatIsSavedComesBackExactly() throws IOException {
    double[] data = new Random(1).doubles(40 * 30, -1e6, 1e6).toArray();
    NDArray x = NDArray.of(data, 40, 30);
    Path file = directory.resolve("scaler");
    Standardizer standardizer = Standardizer.fit(x, 0).withMean(false).to(DType.FLOAT32);
    standardizer.save(file);
    Standardizer loaded = Standardizer.load(file);
    assertArrayEquals(standardizer.mean(), loaded.mean());
    assertArrayEquals(standardizer.variance(), loaded.variance());
    assertEquals(30, loaded.count());
    assertEquals(0, loaded.axis());
    assertTrue(standardizer.transform(x).contentEquals(loaded.transform(x)));
    MinMaxScaler scaler = MinMaxScaler.fit(x).range(-0.1, 0.7).clip(true);
    scaler.save(file);
    MinMaxScaler again = MinMaxScaler.load(file);
    assertArrayEquals(scaler.dataMin(), again.dataMin());
    assertArrayEquals(scaler.dataMax(), again.dataMax());
    assertEquals(scaler.toString(), again.toString());
    NDArray beyond = Rescaler.of(2, 0).transform(x);
    assertTrue(scaler.transform(beyond).contentEquals(again.transform(beyond)));
    try (Stream<Path> files = Files.list(directory)) {
      assertEquals(List.of(file), files.toList());
    }
  }

  @Test
  void theFileIsTextThatPeopleCanRead() throws IOException {
    Path file = directory.resolve("scaler");
    Files.writeString(file, GOOD);
    Standardizer loaded = Standardizer.load(file);
    assertArrayEquals(new double[] {0.1, -2.5}, loaded.mean());
    assertArrayEquals(new double[] {1e-300, Double.NaN}, loaded.variance());
    Path copy = directory.resolve("copy");
    loaded.save(copy);
    assertEquals(GOOD, Files.readString(copy));
    MinMaxScaler.of(new double[] {1}, new double[] {3}).save(copy);
    assertEquals(
        """
        batchmill min-max-scaler 1
        axis -1
        count 0
        low 0.0
        high 1.0
        clip false
        type default
        features 1
        1.0 3.0
        end
        """,
        Files.readString(copy));
  }

  private void assertMalformed(String message, String text) throws IOException {
    Path file = directory.resolve("bad");
    Files.writeString(file, text);
    FileFormatException e = assertThrows(FileFormatException.class, () -> Standardizer.load(file));
    assertEquals(message + " file=" + file, e.getMessage());
  }

  @Test
  void everyOtherFileIsNamedWithWhatIsWrong() throws IOException {
    String begin = "file does not begin with the line expected: expected=batchmill standardizer 1";
    assertMalformed(begin, "");
    assertMalformed(begin, "PK\u0003\u0004\u0000");
    assertMalformed(begin, GOOD.replace("standardizer 1", "standardizer 2"));
    assertMalformed(begin, GOOD.replace("standardizer 1", "min-max-scaler 1"));
    assertMalformed(
        "file is malformed: line=2 expected=axis seen=axes -1", GOOD.replace("axis", "axes"));
    assertMalformed(
        "file is malformed: line=2 expected=axis and an integer seen=axis x",
        GOOD.replace("axis -1", "axis x"));
    assertMalformed(
        "file is malformed: line=2 expected=axis and an axis seen=axis 5000000000",
        GOOD.replace("axis -1", "axis 5000000000"));
    assertMalformed(
        "file is malformed: line=3 expected=count and a number from 0 seen=count -3",
        GOOD.replace("count 3", "count -3"));
    assertMalformed(
        "file is malformed: line=5 expected=with-std and true or false seen=with-std no",
        GOOD.replace("with-std false", "with-std no"));
    assertMalformed(
        "file is malformed: line=6 expected=type and default, float32 or float64 seen=type int8",
        GOOD.replace("float32", "int8"));
    for (String count : List.of("0", "-1", "100", "9999999999")) {
      assertMalformed(
          "file is malformed: line=7 expected=features and a number from 1 to that of the lines"
              + " that follow seen=features "
              + count,
          GOOD.replace("features 2", "features " + count));
    }
    assertMalformed(
        "file is malformed: line=8 expected=two numbers seen=0.1", GOOD.replace(" 1.0E-300", ""));
    assertMalformed(
        "file is malformed: line=8 expected=two numbers seen=0.1 one",
        GOOD.replace("1.0E-300", "one"));
    assertMalformed(
        "file is malformed: line=9 expected=end seen=-2.5 NaN",
        GOOD.replace("features 2", "features 1"));
    assertMalformed(
        "file is malformed: line=11 expected=nothing after the end seen=more", GOOD + "more\n");
    assertMalformed(
        "file is malformed: variance must not be negative: variance[0]=-1.0",
        GOOD.replace("1.0E-300", "-1.0"));
  }

  @Test
  void aFileCutAnywhereIsRefused() throws IOException {
    Path file = directory.resolve("cut");
    for (int length = 0; length < GOOD.length(); length++) {
      Files.writeString(file, GOOD.substring(0, length));
      assertThrows(FileFormatException.class, () -> Standardizer.load(file), "length=" + length);
    }
    Files.writeString(file, GOOD.strip());
    assertEquals(
        "file ends too early: line=10 file=" + file,
        assertThrows(FileFormatException.class, () -> Standardizer.load(file)).getMessage());
  }

  @Test
  void badSettingsOfAMinMaxScalerAreNamed() throws IOException {
    Path file = directory.resolve("bad");
    MinMaxScaler.of(new double[] {1}, new double[] {3}).save(file);
    String good = Files.readString(file);
    Files.writeString(file, good.replace("high 1.0", "high 0.0"));
    assertEquals(
        "file is malformed: range must be two numbers, the lower one first: low=0.0 high=0.0 file="
            + file,
        assertThrows(FileFormatException.class, () -> MinMaxScaler.load(file)).getMessage());
    Files.writeString(file, good.replace("high 1.0", "high up"));
    assertEquals(
        "file is malformed: line=5 expected=high and a number seen=high up file=" + file,
        assertThrows(FileFormatException.class, () -> MinMaxScaler.load(file)).getMessage());
    Files.writeString(file, good.replace("1.0 3.0", "4.0 3.0"));
    assertEquals(
        "file is malformed: the least value must not exceed the greatest: dataMin[0]=4.0"
            + " dataMax[0]=3.0 file="
            + file,
        assertThrows(FileFormatException.class, () -> MinMaxScaler.load(file)).getMessage());
  }

  @Test
  void whatCannotBeReadOrWrittenIsAnIoException() throws IOException {
    Path none = directory.resolve("none");
    assertThrows(NoSuchFileException.class, () -> Standardizer.load(none));
    Standardizer standardizer = Standardizer.of(new double[1], new double[1]);
    Path within = none.resolve("file");
    assertEquals(
        within + ": directory does not exist",
        assertThrows(NoSuchFileException.class, () -> standardizer.save(within)).getMessage());
    Files.createDirectories(none.resolve("child"));
    assertThrows(IOException.class, () -> standardizer.save(none));
    try (Stream<Path> files = Files.list(directory)) {
      assertEquals(List.of(none), files.toList(), "no temporary file is left");
    }
  }
}
