package dev.batchmill.internal.archive;

import dev.batchmill.internal.file.FileTree;
import java.io.Closeable;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The directory beside a destination in which an archive is extracted; only this user can enter it.
 *
 * <p>As long as it is in use its process holds a lock on the file {@code lock} in it, which the
 * system takes back when the process dies. What dead processes left beside it is deleted when a new
 * one is made: directories of this kind and this user, more than a day old, whose lock can be
 * taken. The day covers file systems without locks and the moment between making and locking.
 */
final class WorkDirectory implements Closeable {
  static final String PREFIX = ".extracting-";
  static final String LOCK = "lock";
  private static final String CONTENT = "content";
  private static final Duration OLD = Duration.ofDays(1);
  private static final System.Logger LOG = System.getLogger(WorkDirectory.class.getName());

  private final Path directory;
  private @Nullable FileChannel lock;

  private WorkDirectory(Path directory) {
    this.directory = directory;
  }

  /** Makes one, and deletes what dead processes left. */
  static WorkDirectory in(Path parent) throws IOException {
    WorkDirectory work = new WorkDirectory(Files.createTempDirectory(parent, PREFIX));
    try {
      work.lock = tryLock(work.directory.resolve(LOCK));
      Files.createDirectory(work.content());
      work.sweep(parent);
      return work;
    } catch (Throwable e) {
      work.close();
      throw e;
    }
  }

  /** The directory for the archive's entries, empty at first. */
  Path content() {
    return directory.resolve(CONTENT);
  }

  /** The channel whose closing gives the lock back; null when somebody else has it. */
  private static @Nullable FileChannel tryLock(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    try {
      if (channel.tryLock() != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      // Another thread of this process.
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "the file system has no locks: file=" + file, e);
      return channel;
    }
    channel.close();
    return null;
  }

  /** Nothing that fails here concerns the extraction. */
  private void sweep(Path parent) {
    try (DirectoryStream<Path> left = Files.newDirectoryStream(parent, PREFIX + "*")) {
      Object user = Files.getOwner(directory, LinkOption.NOFOLLOW_LINKS);
      for (Path other : left) {
        try {
          if (!other.equals(directory) && isOld(other, user)) {
            deleteIfDead(other);
          }
        } catch (IOException e) {
          LOG.log(Level.DEBUG, "cannot delete what an extraction left: directory=" + other, e);
        }
      }
    } catch (IOException | RuntimeException e) {
      LOG.log(Level.DEBUG, "cannot look for what extractions left: directory=" + parent, e);
    }
  }

  private static boolean isOld(Path other, Object user) throws IOException {
    BasicFileAttributes attributes =
        Files.readAttributes(other, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    return attributes.isDirectory()
        && attributes.lastModifiedTime().toInstant().isBefore(Instant.now().minus(OLD))
        && Files.getOwner(other, LinkOption.NOFOLLOW_LINKS).equals(user);
  }

  private static void deleteIfDead(Path other) throws IOException {
    try (FileChannel taken = tryLock(other.resolve(LOCK))) {
      if (taken != null) {
        FileTree.delete(other);
        LOG.log(Level.INFO, "deleted what an extraction left: directory=" + other);
      }
    }
  }

  /** Deletes the directory with all in it. */
  @Override
  public void close() throws IOException {
    FileChannel held = lock;
    lock = null;
    try {
      FileTree.delete(directory);
    } finally {
      if (held != null) {
        held.close();
      }
    }
  }
}
