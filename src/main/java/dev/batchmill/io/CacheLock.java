package dev.batchmill.io;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLockInterruptionException;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One fetch of a file at a time, among the threads of this JVM and, where the file system can lock,
 * among processes. It saves work; that files are whole does not rest on it (they are published by
 * rename). So a file system that refuses to lock, or another class loader that holds the lock, is
 * no failure. The lock file is never deleted: whoever deletes one lets two holders in.
 */
final class CacheLock implements Closeable {
  private static final System.Logger LOG = System.getLogger(CacheLock.class.getName());
  private static final String SUFFIX = ".lock";
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
    FileChannel channel =
        FileChannel.open(
            lockFile,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            LinkOption.NOFOLLOW_LINKS);
    try {
      channel.lock();
    } catch (FileLockInterruptionException | ClosedByInterruptException e) {
      channel.close();
      throw e;
    } catch (IOException | OverlappingFileLockException e) {
      LOG.log(System.Logger.Level.DEBUG, "no lock among processes: file=" + lockFile, e);
    }
    return channel;
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
  public void close() throws IOException {
    try {
      channel.close();
    } finally {
      Gate gate = GATES.get(lockFile);
      if (gate != null) {
        gate.lock.unlock();
      }
      leave(lockFile);
    }
  }
}
