package dev.batchmill.internal.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.batchmill.ChildJvm;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.Loader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class BenchCommandTest {
  private static final List<String> FIELDS =
      List.of(
          "name",
          "shape",
          "dtype",
          "memory",
          "kernels",
          "threads",
          "ms",
          "min_ms",
          "p90_ms",
          "samples",
          "bytes_allocated",
          "items",
          "items_per_s",
          "bytes",
          "gbps",
          "roof",
          "roof_gbps",
          "share");

  /** The objects of an array of flat objects; a nested array counts as its text. */
  private static List<Map<String, String>> objects(String json) throws IOException {
    List<Map<String, String>> objects = new ArrayList<>();
    try (JsonParser parser = new JsonFactory().createParser(json)) {
      assertEquals(JsonToken.START_ARRAY, parser.nextToken());
      while (parser.nextToken() == JsonToken.START_OBJECT) {
        Map<String, String> object = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
          String name = parser.currentName();
          StringBuilder value = new StringBuilder();
          if (parser.nextToken() == JsonToken.START_ARRAY) {
            while (parser.nextToken() != JsonToken.END_ARRAY) {
              value.append(parser.getText()).append(' ');
            }
          } else {
            value.append(parser.getText());
          }
          object.put(name, value.toString().strip());
        }
        objects.add(object);
      }
    }
    return objects;
  }

  private static double number(Map<String, String> result, String field) {
    return Double.parseDouble(result.get(field));
  }

  @Test
  void theJsonHoldsAnObjectForEachOperation() throws IOException {
    Outcome outcome =
        Outcome.of("bench", "--quick", "--json", "--filter", "normalize-l2/last |^one-hot int32");
    assertEquals(0, outcome.status(), outcome.err());
    List<Map<String, String>> results = objects(outcome.out());
    List<String> names = new ArrayList<>();
    for (Map<String, String> result : results) {
      assertEquals(FIELDS, List.copyOf(result.keySet()));
      names.add(result.get("name") + " " + result.get("dtype") + " " + result.get("shape"));
      assertTrue(number(result, "ms") > 0, result.toString());
      assertTrue(number(result, "min_ms") <= number(result, "ms"), result.toString());
      assertTrue(number(result, "ms") <= number(result, "p90_ms"), result.toString());
      assertEquals(2, number(result, "samples"));
      assertEquals(
          number(result, "bytes") / (number(result, "ms") * 1e6), number(result, "gbps"), 1e-9);
      assertEquals(
          number(result, "gbps") / number(result, "roof_gbps"), number(result, "share"), 1e-9);
    }
    assertEquals(
        List.of(
            "normalize-l2/last float32 64 128",
            "normalize-l2/last float32 64 1024",
            "normalize-l2/last float64 64 64",
            "one-hot int32 64 10",
            "one-hot int32 64 10",
            "one-hot int32 64 1000",
            "one-hot int32 64 1000"),
        names);
    assertEquals("nt-copy", results.get(0).get("roof"));
    assertEquals(2 * 64 * 128 * 4, number(results.get(0), "bytes"));
    assertEquals("nt-write", results.get(3).get("roof"));
    assertEquals(64 * 4 + 64 * 10 * 4, number(results.get(3), "bytes"));
  }

  @Test
  void anOperationWithoutTrafficHasNoShare() throws IOException {
    Outcome outcome =
        Outcome.of("bench", "--quick", "--json", "--filter", "jni-call float32\\[16\\] heap");
    List<Map<String, String>> results = objects(outcome.out());
    assertEquals(1, results.size(), outcome.out());
    assertTrue(number(results.get(0), "ms") > 0, outcome.out());
    for (String field : List.of("bytes", "gbps", "roof", "roof_gbps", "share")) {
      assertEquals("null", results.get(0).get(field), field);
    }
  }

  @Test
  void withoutNativesThereIsNoRoof(@TempDir Path scratch) throws IOException {
    String classPath =
        ChildJvm.path(
            ChildJvm.origin(Main.class),
            ChildJvm.origin(Loader.class),
            ChildJvm.origin(CommandLine.class),
            ChildJvm.origin(JsonFactory.class));
    List<String> command = List.of("-cp", classPath, Main.class.getName(), "bench", "--quick");
    List<String> json = new ArrayList<>(command);
    json.addAll(List.of("--json", "--filter", "^roof/|normalize-l1/last float64"));
    ChildJvm.Run run = ChildJvm.run(scratch, Map.of(), json);
    List<Map<String, String>> results = objects(run.good());
    assertEquals(1, results.size(), run.out());
    assertEquals("java", results.get(0).get("kernels"));
    assertTrue(number(results.get(0), "gbps") > 0, run.out());
    for (String field : List.of("roof", "roof_gbps", "share")) {
      assertEquals("null", results.get(0).get(field), field);
    }
    assertTrue(run.err().contains("\nbench: no roof: there are no natives"), run.err());
  }

  @Test
  void theTableHasALineForEachOperationAndTellsProgressBeside() {
    Outcome outcome = Outcome.of("bench", "--quick", "--threads", "1", "--filter", "^roof/");
    assertEquals(0, outcome.status(), outcome.err());
    List<String> lines = outcome.out().lines().toList();
    assertEquals(8, lines.size(), outcome.out());
    assertEquals(
        "operation dtype shape memory on time alloc items/s GB/s roof (GB/s) share",
        lines.get(0).replaceAll(" +", " "));
    for (String line : lines.subList(1, 8)) {
      assertTrue(
          line.matches(
              "roof/(\\S+) +float32 +\\[64, 128\\] +direct +cpu +[0-9.]+ (ns|us|ms) +\\d+ B +- +"
                  + "([0-9.]+) +\\3 \\1 +1\\.00"),
          line);
    }
    assertEquals("bench: 1/1 roof/read float32[64, 128] direct cpu\n", outcome.err());
  }

  @Test
  void theListNamesWhatWouldBeMeasured() {
    Outcome outcome =
        Outcome.of("bench", "--list", "--filter", "normalize-l2/batch|^gather ").succeeded();
    assertEquals(
        List.of(
            "gather float32[65536, 1024] direct cpu",
            "normalize-l2/batch float32[32, 784] heap cpu",
            "normalize-l2/batch float32[32, 784] direct cpu"),
        outcome.out().lines().toList());
  }

  @Test
  void aProcessOfItsOwnMeasuresToo() throws IOException {
    Outcome outcome =
        Outcome.of(
            "bench", "--quick", "--json", "--forks", "1", "--filter", "kernel-call.*16\\] heap");
    assertEquals(0, outcome.status(), outcome.err());
    assertEquals("kernel-call", objects(outcome.out()).get(0).get("name"));
  }

  @Test
  void wrongUsageIsRefused() {
    Outcome.of("bench", "--filter", "nothing")
        .refused("batchmill bench", "no operation matches, see bench --list: filter=nothing");
    Outcome.of("bench", "--filter", "[")
        .refused(
            "batchmill bench",
            "Invalid value for option '--filter': '[' is no regular expression: Unclosed character"
                + " class");
    Outcome.of("bench", "--forks", "-1")
        .refused("batchmill bench", "forks must be at least 0: forks=-1");
    Outcome.of("bench", "--threads", "0")
        .refused("batchmill bench", "threads must be at least 1: threads=0");
    Outcome.of("bench", "extra")
        .refused("batchmill bench", "Unmatched argument at index 1: 'extra'");
  }
}
