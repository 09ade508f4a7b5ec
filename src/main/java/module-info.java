/**
 * Training data for the JVM: fetch, split, shuffle, normalise, one-hot encode and batch, with
 * native kernels.
 *
 * <p>Public packages stand below; everything else is under {@code internal} and may change at any
 * time.
 */
@org.jspecify.annotations.NullMarked
module dev.batchmill {
  requires java.net.http;
  requires org.bytedeco.javacpp;
  requires static transitive org.jspecify;
  // The command line, the demo and the benchmark; a user of the library needs none of them.
  requires static com.fasterxml.jackson.core;
  requires static info.picocli;
  requires static jdk.jfr;
  requires static jdk.httpserver;
  requires static jdk.management;
  requires static org.bytedeco.openblas;

  exports dev.batchmill.array;
  exports dev.batchmill.dataset;
  exports dev.batchmill.error;
  exports dev.batchmill.io;
  exports dev.batchmill.loader;
  exports dev.batchmill.progress;
  exports dev.batchmill.random;
  exports dev.batchmill.runtime;
  exports dev.batchmill.transform;

  uses dev.batchmill.random.RandomSeedListener;

  // picocli sets the commands' fields.
  opens dev.batchmill.internal.cli to
      info.picocli;
}
