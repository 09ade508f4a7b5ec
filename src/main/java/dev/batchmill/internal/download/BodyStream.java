package dev.batchmill.internal.download;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP body whose every wait is bounded and can be interrupted; the JDK's own stream offers
 * neither. The client's threads put into a queue what arrives, one part ahead of the one reader.
 * Closing it drops the connection unless the body was read to its end.
 */
final class BodyStream extends InputStream implements BodySubscriber<BodyStream> {
  /** What the client's threads have to say: the next buffers, the end (empty), or a failure. */
  private record Event(List<ByteBuffer> buffers, @Nullable Throwable failure) {}

  private final Duration idleTimeout;
  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final CompletableFuture<Subscription> subscription = new CompletableFuture<>();
  private final Queue<ByteBuffer> current = new ArrayDeque<>();
  private boolean ended;

  BodyStream(Duration idleTimeout) {
    this.idleTimeout = idleTimeout;
  }

  @Override
  public CompletionStage<BodyStream> getBody() {
    return CompletableFuture.completedFuture(this);
  }

  @Override
  public void onSubscribe(Subscription s) {
    if (subscription.complete(s)) {
      s.request(1);
    } else {
      s.cancel();
    }
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    events.add(new Event(buffers, null));
  }

  @Override
  public void onError(Throwable failure) {
    events.add(new Event(List.of(), failure));
  }

  @Override
  public void onComplete() {
    events.add(new Event(List.of(), null));
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] out, int from, int length) throws IOException {
    Objects.checkFromIndexSize(from, length, out.length);
    if (length == 0) {
      return 0;
    }
    ByteBuffer buffer = nextBuffer();
    if (buffer == null) {
      return -1;
    }
    int count = Math.min(length, buffer.remaining());
    buffer.get(out, from, count);
    return count;
  }

  /** Returns a buffer that holds at least one byte, or null at the end of the body. */
  private @Nullable ByteBuffer nextBuffer() throws IOException {
    while (true) {
      ByteBuffer head = current.peek();
      if (head == null) {
        if (ended) {
          return null;
        }
        take(nextEvent());
      } else if (head.hasRemaining()) {
        return head;
      } else {
        current.remove();
      }
    }
  }

  private Event nextEvent() throws IOException {
    try {
      Event event = events.poll(idleTimeout.toNanos(), TimeUnit.NANOSECONDS);
      if (event == null) {
        throw new HttpTimeoutException("no bytes came for " + idleTimeout.toMillis() + " ms");
      }
      return event;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for the body");
    }
  }

  private void take(Event event) throws IOException {
    if (event.failure() != null) {
      throw new IOException(Failures.reason(event.failure()), event.failure());
    }
    if (event.buffers().isEmpty()) {
      ended = true;
    } else {
      current.addAll(event.buffers());
      subscription.join().request(1);
    }
  }

  @Override
  public void close() {
    ended = true;
    current.clear();
    // Either no subscription may start any more, or the one that did is given up.
    if (!subscription.completeExceptionally(new IOException("closed"))
        && !subscription.isCompletedExceptionally()) {
      subscription.join().cancel();
    }
  }
}
