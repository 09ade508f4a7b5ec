package dev.batchmill.internal.download;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * The beginning of a file that is being fetched, beside the file that it will be. It stays when its
 * owner fails or dies, if it can be continued; {@link LeftPartial} takes it over.
 *
 * <p>A partial file is written by the one who made it alone, and only at its end; who starts over
 * makes another. So whatever stands in it, at any time, is the beginning of one version: that which
 * its note names, which is written before. This holds also where locks do not work.
 */
final class PartialFile implements Closeable {
  private final Path target;
  private final Path path;
  private final Provenance provenance;
  private final FileChannel channel;
  private boolean kept;

  private PartialFile(Path target, Path path, Provenance provenance, boolean kept)
      throws IOException {
    this.target = target;
    this.path = path;
    this.provenance = provenance;
    this.kept = kept;
    this.channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }

  /**
   * Makes an empty one.
   *
   * @param target the file that it will be
   * @param provenance what will be written to it
   * @param hashed whether the whole file's hash will be verified
   */
  static PartialFile create(Path target, Provenance provenance, boolean hashed) throws IOException {
    Path path = PartialNames.fresh(target);
    boolean kept = provenance.canContinueAt(provenance.url(), hashed);
    if (kept) {
      provenance.write(PartialNames.note(path));
    }
    return new PartialFile(target, path, provenance, kept);
  }

  Provenance provenance() {
    return provenance;
  }

  OutputStream output() {
    return Channels.newOutputStream(channel);
  }

  long size() throws IOException {
    return channel.size();
  }

  boolean isComplete() throws IOException {
    return size() == provenance.total();
  }

  /** Makes the bytes durable and the file the target, in the place of what is there. */
  void publish() throws IOException {
    channel.force(true);
    channel.close();
    try {
      Files.move(path, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (NoSuchFileException e) {
      throw RetryableException.spoilt(
          "another process took the partial file over: file=" + target, e);
    }
    StagedFile.syncDirectoryOf(target);
  }

  /** Deletes it. */
  void discard() throws IOException {
    kept = false;
    close();
  }

  /** Lets go of it; it stays if it can be continued and is not empty. */
  @Override
  public void close() throws IOException {
    channel.close();
    if (!kept || size(path) == 0) {
      Files.deleteIfExists(path);
      Files.deleteIfExists(PartialNames.note(path));
    }
  }

  private static long size(Path path) throws IOException {
    try {
      return Files.size(path);
    } catch (NoSuchFileException e) {
      return 0;
    }
  }
}
