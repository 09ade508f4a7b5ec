package dev.batchmill.internal.process;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Where the memory comes from that processes share: files in memory where the system has those
 * ({@code /dev/shm}), else in the directory for temporary files. Each file has its name only until
 * both processes have mapped it. Thread-safe.
 */
final class SharedMemory {
  private static final Logger LOG = System.getLogger(SharedMemory.class.getName());
  private static final Path IN_MEMORY = Path.of("/dev/shm");
  private static final String PREFIX = "batchmill-";
  private static final int NAME_BYTES = 8;
  private static final int ZEROS_BYTES = 1 << 18;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Path directory;
  private final long maxBytes;
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicBoolean warned = new AtomicBoolean();

  SharedMemory(long maxBytes) {
    this(directoryOfThisMachine(), maxBytes);
  }

  private SharedMemory(Path directory, long maxBytes) {
    this.directory = directory;
    this.maxBytes = maxBytes;
  }

  private static Path directoryOfThisMachine() {
    return Files.isDirectory(IN_MEMORY) && Files.isWritable(IN_MEMORY)
        ? IN_MEMORY
        : Path.of(System.getProperty("java.io.tmpdir"));
  }

  /** A name that nobody has, and nobody can guess. */
  Path newName() {
    byte[] name = new byte[NAME_BYTES];
    RANDOM.nextBytes(name);
    String process = ProcessHandle.current().pid() + "-";
    return directory.resolve(PREFIX + process + HexFormat.of().formatHex(name));
  }

  /** Makes a directory that is this user's alone. */
  static void createDirectory(Path directory) throws IOException {
    Files.createDirectory(directory, only("rwx------"));
  }

  private static FileAttribute<?>[] only(String permissions) {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }

  /** Counts memory that is about to be used, if there is so much; leaves half to others. */
  boolean reserve(long size) {
    if (bytes.addAndGet(size) <= maxBytes && size <= usable() / 2) {
      return true;
    }
    bytes.addAndGet(-size);
    return false;
  }

  private long usable() {
    try {
      return Files.getFileStore(directory).getUsableSpace();
    } catch (IOException e) {
      return Long.MAX_VALUE;
    }
  }

  void release(long size) {
    bytes.addAndGet(-size);
  }

  /** The memory that is in use. */
  long bytes() {
    return bytes.get();
  }

  /** Tells, once, that batches are copied more often than they should, if they should not be. */
  void full(long size) {
    if (maxBytes > 0 && warned.compareAndSet(false, true)) {
      LOG.log(
          Level.WARNING,
          "there is no shared memory left, some batches go through a socket: directory="
              + directory
              + " bytes="
              + size
              + " used="
              + bytes
              + " sharedMemory="
              + maxBytes);
    }
  }

  static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.log(Level.WARNING, "temporary file could not be deleted: file=" + file, e);
    }
  }

  // ------------------------------------------------------------------------------- in the worker

  /** Creates a file that is this user's alone, to be filled and mapped. */
  static FileChannel create(Path file) throws IOException {
    return FileChannel.open(
        file,
        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE),
        only("rw-------"));
  }

  /**
   * Fills a new file and maps it. A file that is only made longer gets its memory when it is first
   * touched, and if there is none left then, that is a crash instead of an exception.
   */
  static MappedByteBuffer map(FileChannel file, long size) throws IOException {
    ByteBuffer zeros = ByteBuffer.allocateDirect((int) Math.min(size, ZEROS_BYTES));
    for (long at = 0; at < size; ) {
      zeros.clear().limit((int) Math.min(zeros.capacity(), size - at));
      at += file.write(zeros, at);
    }
    return file.map(MapMode.READ_WRITE, 0, size);
  }
}
