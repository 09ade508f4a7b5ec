package dev.batchmill.internal.bind;

/** Prints the state of the native library, first the file that was loaded, then the problem. */
public final class NativeLibraryProbe {
  private NativeLibraryProbe() {}

  public static void main(String[] args) {
    NativeLibrary.State state = NativeLibrary.state();
    System.out.println(state.file());
    System.out.println(state.problem());
  }
}
