package dev.batchmill.internal.demo;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.atomic.AtomicInteger;

/** An HTTP server on this machine's loopback address that serves the bundled archive. */
final class DigitsServer implements AutoCloseable {
  private static final String PATH = "/digits.tar.gz";
  private static final int OK = 200;
  private static final int NOT_FOUND = 404;
  private static final int NO_BODY = -1;

  private final HttpServer server;
  private final byte[] archive;
  private final AtomicInteger served = new AtomicInteger();

  private DigitsServer(HttpServer server, byte[] archive) {
    this.server = server;
    this.archive = archive;
  }

  /** Starts a server on a free port. */
  static DigitsServer start() throws IOException {
    HttpServer http =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    DigitsServer server = new DigitsServer(http, bundledArchive());
    http.createContext("/", server::answer);
    http.start();
    return server;
  }

  private static byte[] bundledArchive() throws IOException {
    try (InputStream in = DigitsServer.class.getResourceAsStream("digits.tar.gz")) {
      if (in == null) {
        throw new IOException("the jar lacks the demo's archive: resource=digits.tar.gz");
      }
      return in.readAllBytes();
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (!exchange.getRequestURI().getPath().equals(PATH)) {
        exchange.sendResponseHeaders(NOT_FOUND, NO_BODY);
        return;
      }
      served.incrementAndGet();
      exchange.getResponseHeaders().set("Content-Type", "application/gzip");
      exchange.sendResponseHeaders(OK, archive.length);
      exchange.getResponseBody().write(archive);
    }
  }

  /** Where the archive is. */
  URI uri() {
    InetSocketAddress address = server.getAddress();
    return URI.create(
        "http://" + address.getAddress().getHostAddress() + ":" + address.getPort() + PATH);
  }

  /** How often the archive was asked for. */
  int served() {
    return served.get();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
