package dev.batchmill.internal.download;

import dev.batchmill.error.DownloadException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Origins on the web. Only a whole file is accepted: status 200, no content encoding, one length.
 */
final class HttpOrigin {
  private static final int OK = 200;
  private static final String USER_AGENT = "batchmill";

  /** A client has threads of its own until it is collected, so there is one for each time-out. */
  private static final Map<Duration, HttpClient> CLIENTS = new ConcurrentHashMap<>();

  private final HttpClient client;
  private final TransferOptions options;

  private HttpOrigin(TransferOptions options) {
    this.options = options;
    this.client =
        CLIENTS.computeIfAbsent(
            options.connectTimeout(),
            timeout ->
                HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .connectTimeout(timeout)
                    .build());
  }

  static Content open(URI origin, TransferOptions options) throws IOException {
    return new HttpOrigin(options).follow(new RedirectTrail(origin));
  }

  private Content follow(RedirectTrail trail) throws IOException {
    while (true) {
      HttpResponse<BodyStream> response = send(trail.location());
      if (!RedirectTrail.isRedirect(response.statusCode())) {
        return content(trail.location(), response);
      }
      response.body().close();
      trail.follow(response.statusCode(), response.headers().firstValue("Location").orElse(null));
    }
  }

  private HttpResponse<BodyStream> send(URI url) throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(url)
            .header("Accept-Encoding", "identity")
            .header("User-Agent", USER_AGENT)
            .build();
    CompletableFuture<HttpResponse<BodyStream>> answer =
        client.sendAsync(request, head -> new BodyStream(options.idleTimeout()));
    try {
      // Not HttpRequest.timeout: whether that covers the body depends on the JDK's version.
      long patience = options.connectTimeout().plus(options.idleTimeout()).toNanos();
      return answer.get(patience, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      answer.cancel(true);
      throw Failures.interrupted(url, e);
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw new DownloadException(
          "server does not answer: url=" + url + " idleTimeout=" + options.idleTimeout(), e);
    } catch (ExecutionException e) {
      throw Failures.cannotOpen(url, e.getCause() == null ? e : e.getCause());
    }
  }

  private static Content content(URI url, HttpResponse<BodyStream> response) throws IOException {
    try {
      if (response.statusCode() != OK) {
        throw new DownloadException(
            "server did not send the file: url="
                + url
                + " status="
                + response.statusCode()
                + " expected="
                + OK);
      }
      checkEncoding(url, response.headers());
      return new Content(url, response.body(), length(url, response.headers()));
    } catch (DownloadException e) {
      response.body().close();
      throw e;
    }
  }

  private static void checkEncoding(URI url, HttpHeaders headers) throws DownloadException {
    for (String encoding : headers.allValues("Content-Encoding")) {
      if (!encoding.isBlank() && !encoding.strip().equalsIgnoreCase("identity")) {
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
