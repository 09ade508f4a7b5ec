package dev.batchmill.internal.process;

import dev.batchmill.dataset.BatchDataset;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.NotSerializableException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** A data set on its way to another process, by Java serialisation. */
final class Shipment {
  private static final int PIECE_BYTES = 1 << 16;

  private Shipment() {}

  /**
   * Checks that a data set can be shipped.
   *
   * @throws IllegalArgumentException if not, with the class and the field that is in the way
   */
  static void check(BatchDataset dataset) {
    try {
      write(dataset, OutputStream.nullOutputStream());
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "data set cannot be serialised: dataset=" + dataset + " failure=" + e, e);
    }
  }

  /**
   * Sends a data set.
   *
   * @throws IllegalArgumentException if it cannot be shipped
   */
  static void send(BatchDataset dataset, Link link) throws IOException {
    Pieces pieces = new Pieces(link);
    write(dataset, pieces);
    pieces.end();
  }

  private static void write(BatchDataset dataset, OutputStream out) throws IOException {
    if (!(dataset instanceof Serializable)) {
      throw new IllegalArgumentException(
          "data set for worker processes must be Serializable: class="
              + dataset.getClass().getName());
    }
    Tracking objects = new Tracking(out);
    try {
      objects.writeObject(dataset);
      objects.flush();
    } catch (NotSerializableException e) {
      throw new IllegalArgumentException(
          "data set for worker processes must hold only what is Serializable, or transient fields:"
              + " dataset="
              + dataset.getClass().getName()
              + " class="
              + e.getMessage()
              + objects.lastFound(),
          e);
    }
  }

  /** What {@link #send} sends, as it comes. */
  static InputStream pieces(Link link) {
    return new ReceivedPieces(link);
  }

  /** Reads a data set. */
  static BatchDataset read(InputStream pieces) throws IOException, ClassNotFoundException {
    return (BatchDataset) new ObjectInputStream(pieces).readObject();
  }

  /** Remembers the objects it writes, to tell where the last one was found. */
  private static final class Tracking extends ObjectOutputStream {
    private static final int MAX_OBJECTS = 1 << 12;

    private final Deque<Object> newest = new ArrayDeque<>();
    private boolean failed;

    Tracking(OutputStream out) throws IOException {
      super(out);
      enableReplaceObject(true);
    }

    @Override
    protected Object replaceObject(Object object) {
      // What follows are the parts of the exception, for the reader.
      failed |= object instanceof IOException;
      if (failed) {
        return object;
      }
      if (newest.size() == MAX_OBJECTS) {
        newest.removeLast();
      }
      newest.addFirst(object);
      return object;
    }

    /** The field that holds the last object, as {@code " field=Class.name"}; empty if unknown. */
    String lastFound() {
      Iterator<Object> objects = newest.iterator();
      if (!objects.hasNext()) {
        return "";
      }
      Object last = objects.next();
      while (objects.hasNext()) {
        Field field = fieldWith(objects.next(), last);
        if (field != null) {
          return " field=" + field.getDeclaringClass().getName() + "." + field.getName();
        }
      }
      return "";
    }

    private static @Nullable Field fieldWith(Object holder, Object value) {
      for (Class<?> type = holder.getClass(); type != null; type = type.getSuperclass()) {
        for (Field field : type.getDeclaredFields()) {
          boolean written =
              !Modifier.isStatic(field.getModifiers())
                  && !Modifier.isTransient(field.getModifiers());
          if (written && holds(field, holder, value)) {
            return field;
          }
        }
      }
      return null;
    }

    /** Where a module does not let us look, a field of the right type will do. */
    private static boolean holds(Field field, Object holder, Object value) {
      try {
        return field.trySetAccessible()
            ? field.get(holder) == value
            : field.getType() != Object.class && field.getType().isInstance(value);
      } catch (IllegalAccessException e) {
        return false;
      }
    }
  }

  /** Bytes as messages, the last of which is empty. */
  private static final class Pieces extends OutputStream {
    private final Link link;
    private final byte[] piece = new byte[PIECE_BYTES];
    private int size;

    Pieces(Link link) {
      this.link = link;
    }

    @Override
    public void write(int value) throws IOException {
      piece[size++] = (byte) value;
      sendIfFull();
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      for (int done = 0; done < length; ) {
        int count = Math.min(length - done, PIECE_BYTES - size);
        System.arraycopy(bytes, offset + done, piece, size, count);
        size += count;
        done += count;
        sendIfFull();
      }
    }

    private void sendIfFull() throws IOException {
      if (size == PIECE_BYTES) {
        send();
      }
    }

    private void send() throws IOException {
      Message message = Message.of(Message.DATASET, 1 + size);
      message.write(piece, 0, size);
      size = 0;
      link.send(message);
    }

    void end() throws IOException {
      if (size > 0) {
        send();
      }
      send();
    }
  }

  /** Those messages as bytes. */
  private static final class ReceivedPieces extends InputStream {
    private final Link link;
    private @Nullable DataInputStream piece;
    private boolean ended;

    ReceivedPieces(Link link) {
      this.link = link;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      while (!ended) {
        DataInputStream current = piece;
        int count = current == null ? -1 : current.read(bytes, offset, length);
        if (count > 0) {
          return count;
        }
        DataInputStream next = link.receive();
        if (next.readByte() != Message.DATASET) {
          throw new IOException("message is no part of a data set");
        }
        ended = next.available() == 0;
        piece = next;
      }
      return -1;
    }
  }
}
