package dev.batchmill.internal.bench;

/**
 * The fastest that memory can be moved in one of several ways: what an operation is measured by.
 */
enum Roof {
  /** Reads the source. */
  READ("read"),
  /** Writes the sink. */
  WRITE("write"),
  /** Writes the sink past the caches. */
  STREAM_WRITE("nt-write"),
  /** Copies. */
  COPY("copy"),
  /** Copies past the caches. */
  STREAM_COPY("nt-copy"),
  /** Reads all of the source, then copies it past the caches: two reads and one write. */
  READ_STREAM_COPY("read+nt-copy"),
  /** Copies rows of 512 bytes in a random order past the caches, by the library's own kernel. */
  GATHER("gather"),
  /** Copies in the memory of a GPU. */
  DEVICE_COPY("device-copy"),
  /** Writes the memory of a GPU. */
  DEVICE_WRITE("device-write");

  /** Whether it is in the memory of a GPU. */
  boolean isOnDevice() {
    return this == DEVICE_COPY || this == DEVICE_WRITE;
  }

  private final String label;

  Roof(String label) {
    this.label = label;
  }

  /** The name in reports; nt stands for non-temporal: past the caches. */
  String label() {
    return label;
  }
}
