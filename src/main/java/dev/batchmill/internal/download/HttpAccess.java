package dev.batchmill.internal.download;

import java.net.URI;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * What opens servers.
 *
 * @param bearerToken is sent to the origin's server, or null
 * @param plainHttp whether credentials may be sent over http to other machines
 * @param tls the keys and the certificates to trust, or null for those of the JDK
 * @param environment the variables that name proxies and the .netrc file
 */
public record HttpAccess(
    @Nullable String bearerToken,
    boolean plainHttp,
    @Nullable SSLContext tls,
    Map<String, String> environment) {
  /** Whether credentials may be sent to the URL: over https, or to this machine, or as asked. */
  public boolean allowsCredentials(URI url) {
    Server server = Server.of(url);
    return server.isEncrypted() || server.isLoopback() || plainHttp;
  }

  /** Names no secret. */
  @Override
  public String toString() {
    return "HttpAccess[plainHttp=" + plainHttp + "]";
  }
}
