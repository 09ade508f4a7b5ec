package dev.batchmill.io;

/**
 * Is told how far a fetch has come. It is called on the thread that fetches, often; an exception it
 * throws ends the fetch and reaches the caller of {@link FileCache#fetch}.
 */
@FunctionalInterface
public interface ProgressListener {
  /**
   * Takes note of the download's progress.
   *
   * @param bytes the bytes of the file that are there; fewer than before when it starts over
   * @param total the bytes that will be received in all, or -1 if that is unknown
   */
  void onProgress(long bytes, long total);

  /**
   * Takes note of how much of a file that the cache has is verified.
   *
   * @param bytes the bytes that are hashed
   * @param total the bytes of the file
   */
  default void onVerify(long bytes, long total) {}

  /**
   * Takes note of how much of an archive is extracted; how much it holds is not known before.
   *
   * @param bytes the bytes of the files that are written
   */
  default void onExtract(long bytes) {}
}
