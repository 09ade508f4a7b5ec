package dev.batchmill.internal.archive;

import dev.batchmill.error.ArchiveException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.Charset;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Extracts archives safely: all of an archive or nothing of it, and nothing outside the
 * destination, whatever the archive holds.
 *
 * <p>The entries are written into a directory beside the destination that only this user can enter
 * ({@code .extracting-*}); what is in it is renamed to the destination when the archive has been
 * read to its end and everything was good. Where that fails, or the process dies, there is no
 * destination; a process that dies leaves the directory beside it, until a later extraction to the
 * same parent deletes it ({@link WorkDirectory}). Files are not forced to disk: after a crash of
 * the machine a destination may hold incomplete ones.
 *
 * <p>What is read, and how strictly: archive.h. What is written: {@link Extraction}. Thread-safe.
 */
public final class ArchiveExtractor {
  private static final System.Logger LOG = System.getLogger(ArchiveExtractor.class.getName());

  private ArchiveExtractor() {}

  /**
   * Extracts an archive.
   *
   * @param archive a regular file
   * @param formats what it may be; the first bytes of the file say what it is
   * @param destination a directory that does not exist, or is empty and then replaced; its parents
   *     are made
   * @param limits how much it may unpack to
   * @return what was written
   * @throws ArchiveException if the archive is not one of the formats, is damaged, or holds what
   *     must not be extracted; the message names the archive, the entry and the value
   * @throws FileAlreadyExistsException if the destination is there and not an empty directory
   * @throws dev.batchmill.error.NativeUnavailableException if only the native library can read the
   *     archive and it is not there
   * @throws IOException if reading or writing fails
   */
  public static ExtractionSummary extract(
      Path archive, Set<Format> formats, Path destination, ExtractionLimits limits)
      throws IOException {
    return extract(archive, formats, destination, limits, bytes -> {});
  }

  /**
   * Extracts an archive and tells how far it has come.
   *
   * @param archive as above
   * @param formats as above
   * @param destination as above
   * @param limits as above
   * @param listener is told, often and on this thread, the bytes of the files written so far; an
   *     exception it throws ends the extraction
   * @return what was written
   * @throws IOException as above
   */
  public static ExtractionSummary extract(
      Path archive,
      Set<Format> formats,
      Path destination,
      ExtractionLimits limits,
      LongConsumer listener)
      throws IOException {
    return extract(
        archive,
        formats,
        destination,
        limits,
        ArchiveReaders::open,
        NativeArchiveReader.fileNameCharset(),
        listener);
  }

  static ExtractionSummary extract(
      Path archive,
      Set<Format> formats,
      Path destination,
      ExtractionLimits limits,
      ArchiveReaders.Opener opener,
      Charset fileNames,
      LongConsumer listener)
      throws IOException {
    requireOnDisk("archive", archive);
    requireOnDisk("destination", destination);
    if (formats.isEmpty()) {
      throw new IllegalArgumentException("there must be a format: formats=[]");
    }
    long archiveBytes = requireFile(archive);
    Path absolute = destination.toAbsolutePath();
    if (absolute.endsWith(".") || absolute.endsWith("..")) {
      absolute = absolute.toRealPath();
    }
    requireAbsentOrEmpty(absolute);
    Path parent = absolute.getParent();
    if (parent == null) {
      throw occupied(absolute, null);
    }
    Deque<Path> made = makeDirectories(parent);
    WorkDirectory work = null;
    try {
      work = WorkDirectory.in(parent);
      Path content = work.content();
      ExtractionSummary summary;
      try (ArchiveReader reader = opener.open(archive, formats, limits.maxMemoryBytes())) {
        Extraction extraction =
            new Extraction(reader, archiveBytes, content, limits, fileNames, listener);
        summary = run(extraction, archive, destination);
      } catch (MalformedArchiveException e) {
        throw failure(archive, null, e);
      }
      publish(content, absolute);
      made.clear();
      return summary;
    } finally {
      cleanUp(work, made);
    }
  }

  /** Deletes the work directory and the parents that were made for nothing. */
  private static void cleanUp(@Nullable WorkDirectory work, Deque<Path> made) {
    try {
      if (work != null) {
        work.close();
      }
      for (Path directory : made) {
        Files.delete(directory);
      }
    } catch (DirectoryNotEmptyException e) {
      // Somebody else uses the parent by now.
    } catch (IOException e) {
      LOG.log(Level.WARNING, "cannot delete what the extraction left", e);
    }
  }

  private static ExtractionSummary run(Extraction extraction, Path archive, Path destination)
      throws IOException {
    try {
      extraction.run();
      return extraction.summary(destination);
    } catch (MalformedArchiveException e) {
      throw failure(archive, extraction.current(), e);
    }
  }

  private static ArchiveException failure(
      Path archive, @Nullable String entry, MalformedArchiveException reason) {
    return new ArchiveException(
        "cannot extract the archive: archive="
            + archive
            + (entry == null ? "" : ", entry=" + Text.shown(entry))
            + ": "
            + Text.shown(String.valueOf(reason.getMessage())),
        reason);
  }

  private static void requireOnDisk(String what, Path path) {
    if (path.getFileSystem() != FileSystems.getDefault()) {
      throw new IllegalArgumentException(
          "path must be of the default file system: " + what + "=" + path.toUri());
    }
  }

  /** The size of the archive. */
  private static long requireFile(Path archive) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(archive, BasicFileAttributes.class);
    if (!attributes.isRegularFile()) {
      throw new ArchiveException(
          "cannot extract the archive: archive=" + archive + ": not a regular file");
    }
    return attributes.size();
  }

  private static void requireAbsentOrEmpty(Path destination) throws IOException {
    if (!Files.exists(destination, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (DirectoryStream<Path> children = Files.newDirectoryStream(destination)) {
      if (Files.isSymbolicLink(destination) || children.iterator().hasNext()) {
        throw occupied(destination, null);
      }
    } catch (NotDirectoryException | NoSuchFileException e) {
      throw occupied(destination, e);
    }
  }

  private static FileAlreadyExistsException occupied(Path destination, @Nullable Exception cause) {
    FileAlreadyExistsException e =
        new FileAlreadyExistsException(
            destination.toString(), null, "the destination is no empty directory");
    if (cause != null) {
      e.initCause(cause);
    }
    return e;
  }

  /** Makes a directory and its parents; returns those made, the deepest first. */
  private static Deque<Path> makeDirectories(Path directory) throws IOException {
    Deque<Path> missing = new ArrayDeque<>();
    for (Path p = directory; p != null && !Files.exists(p); p = p.getParent()) {
      missing.addLast(p);
    }
    Files.createDirectories(directory);
    return missing;
  }

  /** Renames; an empty directory at the destination is replaced. */
  private static void publish(Path content, Path destination) throws IOException {
    try {
      Files.move(content, destination, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileSystemException e) {
      // Somebody was faster, if there is something now.
      requireAbsentOrEmpty(destination);
      throw e;
    }
  }
}
