package dev.batchmill.internal.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.batchmill.runtime.Doctor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class DoctorCommandTest {
  @Test
  void theTextIsTheDoctors() {
    Outcome outcome = Outcome.of("doctor").succeeded();
    assertEquals(Doctor.examine().toText(), outcome.out());
  }

  @Test
  void theJsonHoldsTheWholeReport() throws Exception {
    Outcome outcome = Outcome.of("doctor", "--json").succeeded();
    Doctor.Report report = Doctor.examine();
    List<String> names = new ArrayList<>();
    List<String> strings = new ArrayList<>();
    int depth = 0;
    try (JsonParser parser = new JsonFactory().createParser(outcome.out())) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
        if (token == JsonToken.FIELD_NAME && depth == 1) {
          names.add(parser.currentName());
        } else if (token == JsonToken.VALUE_STRING) {
          strings.add(parser.getText());
        }
      }
    }
    assertEquals(
        Arrays.stream(Doctor.Report.class.getRecordComponents()).map(c -> c.getName()).toList(),
        names);
    assertTrue(strings.contains(report.natives().status()), outcome.out());
    assertTrue(strings.contains(report.choice()), outcome.out());
    assertEquals(
        report.selfTests().size(),
        outcome.out().lines().filter(line -> line.contains("\"passed\" : true")).count());
  }
}
