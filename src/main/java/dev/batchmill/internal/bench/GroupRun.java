package dev.batchmill.internal.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Measures operations of one group, and their roofs between them, in this process. */
final class GroupRun {
  private GroupRun() {}

  /** The measurements, in the order of the operations. */
  static List<Measurement> measure(List<Operation> operations, Plan plan) {
    try (Memory memory = new Memory()) {
      List<Runnable> calls = new ArrayList<>();
      List<Span> spans = new ArrayList<>();
      for (Operation operation : operations) {
        Function<Memory, Runnable> call = operation.call();
        spans.add(Span.added(calls, call == null ? List.of() : List.of(call.apply(memory))));
      }
      Map<Traffic, Span> roofs = new LinkedHashMap<>();
      for (Operation operation : operations) {
        Traffic traffic = operation.traffic();
        if (traffic != null && RoofCalls.available() && !roofs.containsKey(traffic)) {
          roofs.put(traffic, Span.added(calls, RoofCalls.of(traffic, memory)));
        }
      }
      List<Timing> timings = Sampler.ofThisMachine().sample(calls, plan);
      List<Measurement> measurements = new ArrayList<>();
      for (int i = 0; i < operations.size(); i++) {
        Timing roof = fastest(timings, roofs.get(operations.get(i).traffic()));
        Timing own = fastest(timings, spans.get(i));
        measurements.add(measurement(operations.get(i), own != null ? own : roof, roof));
      }
      return measurements;
    }
  }

  private static Measurement measurement(
      Operation operation, @Nullable Timing timing, @Nullable Timing roof) {
    if (timing == null) {
      throw new IllegalStateException("there are no roofs here: operation=" + operation.name());
    }
    return new Measurement(timing, roof == null ? null : roof.medianNanos());
  }

  private static @Nullable Timing fastest(List<Timing> timings, @Nullable Span span) {
    Timing fastest = null;
    for (int i = span == null ? 0 : span.from; span != null && i < span.to; i++) {
      Timing timing = timings.get(i);
      if (fastest == null || timing.medianNanos() < fastest.medianNanos()) {
        fastest = timing;
      }
    }
    return fastest;
  }

  /** Some calls among all that are sampled together. */
  private record Span(int from, int to) {
    static Span added(List<Runnable> calls, List<Runnable> more) {
      int from = calls.size();
      calls.addAll(more);
      return new Span(from, calls.size());
    }
  }
}
