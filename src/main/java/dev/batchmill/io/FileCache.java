package dev.batchmill.io;

import dev.batchmill.error.DownloadException;
import dev.batchmill.internal.archive.ArchiveExtractor;
import dev.batchmill.internal.archive.Format;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileLockInterruptionException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;

/**
 * Fetches files once and keeps them.
 *
 * <p>A file is written under a name of its own, verified, made durable and then renamed: under its
 * final name it is complete, or it is not there. That is why a cached file without a hash can be
 * trusted, unlike in Keras, which writes under the final name. A cached file with a hash is
 * verified each time, and fetched again when it fails; until the new one is verified the old one
 * stays.
 *
 * <p>A download that fails for a reason that may pass is tried again, then at the request's
 * mirrors. If the server tells the file's version, what has come stays as {@code .NAME.ID.part},
 * with a note beside it, also when the process dies; the next attempt or fetch asks for the rest of
 * that version. A fetch that succeeds deletes what others left of the file, and what is a week old.
 *
 * <p>An archive is extracted to a directory of its own that is renamed when it is complete. A
 * hidden marker beside it, {@code .NAME.extracted}, holds the archive's SHA-256, so that the same
 * bytes are not extracted again. A directory that the cache did not make is set aside as {@code
 * NAME.old}, not deleted. While a file is being fetched a lock stands beside it, {@code
 * .NAME.lock}; a fetch that fails leaves neither that nor an empty directory which it made.
 *
 * <p>Thread-safe, also among processes: whoever asks for a file that is being fetched waits for it.
 *
 * @see FileRequest
 * @see <a href="https://keras.io/api/utils/python_utils/#getfile-function">keras.utils.get_file</a>
 */
public final class FileCache {
  private static final System.Logger LOG = System.getLogger(FileCache.class.getName());

  private FileCache() {}

  /**
   * Returns the requested file, or the directory of the extracted archive, and fetches what is
   * missing.
   *
   * @param request what to fetch
   * @return the absolute path of the file or, when the request extracts, of the directory
   * @throws DownloadException if the file could not be fetched as a whole or not be kept
   * @throws dev.batchmill.error.HashMismatchException if the fetched file has another hash; nothing
   *     is kept of it
   * @throws dev.batchmill.error.ArchiveException if the archive could not be extracted; what was
   *     extracted before stays
   * @throws InterruptedIOException if the thread was interrupted; its flag is set
   * @throws IOException if the cache could not be read or written
   */
  public static Path fetch(FileRequest request) throws IOException {
    return fetch(request, FileCache::extract);
  }

  static Path fetch(FileRequest request, Extractor extractor) throws IOException {
    try {
      if (request.force() || !isReady(request)) {
        refresh(request, extractor);
      }
      return request.entry().result();
    } catch (InterruptedException | FileLockInterruptionException | ClosedByInterruptException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted =
          new InterruptedIOException("fetch was interrupted: origin=" + request.origin());
      interrupted.initCause(e);
      throw interrupted;
    }
  }

  private static boolean isReady(FileRequest request) throws IOException {
    Path file = request.entry().file();
    if (!Files.isRegularFile(file)) {
      return false;
    }
    Digests digests = Digests.ofFile(request, file);
    return digests.matches()
        && (!request.extract()
            || new ExtractedDirectory(request.entry().result()).holds(digests.identity()));
  }

  private static void refresh(FileRequest request, Extractor extractor)
      throws IOException, InterruptedException {
    Path directory = request.entry().directory();
    Path present = nearestPresent(directory);
    boolean done = false;
    try {
      makeWritable(directory);
      refreshLocked(request, extractor);
      done = true;
    } finally {
      if (!done) {
        deleteEmpty(directory, present);
      }
    }
  }

  private static void refreshLocked(FileRequest request, Extractor extractor)
      throws IOException, InterruptedException {
    CacheLock lock = CacheLock.acquire(request.entry().file());
    try {
      Digests digests = refreshFile(request);
      if (request.extract()) {
        refreshDirectory(request, digests.identity(), extractor);
      }
    } finally {
      lock.close();
    }
  }

  private static Path nearestPresent(Path directory) {
    Path present = directory;
    while (present.getParent() != null && !Files.exists(present)) {
      present = present.getParent();
    }
    return present;
  }

  /** Deletes the directories that this fetch made, those below {@code kept}, where still empty. */
  private static void deleteEmpty(Path directory, Path kept) {
    try {
      for (Path made = directory; made != null && !made.equals(kept); made = made.getParent()) {
        Files.delete(made);
      }
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "keeps the cache directory: directory=" + directory, e);
    }
  }

  private static void makeWritable(Path directory) throws DownloadException {
    try {
      // createDirectories refuses a link to a directory on JDK 17.
      if (!Files.isDirectory(directory)) {
        Files.createDirectories(directory);
      }
    } catch (IOException e) {
      throw new DownloadException(
          "cannot make the cache directory: directory="
              + directory
              + " reason="
              + e
              + "; set cacheDirectory or KERAS_HOME to a place that can be written",
          e);
    }
    if (!Files.isWritable(directory)) {
      throw new DownloadException(
          "cannot write to the cache directory: directory="
              + directory
              + "; set cacheDirectory or KERAS_HOME to a place that can be written");
    }
  }

  private static Digests refreshFile(FileRequest request) throws IOException {
    Path file = request.entry().file();
    if (Files.isDirectory(file)) {
      throw new DownloadException(
          "a directory stands where the file would be kept: path="
              + file
              + "; move it away or set another name");
    }
    if (!request.force() && Files.isRegularFile(file)) {
      Digests cached = Digests.ofFile(request, file);
      if (cached.matches()) {
        return cached;
      }
    }
    return CacheDownload.of(request);
  }

  private static void refreshDirectory(FileRequest request, FileHash archive, Extractor extractor)
      throws IOException, InterruptedException {
    ExtractedDirectory directory = new ExtractedDirectory(request.entry().result());
    // Several archives may share a directory (a.tar and a.zip), so it has a lock of its own.
    CacheLock lock = CacheLock.acquire(request.entry().result());
    try {
      directory.checkPlace();
      if (request.force() || !directory.holds(archive)) {
        directory.replace(archive, fresh -> extractor.extract(request, fresh));
      }
    } finally {
      lock.close();
    }
  }

  private static void extract(FileRequest request, Path destination) throws IOException {
    ArchiveExtractor.extract(
        request.entry().file(),
        request.archiveFormats().stream()
            .map(FileCache::format)
            .collect(Collectors.toUnmodifiableSet()),
        destination,
        request.extractionLimits(),
        request.progress()::onExtract);
  }

  private static Format format(ArchiveFormat format) {
    return Format.valueOf(format.name());
  }
}
