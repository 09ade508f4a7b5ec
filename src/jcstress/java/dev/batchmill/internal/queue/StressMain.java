package dev.batchmill.internal.queue;

import java.io.IOException;
import java.util.List;
import java.util.TreeSet;
import org.openjdk.jcstress.Options;
import org.openjdk.jcstress.infra.Status;
import org.openjdk.jcstress.infra.TestInfo;
import org.openjdk.jcstress.infra.collectors.TestResult;
import org.openjdk.jcstress.infra.runners.ForkedTestConfig;
import org.openjdk.jcstress.infra.runners.Runner;
import org.openjdk.jcstress.infra.runners.TestConfig;
import org.openjdk.jcstress.infra.runners.TestList;
import org.openjdk.jcstress.os.AffinityMode;
import org.openjdk.jcstress.os.NodeType;
import org.openjdk.jcstress.os.SchedulingClass;
import org.openjdk.jcstress.vm.CompileMode;

/**
 * Runs the races in this process, with its Java and options: {@code StressMain MILLIS [PART]} runs
 * each whose name contains PART for so long, prints what came of it, and ends with status 1 if one
 * had an outcome that is forbidden.
 *
 * <p>jcstress' own main class, {@code org.openjdk.jcstress.Main}, is for long runs: it starts some
 * thirty processes per race. And it leaves out, without failing, what has more actors than the
 * machine has cores.
 */
public final class StressMain {
  private StressMain() {}

  /** Runs the races. */
  public static void main(String[] args) throws Exception {
    Options options = options(args[0]);
    String part = args.length > 1 ? args[1] : "";
    boolean good = true;
    for (String name : new TreeSet<>(TestList.tests())) {
      if (name.contains(part)) {
        good &= print(run(name, options));
      }
    }
    System.exit(good ? 0 : 1); // for threads that hang
  }

  /**
   * Short strides, so that the actors meet often, and yielding, as there may be more than cores.
   */
  private static Options options(String millis) throws IOException {
    Options options =
        new Options(
            new String[] {
              "-time",
              millis,
              "-iters",
              "1",
              "-strideSize",
              "8",
              "-strideCount",
              "16",
              "-spinStyle",
              "THREAD_YIELD",
              "-af",
              "NONE"
            });
    if (!options.parse()) {
      throw new IllegalArgumentException("not the milliseconds: argument=" + millis);
    }
    return options;
  }

  private static TestResult run(String name, Options options) throws Exception {
    System.out.println("runs " + name);
    TestInfo info = TestList.getInfo(name);
    SchedulingClass free = new SchedulingClass(AffinityMode.NONE, info.threads(), NodeType.PACKAGE);
    TestConfig config = new TestConfig(options, info, 0, List.of(), CompileMode.UNIFIED, free);
    Runner<?> runner =
        Class.forName(config.generatedRunnerName)
            .asSubclass(Runner.class)
            .getConstructor(ForkedTestConfig.class)
            .newInstance(new ForkedTestConfig(config));
    TestResult result = runner.run();
    result.setConfig(config);
    return result;
  }

  private static boolean print(TestResult result) {
    boolean good = result.status() == Status.NORMAL && result.grading().isPassed;
    result.getStateKeys().stream()
        .sorted()
        .forEach(state -> System.out.printf("%12d  %s%n", result.getCount(state), state));
    result.grading().failureMessages.forEach(System.out::println);
    result.getMessages().forEach(System.out::println);
    System.out.printf(
        "%s %s %s %d%n",
        good ? "passed" : "FAILED", result.getName(), result.status(), result.getTotalCount());
    return good;
  }
}
