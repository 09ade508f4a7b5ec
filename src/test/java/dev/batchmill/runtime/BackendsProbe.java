package dev.batchmill.runtime;

import dev.batchmill.transform.Normalizer;

/** Uses a backend as a program would and prints which one it was, or what was thrown. */
public final class BackendsProbe {
  private BackendsProbe() {}

  public static void main(String[] args) {
    try {
      Normalizer.normalize(new float[] {3, 4});
      Normalizer.normalize(new float[] {3, 4});
      System.out.println(Backends.active());
    } catch (RuntimeException e) {
      System.out.println(e.getClass().getName() + ": " + e.getMessage());
    }
    if (args.length > 0) {
      System.out.print(Doctor.examine().toText());
    }
  }
}
