package dev.batchmill.internal.bind;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The C library that a process on Linux runs on.
 *
 * @param name {@code glibc}, {@code musl}, or {@code unknown}
 * @param version its version; empty when it does not tell
 */
public record CLibrary(String name, String version) {
  private static final CLibrary UNKNOWN = new CLibrary("unknown", "");

  /** Alpine calls musl after its loader, Debian keeps it as libc.so in a directory of its own. */
  private static final Pattern MUSL =
      Pattern.compile("/(ld-musl-[^/]*|musl[^/]*/libc\\.so|[^/]*-musl/libc\\.so)$");

  private static final Pattern GLIBC = Pattern.compile("/libc(\\.so\\.6|-[0-9.]+\\.so)$");
  private static final Pattern GLIBC_VERSION = Pattern.compile("release version ([0-9]+\\.[0-9]+)");

  /** The one of this process. */
  public static CLibrary current() {
    try {
      return of(Files.readAllLines(Path.of("/proc/self/maps"), StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      return UNKNOWN; // not Linux
    }
  }

  /** The one among the files that a process has mapped, as Linux tells them in its maps. */
  static CLibrary of(List<String> maps) throws IOException {
    for (String line : maps) {
      int path = line.indexOf('/');
      if (path >= 0 && MUSL.matcher(line).find()) {
        return new CLibrary("musl", "");
      }
      if (path >= 0 && GLIBC.matcher(line).find()) {
        return new CLibrary("glibc", glibcVersion(Path.of(line.substring(path))));
      }
    }
    return UNKNOWN;
  }

  private static String glibcVersion(Path file) throws IOException {
    Matcher version = GLIBC_VERSION.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
    return version.find() ? version.group(1) : "";
  }

  boolean isMusl() {
    return name.equals("musl");
  }

  @Override
  public String toString() {
    return version.isEmpty() ? name : name + " " + version;
  }
}
