package dev.batchmill.internal.process;

import dev.batchmill.error.WorkerProcessException;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A throwable on its way to another process, which need not know its class. */
final class RemoteFailure {
  private static final int MAX_CAUSES = 16;
  private static final int MAX_FRAMES = 1024;

  private RemoteFailure() {}

  static void write(DataOutput out, Throwable thrown) throws IOException {
    write(out, thrown, MAX_CAUSES);
  }

  private static void write(DataOutput out, Throwable thrown, int causesLeft) throws IOException {
    Message.writeText(out, text(thrown));
    StackTraceElement[] frames = thrown.getStackTrace();
    int count = Math.min(frames.length, MAX_FRAMES);
    out.writeInt(count);
    for (int i = 0; i < count; i++) {
      write(out, frames[i]);
    }
    Throwable cause = cause(thrown);
    boolean told = cause != null && causesLeft > 0;
    out.writeBoolean(told);
    if (cause != null && told) {
      write(out, cause, causesLeft - 1);
    }
  }

  /** What a throwable says; its methods may be anybody's. */
  private static String text(Throwable thrown) {
    try {
      return String.valueOf(thrown.toString());
    } catch (Throwable t) {
      return thrown.getClass().getName();
    }
  }

  private static @Nullable Throwable cause(Throwable thrown) {
    try {
      return thrown.getCause();
    } catch (Throwable t) {
      return null;
    }
  }

  private static void write(DataOutput out, StackTraceElement frame) throws IOException {
    Message.writeText(out, frame.getClassName());
    Message.writeText(out, frame.getMethodName());
    String file = frame.getFileName();
    Message.writeText(out, file == null ? "" : file);
    out.writeInt(frame.getLineNumber());
  }

  /** Reads what {@link #write} has written. */
  static WorkerProcessException read(DataInput in) throws IOException {
    String text = Message.readText(in);
    StackTraceElement[] frames = new StackTraceElement[in.readInt()];
    for (int i = 0; i < frames.length; i++) {
      frames[i] = readFrame(in);
    }
    WorkerProcessException failure =
        in.readBoolean()
            ? new WorkerProcessException(text, read(in))
            : new WorkerProcessException(text);
    failure.setStackTrace(frames);
    return failure;
  }

  private static StackTraceElement readFrame(DataInput in) throws IOException {
    String type = Message.readText(in);
    String method = Message.readText(in);
    String file = Message.readText(in);
    return new StackTraceElement(type, method, file.isEmpty() ? null : file, in.readInt());
  }
}
