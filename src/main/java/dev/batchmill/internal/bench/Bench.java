package dev.batchmill.internal.bench;

import dev.batchmill.internal.bind.NativeLibrary;
import dev.batchmill.internal.kernel.KernelRegistry;
import dev.batchmill.internal.kernel.Parallel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The benchmark. */
public final class Bench {
  private final BenchOptions options;
  private final List<Group> groups;
  private final List<Selection> selections = new ArrayList<>();

  private Bench(BenchOptions options) {
    this.options = options;
    groups = Catalog.groups(options.scale());
    for (int i = 0; i < groups.size(); i++) {
      List<Integer> chosen = chosen(groups.get(i));
      if (!chosen.isEmpty()) {
        selections.add(new Selection(i, chosen));
      }
    }
  }

  /**
   * Chooses what is measured.
   *
   * @throws IllegalArgumentException if that is nothing
   */
  public static Bench of(BenchOptions options) {
    Bench bench = new Bench(options);
    if (bench.selections.isEmpty()) {
      throw new IllegalArgumentException(
          "no operation matches, see bench --list: filter=" + options.filter());
    }
    return bench;
  }

  /** The labels of the operations that are measured: what a filter is matched against. */
  public List<String> labels() {
    List<String> labels = new ArrayList<>();
    for (Selection selection : selections) {
      Group group = groups.get(selection.group());
      operations(selection).forEach(operation -> labels.add(label(operation, group)));
    }
    return labels;
  }

  /**
   * Measures.
   *
   * @param progress told what comes next
   * @param results given each result as soon as it is there
   * @throws IOException if a process cannot be started
   * @throws InterruptedException if this thread is interrupted meanwhile
   */
  public void run(Consumer<String> progress, Consumer<BenchResult> results)
      throws IOException, InterruptedException {
    String threadsBefore = System.getProperty(Parallel.THREADS_PROPERTY);
    setThreads(options.threads() == null ? threadsBefore : options.threads().toString());
    try {
      runAll(progress, results);
    } finally {
      setThreads(threadsBefore);
    }
  }

  private static void setThreads(@Nullable String threads) {
    if (threads == null) {
      System.clearProperty(Parallel.THREADS_PROPERTY);
    } else {
      System.setProperty(Parallel.THREADS_PROPERTY, threads);
    }
  }

  private void runAll(Consumer<String> progress, Consumer<BenchResult> results)
      throws IOException, InterruptedException {
    if (!RoofCalls.available()) {
      progress.accept("no roof: " + NativeLibrary.state().problem());
    }
    for (int i = 0; i < selections.size(); i++) {
      Selection selection = selections.get(i);
      Group group = groups.get(selection.group());
      List<Operation> operations = operations(selection);
      progress.accept(
          "%d/%d %s".formatted(i + 1, selections.size(), label(operations.get(0), group)));
      List<Measurement> measured = measure(selection, group, operations);
      for (int k = 0; k < operations.size(); k++) {
        results.accept(
            BenchResult.of(operations.get(k), kernels(group), Parallel.threads(), measured.get(k)));
      }
    }
  }

  private List<Measurement> measure(Selection selection, Group group, List<Operation> operations)
      throws IOException, InterruptedException {
    if (options.forks() == 0) {
      return measureHere(group, operations);
    }
    List<List<Measurement>> forks = new ArrayList<>();
    for (int fork = 0; fork < options.forks(); fork++) {
      forks.add(Fork.measure(selection, options.scale(), kernels(group)));
    }
    List<Measurement> measurements = new ArrayList<>();
    for (int k = 0; k < operations.size(); k++) {
      int number = k;
      measurements.add(Measurement.ofForks(forks.stream().map(fork -> fork.get(number)).toList()));
    }
    return measurements;
  }

  private List<Measurement> measureHere(Group group, List<Operation> operations) {
    String before = KernelRegistry.active().name();
    KernelRegistry.use(kernels(group));
    try {
      return GroupRun.measure(operations, options.scale().plan());
    } finally {
      KernelRegistry.use(before);
    }
  }

  private List<Operation> operations(Selection selection) {
    return selection.operations().stream()
        .map(groups.get(selection.group()).operations()::get)
        .toList();
  }

  private List<Integer> chosen(Group group) {
    List<Integer> chosen = new ArrayList<>();
    if (!runs(group)) {
      return chosen;
    }
    for (int k = 0; k < group.operations().size(); k++) {
      Operation operation = group.operations().get(k);
      boolean possible = operation.call() != null || RoofCalls.available();
      boolean wanted =
          options.filter() == null || options.filter().matcher(label(operation, group)).find();
      if (possible && wanted) {
        chosen.add(k);
      }
    }
    return chosen;
  }

  /** Whether the group's backend is there, and none other was asked for. */
  private boolean runs(Group group) {
    String own = group.kernels();
    return own == null
        || (KernelRegistry.unavailable(own) == null
            && (options.kernels() == null || options.kernels().equals(own)));
  }

  private static String kernels(Group group) {
    String own = group.kernels();
    return own != null ? own : KernelRegistry.active().name();
  }

  private static String label(Operation operation, Group group) {
    return "%s %s%s %s %s"
        .formatted(
            operation.name(),
            operation.dtype(),
            operation.shape(),
            operation.where().label(),
            kernels(group));
  }
}
