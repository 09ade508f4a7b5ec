package consumer;

import dev.batchmill.array.NDArray;
import dev.batchmill.runtime.Backends;
import dev.batchmill.transform.Normalizer;
import dev.batchmill.transform.OneHot;
import java.util.Arrays;

/** What a first user would write: two operations, and which kernels ran them. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    float[] unit = Normalizer.normalize(new float[] {3, 4});
    NDArray encoded = OneHot.encode(new int[] {1, 0}, 2);
    System.out.println(
        "CONSUMER "
            + Backends.active().name().toLowerCase()
            + " "
            + Arrays.toString(unit)
            + " "
            + Arrays.toString(encoded.toFloatArray()));
  }
}
