package dev.batchmill.io;

/**
 * Is told how far a download has come. It is called on the thread that fetches, often; an exception
 * it throws ends the download and reaches the caller of {@link FileCache#fetch}.
 */
@FunctionalInterface
public interface ProgressListener {
  /**
   * Takes note of the progress.
   *
   * @param bytes the bytes of the file that are there; fewer than before when it starts over
   * @param total the bytes that will be received in all, or -1 if that is unknown
   */
  void onProgress(long bytes, long total);
}
