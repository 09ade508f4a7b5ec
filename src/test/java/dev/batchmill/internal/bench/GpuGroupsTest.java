package dev.batchmill.internal.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.batchmill.Gpus;
import dev.batchmill.internal.kernel.KernelRegistry;
import dev.batchmill.internal.memory.DeviceMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The benchmark of a GPU runs: what it measures on the simulator means nothing. */
@Tag("gpu")
class GpuGroupsTest {
  @Test
  void everyOperationIsMeasuredAgainstItsRoof() throws Exception {
    Gpus.require();
    String before = KernelRegistry.active().name();
    long live = DeviceMemory.liveCount();
    List<BenchResult> results = new ArrayList<>();
    try {
      Bench.of(new BenchOptions(Pattern.compile("^gpu/"), null, true, 2, 0))
          .run(line -> {}, results::add);
    } finally {
      KernelRegistry.use(before);
    }
    assertEquals(GpuGroups.groups(Scale.QUICK).size(), results.size());
    for (BenchResult result : results) {
      assertTrue(result.share() > 0, result.toString());
    }
    assertEquals(live, DeviceMemory.liveCount());
  }
}
