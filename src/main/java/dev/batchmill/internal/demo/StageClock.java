package dev.batchmill.internal.demo;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The time spent in each stage of a run. */
final class StageClock {
  private final Map<String, Long> nanoseconds = new LinkedHashMap<>();

  /**
   * A stage and its time.
   *
   * @param name what was done
   * @param milliseconds how long it took
   */
  record Stage(String name, double milliseconds) {}

  /** Work that may fail. */
  @FunctionalInterface
  interface Work<T> {
    T run() throws Exception;
  }

  /** Does some work and adds its time to a stage. */
  <T> T time(String stage, Work<T> work) throws Exception {
    long start = System.nanoTime();
    try {
      return work.run();
    } finally {
      nanoseconds.merge(stage, System.nanoTime() - start, Long::sum);
    }
  }

  /** The stages in the order they began. */
  List<Stage> stages() {
    List<Stage> stages = new ArrayList<>();
    nanoseconds.forEach((name, time) -> stages.add(new Stage(name, time / 1e6)));
    return stages;
  }
}
