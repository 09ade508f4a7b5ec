package dev.batchmill.internal.archive;

import java.io.File;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What a name in an archive may be: a relative path that means the same on every system.
 *
 * <p>Refused everywhere are absolute names, those with a drive letter, "..", backslashes, control
 * characters (C0, DEL, C1, the ends of lines and paragraphs), characters that turn the direction of
 * writing and so show another name than there is, and what no file system holds. What only Windows
 * cannot hold (a colon, a dot or blank at the end, the names of its devices and the like) is
 * refused on Windows alone: archives from elsewhere have log files named by a time.
 */
final class EntryName {
  private static final int MAX_COMPONENT_BYTES = 255;
  private static final String NOT_ON_WINDOWS = "<>:\"|?*";
  private static final Set<String> DEVICES =
      Set.of("con", "prn", "aux", "nul", "conin$", "conout$", "clock$");
  private static final String NUMBERED_DEVICE = "(com|lpt)[0-9\u00b9\u00b2\u00b3]";

  private EntryName() {}

  /** As the other method, with the system's own rules. */
  static List<String> components(String name, ExtractionLimits limits)
      throws MalformedArchiveException {
    return components(name, limits, File.separatorChar == '\\');
  }

  /**
   * The components of a name, without empty ones and ".".
   *
   * @return the components; none for the destination itself
   * @throws MalformedArchiveException if the name must not be used
   */
  static List<String> components(String name, ExtractionLimits limits, boolean windows)
      throws MalformedArchiveException {
    if (name.isEmpty()) {
      throw new MalformedArchiveException("the name is empty");
    }
    requireNoControls(name, "the name");
    if (name.indexOf('\\') >= 0) {
      throw new MalformedArchiveException("the name holds a backslash");
    }
    if (isAbsolute(name)) {
      throw new MalformedArchiveException("the name is absolute");
    }
    int bytes = utf8Length(name);
    if (bytes > limits.maxNameBytes()) {
      throw new MalformedArchiveException(
          "the name is too long: bytes=" + bytes + ", limit=" + limits.maxNameBytes());
    }
    List<String> components = new ArrayList<>();
    for (int from = 0; from <= name.length(); ) {
      int slash = name.indexOf('/', from);
      int to = slash < 0 ? name.length() : slash;
      String component = name.substring(from, to);
      from = to + 1;
      if (component.isEmpty() || component.equals(".")) {
        continue;
      }
      requireGood(component);
      if (windows) {
        requireGoodOnWindows(component);
      }
      components.add(component);
    }
    if (components.size() > limits.maxDepth()) {
      throw new MalformedArchiveException(
          "the name is too deep: levels=" + components.size() + ", limit=" + limits.maxDepth());
    }
    return components;
  }

  private static void requireGood(String component) throws MalformedArchiveException {
    if (component.equals("..")) {
      throw new MalformedArchiveException("the name holds \"..\"");
    }
    if (component.length() == 2 && hasDrive(component)) {
      throw new MalformedArchiveException("the name holds a drive: drive=" + component);
    }
    if (component.length() > MAX_COMPONENT_BYTES / 3
        && utf8Length(component) > MAX_COMPONENT_BYTES) {
      throw new MalformedArchiveException(
          "a component of the name is too long: bytes="
              + utf8Length(component)
              + ", limit="
              + MAX_COMPONENT_BYTES);
    }
  }

  private static void requireGoodOnWindows(String component) throws MalformedArchiveException {
    int dot = component.indexOf('.');
    String stem = (dot < 0 ? component : component.substring(0, dot)).strip();
    String device = stem.toLowerCase(Locale.ROOT);
    if (component.endsWith(".")
        || component.endsWith(" ")
        || component.chars().anyMatch(c -> NOT_ON_WINDOWS.indexOf(c) >= 0)
        || DEVICES.contains(device)
        || device.matches(NUMBERED_DEVICE)) {
      throw new MalformedArchiveException(
          "Windows cannot hold the name: component=" + Text.shown(component));
    }
  }

  /**
   * Checks that a name, or the target of a link, holds nothing that acts on a terminal or shows as
   * something else.
   *
   * @throws MalformedArchiveException if it does
   */
  static void requireNoControls(String text, String what) throws MalformedArchiveException {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == 0) {
        throw new MalformedArchiveException(what + " holds a NUL");
      }
      if (c < ' ' || (c >= 0x7f && c < 0xa0) || c == '\u2028' || c == '\u2029') {
        throw new MalformedArchiveException(
            what + " holds a control character: code=U+" + String.format("%04X", (int) c));
      }
      if ((c >= '\u202a' && c <= '\u202e') || (c >= '\u2066' && c <= '\u2069')) {
        throw new MalformedArchiveException(
            what + " turns the direction of writing: code=U+" + String.format("%04X", (int) c));
      }
    }
  }

  /** Whether a path begins at a root on some system. */
  static boolean isAbsolute(String path) {
    return path.startsWith("/") || hasDrive(path);
  }

  private static boolean hasDrive(String path) {
    return path.length() >= 2
        && path.charAt(1) == ':'
        && Character.toLowerCase(path.charAt(0)) >= 'a'
        && Character.toLowerCase(path.charAt(0)) <= 'z';
  }

  /**
   * Checks that the system can spell the name.
   *
   * @throws MalformedArchiveException if it cannot: the JDK would write question marks
   */
  static void requireSpellable(String name, Charset fileNames) throws MalformedArchiveException {
    if (!isAscii(name) && !fileNames.newEncoder().canEncode(name)) {
      throw new MalformedArchiveException(
          "the locale of this process cannot spell the name; set LC_ALL=C.UTF-8: encoding="
              + fileNames);
    }
  }

  /**
   * Two names that some file system takes for one have one key: those that differ in case, in
   * composition, or in characters that HFS+ ignores.
   */
  static String key(String name) {
    if (isAscii(name)) {
      return name.toLowerCase(Locale.ROOT);
    }
    StringBuilder seen = new StringBuilder();
    name.codePoints().filter(c -> !isIgnored(c)).forEach(seen::appendCodePoint);
    String composed = Normalizer.normalize(seen, Normalizer.Form.NFC);
    return Normalizer.normalize(
        composed.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT), Normalizer.Form.NFC);
  }

  /** Whether HFS+ ignores the character (Technical Note TN1150). */
  private static boolean isIgnored(int c) {
    return (c >= 0x200c && c <= 0x200f)
        || (c >= 0x202a && c <= 0x202e)
        || (c >= 0x206a && c <= 0x206f)
        || c == 0xfeff;
  }

  private static boolean isAscii(String name) {
    for (int i = 0; i < name.length(); i++) {
      if (name.charAt(i) >= 0x80) {
        return false;
      }
    }
    return true;
  }

  private static int utf8Length(String text) {
    return isAscii(text) ? text.length() : text.getBytes(StandardCharsets.UTF_8).length;
  }
}
