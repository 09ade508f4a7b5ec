package dev.batchmill.internal.archive;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The entries of an archive, one after the other. Readers are strict: whatever is not plainly good
 * ends in a {@link MalformedArchiveException}, and an archive has ended well only when {@link
 * #next} has returned null. They check no names. For one thread at a time.
 */
interface ArchiveReader extends Closeable {
  /**
   * Goes to the next entry, skipping what was not read of the last one.
   *
   * @return the entry, or null at the end of the archive
   */
  @Nullable Entry next() throws IOException;

  /**
   * Reads data of the entry into the buffer, which is direct.
   *
   * @return how many bytes, at least 1; or -1 at the end of the entry
   */
  int read(ByteBuffer out) throws IOException;

  @Override
  void close() throws IOException;
}
