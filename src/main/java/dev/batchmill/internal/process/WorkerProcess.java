package dev.batchmill.internal.process;

import dev.batchmill.dataset.Batch;
import dev.batchmill.dataset.BatchDataset;
import dev.batchmill.error.WorkerProcessException;
import dev.batchmill.internal.process.Slots.Slot;
import dev.batchmill.internal.queue.Waits;
import dev.batchmill.random.RandomSeed;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One worker process as this one sees it. For one thread at a time, but for what says otherwise.
 *
 * <pre>
 *      this process                                worker process
 *
 *      requests, answers       ── socket ──        WorkerMain: makes batches, one after another
 *      cancels, asks           ──  stdin ─▶        ParentWatch: interrupts it; at the end of the
 *                                                  stream this process is gone: halts
 *      OutputTail              ◀─ stdout ──        whatever is printed, errors as well
 *      Slots                   ═ memory ══         the batches
 * </pre>
 */
final class WorkerProcess {
  private static final Logger LOG = System.getLogger(WorkerProcess.class.getName());
  private static final long NONE = -1;
  private static final int SIGNALLED = 128;
  private static final int LAST_SIGNAL = 64;
  private static final long DEATH_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final long ACCEPT_MILLIS = 500;

  private final Process process;
  private final Path directory;
  private final DataOutputStream control;
  private final OutputTail output;
  private final Slots slots;
  private final long patienceNanos;
  private @Nullable Link link;
  private long request;
  private long begun = NONE;
  private volatile boolean usable;

  /** The process ended, or no longer says what it should. */
  static final class DeadException extends IOException {
    private static final long serialVersionUID = 1L;

    DeadException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  private WorkerProcess(Process process, Path directory, SharedMemory memory, long patienceNanos) {
    this.process = process;
    this.directory = directory;
    this.control = new DataOutputStream(process.getOutputStream());
    this.output = OutputTail.of(process.getInputStream(), "batchmill-process-" + process.pid());
    this.slots = new Slots(memory);
    this.patienceNanos = patienceNanos;
  }

  /**
   * Starts a process.
   *
   * @param command the command
   * @param memory for its slots
   * @param patienceNanos how long a batch may take after it was cancelled
   */
  static WorkerProcess start(List<String> command, SharedMemory memory, long patienceNanos)
      throws IOException {
    // The process knows the name of the directory before there is one: if this process ends before
    // it has deleted it, that one does.
    Path directory = memory.newName();
    List<String> arguments = new ArrayList<>(command);
    arguments.add(directory.toString());
    arguments.add(Long.toString(ProcessHandle.current().pid()));
    Process process = new ProcessBuilder(arguments).redirectErrorStream(true).start();
    return new WorkerProcess(process, directory, memory, patienceNanos);
  }

  /**
   * Connects to the new process and ships the data set.
   *
   * @param dataset the data set
   * @param shipping held while the data set is read
   * @throws WorkerProcessException if the process cannot read it
   * @throws IllegalArgumentException if it cannot be written
   * @throws DeadException if the process dies
   * @throws InterruptedException if this thread is interrupted; the process is of no use then
   */
  void connect(BatchDataset dataset, ReentrantLock shipping)
      throws DeadException, InterruptedException {
    try {
      Link connected = new Link(accept(), process::isAlive);
      link = connected;
      connected.interruptible(true);
      shipping.lockInterruptibly();
      try {
        OptionalLong seed = RandomSeed.get();
        Message message = Message.of(Message.DATASET);
        message.writeBoolean(seed.isPresent());
        message.writeLong(seed.orElse(0));
        connected.send(message);
        Shipment.send(dataset, connected);
      } finally {
        shipping.unlock();
      }
      connected.awaitMessage();
      connected.interruptible(false);
      answer(connected, "data set could not be read by the worker process: failure=");
      usable = true;
    } catch (InterruptedIOException e) {
      throw interrupted(e);
    } catch (IOException e) {
      throw dead(e);
    }
  }

  private SocketChannel accept() throws IOException, InterruptedException {
    Path socket = socket(directory);
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        Selector selector = Selector.open()) {
      SharedMemory.createDirectory(directory);
      server.bind(UnixDomainSocketAddress.of(socket));
      server.configureBlocking(false);
      server.register(selector, SelectionKey.OP_ACCEPT);
      control(ParentWatch.CONNECT);
      SocketChannel channel = server.accept();
      while (channel == null) {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        if (!process.isAlive()) {
          throw new EOFException("the process ended before it was ready");
        }
        selector.select(ready -> {}, ACCEPT_MILLIS);
        channel = server.accept();
      }
      return channel;
    } finally {
      SharedMemory.delete(socket);
      SharedMemory.delete(directory);
    }
  }

  /** Where a process connects. */
  static Path socket(Path directory) {
    return directory.resolve("s");
  }

  private Link link() throws EOFException {
    Link connected = link;
    if (connected == null) {
      throw new EOFException("the process is not connected");
    }
    return connected;
  }

  /** Whether it can be asked for something: it is ready and owes no answer. */
  boolean usable() {
    return usable;
  }

  /** Whether it lives still. */
  boolean isAlive() {
    return process.isAlive();
  }

  // --------------------------------------------------------------------------------- the requests

  /**
   * Makes a batch.
   *
   * @throws WorkerProcessException if the data set throws
   * @throws DeadException if the process dies
   * @throws InterruptedException if this thread is interrupted; the process is of use still if it
   *     has heeded it as well
   */
  Batch make(long epoch, long index) throws DeadException, InterruptedException {
    // Until it has answered: what it says to the next one would be the answer to this one.
    usable = false;
    Slot slot = slots.take();
    try {
      Link connected = link();
      request++;
      Message message = Message.of(Message.MAKE);
      message.writeLong(request);
      message.writeLong(epoch);
      message.writeLong(index);
      message.writeInt(slot == null ? Message.NO_SLOT : slot.number());
      connected.waitAtMost(Link.FOREVER);
      connected.send(message);
      begun = epoch;
      try {
        connected.interruptible(true);
        connected.awaitMessage();
      } catch (InterruptedIOException e) {
        connected.interruptible(false);
        cancel(connected, slot);
        throw interrupted(e);
      }
      connected.interruptible(false);
      return batch(connected, slot);
    } catch (IOException e) {
      throw dead(e);
    }
  }

  /** Receives a batch. */
  private Batch batch(Link connected, @Nullable Slot slot) throws IOException {
    long made = 0;
    while (true) {
      DataInputStream in = connected.receive();
      int type = in.readByte();
      if (type == Message.NEED_SLOT) {
        made = slots.reserve(in.readLong());
        connected.send(slotMessage(made));
      } else if (type == Message.BATCH) {
        Batch batch = batch(connected, in, slot, made);
        usable = true;
        return batch;
      } else if (type == Message.FAILURE) {
        if (slot != null) {
          slots.free(slot);
        }
        usable = true;
        throw RemoteFailure.read(in);
      } else {
        throw unknown(type);
      }
    }
  }

  private Batch batch(Link connected, DataInputStream in, @Nullable Slot given, long made)
      throws IOException {
    int number = in.readInt();
    BatchForm form = BatchForm.read(in);
    if (given != null && given.number() == number) {
      return form.over(given);
    }
    if (made > 0 && number != Message.NO_SLOT) {
      slots.retire(given);
      return form.over(slots.map(made));
    }
    if (made > 0) {
      slots.refuse(made);
    }
    if (given != null) {
      slots.free(given);
    }
    return form.receive(connected);
  }

  private Message slotMessage(long size) throws IOException {
    Message message = Message.of(Message.SLOT);
    message.writeLong(size);
    if (size > 0) {
      Message.writeText(message, slots.file().toString());
    }
    return message;
  }

  /** Has the process print what it does; from any thread. */
  void tellWhereabouts() {
    try {
      control(ParentWatch.TELL_WHEREABOUTS);
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "worker process has broken its pipe", e);
    }
  }

  private void control(long what) throws IOException {
    synchronized (control) {
      control.writeLong(what);
      control.flush();
    }
  }

  /** Lets the process end what it does; kills it if that takes too long. */
  private void cancel(Link connected, @Nullable Slot slot) {
    try {
      control(request);
      connected.waitAtMost(patienceNanos);
      batch(connected, slot).close();
    } catch (WorkerProcessException e) {
      // What a cancelled batch has to say interests nobody.
      return;
    } catch (Link.LateException e) {
      LOG.log(
          Level.WARNING,
          "worker process is killed, let batch() heed the interrupt: pid=" + process.pid());
      kill();
    } catch (IOException e) {
      kill();
    }
  }

  /** Asks for the end of an epoch, if the process has begun it; tells whether it has. */
  boolean requestEnd(long epoch) throws DeadException {
    if (begun != epoch) {
      return false;
    }
    try {
      begun = NONE;
      Message message = Message.of(Message.END_EPOCH);
      message.writeLong(epoch);
      link().send(message);
      return true;
    } catch (IOException e) {
      throw dead(e);
    }
  }

  /**
   * Waits for the end that was asked for.
   *
   * @throws WorkerProcessException if the hook throws
   */
  void awaitEnd(long nanos) throws DeadException {
    try {
      Link connected = link();
      connected.waitAtMost(nanos);
      answer(connected, "onEpochEnd failed in the worker process: failure=");
    } catch (IOException e) {
      kill();
      throw dead(e);
    }
  }

  private static void answer(Link connected, String failure) throws IOException {
    DataInputStream in = connected.receive();
    int type = in.readByte();
    if (type == Message.FAILURE) {
      WorkerProcessException cause = RemoteFailure.read(in);
      throw new WorkerProcessException(failure + cause.getMessage(), cause);
    }
    if (type != Message.DONE) {
      throw unknown(type);
    }
  }

  private static IOException unknown(int type) {
    return new IOException("message is of no known type: type=" + type);
  }

  // -------------------------------------------------------------------------------------- the end

  private InterruptedException interrupted(InterruptedIOException cause) {
    InterruptedException interrupted = new InterruptedException(cause.getMessage());
    interrupted.initCause(cause);
    return interrupted;
  }

  /** What became of the process, after something went wrong with it. */
  private DeadException dead(IOException cause) {
    usable = false;
    StringBuilder message = new StringBuilder("worker process died: pid=").append(process.pid());
    boolean ended = awaitEndOfProcess(DEATH_NANOS);
    if (!ended) {
      kill();
      message.append(" failure=").append(cause);
    } else {
      int exit = process.exitValue();
      message.append(" exit=").append(exit);
      if (exit > SIGNALLED && exit <= SIGNALLED + LAST_SIGNAL) {
        message.append(" signal=").append(exit - SIGNALLED);
      }
    }
    String text = output.text();
    message.append(text.isEmpty() ? " output=none" : " output:\n" + text);
    return new DeadException(message.toString(), cause);
  }

  private boolean awaitEndOfProcess(long nanos) {
    return Waits.uninterruptibly(
        nanos,
        left -> {
          boolean ended = process.waitFor(left, TimeUnit.NANOSECONDS);
          if (ended) {
            output.join(TimeUnit.SECONDS.toNanos(1));
          }
          return ended;
        });
  }

  /** Kills the process; from any thread. */
  void kill() {
    usable = false;
    process.destroyForcibly();
  }

  /** Asks the process to exit. */
  void requestExit() {
    boolean asked = false;
    if (usable) {
      usable = false;
      try {
        Link connected = link();
        connected.waitAtMost(patienceNanos);
        connected.send(Message.of(Message.EXIT));
        asked = true;
      } catch (IOException e) {
        LOG.log(Level.DEBUG, "worker process is gone already", e);
      }
    }
    if (!asked) {
      kill();
    }
  }

  /** Waits for its exit, and kills it if that takes too long; from any thread. */
  void awaitExit(long nanos) {
    if (!awaitEndOfProcess(nanos)) {
      LOG.log(Level.WARNING, "worker process does not exit, it is killed: pid=" + process.pid());
      kill();
      awaitEndOfProcess(DEATH_NANOS);
    }
  }

  /** Gives up what it had, when it has ended. */
  void close() {
    slots.close();
    try (control) {
      Link connected = link;
      if (connected != null) {
        connected.close();
      }
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "worker process has broken its pipe", e);
    }
  }
}
