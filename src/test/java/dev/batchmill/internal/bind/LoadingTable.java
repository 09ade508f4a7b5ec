package dev.batchmill.internal.bind;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The table of failures in docs/loading.md: the messages that tests expect are taken from it. */
final class LoadingTable {
  private static final Pattern ROW =
      Pattern.compile("\\| ([a-z0-9-]+) \\| [^|]+ \\| `([^`]+)` \\|");
  private static final Pattern NAME = Pattern.compile("\\{([a-z0-9 ]+)}");

  private LoadingTable() {}

  /** The messages of the table by their case, with names in braces for what differs. */
  static Map<String, String> messages() {
    try {
      Map<String, String> messages = new TreeMap<>();
      for (String line : Files.readAllLines(Path.of("docs/loading.md"))) {
        Matcher row = ROW.matcher(line);
        if (row.matches()) {
          messages.put(row.group(1), row.group(2));
        }
      }
      return messages;
    } catch (IOException e) {
      throw new IllegalStateException("the table cannot be read", e);
    }
  }

  /** The message of a case with these values. */
  static String message(String failure, Map<String, String> values) {
    String template = messages().get(failure);
    assertNotNull(template, () -> "docs/loading.md has no such row: case=" + failure);
    return NAME.matcher(template)
        .replaceAll(
            name -> {
              assertTrue(values.containsKey(name.group(1)), () -> failure + ": " + name.group());
              return Matcher.quoteReplacement(values.get(name.group(1)));
            });
  }
}
