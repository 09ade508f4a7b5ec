package dev.batchmill.io;

import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;

/** Rules for the URIs that files are fetched from. */
final class OriginUri {
  private static final String JAR_FILE = "jar:file:";
  private static final String ENTRY_MARK = "!/";

  private OriginUri() {}

  /** Returns the URI if it is one that can be fetched from; its fragment is dropped. */
  static URI checked(URI origin) {
    if (origin.getScheme() == null) {
      throw refused("origin has no scheme", origin, "write https://…, http://… or file:///…");
    }
    switch (origin.getScheme().toLowerCase(Locale.ROOT)) {
      case "http", "https" -> checkHost(origin);
      case "file" -> checkFile(origin);
      case "jar" -> checkJar(origin);
      default ->
          throw refused(
              "origin has a scheme that cannot be fetched", origin, "use http, https, file or jar");
    }
    return withoutFragment(origin);
  }

  private static void checkHost(URI origin) {
    if (origin.getRawUserInfo() != null) {
      // The message leaves the URI out: it holds a password.
      throw new IllegalArgumentException(
          "origin must not hold a user name or password: host=" + origin.getHost());
    }
    if (origin.getHost() == null) {
      throw refused("origin has no valid host name", origin, "write http(s)://host/path");
    }
  }

  private static void checkFile(URI origin) {
    try {
      Path unused = Path.of(withoutFragment(origin));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "origin is not a local file: origin=" + origin + " (" + e.getMessage() + ")", e);
    }
  }

  private static void checkJar(URI origin) {
    String text = origin.toString();
    if (!text.startsWith(JAR_FILE) || !text.contains(ENTRY_MARK)) {
      throw refused("origin does not name an entry of a local jar", origin, "use jar:file:…!/…");
    }
  }

  /** Whether fetching from it takes a network. */
  static boolean isRemote(URI origin) {
    String scheme = origin.getScheme().toLowerCase(Locale.ROOT);
    return scheme.equals("http") || scheme.equals("https");
  }

  /** Returns the last part of the URI's path, not decoded; empty when there is none. */
  static String lastSegment(URI origin) {
    String path = origin.isOpaque() ? origin.getRawSchemeSpecificPart() : origin.getRawPath();
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private static URI withoutFragment(URI origin) {
    if (origin.getRawFragment() == null) {
      return origin;
    }
    String text = origin.toString();
    return URI.create(text.substring(0, text.indexOf('#')));
  }

  private static IllegalArgumentException refused(String rule, URI origin, String fix) {
    return new IllegalArgumentException(rule + ": origin=" + origin + "; " + fix);
  }
}
