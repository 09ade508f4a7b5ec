package dev.batchmill.progress;

import java.io.Console;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.UnsupportedCharsetException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;

/** What can be known, without a library, of where a stream's text goes. */
final class Terminal {
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

  private Terminal() {}

  /**
   * Says whether the stream is standard output or error and leads to a terminal that understands
   * control characters. A stream set by {@link System#setErr} counts as standard error.
   */
  static boolean isTerminal(PrintStream out, Map<String, String> environment) {
    if ("dumb".equals(environment.get("TERM"))) {
      return false;
    }
    if (out == System.err) {
      return isTerminal(DESCRIPTORS.resolve("2"));
    }
    return out == System.out && isTerminal(DESCRIPTORS.resolve("1"));
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
