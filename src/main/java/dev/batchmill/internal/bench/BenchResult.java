package dev.batchmill.internal.bench;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The figures of one operation. Name, shape, dtype, memory and kernels together name it.
 *
 * @param name what was done
 * @param shape the shape of the input; for one-hot, of the result
 * @param dtype the type of the input
 * @param memory heap, direct or heap-to-direct
 * @param kernels the backend
 * @param threads the number of threads it may use
 * @param ms the median time of a call
 * @param minMs the shortest
 * @param p90Ms the one that nine of ten samples do not exceed
 * @param samples the number of samples
 * @param bytesAllocated what a call allocates on the heap
 * @param items how many a call handles; null where that is not the point
 * @param itemsPerS how many in a second
 * @param bytes the memory it must move; null where that is not the point
 * @param gbps those bytes in 10^9 per second
 * @param roof the roof's name; null where there are no natives to measure it
 * @param roofGbps what the roof reached
 * @param share gbps / roofGbps
 */
public record BenchResult(
    String name,
    List<Long> shape,
    String dtype,
    String memory,
    String kernels,
    int threads,
    double ms,
    double minMs,
    double p90Ms,
    int samples,
    long bytesAllocated,
    @Nullable Long items,
    @Nullable Double itemsPerS,
    @Nullable Long bytes,
    @Nullable Double gbps,
    @Nullable String roof,
    @Nullable Double roofGbps,
    @Nullable Double share) {
  private static final double NANOS_PER_MS = 1e6;
  private static final double NANOS_PER_S = 1e9;

  static BenchResult of(Operation operation, String kernels, int threads, Measurement measurement) {
    Traffic traffic = operation.traffic();
    Timing timing = measurement.timing();
    Long items = operation.items();
    // A byte per nanosecond is 10^9 bytes per second.
    Double gbps = traffic == null ? null : traffic.bytes() / timing.medianNanos();
    Double roofNanos = measurement.roofNanos();
    Double roofGbps = traffic == null || roofNanos == null ? null : traffic.roofBytes() / roofNanos;
    return new BenchResult(
        operation.name(),
        shape(operation),
        operation.dtype().toString(),
        operation.where().label(),
        kernels,
        threads,
        timing.medianNanos() / NANOS_PER_MS,
        timing.minNanos() / NANOS_PER_MS,
        timing.p90Nanos() / NANOS_PER_MS,
        timing.samples(),
        timing.allocatedBytes(),
        items,
        items == null ? null : items * NANOS_PER_S / timing.medianNanos(),
        traffic == null ? null : traffic.bytes(),
        gbps,
        traffic == null || roofGbps == null ? null : traffic.roof().label(),
        roofGbps,
        gbps == null || roofGbps == null ? null : gbps / roofGbps);
  }

  private static List<Long> shape(Operation operation) {
    return Arrays.stream(operation.shape().toArray()).boxed().toList();
  }
}
