package dev.batchmill.internal.bind;

import dev.batchmill.array.NDArray;
import dev.batchmill.error.NativeUnavailableException;
import dev.batchmill.runtime.Backend;
import dev.batchmill.runtime.Backends;
import dev.batchmill.transform.Normalizer;

/**
 * Prints the state of the native library, each on a line: the file that was loaded, the problem,
 * where the file came from, the kernels in use with what they give, and what comes of forcing the
 * native ones.
 */
public final class NativeLibraryProbe {
  private NativeLibraryProbe() {}

  public static void main(String[] args) {
    NativeLibrary.State state = NativeLibrary.state();
    System.out.println(state.file());
    System.out.println(state.problem());
    System.out.println(state.origin());
    try (NDArray norms = Normalizer.normalize(NDArray.of(new float[][] {{3, 4}}))) {
      System.out.println(Backends.active() + " " + norms.getFloat(0, 1));
    }
    try {
      Backends.use(Backend.CPU);
      System.out.println("forced");
    } catch (NativeUnavailableException e) {
      System.out.println(e.getMessage());
    }
  }
}
