package dev.batchmill.internal.download;

import dev.batchmill.error.DownloadException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Origins on the web. Accepted is a whole file (status 200) or exactly the rest that was asked for
 * (status 206), with one length and no content encoding but the file's {@link OwnEncoding own}.
 */
final class HttpOrigin {
  private static final int OK = 200;
  private static final int PARTIAL = 206;
  private static final int RANGE_NOT_SATISFIABLE = 416;
  private static final Set<Integer> PASSING = Set.of(408, 429, 500, 502, 503, 504);
  private static final String USER_AGENT = "batchmill";

  /** What the clients that are kept differ in. */
  private record ClientKey(Duration connectTimeout, EnvironmentProxies.Settings proxies) {}

  /** A client has threads of its own until it is collected, so there is one for each time-out. */
  private static final Map<ClientKey, HttpClient> CLIENTS = new ConcurrentHashMap<>();

  private final HttpClient client;
  private final Credentials credentials;
  private final TransferOptions options;

  /**
   * Prepares requests.
   *
   * @param origin the URL that the credentials are for
   * @param options the bounds
   */
  HttpOrigin(URI origin, TransferOptions options) {
    this.options = options;
    this.credentials = new Credentials(origin, options.access());
    ClientKey key =
        new ClientKey(
            options.connectTimeout(),
            EnvironmentProxies.Settings.of(options.access().environment()));
    // A client of somebody's own certificates is not kept: it would hold them for ever.
    this.client =
        options.access().tls() == null
            ? CLIENTS.computeIfAbsent(key, unused -> newClient(key, options.access()))
            : newClient(key, options.access());
  }

  private static HttpClient newClient(ClientKey key, HttpAccess access) {
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .proxy(new EnvironmentProxies(key.proxies()))
            .connectTimeout(key.connectTimeout());
    if (access.tls() != null) {
      builder.sslContext(access.tls());
    }
    return builder.build();
  }

  /** Opens the rest of a file, or all of it if none is wanted or the server does not give it. */
  Content open(URI origin, @Nullable Rest rest) throws IOException {
    Content content = ask(new RedirectTrail(origin), rest);
    if (content == null) {
      content = ask(new RedirectTrail(origin), null);
    }
    if (content == null) {
      throw new IllegalStateException("an answer for a whole file is one, or an error");
    }
    return content;
  }

  /** Returns null if the answer neither is the rest that is wanted nor the whole file. */
  private @Nullable Content ask(RedirectTrail trail, @Nullable Rest rest) throws IOException {
    while (true) {
      HttpResponse<BodyStream> response = send(trail, rest);
      boolean accepted = false;
      try {
        if (!RedirectTrail.isRedirect(response.statusCode())) {
          Content content = content(trail.location(), response, rest);
          accepted = content != null;
          return content;
        }
      } finally {
        if (!accepted) {
          response.body().close();
        }
      }
      trail.follow(response.statusCode(), response.headers().firstValue("Location").orElse(null));
    }
  }

  private HttpResponse<BodyStream> send(RedirectTrail trail, @Nullable Rest rest)
      throws IOException {
    URI url = trail.location();
    CompletableFuture<HttpResponse<BodyStream>> answer =
        client.sendAsync(request(trail, rest), head -> new BodyStream(options.idleTimeout()));
    try {
      // Not HttpRequest.timeout: whether that covers the body depends on the JDK's version.
      long patience = options.connectTimeout().plus(options.idleTimeout()).toNanos();
      return answer.get(patience, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      answer.cancel(true);
      throw Failures.interrupted(url, e);
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw RetryableException.of(
          "server does not answer: url=" + url + " idleTimeout=" + options.idleTimeout(), e);
    } catch (ExecutionException e) {
      throw Failures.cannotReach(url, e.getCause() == null ? e : e.getCause());
    }
  }

  private HttpRequest request(RedirectTrail trail, @Nullable Rest rest) {
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(trail.location())
            .header("Accept-Encoding", "identity")
            .header("User-Agent", USER_AGENT);
    if (rest != null) {
      builder.header("Range", "bytes=" + rest.start() + "-");
      if (rest.validator() != null) {
        builder.header("If-Range", rest.validator().text());
      }
    }
    credentials.authorization(trail).ifPresent(value -> builder.header("Authorization", value));
    return builder.build();
  }

  private static @Nullable Content content(
      URI url, HttpResponse<BodyStream> response, @Nullable Rest rest) throws DownloadException {
    int status = response.statusCode();
    HttpHeaders headers = response.headers();
    if (rest != null && status == RANGE_NOT_SATISFIABLE) {
      return null;
    }
    if (status != OK && (status != PARTIAL || rest == null)) {
      throw refused(url, status, headers);
    }
    checkEncoding(url, headers);
    if (rest == null || status == OK) {
      return new Content(url, response.body(), 0, length(url, headers), Validator.of(headers));
    }
    ContentRange range = ContentRange.parse(headers.firstValue("Content-Range").orElse(""));
    boolean changed = rest.validator() != null && rest.validator().isContradictedBy(headers);
    if (changed || range == null || !range.isRest(rest.start(), rest.total())) {
      return null;
    }
    return new Content(url, response.body(), range.first(), range.total(), rest.validator());
  }

  private static DownloadException refused(URI url, int status, HttpHeaders headers) {
    String message =
        "server did not send the file: url=" + url + " status=" + status + " expected=" + OK;
    if (!PASSING.contains(status)) {
      return new DownloadException(message);
    }
    String header = headers.firstValue("Retry-After").orElse("");
    Duration retryAfter = RetryPolicy.retryAfter(header, Instant.now());
    return RetryableException.busy(
        retryAfter == null ? message : message + " retryAfter=" + retryAfter.toSeconds() + "s",
        retryAfter);
  }

  private static void checkEncoding(URI url, HttpHeaders headers) throws DownloadException {
    for (String encoding : headers.allValues("Content-Encoding")) {
      boolean plain = encoding.isBlank() || encoding.strip().equalsIgnoreCase("identity");
      if (!plain && !OwnEncoding.isOf(url, encoding)) {
        throw new DownloadException(
            "server sent the file encoded although it was asked not to: url="
                + url
                + " Content-Encoding="
                + encoding
                + " expected=identity");
      }
    }
  }

  private static long length(URI url, HttpHeaders headers) throws DownloadException {
    List<String> lengths = headers.allValues("Content-Length").stream().distinct().toList();
    if (lengths.isEmpty() || headers.firstValue("Transfer-Encoding").isPresent()) {
      return Content.UNKNOWN_LENGTH;
    }
    try {
      long length = Long.parseLong(lengths.get(0).strip());
      if (lengths.size() == 1 && length >= 0) {
        return length;
      }
    } catch (NumberFormatException e) {
      // Refused below.
    }
    throw new DownloadException(
        "server did not state one length: url=" + url + " Content-Length=" + lengths);
  }
}
