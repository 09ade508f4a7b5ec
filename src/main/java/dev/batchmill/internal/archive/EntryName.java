package dev.batchmill.internal.archive;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a name in an archive may be: a relative path that means the same on every system. */
final class EntryName {
  private static final int MAX_COMPONENT_BYTES = 255;
  private static final int MAX_NAME_BYTES = 4000;

  private EntryName() {}

  /**
   * The components of a name, without empty ones and ".".
   *
   * @return the components; none for the destination itself
   * @throws MalformedArchiveException if the name must not be used
   */
  static List<String> components(String name, int maxDepth) throws MalformedArchiveException {
    if (name.isEmpty()) {
      throw new MalformedArchiveException("the name is empty");
    }
    if (name.indexOf('\0') >= 0) {
      throw new MalformedArchiveException("the name holds a NUL");
    }
    if (name.indexOf('\\') >= 0) {
      throw new MalformedArchiveException("the name holds a backslash");
    }
    if (isAbsolute(name)) {
      throw new MalformedArchiveException("the name is absolute");
    }
    int bytes = utf8Length(name);
    if (bytes > MAX_NAME_BYTES) {
      throw new MalformedArchiveException(
          "the name is too long: bytes=" + bytes + ", limit=" + MAX_NAME_BYTES);
    }
    List<String> components = new ArrayList<>();
    for (String component : name.split("/", -1)) {
      if (component.equals("..")) {
        throw new MalformedArchiveException("the name holds \"..\"");
      }
      if (utf8Length(component) > MAX_COMPONENT_BYTES) {
        throw new MalformedArchiveException(
            "a component of the name is too long: bytes="
                + utf8Length(component)
                + ", limit="
                + MAX_COMPONENT_BYTES);
      }
      if (!component.isEmpty() && !component.equals(".")) {
        components.add(component);
      }
    }
    if (components.size() > maxDepth) {
      throw new MalformedArchiveException(
          "the name is too deep: levels=" + components.size() + ", limit=" + maxDepth);
    }
    return components;
  }

  /** Whether a path begins at a root on some system. */
  static boolean isAbsolute(String path) {
    return path.startsWith("/")
        || (path.length() >= 2
            && path.charAt(1) == ':'
            && Character.toLowerCase(path.charAt(0)) >= 'a'
            && Character.toLowerCase(path.charAt(0)) <= 'z');
  }

  /**
   * Checks that the system can spell the name.
   *
   * @throws MalformedArchiveException if it cannot: the JDK would write question marks
   */
  static void requireSpellable(String name, Charset fileNames) throws MalformedArchiveException {
    if (!fileNames.newEncoder().canEncode(name)) {
      throw new MalformedArchiveException(
          "the locale of this process cannot spell the name; set LC_ALL=C.UTF-8: encoding="
              + fileNames);
    }
  }

  /** Two names that some file system takes for one have one key. */
  static String key(String name) {
    if (isAscii(name)) {
      return name.toLowerCase(Locale.ROOT);
    }
    String composed = Normalizer.normalize(name, Normalizer.Form.NFC);
    return Normalizer.normalize(
        composed.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT), Normalizer.Form.NFC);
  }

  private static boolean isAscii(String name) {
    return name.chars().allMatch(c -> c < 0x80);
  }

  private static int utf8Length(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
