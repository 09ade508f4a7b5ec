package dev.batchmill.io;

import dev.batchmill.error.ArchiveException;
import dev.batchmill.internal.download.PartialNames;
import dev.batchmill.internal.download.StagedFile;
import dev.batchmill.internal.file.FileTree;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The directory that an archive is extracted to, and the marker beside it ({@code .NAME.extracted})
 * that holds the archive's SHA-256.
 *
 * <p>A new content is extracted to a directory of its own and takes the old one's place when it is
 * complete: {@code .NAME.ID.tree}, the old one {@code .NAME.ID.gone} until it is deleted, a new
 * marker {@code .NAME.ID.mark} until it is written. Around the exchange the marker reads {@value
 * #CHANGING}, so that after a crash at any point the next call extracts again. What stands there
 * without a marker is not the cache's: it is set aside as {@code NAME.old}, never deleted. The
 * extracted files are not forced to disk one by one: after a power failure {@code force} makes them
 * anew.
 */
final class ExtractedDirectory {
  private static final System.Logger LOG = System.getLogger(ExtractedDirectory.class.getName());
  private static final String MARKER_SUFFIX = ".extracted";
  private static final String CHANGING = "changing";
  private static final String FRESH_SUFFIX = ".tree";
  private static final String OLD_SUFFIX = ".gone";
  private static final String MARK_SUFFIX = ".mark";

  private final Path directory;
  private final Path marker;

  ExtractedDirectory(Path directory) {
    this.directory = directory;
    this.marker = CacheEntry.companion(directory, MARKER_SUFFIX);
  }

  /** Says whether the archive with this hash has been extracted here. */
  boolean holds(FileHash archive) throws IOException {
    if (!Files.isDirectory(directory)) {
      return false;
    }
    try {
      return Files.readString(marker).strip().equals(archive.toString());
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /** Refuses a place where something else than a directory stands. */
  void checkPlace() throws ArchiveException {
    if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS) && !Files.isDirectory(directory)) {
      throw new ArchiveException(
          "a file stands where the archive would be extracted: path="
              + directory
              + "; move it away or set another name");
    }
  }

  /** Extracts an archive and puts the result into place. */
  void replace(FileHash hash, ExtractTo extract) throws IOException {
    sweep();
    Path fresh = PartialNames.fresh(directory, FRESH_SUFFIX);
    try {
      extract.run(fresh);
      boolean ours = Files.exists(marker);
      mark(CHANGING);
      Path old = exchange(fresh, ours);
      mark(hash.toString());
      if (ours && old != null) {
        FileTree.delete(old);
      }
    } finally {
      FileTree.delete(fresh);
    }
  }

  /** Deletes what killed processes left of this directory; its lock is held. */
  private void sweep() throws IOException {
    for (String suffix : List.of(FRESH_SUFFIX, OLD_SUFFIX, MARK_SUFFIX)) {
      for (Path left : PartialNames.list(directory, suffix)) {
        FileTree.delete(left);
      }
    }
  }

  /** Makes a directory. */
  @FunctionalInterface
  interface ExtractTo {
    void run(Path destination) throws IOException;
  }

  /** Moves the fresh directory into place and returns where the old one went, if there was one. */
  private @Nullable Path exchange(Path fresh, boolean ours) throws IOException {
    Path old = null;
    if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
      old = ours ? PartialNames.fresh(directory, OLD_SUFFIX) : freeName();
      Files.move(directory, old, StandardCopyOption.ATOMIC_MOVE);
      if (!ours) {
        LOG.log(
            System.Logger.Level.WARNING,
            "set aside a directory that the cache did not make: directory="
                + directory
                + " now="
                + old);
      }
    }
    try {
      Files.move(fresh, directory, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      if (old != null) {
        Files.move(old, directory, StandardCopyOption.ATOMIC_MOVE);
      }
      throw e;
    }
    StagedFile.syncDirectoryOf(directory);
    return old;
  }

  private Path freeName() {
    Path candidate = directory.resolveSibling(directory.getFileName() + ".old");
    for (int i = 1; Files.exists(candidate, LinkOption.NOFOLLOW_LINKS); i++) {
      candidate = directory.resolveSibling(directory.getFileName() + ".old." + i);
    }
    return candidate;
  }

  private void mark(String text) throws IOException {
    try (StagedFile file = StagedFile.create(PartialNames.fresh(directory, MARK_SUFFIX))) {
      OutputStream out = file.output();
      out.write((text + "\n").getBytes(StandardCharsets.UTF_8));
      file.publish(marker);
    }
  }
}
