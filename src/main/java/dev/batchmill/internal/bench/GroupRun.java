package dev.batchmill.internal.bench;

import java.util.ArrayList;
import java.util.Comparator;
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
      List<Timing> timings =
          new Sampler(System::nanoTime, memory.allocations()::bytes).sample(calls, plan);
      List<Measurement> measurements = new ArrayList<>();
      for (int i = 0; i < operations.size(); i++) {
        Traffic traffic = operations.get(i).traffic();
        Span roof = traffic == null ? null : roofs.get(traffic);
        measurements.add(measurement(spans.get(i).fastest(timings), roof, timings));
      }
      return measurements;
    }
  }

  private static Measurement measurement(
      @Nullable Timing own, @Nullable Span roofSpan, List<Timing> timings) {
    Timing roof = roofSpan == null ? null : roofSpan.fastest(timings);
    Timing timing = own != null ? own : roof;
    if (timing == null) {
      throw new IllegalStateException("a roof was asked for where there are no natives");
    }
    return new Measurement(timing, roof == null ? null : roof.medianNanos());
  }

  /** Some calls among all that are sampled together. */
  private record Span(int from, int to) {
    static Span added(List<Runnable> calls, List<Runnable> more) {
      int from = calls.size();
      calls.addAll(more);
      return new Span(from, calls.size());
    }

    @Nullable Timing fastest(List<Timing> timings) {
      return timings.subList(from, to).stream()
          .min(Comparator.comparingDouble(Timing::medianNanos))
          .orElse(null);
    }
  }
}
