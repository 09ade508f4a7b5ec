package dev.batchmill.internal.bench;

import dev.batchmill.internal.kernel.KernelRegistry;
import dev.batchmill.internal.kernel.Parallel;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** A process that measures operations of one group: the JIT compiler sees nothing else. */
public final class Fork {
  /** Enough for the largest group: an input, an output, and some fresh results that wait. */
  private static final List<String> MEMORY = List.of("-Xmx2g", "-XX:MaxDirectMemorySize=3g");

  private static final int FIRST_JDK_THAT_WARNS = 22;

  private Fork() {}

  /**
   * Measures in this process and prints a line for each operation.
   *
   * @param args the scale, the number of the group and the numbers of its operations
   */
  public static void main(String[] args) {
    Scale scale = Scale.valueOf(args[0]);
    Group group = Catalog.groups(scale).get(Integer.parseInt(args[1]));
    List<Operation> operations =
        Arrays.stream(args)
            .skip(2)
            .map(number -> group.operations().get(Integer.parseInt(number)))
            .toList();
    for (Measurement measurement : GroupRun.measure(operations, scale.plan())) {
      System.out.println(measurement.toLine());
    }
  }

  /**
   * Measures in a new process.
   *
   * @param kernels the backend
   * @throws IOException if it cannot be started
   * @throws IllegalStateException if it fails; what it had to say stands on the standard error
   */
  static List<Measurement> measure(Selection selection, Scale scale, String kernels)
      throws IOException, InterruptedException {
    List<String> command = command(kernels);
    command.add(scale.name());
    command.add(Integer.toString(selection.group()));
    selection.operations().forEach(number -> command.add(number.toString()));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (BufferedReader out = process.inputReader()) {
      List<String> lines = out.lines().collect(Collectors.toList());
      int status = process.waitFor();
      if (status != 0 || lines.size() != selection.operations().size()) {
        throw new IllegalStateException(
            "the measuring process failed: status=%d, group=%d"
                .formatted(status, selection.group()));
      }
      return lines.stream().map(Measurement::ofLine).toList();
    } finally {
      process.destroy();
    }
  }

  private static List<String> command(String kernels) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(MEMORY);
    if (Runtime.version().feature() >= FIRST_JDK_THAT_WARNS) {
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    command.add("-D" + Parallel.THREADS_PROPERTY + "=" + Parallel.threads());
    command.add("-D" + KernelRegistry.PROPERTY + "=" + kernels);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(Fork.class.getName());
    return command;
  }
}
