package dev.batchmill.internal.download;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * A new file under a name of its own, until {@link #publish} moves it to its final name in one
 * step. Closed before that, it is deleted; what a killed process leaves, who chose the name must
 * find and delete. So whatever stands under a final name is complete.
 */
public final class StagedFile implements Closeable {
  private final Path path;
  private final FileChannel channel;
  private boolean published;

  private StagedFile(Path path) throws IOException {
    this.path = path;
    this.channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }

  /** Creates an empty file, where none may be yet. */
  public static StagedFile create(Path path) throws IOException {
    return new StagedFile(path);
  }

  /** Returns where the bytes go. */
  public OutputStream output() {
    return Channels.newOutputStream(channel);
  }

  /**
   * Makes the bytes durable and moves the file to {@code target}, in the place of what is there.
   */
  public void publish(Path target) throws IOException {
    channel.force(true);
    channel.close();
    Files.move(path, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    published = true;
    syncDirectoryOf(target);
  }

  /** Makes the names in the directory of {@code path} durable, where the system can. */
  public static void syncDirectoryOf(Path path) {
    Path directory = path.getParent();
    if (directory == null) {
      return;
    }
    try (FileChannel names = FileChannel.open(directory, StandardOpenOption.READ)) {
      names.force(true);
    } catch (IOException e) {
      // Windows opens no directories; the rename itself has happened.
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
    if (!published) {
      Files.deleteIfExists(path);
    }
  }
}
