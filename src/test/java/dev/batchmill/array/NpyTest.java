package dev.batchmill.array;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.batchmill.error.FileFormatException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@link Npy} against files that NumPy wrote (src/test/python/npy_golden.py) and against bad ones.
 */
class NpyTest {
  @TempDir Path temporary;

  private static Path golden(String name) {
    try {
      URL url = Objects.requireNonNull(NpyTest.class.getResource("npy/" + name), name);
      return Path.of(new URI(url.toString()));
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  static List<String> cubes() throws IOException {
    try (Stream<Path> files = Files.list(golden("versions.txt").resolveSibling("."))) {
      List<String> names =
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> name.matches("[fiub]\\d-.*\\.npy"))
              .sorted()
              .toList();
      assertEquals(31, names.size());
      return names;
    }
  }

  @ParameterizedTest
  @MethodSource("cubes")
  void filesOfNumPyAreReadAndWrittenBack(String name) throws IOException {
    NDArray array = Npy.read(golden(name));
    assertEquals(Shape.of(2, 3, 4), array.shape());
    assertEquals(name.contains("-fortran-"), !array.isContiguous());
    boolean bool = name.startsWith("b1");
    assertArrayEquals(
        LongStream.range(0, 24).map(i -> bool ? i % 2 : i).toArray(), array.toLongArray());

    Path copy = temporary.resolve("copy.npy");
    Npy.write(copy, array);
    String sameTypeInC =
        name.replace("-big-", "-little-")
            .replace("-fortran-", "-c-")
            .replaceAll("-\\d.npy", "-1.npy");
    assertArrayEquals(
        Files.readAllBytes(golden(sameTypeInC)),
        Files.readAllBytes(copy),
        "a written file equals NumPy's byte for byte");
  }

  @Test
  void scalarsEmptyArraysAndVectorsAreReadAndWrittenBack() throws IOException {
    for (String name : List.of("scalar", "empty", "one-axis")) {
      NDArray array = Npy.read(golden(name + ".npy"));
      Path copy = temporary.resolve(name);
      Npy.write(copy, array);
      assertArrayEquals(Files.readAllBytes(golden(name + ".npy")), Files.readAllBytes(copy), name);
    }
    assertEquals(7.5, Npy.read(golden("scalar.npy")).getDouble());
    assertEquals(Shape.of(0, 3), Npy.read(golden("empty.npy")).shape());
  }

  @Test
  void arraysLargerThanAChunkAreReadAndWritten() throws IOException {
    float[] data = new float[700_001];
    for (int i = 0; i < data.length; i++) {
      data[i] = i;
    }
    Path file = temporary.resolve("large.npy");
    try (NDArray direct = NDArray.allocate(DType.FLOAT32, data.length)) {
      direct.assign(NDArray.of(data));
      Npy.write(file, direct);
    }
    assertArrayEquals(data, Npy.read(file).toFloatArray());
  }

  @Test
  void severalArraysFollowOneAnotherInAStream() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Npy.write(out, NDArray.of(new int[] {1, 2}));
    Npy.write(out, NDArray.of(new long[] {3}));
    ByteArrayInputStream in = new ByteArrayInputStream(out.toByteArray());
    assertArrayEquals(new int[] {1, 2}, Npy.read(in, "stream").toIntArray());
    assertArrayEquals(new int[] {3}, Npy.read(in, "stream").toIntArray());
    assertEquals(-1, in.read());
  }

  private String refusal(byte[] content) throws IOException {
    Path file = temporary.resolve("bad.npy");
    Files.write(file, content);
    return assertThrows(FileFormatException.class, () -> Npy.read(file))
        .getMessage()
        .replace(file.toString(), "FILE");
  }

  private static byte[] withHeader(String header) {
    byte[] text = header.getBytes(StandardCharsets.ISO_8859_1);
    byte[] bytes = Arrays.copyOf(Npy.MAGIC, 10 + text.length);
    bytes[6] = 1;
    bytes[8] = (byte) text.length;
    bytes[9] = (byte) (text.length >> 8);
    System.arraycopy(text, 0, bytes, 10, text.length);
    return bytes;
  }

  @Test
  void aFileCutAnywhereIsRefused() throws IOException {
    byte[] whole = Files.readAllBytes(golden("f4-little-c-1.npy"));
    for (int length = 0; length < whole.length; length++) {
      String message = refusal(Arrays.copyOf(whole, length));
      String expected =
          length < 8
              ? "file is not a .npy file, it does not begin with \\x93NUMPY: file=FILE"
              : length < 128
                  ? ".npy file ends within its header: file=FILE"
                  : ".npy file is truncated: file=FILE expectedBytes=96 actualBytes="
                      + (length - 128);
      assertEquals(expected, message);
    }
    assertEquals(
        ".npy file goes on after its array: file=FILE array=float32[2, 3, 4]",
        refusal(Arrays.copyOf(whole, whole.length + 1)));
  }

  @Test
  void otherMagicsAndVersionsAreRefused() throws IOException {
    byte[] whole = Files.readAllBytes(golden("f4-little-c-1.npy"));
    whole[6] = 4;
    assertEquals(".npy version must be 1.0, 2.0 or 3.0: file=FILE version=4.0", refusal(whole));
    whole[6] = 2;
    whole[10] = 0x7f;
    whole[11] = 0x7f;
    assertTrue(refusal(whole).startsWith(".npy header is too long: file=FILE bytes="));
    assertEquals(
        "file is not a .npy file, it does not begin with \\x93NUMPY: file=FILE",
        refusal("<html>not found</html>".getBytes(StandardCharsets.US_ASCII)));
  }

  @Test
  void headersThatSayTooMuchTooLittleOrNonsenseAreRefused() throws IOException {
    String start = ".npy file is malformed, ";
    assertEquals(
        start
            + "dtype is none of float16, float32, float64, int8, int16, int32, int64, uint8, bool:"
            + " descr=<c8 file=FILE",
        refusal(withHeader("{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }")));
    assertEquals(
        start
            + "dtype is none of float16, float32, float64, int8, int16, int32, int64, uint8, bool:"
            + " descr=|O file=FILE",
        refusal(withHeader("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }")));
    assertEquals(
        start
            + "structured and nested dtypes cannot be read: header={'descr': [('a', '<f4')],"
            + " 'fortran_order': False, 'shape': (1,), } file=FILE",
        refusal(withHeader("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }")));
    assertEquals(
        start + "shape must be a tuple of sizes: shape=(-1,) file=FILE",
        refusal(withHeader("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }")));
    assertEquals(
        start + "shape is too large: shape=(9999999999999999999,) file=FILE",
        refusal(
            withHeader(
                "{'descr': '<f4', 'fortran_order': False, 'shape': (9999999999999999999,), }")));
    assertEquals(
        ".npy file holds more than 2^31 - 1 elements: file=FILE shape=[4294967296]",
        refusal(withHeader("{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296,), }")));
    assertEquals(
        ".npy file is truncated: file=FILE expectedBytes=8000000000 actualBytes=0",
        refusal(withHeader("{'descr': '<f4', 'fortran_order': False, 'shape': (2000000000,), }")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'descr': '<f4', 'fortran_order': False}",
        "{'descr': '<f4', 'fortran_order': 0, 'shape': (1,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'more': 'x'}",
        "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,)}",
        "{'descr': '<f4' 'fortran_order': False, 'shape': (1,)}",
        "{'descr': '', 'fortran_order': False, 'shape': (1,)}",
        "{'descr': __import__('os'), 'fortran_order': False, 'shape': (1,)}",
        "['descr']",
        ""
      })
  void malformedHeadersAreRefused(String header) throws IOException {
    assertTrue(refusal(withHeader(header)).startsWith(".npy file is malformed, "), header);
  }

  @Test
  void missingFilesAndDirectoriesAreNamed() {
    Path missing = temporary.resolve("missing.npy");
    assertEquals(
        missing + ": file does not exist",
        assertThrows(NoSuchFileException.class, () -> Npy.read(missing)).getMessage());
    Path nowhere = temporary.resolve("no/where.npy");
    assertEquals(
        nowhere + ": directory does not exist",
        assertThrows(NoSuchFileException.class, () -> Npy.write(nowhere, NDArray.of(new int[1])))
            .getMessage());
  }

  @Test
  void aFailedWriteLeavesTheOldFileAndNothingElse() throws IOException {
    Path file = temporary.resolve("kept.npy");
    Npy.write(file, NDArray.of(new int[] {1}));
    byte[] before = Files.readAllBytes(file);
    assertEquals(
        "NumPy has no bfloat16, convert the array first: dtype=bfloat16",
        assertThrows(
                IllegalArgumentException.class,
                () -> Npy.write(file, NDArray.zeros(DType.BFLOAT16, 2)))
            .getMessage());
    NDArray closed = NDArray.allocate(DType.FLOAT32, 2);
    closed.close();
    assertThrows(IllegalStateException.class, () -> Npy.write(file, closed));
    assertArrayEquals(before, Files.readAllBytes(file));
    try (Stream<Path> files = Files.list(temporary)) {
      assertEquals(List.of(file), files.toList());
    }
    assertFalse(Files.isDirectory(file));
  }
}
