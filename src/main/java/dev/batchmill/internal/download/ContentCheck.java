package dev.batchmill.internal.download;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;

/** What looks at every byte of a download, in order, and says in the end whether they are right. */
public interface ContentCheck {
  /** Returns a stream that passes the bytes on. */
  OutputStream tee(OutputStream out);

  /**
   * Says that there are no more bytes.
   *
   * @param target the name the file would have
   * @throws dev.batchmill.error.HashMismatchException if they are the wrong ones
   */
  void verify(Path target) throws IOException;
}
