package dev.batchmill.internal.download;

import dev.batchmill.error.DownloadException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The URLs that one download has been sent to. A redirect is followed to {@code http} and {@code
 * https} only, never from {@code https} to {@code http}, never twice to the same URL and not
 * without end.
 */
final class RedirectTrail {
  static final int MAX_REDIRECTS = 20;
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
  private static final String NEVER_IN_A_URI = " \"<>\\^`{|}";

  private final List<URI> visited = new ArrayList<>();

  RedirectTrail(URI origin) {
    visited.add(withPath(origin));
  }

  static boolean isRedirect(int status) {
    return REDIRECTS.contains(status);
  }

  /** Returns the URL to ask next. */
  URI location() {
    return visited.get(visited.size() - 1);
  }

  /** Whether it has been on another server than the first: another scheme, host or port. */
  boolean hasLeftServer() {
    return !visited.stream().allMatch(url -> Server.of(url).equals(Server.of(visited.get(0))));
  }

  /** Goes on to the URL that the answer of {@link #location} names. */
  void follow(int status, @Nullable String header) throws DownloadException {
    if (header == null || header.isBlank()) {
      throw refused(status, "redirect names no location", "none");
    }
    URI next = resolved(status, header.strip());
    String scheme = next.getScheme();
    if (!"http".equalsIgnoreCase(scheme) && !"https".equalsIgnoreCase(scheme)) {
      throw refused(status, "redirect leaves http and https", next.toString());
    }
    if ("https".equalsIgnoreCase(location().getScheme()) && "http".equalsIgnoreCase(scheme)) {
      throw refused(status, "redirect leaves https for http", next.toString());
    }
    if (next.getHost() == null || next.getRawUserInfo() != null) {
      // Of a URL with a password the message shows the host only.
      throw refused(status, "redirect names a user or no host", next.getHost());
    }
    boolean loop = visited.contains(next);
    visited.add(next);
    if (loop) {
      throw new DownloadException("redirects go round in a loop: " + path());
    }
    if (visited.size() > MAX_REDIRECTS + 1) {
      throw new DownloadException("too many redirects: limit=" + MAX_REDIRECTS + " path=" + path());
    }
  }

  private URI resolved(int status, String header) throws DownloadException {
    String target = encoded(header);
    if (target.startsWith("?")) {
      // URI.resolve would drop the last part of the path (RFC 2396 instead of 3986).
      target = location().getRawPath() + target;
    }
    try {
      URI next = location().resolve(new URI(target));
      String text = next.toString();
      return withPath(
          next.getRawFragment() == null ? next : new URI(text.substring(0, text.indexOf('#'))));
    } catch (URISyntaxException e) {
      throw refused(status, "redirect names no URL", target);
    }
  }

  /** Percent-encodes the characters that servers send but a URI must not hold. */
  private static String encoded(String header) {
    StringBuilder out = new StringBuilder(header.length());
    for (int i = 0; i < header.length(); i++) {
      char c = header.charAt(i);
      // The JDK reads headers as Latin-1: each character is one byte of what was sent.
      if (c <= ' ' || c >= 0x7f || NEVER_IN_A_URI.indexOf(c) >= 0) {
        out.append(String.format("%%%02X", c & 0xff));
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  private static URI withPath(URI url) {
    if (!url.isOpaque() && url.getRawPath().isEmpty()) {
      return url.resolve("/" + (url.getRawQuery() == null ? "" : "?" + url.getRawQuery()));
    }
    return url;
  }

  private DownloadException refused(int status, String rule, @Nullable String target) {
    return new DownloadException(
        rule + ": url=" + location() + " status=" + status + " location=" + target);
  }

  private String path() {
    return visited.stream().map(URI::toString).collect(Collectors.joining(" -> "));
  }
}
