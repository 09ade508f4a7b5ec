package dev.batchmill.array;

import dev.batchmill.error.FileFormatException;
import dev.batchmill.internal.kernel.ArrayMemory;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.UUID;

/**
 * NumPy's {@code .npy} files: one array each. Reads the header versions 1, 2 and 3, C and Fortran
 * order and both byte orders; writes C order in the machine's byte order with the lowest version
 * that fits, as {@code numpy.save} does. Files are data only: pickled objects are refused.
 *
 * <p>Thread-safe: there is no state.
 *
 * @see <a
 *     href="https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html">numpy.lib.format</a>
 */
public final class Npy {
  static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  static final int ALIGNMENT = 64;

  private static final int MAX_HEADER_BYTES = 1 << 20;
  private static final int CHUNK_BYTES = 1 << 20;

  private Npy() {}

  /**
   * Reads a file.
   *
   * @param file the file
   * @return a new array on the heap; one that was stored in Fortran order is a transposed view, see
   *     {@link NDArray#isContiguous}
   * @throws NoSuchFileException if there is no such file
   * @throws FileFormatException if the file is malformed or truncated, goes on after the array, or
   *     holds elements of a type that {@link DType} has not
   * @throws IOException if the file cannot be read
   */
  public static NDArray read(Path file) throws IOException {
    requireNoDirectory(file);
    try (InputStream in = Files.newInputStream(file)) {
      NDArray array = read(in, file.toString());
      if (in.read() != -1) {
        throw new FileFormatException(
            ".npy file goes on after its array: file=" + file + " array=" + array);
      }
      return array;
    } catch (NoSuchFileException e) {
      NoSuchFileException named =
          new NoSuchFileException(file.toString(), null, "file does not exist");
      named.initCause(e);
      throw named;
    }
  }

  private static void requireNoDirectory(Path file) throws FileSystemException {
    if (Files.isDirectory(file)) {
      throw new FileSystemException(file.toString(), null, "file is a directory");
    }
  }

  /**
   * Reads one array from a stream and leaves the stream behind it.
   *
   * @param in the stream; it is not closed
   * @param name what to call the stream in messages
   * @return a new array on the heap; one that was stored in Fortran order is a transposed view
   * @throws FileFormatException if the data is malformed or truncated, or of another type than
   *     {@link DType} has
   * @throws IOException if the stream cannot be read
   */
  public static NDArray read(InputStream in, String name) throws IOException {
    NpyHeader header = readHeader(in, name);
    DType dtype = header.dtype();
    long size = header.shape().size();
    if (size > Integer.MAX_VALUE) {
      throw new FileFormatException(
          ".npy file holds more than 2^31 - 1 elements: file=" + name + " shape=" + header.shape());
    }
    // Heap memory grows with the data that is really there, not with what the header claims.
    Buffer data = readData(in, name, header, (int) size);
    long[] sizes = header.shape().toArray();
    if (!header.fortranOrder()) {
      return array(dtype, data, sizes);
    }
    return array(dtype, data, reversed(sizes)).transpose();
  }

  private static long[] reversed(long[] sizes) {
    long[] reversed = new long[sizes.length];
    for (int i = 0; i < sizes.length; i++) {
      reversed[i] = sizes[sizes.length - 1 - i];
    }
    return reversed;
  }

  private static NDArray array(DType dtype, Buffer data, long[] sizes) {
    NDArray array = NDArray.ofBuffer(dtype, data);
    return sizes.length == 1 ? array : array.reshape(sizes);
  }

  private static NpyHeader readHeader(InputStream in, String name) throws IOException {
    byte[] start = in.readNBytes(MAGIC.length + 2);
    if (start.length < MAGIC.length + 2 || !Arrays.equals(start, 0, 6, MAGIC, 0, 6)) {
      throw new FileFormatException(
          "file is not a .npy file, it does not begin with \\x93NUMPY: file=" + name);
    }
    int version = start[6];
    if (version < 1 || version > 3 || start[7] != 0) {
      throw new FileFormatException(
          ".npy version must be 1.0, 2.0 or 3.0: file="
              + name
              + " version="
              + version
              + "."
              + start[7]);
    }
    byte[] lengthBytes = in.readNBytes(version == 1 ? 2 : 4);
    long length = 0;
    for (int i = 0; i < lengthBytes.length; i++) {
      length |= (lengthBytes[i] & 0xffL) << (8 * i);
    }
    if (length > MAX_HEADER_BYTES) {
      throw new FileFormatException(
          ".npy header is too long: file="
              + name
              + " bytes="
              + length
              + " limit="
              + MAX_HEADER_BYTES);
    }
    byte[] text = in.readNBytes((int) length);
    if (lengthBytes.length < (version == 1 ? 2 : 4) || text.length < length) {
      throw new FileFormatException(".npy file ends within its header: file=" + name);
    }
    try {
      return NpyHeader.parse(
          new String(text, version == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1));
    } catch (NpyHeader.Malformed e) {
      throw new FileFormatException(".npy file is malformed, " + e.getMessage() + " file=" + name);
    }
  }

  private static Buffer readData(InputStream in, String name, NpyHeader header, int size)
      throws IOException {
    DType dtype = header.dtype();
    int capacity = Math.min(size, Math.max(CHUNK_BYTES, in.available()) / dtype.byteSize());
    Buffer data = dtype.heapBuffer(capacity);
    byte[] bytes = new byte[CHUNK_BYTES];
    int done = 0;
    while (done < size) {
      int count = Math.min(size - done, CHUNK_BYTES / dtype.byteSize());
      int read = in.readNBytes(bytes, 0, count * dtype.byteSize());
      if (read < count * dtype.byteSize()) {
        throw new FileFormatException(
            ".npy file is truncated: file="
                + name
                + " expectedBytes="
                + (long) size * dtype.byteSize()
                + " actualBytes="
                + ((long) done * dtype.byteSize() + read));
      }
      if (done + count > data.capacity()) {
        long grown = Math.min(size, Math.max(2L * data.capacity(), (long) done + count));
        data = NDArray.put(dtype.heapBuffer((int) grown), 0, data, 0, done);
      }
      ByteBuffer chunk = ByteBuffer.wrap(bytes, 0, read).order(header.order());
      NDArray.put(data, done, dtype.view(chunk), 0, count);
      done += count;
    }
    return data;
  }

  /**
   * Writes a file. The array appears under the name only when it is complete; a file that was there
   * is replaced.
   *
   * @param file the file
   * @param array the array
   * @throws IllegalArgumentException if NumPy has no such type (bfloat16)
   * @throws IOException if the file cannot be written; nothing is left behind then
   */
  public static void write(Path file, NDArray array) throws IOException {
    header(array);
    requireNoDirectory(file);
    Path target = file.toAbsolutePath();
    Path directory = target.getParent();
    if (directory == null || !Files.isDirectory(directory)) {
      throw new NoSuchFileException(file.toString(), null, "directory does not exist");
    }
    Path temporary = directory.resolve("." + target.getFileName() + "." + UUID.randomUUID());
    try {
      try (OutputStream out =
          Files.newOutputStream(
              temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        write(out, array);
      }
      publish(temporary, target);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static void publish(Path temporary, Path target) throws IOException {
    try {
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(temporary, target, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /**
   * Writes one array to a stream.
   *
   * @param out the stream; it is not closed
   * @param array the array
   * @throws IllegalArgumentException if NumPy has no such type (bfloat16)
   * @throws IOException if the stream cannot be written
   */
  public static void write(OutputStream out, NDArray array) throws IOException {
    out.write(header(array));
    NDArray flat = array.contiguous();
    try {
      DType dtype = array.dtype();
      Buffer data = ArrayMemory.of(flat);
      int size = (int) array.size();
      ByteBuffer bytes = ByteBuffer.allocate(CHUNK_BYTES).order(ByteOrder.nativeOrder());
      Buffer chunk = dtype.view(bytes);
      for (int done = 0; done < size; done += chunk.capacity()) {
        int count = Math.min(size - done, chunk.capacity());
        NDArray.put(chunk, 0, data, (int) flat.offset() + done, count);
        out.write(bytes.array(), 0, count * dtype.byteSize());
      }
    } finally {
      if (flat != array) {
        flat.close();
      }
    }
  }

  private static byte[] header(NDArray array) {
    return new NpyHeader(array.dtype(), ByteOrder.nativeOrder(), false, array.shape()).toBytes();
  }
}
