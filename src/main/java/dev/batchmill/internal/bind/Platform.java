package dev.batchmill.internal.bind;

import java.util.List;
import java.util.Locale;

/** The platform that natives are looked for, in JavaCPP's spelling, and how it was found. */
public final class Platform {
  /** The property of JavaCPP that names another one. */
  private static final String PROPERTY = "org.bytedeco.javacpp.platform";

  /** The platforms that natives are published for. */
  static final List<String> PUBLISHED =
      List.of("linux-x86_64", "linux-arm64", "macosx-x86_64", "macosx-arm64", "windows-x86_64");

  private Platform() {}

  /** Its name, such as {@code linux-x86_64}. */
  public static String name() {
    String named = System.getProperty(PROPERTY);
    return named != null
        ? named
        : system(System.getProperty("os.name")) + "-" + processor(System.getProperty("os.arch"));
  }

  /** What the name comes from. */
  public static String origin() {
    return System.getProperty(PROPERTY) != null
        ? "named by " + PROPERTY
        : "os.name=%s, os.arch=%s"
            .formatted(System.getProperty("os.name"), System.getProperty("os.arch"));
  }

  private static String system(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (lower.startsWith("mac os x") || lower.startsWith("darwin")) {
      return "macosx";
    }
    int space = lower.indexOf(' ');
    return space < 0 ? lower : lower.substring(0, space);
  }

  private static String processor(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "amd64", "x86-64", "x64" -> "x86_64";
      case "aarch64" -> "arm64";
      default -> name.toLowerCase(Locale.ROOT);
    };
  }
}
