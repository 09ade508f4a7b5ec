package dev.batchmill.progress;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;

/** The metrics of a bar, in the order in which they first came. */
final class Metrics {
  /** A metric's weighted sum and its weight. */
  private record Average(double sum, double weight) {
    double value() {
      return sum / Math.max(1, weight);
    }
  }

  private final Predicate<String> averaged;
  private final Map<String, Average> averages = new LinkedHashMap<>();

  Metrics(Predicate<String> averaged) {
    this.averaged = averaged;
  }

  /** Adds a value to its average with the weight of so many steps. */
  void add(ProgressBar.Metric metric, double steps) {
    if (!averaged.test(metric.name())) {
      replace(metric);
      return;
    }
    Average before = averages.getOrDefault(metric.name(), new Average(0, 0));
    averages.put(
        metric.name(), new Average(before.sum() + metric.value() * steps, before.weight() + steps));
  }

  /** Takes a value as it is, in the place of its average. */
  void replace(ProgressBar.Metric metric) {
    averages.put(metric.name(), new Average(metric.value(), 1));
  }

  /** Returns the values now. */
  Map<String, Double> values() {
    Map<String, Double> values = new LinkedHashMap<>();
    averages.forEach((name, average) -> values.put(name, average.value()));
    return values;
  }
}
