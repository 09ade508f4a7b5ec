import dev.batchmill.array.NDArray;
import dev.batchmill.runtime.Backends;
import dev.batchmill.transform.Normalizer;

/** Prints the milliseconds from main to the end of the first call of a kernel, and the backend. */
public class FirstKernel {
  public static void main(String[] args) {
    long start = System.nanoTime();
    NDArray unit = Normalizer.normalize(NDArray.of(new float[][] {{3, 4}}));
    double milliseconds = (System.nanoTime() - start) / 1e6;
    System.out.printf("%.0f %s %s%n", milliseconds, Backends.active(), unit);
  }
}
