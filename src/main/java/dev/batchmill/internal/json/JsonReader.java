package dev.batchmill.internal.json;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON (RFC 8259) into maps, lists, strings, longs, booleans and null. Numbers are whole ones
 * that fit a {@code long}: the records that are read have no others.
 */
public final class JsonReader {
  /** Deeper values than any record has; they could exhaust the stack. */
  private static final int MAX_DEPTH = 16;

  private static final char END = '\0';

  private final String text;
  private int at;

  private JsonReader(String text) {
    this.text = text;
  }

  /** What is wrong, and where. */
  public static final class Malformed extends Exception {
    private static final long serialVersionUID = 1L;

    Malformed(String message) {
      super(message);
    }
  }

  /** Reads one value. */
  public static @Nullable Object read(String text) throws Malformed {
    JsonReader reader = new JsonReader(text);
    Object value = reader.value(0);
    if (reader.next() != END) {
      throw reader.expected("the end");
    }
    return value;
  }

  /** The next character that is no space, or {@link #END}. */
  private char next() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    return at < text.length() ? text.charAt(at) : END;
  }

  private Malformed expected(String what) {
    return new Malformed("JSON must go on with " + what + ": position=" + at);
  }

  private void skip(char c) throws Malformed {
    if (next() != c) {
      throw expected("'" + c + "'");
    }
    at++;
  }

  private @Nullable Object value(int depth) throws Malformed {
    if (depth > MAX_DEPTH) {
      throw expected("fewer levels");
    }
    return switch (next()) {
      case '{' -> object(depth);
      case '[' -> array(depth);
      case '"' -> string();
      case 't' -> word("true", true);
      case 'f' -> word("false", false);
      case 'n' -> word("null", null);
      default -> number();
    };
  }

  private @Nullable Object word(String word, @Nullable Object value) throws Malformed {
    if (!text.startsWith(word, at)) {
      throw expected(word);
    }
    at += word.length();
    return value;
  }

  private Map<String, @Nullable Object> object(int depth) throws Malformed {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    skip('{');
    if (next() == '}') {
      at++;
      return fields;
    }
    while (true) {
      if (next() != '"') {
        throw expected("a name");
      }
      String name = string();
      if (fields.containsKey(name)) {
        throw new Malformed("JSON must have each name once: name=" + name);
      }
      skip(':');
      fields.put(name, value(depth + 1));
      if (next() != ',') {
        skip('}');
        return fields;
      }
      at++;
    }
  }

  private List<@Nullable Object> array(int depth) throws Malformed {
    List<@Nullable Object> elements = new ArrayList<>();
    skip('[');
    if (next() == ']') {
      at++;
      return elements;
    }
    while (true) {
      elements.add(value(depth + 1));
      if (next() != ',') {
        skip(']');
        return elements;
      }
      at++;
    }
  }

  private String string() throws Malformed {
    StringBuilder value = new StringBuilder();
    skip('"');
    while (at < text.length() && text.charAt(at) >= ' ') {
      char c = text.charAt(at++);
      if (c == '"') {
        return value.toString();
      }
      value.append(c == '\\' ? escaped() : c);
    }
    throw expected("'\"'");
  }

  private char escaped() throws Malformed {
    char c = at < text.length() ? text.charAt(at) : END;
    int escape = "\"\\/bfnrt".indexOf(c);
    if (escape >= 0) {
      at++;
      return "\"\\/\b\f\n\r\t".charAt(escape);
    }
    if (c == 'u' && at + 5 <= text.length()) {
      String digits = text.substring(at + 1, at + 5);
      if (digits.chars().allMatch(digit -> Character.digit(digit, 16) >= 0)) {
        at += 5;
        return (char) Integer.parseInt(digits, 16);
      }
    }
    throw expected("an escape");
  }

  private Long number() throws Malformed {
    int start = at;
    while (at < text.length() && "+-.0123456789eE".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    String number = text.substring(start, at);
    if (number.matches("-?(0|[1-9][0-9]*)")) {
      try {
        return Long.valueOf(number);
      } catch (NumberFormatException e) {
        // Said below.
      }
    }
    at = start;
    throw expected("a value, numbers being whole ones of 64 bits");
  }
}
