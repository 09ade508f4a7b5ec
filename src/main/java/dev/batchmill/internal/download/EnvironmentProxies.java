package dev.batchmill.internal.download;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The proxies: those of the JDK (its system properties), or else those that {@code http_proxy},
 * {@code https_proxy} and {@code no_proxy} name, in small or capital letters. This machine is never
 * asked for through one of the latter.
 */
final class EnvironmentProxies extends ProxySelector {
  private static final System.Logger LOG = System.getLogger(EnvironmentProxies.class.getName());
  private static final int DEFAULT_PORT = 80;

  /** The variables, as far as they matter. */
  record Settings(String http, String https, String none) {
    static Settings of(Map<String, String> environment) {
      // A server's CGI script gets the header "Proxy" of who asks it as HTTP_PROXY.
      boolean cgi = environment.containsKey("REQUEST_METHOD");
      return new Settings(
          cgi ? environment.getOrDefault("http_proxy", "") : value(environment, "http_proxy"),
          value(environment, "https_proxy"),
          value(environment, "no_proxy"));
    }

    private static String value(Map<String, String> environment, String name) {
      String small = environment.getOrDefault(name, "");
      return small.isEmpty() ? environment.getOrDefault(name.toUpperCase(Locale.ROOT), "") : small;
    }
  }

  private final Settings settings;

  EnvironmentProxies(Settings settings) {
    this.settings = settings;
  }

  @Override
  public List<Proxy> select(URI url) {
    ProxySelector system = ProxySelector.getDefault();
    List<Proxy> chosen = system == null ? List.of() : system.select(url);
    if (chosen.stream().anyMatch(proxy -> proxy.type() != Proxy.Type.DIRECT)) {
      return chosen;
    }
    return List.of(fromEnvironment(Server.of(url)));
  }

  private Proxy fromEnvironment(Server server) {
    String named = server.isEncrypted() ? settings.https() : settings.http();
    if (named.isBlank() || server.isLoopback() || isExcepted(server)) {
      return Proxy.NO_PROXY;
    }
    String text = named.contains("://") ? named : "http://" + named;
    try {
      URI proxy = URI.create(text.strip());
      if (proxy.getHost() != null) {
        int port = proxy.getPort() < 0 ? DEFAULT_PORT : proxy.getPort();
        return new Proxy(Proxy.Type.HTTP, new InetSocketAddress(proxy.getHost(), port));
      }
    } catch (IllegalArgumentException e) {
      // Said below, without the value: it may hold a password.
    }
    LOG.log(
        System.Logger.Level.WARNING,
        "proxy of the environment is not a URL; goes without: scheme=" + server.scheme());
    return Proxy.NO_PROXY;
  }

  private boolean isExcepted(Server server) {
    for (String entry : settings.none().split("[,\\s]+", -1)) {
      String name = entry.toLowerCase(Locale.ROOT);
      if (name.equals("*") || matches(name, server.host())) {
        return true;
      }
      int colon = name.lastIndexOf(':');
      if (colon > 0
          && name.substring(colon + 1).equals(Integer.toString(server.port()))
          && matches(name.substring(0, colon), server.host())) {
        return true;
      }
    }
    return false;
  }

  /** Whether the host is the named one or one below it; {@code .name} means the same. */
  private static boolean matches(String entry, String host) {
    String name = entry.startsWith("*.") ? entry.substring(1) : entry;
    String bare = name.startsWith(".") ? name.substring(1) : name;
    return !bare.isEmpty() && (host.equals(bare) || host.endsWith("." + bare));
  }

  @Override
  public void connectFailed(
      @Nullable URI url, @Nullable SocketAddress address, @Nullable IOException failure) {
    // There is no other proxy to turn to; the request fails and says so.
  }
}
