package dev.batchmill.internal.download;

import dev.batchmill.error.DownloadException;
import dev.batchmill.error.HashMismatchException;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Brings a file to its place, or fails: from one URL after the other, with several attempts at
 * each, from where the last one ended. The file has its name only when it is whole and verified.
 *
 * @param <C> what verifies it
 */
public final class Download<C extends ContentCheck> implements Closeable {
  private static final System.Logger LOG = System.getLogger(Download.class.getName());

  /** The beginning of the file, and what has seen its bytes. */
  private record Begun<C>(PartialFile file, C check, OutputStream out) {}

  private final Path target;
  private final TransferOptions options;
  private final HttpOrigin http;
  private final Supplier<C> checks;
  private @Nullable Begun<C> begun;
  private boolean resumed;

  private Download(URI origin, Path target, TransferOptions options, Supplier<C> checks) {
    this.target = target;
    this.options = options;
    this.http = new HttpOrigin(origin, options);
    this.checks = checks;
  }

  /**
   * Fetches a file.
   *
   * @param urls the origin and its mirrors: {@code http}, {@code https}, {@code file} or {@code
   *     jar} URIs
   * @param target the file
   * @param options the bounds
   * @param checks makes what looks at the bytes; another one when the download starts over
   * @return what has seen and verified the file
   * @throws DownloadException if the file could not be had as a whole or not be written
   * @throws HashMismatchException if it is another one, wherever it came from
   * @throws java.io.InterruptedIOException if the thread was interrupted; its flag is set
   */
  public static <C extends ContentCheck> C fetch(
      List<URI> urls, Path target, TransferOptions options, Supplier<C> checks) throws IOException {
    try (Download<C> download = new Download<>(urls.get(0), target, options, checks)) {
      C check = download.fromAny(urls);
      PartialNames.sweep(target);
      return check;
    }
  }

  private C fromAny(List<URI> urls) throws IOException {
    List<IOException> failures = new ArrayList<>();
    for (URI url : urls) {
      try {
        return from(url);
      } catch (DownloadException | HashMismatchException e) {
        failures.add(e);
      }
    }
    IOException first = failures.get(0);
    if (failures.stream().allMatch(HashMismatchException.class::isInstance)) {
      failures.stream().skip(1).forEach(first::addSuppressed);
      throw first;
    }
    if (failures.size() == 1) {
      throw first;
    }
    DownloadException none =
        new DownloadException(
            "neither the origin nor a mirror sent the file: tried="
                + urls.size()
                + " reasons=["
                + failures.stream().map(IOException::getMessage).collect(Collectors.joining("; "))
                + "]",
            first);
    failures.stream().skip(1).forEach(none::addSuppressed);
    throw none;
  }

  private C from(URI url) throws IOException {
    leaveOther(url);
    takeOver(url);
    for (int attempts = 1; ; attempts++) {
      try {
        return attempt(url);
      } catch (RetryableException e) {
        if (e.isSpoilt()) {
          discard();
        }
        pause(url, attempts, e);
      } catch (DownloadException | HashMismatchException e) {
        discard();
        throw e;
      }
    }
  }

  private void pause(URI url, int attempts, RetryableException failure) throws IOException {
    double random = ThreadLocalRandom.current().nextDouble();
    long pause = options.retry().pauseAfter(attempts, failure, random).toMillis();
    LOG.log(
        System.Logger.Level.DEBUG,
        () -> "tries again: attempts=" + attempts + " pauseMs=" + pause + " after " + failure);
    try {
      Thread.sleep(pause);
    } catch (InterruptedException e) {
      throw Failures.interrupted(url, e);
    }
  }

  private C attempt(URI url) throws IOException {
    if (begun == null || !begun.file().isComplete()) {
      transfer(url);
    }
    try {
      return publish();
    } catch (HashMismatchException e) {
      if (!resumed) {
        throw e;
      }
      LOG.log(System.Logger.Level.DEBUG, "a resumed file is wrong; starts over: url=" + url, e);
      discard();
      transfer(url);
      return publish();
    }
  }

  private void transfer(URI url) throws IOException {
    try (Content content = open(url)) {
      Transfer transfer = new Transfer(content, options, isHttp(url));
      transfer.checkAnnounced(target);
      resumed = content.start() > 0;
      Begun<C> current = resumed && begun != null ? begun : startOver(url, content);
      transfer.copyTo(current.out());
    }
  }

  private Content open(URI url) throws IOException {
    return switch (url.getScheme().toLowerCase(Locale.ROOT)) {
      case "file" -> LocalOrigin.openFile(url);
      case "jar" -> LocalOrigin.openJarEntry(url);
      default -> http.open(url, rest(url));
    };
  }

  private @Nullable Rest rest(URI url) throws IOException {
    if (begun == null
        || begun.file().size() == 0
        || !begun.file().provenance().canContinueAt(url, options.hashed())) {
      return null;
    }
    Provenance provenance = begun.file().provenance();
    return new Rest(begun.file().size(), provenance.total(), provenance.validator());
  }

  private Begun<C> startOver(URI url, Content content) throws IOException {
    discard();
    long total = isHttp(url) ? content.length() : Content.UNKNOWN_LENGTH;
    return begin(new Provenance(url, content.validator(), total));
  }

  private Begun<C> begin(Provenance provenance) throws IOException {
    PartialFile file = PartialFile.create(target, provenance, options.hashed());
    C check = checks.get();
    Begun<C> fresh = new Begun<>(file, check, check.tee(file.output()));
    begun = fresh;
    return fresh;
  }

  private C publish() throws IOException {
    Begun<C> whole = begun;
    if (whole == null) {
      throw new IllegalStateException("nothing to publish: target=" + target);
    }
    whole.check().verify(target);
    whole.file().publish();
    begun = null;
    return whole.check();
  }

  /** Lets go of what came from another URL; {@link #takeOver} may find it again. */
  private void leaveOther(URI url) throws IOException {
    if (begun != null && !begun.file().provenance().url().equals(url)) {
      close();
    }
  }

  /** Continues what another fetch, or another URL, has left. */
  private void takeOver(URI url) throws IOException {
    if (!isHttp(url)) {
      return;
    }
    LeftPartial left = LeftPartial.claim(target, from -> from.canContinueAt(url, options.hashed()));
    if (left == null) {
      return;
    }
    try (left) {
      resumed = true;
      left.copyTo(begin(left.provenance().at(url)).out());
    } catch (ClosedByInterruptException e) {
      throw Failures.interrupted(url, e);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "cannot continue a partial file: target=" + target, e);
      discard();
    }
  }

  private void discard() throws IOException {
    if (begun != null) {
      begun.file().discard();
      begun = null;
    }
  }

  @Override
  public void close() throws IOException {
    if (begun != null) {
      begun.file().close();
      begun = null;
    }
  }

  private static boolean isHttp(URI url) {
    return url.getScheme().toLowerCase(Locale.ROOT).startsWith("http");
  }
}
