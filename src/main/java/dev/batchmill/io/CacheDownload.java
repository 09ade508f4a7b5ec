package dev.batchmill.io;

import dev.batchmill.error.DownloadException;
import dev.batchmill.internal.download.ContentCheck;
import dev.batchmill.internal.download.Download;
import dev.batchmill.internal.download.TransferOptions;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Downloads the file of a request to its place in the cache. */
final class CacheDownload {
  /** Hashes the bytes as they come. */
  private record Check(Digests digests) implements ContentCheck {
    @Override
    public OutputStream tee(OutputStream out) {
      return digests.tee(out);
    }

    @Override
    public void verify(Path target) throws IOException {
      digests.finish().verify(target);
    }
  }

  private CacheDownload() {}

  /** Downloads the file and returns its hashes. */
  static Digests of(FileRequest request) throws IOException {
    Path file = request.entry().file();
    return Download.fetch(
            urls(request), file, options(request), () -> new Check(new Digests(request)))
        .digests();
  }

  /** The origin and the mirrors; without a network those that need none. */
  private static List<URI> urls(FileRequest request) throws DownloadException {
    List<URI> urls = new ArrayList<>();
    urls.add(request.origin());
    urls.addAll(request.mirrors());
    if (request.offline()) {
      urls.removeIf(OriginUri::isRemote);
    }
    if (urls.isEmpty()) {
      throw new DownloadException(
          "offline, and the cache does not have the file as it was asked for: file="
              + request.entry().file()
              + " origin="
              + request.origin());
    }
    return urls;
  }

  private static TransferOptions options(FileRequest request) {
    return new TransferOptions(
        request.maxBytes(),
        request.connectTimeout(),
        request.idleTimeout(),
        request.retry(),
        request.access(),
        request.hash() != null,
        request.progress()::onProgress);
  }
}
