package dev.batchmill.io;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The places of one request in the cache: the file, and the directory that it is extracted to (the
 * file itself when it is not extracted). Files that the cache keeps for itself stand beside them
 * and begin with a dot.
 */
record CacheEntry(Path file, Path result) {
  /** Leaves room in 255 bytes for what the cache puts before and behind a name. */
  private static final int MAX_NAME_BYTES = 220;

  private static final String ARCHIVE_SUFFIX = "_archive";
  private static final String EXTRACTED_SUFFIX = "_extracted";

  /** Places a request as Keras does; the table stands at {@link FileRequest}. */
  static CacheEntry of(Path directory, @Nullable String name, URI origin, boolean extract) {
    if (!extract) {
      Path file = directory.resolve(name != null ? name : nameFrom(origin));
      return new CacheEntry(file, file);
    }
    if (name != null && name.indexOf('.') >= 0) {
      String stem = name.substring(0, name.indexOf('.'));
      return new CacheEntry(directory.resolve(name), directory.resolve(stem + EXTRACTED_SUFFIX));
    }
    String plain = name != null ? name : nameFrom(origin);
    return new CacheEntry(directory.resolve(plain + ARCHIVE_SUFFIX), directory.resolve(plain));
  }

  /** Returns the name if it is a plain file name. */
  static String checkedName(String name) {
    String rule = brokenRule(name);
    if (rule != null) {
      throw new IllegalArgumentException(
          "name " + rule + ": name=" + printable(name) + "; use a plain file name");
    }
    return name;
  }

  private static String nameFrom(URI origin) {
    String name = OriginUri.lastSegment(origin);
    String rule = brokenRule(name);
    if (rule != null) {
      throw new IllegalArgumentException(
          "file name in the origin " + rule + ": origin=" + origin + "; set a name");
    }
    return name;
  }

  private static @Nullable String brokenRule(String name) {
    if (name.isEmpty()) {
      return "is empty";
    }
    if (name.equals(".") || name.equals("..")) {
      return "names a directory";
    }
    if (name.indexOf('/') >= 0 || name.indexOf('\\') >= 0) {
      return "holds a separator";
    }
    if (name.chars().anyMatch(Character::isISOControl)) {
      return "holds a control character";
    }
    int bytes = name.getBytes(StandardCharsets.UTF_8).length;
    return bytes > MAX_NAME_BYTES ? "is longer than " + MAX_NAME_BYTES + " bytes" : null;
  }

  private static String printable(String name) {
    StringBuilder out = new StringBuilder();
    name.chars()
        .forEach(
            c -> out.append(Character.isISOControl(c) ? String.format("\\u%04x", c) : (char) c));
    return out.toString();
  }

  static Path defaultDirectory() {
    return defaultDirectory(System.getenv(), System.getProperty("user.home", ""));
  }

  static Path defaultDirectory(Map<String, String> environment, String home) {
    String set = environment.getOrDefault("KERAS_HOME", "");
    if (!set.isEmpty() && !set.startsWith("~")) {
      return Path.of(set);
    }
    if (home.isEmpty() || home.equals("?")) {
      throw new IllegalArgumentException(
          "home directory is unknown: user.home=" + home + "; set cacheDirectory or KERAS_HOME");
    }
    if (set.equals("~") || set.startsWith("~/")) {
      return Path.of(home + set.substring(1));
    }
    return set.isEmpty() ? Path.of(home, ".keras") : Path.of(set);
  }

  Path directory() {
    return Objects.requireNonNull(file.getParent());
  }

  /** The file beside {@code path} that the cache keeps for itself under the given suffix. */
  static Path companion(Path path, String suffix) {
    return path.resolveSibling("." + path.getFileName() + suffix);
  }
}
