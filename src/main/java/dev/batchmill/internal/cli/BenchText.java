package dev.batchmill.internal.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.batchmill.internal.bench.BenchResult;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The results of the benchmark as a table, line by line, and as JSON. */
final class BenchText {
  private static final String ROW = "%-32s %-8s %-17s %-14s %-4s %10s %9s %9s %7s %6s %-12s %7s";

  private static final double MS_PER_S = 1e3;
  private static final double US_PER_MS = 1e3;
  private static final double NS_PER_MS = 1e6;
  private static final double THOUSAND = 1e3;
  private static final double MILLION = 1e6;

  private BenchText() {}

  static String header() {
    return ROW.formatted(
        "operation",
        "dtype",
        "shape",
        "memory",
        "on",
        "time",
        "alloc",
        "items/s",
        "GB/s",
        "roof",
        "(GB/s)",
        "share");
  }

  static String line(BenchResult result) {
    return ROW.formatted(
        result.name(),
        result.dtype(),
        result.shape().toString(),
        result.memory(),
        result.kernels(),
        time(result.ms()),
        bytes(allocated(result)),
        rate(result.itemsPerS()),
        number("%.1f", result.gbps()),
        number("%.1f", result.roofGbps()),
        result.roof() == null ? "no roof" : result.roof(),
        number("%.2f", result.share()));
  }

  private static String time(double ms) {
    if (ms >= MS_PER_S) {
      return String.format(Locale.ROOT, "%.2f s ", ms / MS_PER_S);
    }
    if (ms >= 1) {
      return String.format(Locale.ROOT, "%.2f ms", ms);
    }
    if (ms * US_PER_MS >= 1) {
      return String.format(Locale.ROOT, "%.2f us", ms * US_PER_MS);
    }
    return String.format(Locale.ROOT, "%.1f ns", ms * NS_PER_MS);
  }

  /** What an item allocates, if there are items, else the call. */
  private static long allocated(BenchResult result) {
    Long items = result.items();
    return items == null ? result.bytesAllocated() : result.bytesAllocated() / items;
  }

  private static String rate(@Nullable Double perSecond) {
    if (perSecond == null) {
      return "-";
    }
    if (perSecond >= MILLION) {
      return String.format(Locale.ROOT, "%.2f M", perSecond / MILLION);
    }
    if (perSecond >= THOUSAND) {
      return String.format(Locale.ROOT, "%.1f k", perSecond / THOUSAND);
    }
    return String.format(Locale.ROOT, "%.1f  ", perSecond);
  }

  private static String bytes(long bytes) {
    return bytes < 10_000 ? bytes + " B " : bytes / 1000 + " kB";
  }

  private static String number(String format, @Nullable Double value) {
    return value == null ? "-" : String.format(Locale.ROOT, format, value);
  }

  static String json(List<BenchResult> results) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.useDefaultPrettyPrinter();
      json.writeStartArray();
      for (BenchResult result : results) {
        write(json, result);
      }
      json.writeEndArray();
    }
    return text + System.lineSeparator();
  }

  private static void write(JsonGenerator json, BenchResult result) throws IOException {
    json.writeStartObject();
    json.writeStringField("name", result.name());
    json.writeArrayFieldStart("shape");
    for (long size : result.shape()) {
      json.writeNumber(size);
    }
    json.writeEndArray();
    json.writeStringField("dtype", result.dtype());
    json.writeStringField("memory", result.memory());
    json.writeStringField("kernels", result.kernels());
    json.writeNumberField("threads", result.threads());
    json.writeNumberField("ms", result.ms());
    json.writeNumberField("min_ms", result.minMs());
    json.writeNumberField("p90_ms", result.p90Ms());
    json.writeNumberField("samples", result.samples());
    json.writeNumberField("bytes_allocated", result.bytesAllocated());
    writeNumber(json, "items", result.items());
    writeNumber(json, "items_per_s", result.itemsPerS());
    writeNumber(json, "bytes", result.bytes());
    writeNumber(json, "gbps", result.gbps());
    json.writeStringField("roof", result.roof());
    writeNumber(json, "roof_gbps", result.roofGbps());
    writeNumber(json, "share", result.share());
    json.writeEndObject();
  }

  private static void writeNumber(JsonGenerator json, String name, @Nullable Number value)
      throws IOException {
    if (value == null) {
      json.writeNullField(name);
    } else if (value instanceof Long whole) {
      json.writeNumberField(name, whole);
    } else {
      json.writeNumberField(name, value.doubleValue());
    }
  }
}
