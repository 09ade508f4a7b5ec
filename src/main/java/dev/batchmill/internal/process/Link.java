package dev.batchmill.internal.process;

import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * One end of the socket between this process and another: messages, and bytes between them.
 *
 * <p>Every wait ends: when the socket is ready, when the other process is gone (its sockets close
 * then; once in a while this end looks as well), at the deadline, or by an interrupt if that is
 * wanted. Neither leaves the socket closed. For one thread at a time.
 */
final class Link implements Closeable {
  /** No deadline. */
  static final long FOREVER = Long.MAX_VALUE;

  private static final int BUFFER_BYTES = 1 << 16;
  private static final long LIVENESS_MILLIS = 1000;

  private final SocketChannel channel;
  private final BooleanSupplier peerIsAlive;
  private final Selector selector;
  private final SelectionKey key;
  private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER_BYTES).limit(0);
  private final ByteBuffer out = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private long deadline = FOREVER;
  private boolean interruptible;

  /** The deadline has passed. */
  static final class LateException extends IOException {
    private static final long serialVersionUID = 1L;

    LateException() {
      super("the other process did not answer in time");
    }
  }

  /** Takes over a connected socket. */
  Link(SocketChannel channel, BooleanSupplier peerIsAlive) throws IOException {
    this.channel = channel;
    this.peerIsAlive = peerIsAlive;
    channel.configureBlocking(false);
    selector = Selector.open();
    key = channel.register(selector, 0);
  }

  /** Sets how long the calls that follow wait; {@link #FOREVER} unless set. */
  void waitAtMost(long nanos) {
    deadline = nanos == FOREVER ? FOREVER : System.nanoTime() + nanos;
  }

  /** Sets whether an interrupt ends the calls that follow; unless set, it does not. */
  void interruptible(boolean ends) {
    interruptible = ends;
  }

  /** Sends a message. */
  void send(Message message) throws IOException {
    byte[] bytes = message.array();
    int size = message.size();
    out.clear();
    out.putInt(size);
    int sent = 0;
    do {
      int piece = Math.min(out.remaining(), size - sent);
      out.put(bytes, sent, piece);
      sent += piece;
      write(out.flip());
      out.clear();
    } while (sent < size);
  }

  /** Sends bytes. */
  void write(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      if (channel.write(bytes) == 0) {
        await(SelectionKey.OP_WRITE);
      }
    }
  }

  /**
   * Waits until a message begins. An interrupt loses nothing: the message can still be received.
   */
  void awaitMessage() throws IOException {
    if (!in.hasRemaining()) {
      in.clear();
      try {
        readSome(in);
      } finally {
        in.flip();
      }
    }
  }

  /** Receives a message. */
  DataInputStream receive() throws IOException {
    ByteBuffer length = ByteBuffer.allocate(Integer.BYTES);
    read(length);
    byte[] bytes = new byte[length.getInt(0)];
    read(ByteBuffer.wrap(bytes));
    return new DataInputStream(new ByteArrayInputStream(bytes));
  }

  /** Receives as many bytes as the buffer takes. */
  void read(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      if (!in.hasRemaining() && bytes.remaining() >= in.capacity()) {
        readSome(bytes);
      } else {
        awaitMessage();
        int piece = Math.min(in.remaining(), bytes.remaining());
        bytes.put(in.slice(in.position(), piece));
        in.position(in.position() + piece);
      }
    }
  }

  private void readSome(ByteBuffer bytes) throws IOException {
    int read = channel.read(bytes);
    while (read == 0) {
      await(SelectionKey.OP_READ);
      read = channel.read(bytes);
    }
    if (read < 0) {
      throw gone();
    }
  }

  private static EOFException gone() {
    return new EOFException("the other process has closed its end");
  }

  private void await(int operation) throws IOException {
    key.interestOps(operation);
    boolean interrupted = false;
    try {
      while (true) {
        if (Thread.interrupted()) {
          interrupted = true;
        }
        if (interrupted && interruptible) {
          interrupted = false;
          throw new InterruptedIOException("interrupted");
        }
        long left =
            deadline == FOREVER
                ? LIVENESS_MILLIS
                : TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime() + 999_999);
        if (left <= 0) {
          throw new LateException();
        }
        if (selector.select(ready -> {}, Math.min(left, LIVENESS_MILLIS)) > 0) {
          return;
        }
        if (!peerIsAlive.getAsBoolean() && selector.selectNow(ready -> {}) == 0) {
          throw gone();
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void close() throws IOException {
    try (channel) {
      selector.close();
    }
  }
}
