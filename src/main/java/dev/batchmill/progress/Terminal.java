package dev.batchmill.progress;

import java.io.Console;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** What can be known, without a library, of where a stream's text goes. */
final class Terminal {
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
  private static final Path TTY = Path.of("/dev/tty");
  private static final long STTY_SECONDS = 1;

  private Terminal() {}

  /**
   * Says whether the stream is standard output or error and leads to a terminal that understands
   * control characters and that somebody looks at. A stream set by {@link System#setErr} counts as
   * standard error.
   */
  static boolean isTerminal(PrintStream out, Map<String, String> environment) {
    return !"dumb".equals(environment.get("TERM")) && !isCi(environment) && isTerminal(out);
  }

  /** Says whether this is a job of a CI server, whose terminal is a log. */
  private static boolean isCi(Map<String, String> environment) {
    String ci = environment.getOrDefault("CI", "");
    return !ci.isEmpty() && !ci.equals("0") && !ci.equalsIgnoreCase("false");
  }

  private static boolean isTerminal(PrintStream out) {
    if (out == System.err) {
      return isTerminal(DESCRIPTORS.resolve("2"));
    }
    return out == System.out && isTerminal(DESCRIPTORS.resolve("1"));
  }

  /** Returns how many columns the terminal behind a stream has, or a very large number. */
  static int columns(PrintStream out, Map<String, String> environment) {
    int stated = number(environment.getOrDefault("COLUMNS", ""));
    if (stated > 0) {
      return stated;
    }
    int seen = isTerminal(out) ? ttyColumns() : 0;
    return seen > 0 ? seen : Integer.MAX_VALUE;
  }

  /** The columns of this process' terminal by the program that every Unix has for it, or 0. */
  private static int ttyColumns() {
    try {
      Process stty =
          new ProcessBuilder("stty", "size")
              .redirectInput(TTY.toFile())
              .redirectError(Redirect.DISCARD)
              .start();
      try {
        if (!stty.waitFor(STTY_SECONDS, TimeUnit.SECONDS)) {
          return 0;
        }
        String size = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        return number(size.substring(size.indexOf(' ') + 1).strip());
      } finally {
        stty.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    } catch (IOException e) {
      return 0;
    }
  }

  /** Returns a number of a few digits, or 0 for any other text. */
  private static int number(String text) {
    return text.matches("[0-9]{1,6}") ? Integer.parseInt(text) : 0;
  }

  /** Says whether colours are wanted (see no-color.org). */
  static boolean wantsColour(Map<String, String> environment) {
    return environment.getOrDefault("NO_COLOR", "").isEmpty();
  }

  /** Says whether the stream's encoding has the character; assumed for a stream we do not know. */
  static boolean canShow(PrintStream out, char c) {
    if (out == System.err) {
      return encoding("stderr.encoding").newEncoder().canEncode(c);
    }
    return out != System.out || encoding("stdout.encoding").newEncoder().canEncode(c);
  }

  private static boolean isTerminal(Path descriptor) {
    if (!Files.exists(descriptor, LinkOption.NOFOLLOW_LINKS)) {
      return hasConsole();
    }
    try {
      String device = Files.readSymbolicLink(descriptor).toString();
      return device.startsWith("/dev/pts/")
          || device.startsWith("/dev/tty")
          || device.equals("/dev/console");
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }

  /** Outside Linux the JDK's console has to do: it looks at standard input and output. */
  @SuppressWarnings("SystemConsoleNull") // Null up to JDK 21; a later one is asked below.
  private static boolean hasConsole() {
    Console console = System.console();
    if (console == null) {
      return false;
    }
    try {
      // From JDK 22 on there is always a console, and it says itself whether it is a terminal.
      return (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (NoSuchMethodException e) {
      return true;
    } catch (ReflectiveOperationException e) {
      return false;
    }
  }

  private static Charset encoding(String property) {
    String name = System.getProperty(property, System.getProperty("sun." + property));
    if (name == null) {
      name = System.getProperty("native.encoding");
    }
    try {
      return name == null ? Charset.defaultCharset() : Charset.forName(name);
    } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
      return Charset.defaultCharset();
    }
  }
}
