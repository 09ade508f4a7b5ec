package dev.batchmill.internal.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.batchmill.ChildJvm;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import joptsimple.OptionParser;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openjdk.jcstress.annotations.JCStressTest;

/** The races of {@link OrderedQueueStress}, each for a while in two children. */
class OrderedQueueStressTest {
  private static final Pattern PASSED =
      Pattern.compile("^passed (\\S+) NORMAL (\\d+)$", Pattern.MULTILINE);
  private static final int FEWEST = 100;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-XX:+TieredCompilation",
        // Nobody spins before sleeping then; and C2 moves code as far as it is allowed to.
        "-XX:ActiveProcessorCount=1 -XX:-TieredCompilation -XX:+UnlockDiagnosticVMOptions"
            + " -XX:+StressLCM -XX:+StressGCM"
      })
  void noOutcomeIsForbidden(String options, @TempDir Path scratch) {
    List<String> command = new ArrayList<>(List.of(options.split(" ")));
    command.addAll(
        List.of(
            "-Xmx512m",
            "-cp",
            ChildJvm.path(
                ChildJvm.origin(StressMain.class),
                ChildJvm.origin(OrderedQueue.class),
                ChildJvm.origin(JCStressTest.class),
                ChildJvm.origin(OptionParser.class)),
            StressMain.class.getName(),
            "700"));
    ChildJvm.Run run = ChildJvm.run(scratch, Map.of(), command);
    Map<String, Long> passed =
        PASSED
            .matcher(run.good())
            .results()
            .collect(Collectors.toMap(line -> line.group(1), line -> Long.valueOf(line.group(2))));
    assertEquals(races(), passed.keySet());
    passed.forEach(
        (race, count) -> assertTrue(count >= FEWEST, () -> race + " ran " + count + " times"));
  }

  private static Set<String> races() {
    return Arrays.stream(OrderedQueueStress.class.getDeclaredClasses())
        .filter(type -> type.isAnnotationPresent(JCStressTest.class))
        .map(Class::getCanonicalName)
        .collect(Collectors.toSet());
  }
}
