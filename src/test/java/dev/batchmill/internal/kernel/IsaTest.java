package dev.batchmill.internal.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.batchmill.ChildJvm;
import dev.batchmill.internal.bind.NativeKernels;
import dev.batchmill.internal.bind.NativeLibrary;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The conformance with the instruction sets of this machine that {@link CpuKernelsTest} does not
 * use: a process chooses once.
 */
class IsaTest {
  @TempDir Path temporary;

  static List<String> others() {
    NativeLibrary.requireLoaded();
    List<String> isas = new ArrayList<>(List.of(NativeKernels.supportedIsas().split(",", -1)));
    isas.remove(NativeKernels.isa());
    return isas;
  }

  @ParameterizedTest
  @MethodSource("others")
  void theInstructionSetNamedIsInUseAndConforms(String isa) {
    List<String> lines =
        ChildJvm.run(
                temporary,
                Map.of("BATCHMILL_ISA", isa),
                List.of("-cp", System.getProperty("java.class.path"), IsaProbe.class.getName()))
            .good()
            .lines()
            .toList();
    assertEquals("cpu (native, " + isa + ")", lines.get(0));
    assertTrue(Integer.parseInt(lines.get(1)) > 20, lines::toString);
  }
}
