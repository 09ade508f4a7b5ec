package dev.batchmill.internal.download;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A .netrc file: the logins of machines, and perhaps one for all others. Words stand apart by white
 * space; a value may be quoted, with a backslash before a quote; a comment begins with {@code #}
 * where a key word would stand. A file that cannot be read holds nothing.
 */
final class Netrc {
  private static final System.Logger LOG = System.getLogger(Netrc.class.getName());

  /** A name and a password. */
  record Login(String name, String password) {
    /** Names no secret. */
    @Override
    public String toString() {
      return "Login[name=" + name + "]";
    }
  }

  private final String text;
  private final Map<String, Login> machines = new LinkedHashMap<>();
  private @Nullable Login others;
  private int at;

  private Netrc(String text) {
    this.text = text;
  }

  /** Reads the file that NETRC names, or else the one in the home directory. */
  static Netrc of(Map<String, String> environment) {
    String named = environment.getOrDefault("NETRC", "");
    try {
      Path file =
          named.isEmpty() ? Path.of(System.getProperty("user.home", ""), ".netrc") : Path.of(named);
      return Files.isReadable(file)
          ? parse(Files.readString(file, StandardCharsets.UTF_8))
          : parse("");
    } catch (IOException | InvalidPathException e) {
      LOG.log(System.Logger.Level.DEBUG, "cannot read the .netrc file", e);
      return parse("");
    }
  }

  static Netrc parse(String text) {
    Netrc netrc = new Netrc(text);
    for (String word = netrc.keyword(); word != null; word = netrc.keyword()) {
      switch (word) {
        case "machine" -> {
          String machine = netrc.value().toLowerCase(Locale.ROOT);
          netrc.machines.putIfAbsent(machine, netrc.login());
        }
        case "default" -> netrc.others = netrc.login();
        case "macdef" -> netrc.skipMacro();
        default -> {
          // A word that belongs to no machine.
        }
      }
    }
    return netrc;
  }

  /** Returns the login of a machine. */
  Optional<Login> find(String machine) {
    return Optional.ofNullable(machines.getOrDefault(machine.toLowerCase(Locale.ROOT), others));
  }

  private Login login() {
    String name = "";
    String password = "";
    while (true) {
      int before = at;
      String word = keyword();
      if ("login".equals(word)) {
        name = value();
      } else if ("password".equals(word)) {
        password = value();
      } else if ("account".equals(word)) {
        String unused = value();
      } else {
        at = before;
        return new Login(name, password);
      }
    }
  }

  private @Nullable String keyword() {
    skipSpace();
    while (at < text.length() && text.charAt(at) == '#') {
      at = endOf("\n");
      skipSpace();
    }
    return at == text.length() ? null : value();
  }

  private String value() {
    skipSpace();
    StringBuilder word = new StringBuilder();
    boolean quoted = at < text.length() && text.charAt(at) == '"';
    if (quoted) {
      at++;
    }
    for (; at < text.length(); at++) {
      char c = text.charAt(at);
      if (quoted ? c == '"' : Character.isWhitespace(c)) {
        break;
      }
      if (c == '\\' && at + 1 < text.length()) {
        at++;
      }
      word.append(text.charAt(at));
    }
    if (quoted && at < text.length()) {
      at++;
    }
    return word.toString();
  }

  private void skipSpace() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }

  /** A macro ends with an empty line. */
  private void skipMacro() {
    at = endOf("\n\n");
  }

  private int endOf(String mark) {
    int found = text.indexOf(mark, at);
    return found < 0 ? text.length() : found + mark.length();
  }
}
