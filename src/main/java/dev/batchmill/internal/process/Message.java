package dev.batchmill.internal.process;

import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** A message that is being written: its type, then what belongs to it. */
final class Message extends DataOutputStream {
  /** To the worker: a piece of the data set; the last one is empty. */
  static final int DATASET = 1;

  /** To the worker: make a batch. Request, epoch, index, slot. */
  static final int MAKE = 2;

  /** To the worker: make a slot. File, size; or none when there is no room. */
  static final int SLOT = 3;

  /** To the worker: call onEpochEnd. Epoch. */
  static final int END_EPOCH = 4;

  /** To the worker: exit. */
  static final int EXIT = 5;

  /** From the worker: the data set is there, or the epoch has ended. */
  static final int DONE = 6;

  /** From the worker: the batch needs a larger slot. Bytes. */
  static final int NEED_SLOT = 7;

  /** From the worker: a batch. The slot's number, its parts; without slot, their bytes follow. */
  static final int BATCH = 8;

  /** From the worker: something was thrown. */
  static final int FAILURE = 9;

  /** In the place of a slot's number: none. */
  static final int NO_SLOT = -1;

  private static final int USUAL_BYTES = 128;

  private final Bytes bytes;

  /** Bytes that can be read without a copy. */
  private static final class Bytes extends ByteArrayOutputStream {
    Bytes(int capacity) {
      super(capacity);
    }

    byte[] array() {
      return buf;
    }
  }

  private Message(Bytes bytes) {
    super(bytes);
    this.bytes = bytes;
  }

  /** Begins a message. */
  static Message of(int type) throws IOException {
    return of(type, USUAL_BYTES);
  }

  /** Begins a message that will have so many bytes. */
  static Message of(int type, int bytes) throws IOException {
    Message message = new Message(new Bytes(bytes));
    message.writeByte(type);
    return message;
  }

  /** The bytes, of which {@link #size} belong to the message. */
  byte[] array() {
    return bytes.array();
  }

  /** Writes text of any length. */
  static void writeText(DataOutput out, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  /** Reads such a text. */
  static String readText(DataInput in) throws IOException {
    byte[] bytes = new byte[in.readInt()];
    in.readFully(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
