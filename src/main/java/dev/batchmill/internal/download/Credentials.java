package dev.batchmill.internal.download;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/**
 * Who the user is, to the servers that he said so for: the origin's gets the bearer token, others
 * what the .netrc file holds for them. Nothing is sent to a server that a redirect leads to, and
 * nothing over plain http but to this machine, unless that was asked for.
 */
final class Credentials {
  private final Server origin;
  private final HttpAccess access;
  private final Netrc netrc;

  Credentials(URI origin, HttpAccess access) {
    this.origin = Server.of(origin);
    this.access = access;
    this.netrc = Netrc.of(access.environment());
  }

  /** Returns the Authorization header of the next request. */
  Optional<String> authorization(RedirectTrail trail) {
    Server server = Server.of(trail.location());
    if (trail.hasLeftServer() || !access.allowsCredentials(trail.location())) {
      return Optional.empty();
    }
    if (access.bearerToken() != null && server.equals(origin)) {
      return Optional.of("Bearer " + access.bearerToken());
    }
    return netrc.find(server.host()).map(Credentials::basic);
  }

  private static String basic(Netrc.Login login) {
    byte[] pair = (login.name() + ":" + login.password()).getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(pair);
  }
}
