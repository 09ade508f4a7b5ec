package dev.batchmill.internal.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.batchmill.internal.kernel.KernelRegistry;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class BenchTest {
  private static Bench bench(String filter, boolean quick, int forks) {
    return Bench.of(new BenchOptions(Pattern.compile(filter), null, quick, 2, forks));
  }

  @Test
  void noTwoOperationsHaveOneLabel() {
    for (boolean quick : new boolean[] {false, true}) {
      List<String> labels = bench("", quick, 0).labels();
      assertTrue(labels.size() > 50, labels.toString());
      assertEquals(new HashSet<>(labels).size(), labels.size(), labels.toString());
    }
  }

  @Test
  void whatMustBeReachedIsMeasured() {
    List<String> labels = bench("", false, 0).labels();
    for (String label :
        List.of(
            "normalize-l2/last float32[1000000, 128] direct cpu",
            "normalize-l1/last float32[1000000, 128] direct cpu",
            "normalize-l3/last float32[1000000, 128] direct cpu",
            "normalize-l2.5/last float32[1000000, 128] direct cpu",
            "normalize-l2/axis-0 float32[1000000, 128] direct cpu",
            "normalize-l2/last float32[100000, 1024] direct cpu",
            "normalize-l1/last float32[100000, 1024] direct cpu",
            "normalize-l2/middle float32[1000, 128, 512] direct cpu",
            "one-hot int32[10000000, 10] direct cpu",
            "one-hot int32[100000, 1000] direct cpu",
            "normalize-l2/batch float32[32, 784] heap cpu")) {
      assertTrue(labels.contains(label), label);
    }
  }

  @Test
  void anotherProcessMeasuresTheSameOperations() throws Exception {
    List<String> here = new ArrayList<>();
    List<String> there = new ArrayList<>();
    String filter = "normalize-l2/last float";
    bench(filter, true, 0).run(line -> {}, result -> here.add(key(result)));
    bench(filter, true, 2).run(line -> {}, result -> there.add(key(result)));
    assertEquals(3, here.size(), here.toString());
    assertEquals(here.stream().map(key -> key.replace("samples=2", "samples=4")).toList(), there);
  }

  private static String key(BenchResult result) {
    return "%s %s %s roof=%s threads=%d samples=%d"
        .formatted(
            result.name(),
            result.dtype(),
            result.shape(),
            result.roof(),
            result.threads(),
            result.samples());
  }

  @Test
  void theThreadsAndTheKernelsAreThoseOfBeforeAfterwards() throws Exception {
    String threads = System.getProperty("batchmill.threads");
    List<BenchResult> results = new ArrayList<>();
    bench("in-cache .* java", true, 0).run(line -> {}, results::add);
    assertTrue(results.stream().allMatch(result -> result.kernels().equals("java")));
    assertEquals("cpu", KernelRegistry.active().name());
    assertEquals(threads, System.getProperty("batchmill.threads"));
  }

  @Test
  void theKernelsAskedForAreTheOnlyOnes() {
    List<String> labels =
        Bench.of(new BenchOptions(Pattern.compile("in-cache|call"), "java", true, null, 0))
            .labels();
    assertEquals(6, labels.size(), labels.toString());
    assertTrue(labels.stream().allMatch(label -> label.endsWith(" java")), labels.toString());
  }
}
