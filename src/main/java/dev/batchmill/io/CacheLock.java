package dev.batchmill.io;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLockInterruptionException;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One fetch of a file at a time, among the threads of this JVM and, where the file system can lock,
 * among processes. It saves work; that files are whole does not rest on it (they are published by
 * rename). So a file system that refuses to lock, or another class loader that holds the lock, is
 * no failure.
 *
 * <p>The holder deletes the lock file before it lets go. Whoever waited for it then holds the lock
 * of a file without a name, while another process may have made a new one; so a lock counts only
 * when the length that its holder gives the file can be seen under the file's name. The chance that
 * two differ and have one length, 1 in 65,536 of a rare case, costs a second download.
 */
final class CacheLock implements Closeable {
  private static final System.Logger LOG = System.getLogger(CacheLock.class.getName());
  private static final String SUFFIX = ".lock";
  private static final int MAX_LENGTH = 1 << 16;
  private static final Map<Path, Gate> GATES = new ConcurrentHashMap<>();

  /** The lock among threads; it lives as long as somebody holds it or waits for it. */
  private static final class Gate {
    final ReentrantLock lock = new ReentrantLock();
    int users;
  }

  private final Path lockFile;
  private final FileChannel channel;

  private CacheLock(Path lockFile, FileChannel channel) {
    this.lockFile = lockFile;
    this.channel = channel;
  }

  /**
   * Waits until nobody else holds the lock of the file.
   *
   * @throws InterruptedException if the thread is interrupted while other threads hold the lock
   * @throws FileLockInterruptionException if it is interrupted while another process does
   */
  static CacheLock acquire(Path file) throws IOException, InterruptedException {
    Path lockFile = CacheEntry.companion(file, SUFFIX);
    Gate gate = enter(lockFile);
    try {
      gate.lock.lockInterruptibly();
    } catch (InterruptedException e) {
      leave(lockFile);
      throw e;
    }
    boolean acquired = false;
    try {
      CacheLock lock = new CacheLock(lockFile, lockedChannel(lockFile));
      acquired = true;
      return lock;
    } finally {
      if (!acquired) {
        gate.lock.unlock();
        leave(lockFile);
      }
    }
  }

  private static FileChannel lockedChannel(Path lockFile) throws IOException {
    while (true) {
      FileChannel channel = open(lockFile);
      boolean current = false;
      try {
        channel.lock();
        current = isNamed(channel, lockFile);
      } catch (FileLockInterruptionException | ClosedByInterruptException e) {
        throw e;
      } catch (IOException | OverlappingFileLockException e) {
        LOG.log(System.Logger.Level.DEBUG, "no lock among processes: file=" + lockFile, e);
        current = true;
      } finally {
        if (!current) {
          channel.close();
        }
      }
      if (current) {
        return channel;
      }
    }
  }

  private static FileChannel open(Path lockFile) throws IOException {
    while (true) {
      try {
        return FileChannel.open(
            lockFile,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            LinkOption.NOFOLLOW_LINKS);
      } catch (NoSuchFileException e) {
        // Another process failed and took the empty directory away.
        Path directory = lockFile.getParent();
        if (directory == null) {
          throw e;
        }
        Files.createDirectories(directory);
      }
    }
  }

  /**
   * Whether the locked file is the one under the name, and not one that was deleted meanwhile: the
   * name shows the length that the holder gives the file. (To open and close the file a second time
   * would give up the lock: that is how POSIX has it.)
   */
  private static boolean isNamed(FileChannel channel, Path lockFile) throws IOException {
    long last = ThreadLocalRandom.current().nextInt(MAX_LENGTH);
    channel.truncate(last).write(ByteBuffer.allocate(1), last);
    try {
      return Files.size(lockFile) == channel.size();
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private static Gate enter(Path lockFile) {
    return GATES.compute(
        lockFile,
        (path, present) -> {
          Gate gate = present == null ? new Gate() : present;
          gate.users++;
          return gate;
        });
  }

  private static void leave(Path lockFile) {
    GATES.computeIfPresent(lockFile, (path, gate) -> --gate.users == 0 ? null : gate);
  }

  @Override
  public void close() {
    try (channel) {
      // While the lock is held: whoever waits for the deleted file sees so and takes a new one.
      Files.deleteIfExists(lockFile);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "cannot delete the lock: file=" + lockFile, e);
    } finally {
      Gate gate = GATES.get(lockFile);
      if (gate != null) {
        gate.lock.unlock();
      }
      leave(lockFile);
    }
  }
}
