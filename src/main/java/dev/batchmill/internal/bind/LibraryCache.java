package dev.batchmill.internal.bind;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The directory that libraries are extracted to, JavaCPP's.
 *
 * <p>A library lies in a directory called after its SHA-256, which is checked before each load,
 * because the system's loader does not survive a damaged library. It comes there by a rename, so
 * any number of processes may start at once, and none needs a lock or sees half a file.
 */
public final class LibraryCache {
  /** The properties of JavaCPP that name the directory. */
  private static final String[] PROPERTIES = {
    "org.bytedeco.javacpp.cachedir", "org.bytedeco.javacpp.cacheDir"
  };

  /** What is written is older than that only where the writer was killed. */
  private static final Duration STALE = Duration.ofDays(1);

  private LibraryCache() {}

  /** The content of a library, read when it must be extracted. */
  interface Content {
    /** Reads it whole. */
    byte[] read() throws IOException, LoadFailure;
  }

  /** Where the directory is. */
  public static Path directory() {
    String named = named();
    return named != null
        ? Path.of(named).toAbsolutePath()
        : Path.of(System.getProperty("user.home"), ".javacpp", "cache").toAbsolutePath();
  }

  private static @Nullable String named() {
    for (String property : PROPERTIES) {
      String value = System.getProperty(property, "");
      if (!value.isEmpty()) {
        return value;
      }
    }
    return null;
  }

  /**
   * The file with a library's content, extracted if it is not there whole.
   *
   * @param copy 0, or the number of a further copy: a class loader needs a file of its own
   */
  static Path extract(String name, String sha256, int copy, Content content)
      throws IOException, LoadFailure {
    Path directory =
        directory().resolve("batchmill").resolve(copy == 0 ? sha256 : sha256 + "-" + copy);
    Path file = directory.resolve(name);
    if (isWhole(file, sha256)) {
      return file;
    }
    byte[] bytes = content.read();
    try {
      Files.createDirectories(directory);
      deleteStale(directory);
      write(file, bytes, sha256);
      return file;
    } catch (IOException e) {
      if (named() != null) {
        throw e;
      }
      return temporary(name, bytes, e);
    }
  }

  private static boolean isWhole(Path file, String sha256) {
    try {
      return sha256(Files.readAllBytes(file)).equals(sha256);
    } catch (IOException e) {
      return false; // also when it cannot be read: then writing tells why
    }
  }

  private static void write(Path file, byte[] bytes, String sha256) throws IOException {
    Path part =
        file.resolveSibling(
            "%s.%d-%x.part"
                .formatted(file.getFileName(), ProcessHandle.current().pid(), System.nanoTime()));
    try {
      Files.write(part, bytes, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      // Windows replaces no file that another process, which was faster, has loaded.
      if (!isWhole(file, sha256)) {
        throw e;
      }
    } finally {
      Files.deleteIfExists(part);
    }
  }

  private static void deleteStale(Path directory) throws IOException {
    FileTime limit = FileTime.from(Instant.now().minus(STALE));
    try (DirectoryStream<Path> parts = Files.newDirectoryStream(directory, "*.part")) {
      for (Path part : parts) {
        if (isOlder(part, limit)) {
          Files.deleteIfExists(part);
        }
      }
    }
  }

  private static boolean isOlder(Path file, FileTime limit) throws IOException {
    try {
      return Files.getLastModifiedTime(file).compareTo(limit) < 0;
    } catch (NoSuchFileException e) {
      return false; // its writer was faster
    }
  }

  /**
   * Without a directory that was named or a home that can be written, as services and containers
   * are: a file for this process alone, in a directory that nobody else can have prepared.
   */
  private static Path temporary(String name, byte[] bytes, IOException home) throws IOException {
    try {
      Path directory = Files.createTempDirectory("batchmill");
      directory.toFile().deleteOnExit();
      Path file = directory.resolve(name);
      file.toFile().deleteOnExit();
      return Files.write(file, bytes);
    } catch (IOException e) {
      home.addSuppressed(e);
      throw home;
    }
  }

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }

  /** Why nothing can be extracted to the directory, or nothing run from it; null if it can. */
  public static @Nullable String problem() {
    Path existing = directory();
    while (existing != null && !Files.exists(existing)) {
      existing = existing.getParent();
    }
    if (existing == null || !Files.isDirectory(existing) || !Files.isWritable(existing)) {
      return "not writable";
    }
    return isNoExec(existing) ? "mounted noexec" : null;
  }

  /** Whether the file system that has a directory is mounted so that no code runs from it. */
  static boolean isNoExec(Path directory) {
    String options = "";
    int longest = -1;
    try {
      Path real = directory.toRealPath();
      for (String line :
          Files.readAllLines(Path.of("/proc/self/mounts"), StandardCharsets.ISO_8859_1)) {
        String[] fields = line.split(" ", -1);
        Path mount = Path.of(fields[1].replace("\\040", " "));
        // The last of equal ones lies on top.
        if (real.startsWith(mount) && mount.getNameCount() >= longest) {
          longest = mount.getNameCount();
          options = fields[3];
        }
      }
    } catch (IOException e) {
      return false; // not Linux
    }
    return ("," + options + ",").contains(",noexec,");
  }
}
