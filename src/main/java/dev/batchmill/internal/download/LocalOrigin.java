package dev.batchmill.internal.download;

import dev.batchmill.error.DownloadException;
import java.io.IOException;
import java.net.URI;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;

/** Origins on this machine: files, and entries of jar files. */
final class LocalOrigin {
  private LocalOrigin() {}

  static Content openFile(URI origin) throws IOException {
    Path file = Path.of(origin);
    if (!Files.exists(file)) {
      throw new DownloadException("there is no such file: url=" + origin);
    }
    if (!Files.isRegularFile(file)) {
      throw new DownloadException("origin is not a regular file: url=" + origin);
    }
    try {
      return Content.whole(origin, Files.newInputStream(file), Files.size(file));
    } catch (IOException e) {
      throw Failures.cannotOpen(origin, e);
    }
  }

  static Content openJarEntry(URI origin) throws IOException {
    try {
      URLConnection connection = origin.toURL().openConnection();
      connection.setUseCaches(false);
      return Content.whole(origin, connection.getInputStream(), connection.getContentLengthLong());
    } catch (IOException e) {
      throw Failures.cannotOpen(origin, e);
    }
  }
}
