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
            "normalize-l2/batch float32[32, 784] heap cpu",
            "loader/trivial-2 float32[20000, 1] heap cpu",
            "loader/arrays float32[1000000, 128] direct cpu",
            "loader/processes float32[256, 256, 1024] direct cpu")) {
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
  void theLoadersTellTheirBatches() throws Exception {
    List<BenchResult> results = new ArrayList<>();
    bench("^loader/|^gather ", true, 0).run(line -> {}, results::add);
    List<String> seen = new ArrayList<>();
    for (BenchResult result : results) {
      Long items = result.items();
      Double perSecond = result.itemsPerS();
      seen.add(result.name() + " items=" + items + " roof=" + result.roof());
      if (items == null || perSecond == null) {
        assertEquals(items, perSecond, result.toString());
      } else {
        assertEquals(items, perSecond * result.ms() / 1000, 1e-6, result.toString());
        assertTrue(result.bytesAllocated() > 0, result.toString());
      }
    }
    assertEquals(
        List.of(
            "gather items=null roof=nt-copy",
            "loader/trivial-0 items=64 roof=null",
            "loader/trivial-1 items=64 roof=null",
            "loader/trivial-2 items=64 roof=null",
            "loader/trivial-4 items=64 roof=null",
            "loader/arrays items=1 roof=gather",
            "loader/arrays-y items=1 roof=gather",
            "loader/arrays-normalize-l2 items=1 roof=gather",
            "loader/processes items=64 roof=write",
            "loader/processes-socket items=64 roof=write"),
        seen);
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
