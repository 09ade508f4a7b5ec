package dev.batchmill.internal.download;

import java.net.URI;
import java.util.Locale;
import java.util.Objects;

/** What must be the same for credentials to be sent again: a scheme, host and port. */
record Server(String scheme, String host, int port) {
  private static final int HTTP_PORT = 80;
  private static final int HTTPS_PORT = 443;

  static Server of(URI url) {
    String scheme = Objects.requireNonNullElse(url.getScheme(), "").toLowerCase(Locale.ROOT);
    String host = Objects.requireNonNullElse(url.getHost(), "").toLowerCase(Locale.ROOT);
    int usual = scheme.equals("https") ? HTTPS_PORT : HTTP_PORT;
    return new Server(scheme, host, url.getPort() < 0 ? usual : url.getPort());
  }

  boolean isEncrypted() {
    return scheme.equals("https");
  }

  /** Whether its name says that it is this machine; no name is looked up. */
  boolean isLoopback() {
    return host.equals("localhost")
        || host.equals("[::1]")
        || host.matches("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");
  }
}
