package dev.batchmill.io;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An HTTP server that sends exactly the bytes a test says, however wrong. Each connection serves
 * one request on a thread of its own.
 */
final class LoopbackServer implements AutoCloseable {
  /** Answers a request; the connection is closed afterwards. */
  @FunctionalInterface
  interface Answer {
    void send(Socket socket, OutputStream out) throws IOException, InterruptedException;
  }

  /** Answers a request, whose head it is told; the connection is closed afterwards. */
  @FunctionalInterface
  interface Reply {
    void send(String head, OutputStream out) throws IOException, InterruptedException;
  }

  private final ServerSocket server;
  private final Map<String, Reply> replies = new ConcurrentHashMap<>();
  private final Map<String, Answer> answers = new ConcurrentHashMap<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();

  LoopbackServer() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    start(this::accept);
  }

  /** Answers requests of the path (with its query) in this way. */
  LoopbackServer on(String path, Answer answer) {
    answers.put(path, answer);
    return this;
  }

  /** Answers with a status line, headers and a body, as they are given. */
  LoopbackServer on(String path, String head, byte[] body) {
    return on(
        path,
        (socket, out) -> {
          out.write(head(head));
          out.write(body);
        });
  }

  /** Answers requests of the path in a way that depends on their headers. */
  LoopbackServer reply(String path, Reply reply) {
    replies.put(path, reply);
    return this;
  }

  /** Answers with one after the other of these ways, and with the last from then on. */
  LoopbackServer replies(String path, Reply... each) {
    AtomicInteger next = new AtomicInteger();
    return reply(
        path,
        (head, out) -> each[Math.min(next.getAndIncrement(), each.length - 1)].send(head, out));
  }

  /** A status without a body. */
  static Reply status(int status, String... headers) {
    return (head, out) ->
        out.write(
            head(
                String.join(
                        "\n",
                        "HTTP/1.1 " + status + " X",
                        "Content-Length: 0",
                        String.join("\n", headers))
                    .strip()));
  }

  /** The whole file, or the range that is asked for if it is of this version. */
  static Reply version(byte[] body, String etag) {
    return (head, out) -> sendRange(head, out, body, etag, body.length);
  }

  /** As {@link #version}, but the connection breaks off after so many bytes of the body. */
  static Reply brokenVersion(byte[] body, String etag, int bytes) {
    return (head, out) -> sendRange(head, out, body, etag, bytes);
  }

  private static void sendRange(String head, OutputStream out, byte[] body, String etag, int limit)
      throws IOException {
    int start = start(head);
    String ifRange = header(head, "If-Range");
    boolean partial = start > 0 && (ifRange.isEmpty() || ifRange.equals(etag));
    int from = partial ? start : 0;
    String range = "\nContent-Range: bytes " + from + "-" + (body.length - 1) + "/" + body.length;
    out.write(
        head(
            "HTTP/1.1 "
                + (partial ? "206 Partial Content" : "200 OK")
                + "\nContent-Length: "
                + (body.length - from)
                + "\nETag: "
                + etag
                + (partial ? range : "")));
    out.write(body, from, Math.min(limit, body.length - from));
  }

  /** The first byte that the request asks for. */
  static int start(String head) {
    String range = header(head, "Range");
    return range.isEmpty() ? 0 : Integer.parseInt(range.replaceAll("bytes=(\\d+)-", "$1"));
  }

  /** The value of a request's header, or nothing. */
  static String header(String head, String name) {
    return head.lines()
        .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
        .map(line -> line.substring(name.length() + 1).strip())
        .findFirst()
        .orElse("");
  }

  LoopbackServer file(String path, byte[] body) {
    return on(path, "HTTP/1.1 200 OK\nContent-Length: " + body.length, body);
  }

  LoopbackServer redirect(String path, int status, String location) {
    return on(
        path,
        "HTTP/1.1 " + status + " Moved\nContent-Length: 0\nLocation: " + location,
        new byte[0]);
  }

  /** Returns the bytes of a head, to which it adds the line ends and the blank line. */
  static byte[] head(String lines) {
    return (lines.replace("\n", "\r\n") + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1);
  }

  String url(String path) {
    return "http://127.0.0.1:" + server.getLocalPort() + path;
  }

  URI uri(String path) {
    return URI.create(url(path));
  }

  /** Returns the heads of the requests so far. */
  List<String> requests() {
    return requests;
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        sockets.add(socket);
        start(() -> serve(socket));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      String head = readHead(socket.getInputStream());
      if (head.isEmpty()) {
        return;
      }
      requests.add(head);
      String path = head.split(" ", 3)[1];
      Answer answer = answers.get(path);
      Reply reply = replies.get(path);
      if (reply != null) {
        reply.send(head, socket.getOutputStream());
      } else if (answer == null) {
        socket.getOutputStream().write(head("HTTP/1.1 404 Not Found\nContent-Length: 9"));
        socket.getOutputStream().write("not here\n".getBytes(StandardCharsets.US_ASCII));
      } else {
        answer.send(socket, socket.getOutputStream());
      }
      socket.getOutputStream().flush();
    } catch (IOException e) {
      // The client went away; the test looks at its own end.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String readHead(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int c = in.read();
      if (c < 0) {
        return "";
      }
      head.append((char) c);
    }
    return head.toString();
  }

  private static void start(Runnable work) {
    Thread thread = new Thread(work, "loopback-server");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
