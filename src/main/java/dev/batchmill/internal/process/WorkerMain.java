package dev.batchmill.internal.process;

import dev.batchmill.dataset.Batch;
import dev.batchmill.dataset.BatchDataset;
import dev.batchmill.random.RandomSeed;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The worker process: reads a data set, then makes its batches as it is told. */
public final class WorkerMain {
  private static final Logger LOG = System.getLogger(WorkerMain.class.getName());
  private static final long NO_EPOCH = -1;

  private final Link link;
  private final ParentWatch watch;
  private final BatchDataset dataset;
  private final Map<Integer, ByteBuffer> slots = new HashMap<>();
  private int slotsMade;
  private long epoch = NO_EPOCH;

  private WorkerMain(Link link, ParentWatch watch, BatchDataset dataset) {
    this.link = link;
    this.watch = watch;
    this.dataset = dataset;
  }

  /**
   * Works until it is told to exit, or the process that started this one is gone.
   *
   * @param args the directory of the socket, the number of the process that started this one
   */
  public static void main(String[] args) {
    DataInputStream control = new DataInputStream(System.in);
    System.setIn(InputStream.nullInputStream());
    Path directory = Path.of(args[0]);
    Path socket = WorkerProcess.socket(directory);
    ParentWatch watch =
        new ParentWatch(
            Long.parseLong(args[1]), control, Thread.currentThread(), List.of(socket, directory));
    try {
      watch.awaitConnect();
      SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
      channel.connect(UnixDomainSocketAddress.of(socket));
      Link link = new Link(channel, watch::parentIsAlive);
      BatchDataset dataset = receive(link);
      if (dataset != null) {
        new WorkerMain(link, watch, dataset).work();
      }
    } catch (IOException e) {
      // The other end is gone.
      watch.halt();
    } catch (Throwable t) {
      LOG.log(Level.ERROR, "worker process failed", t);
      watch.halt();
    }
    // Not a mere return: the data set may have left threads that run.
    System.exit(0);
  }

  /** Receives the data set; null if it cannot be read, which is told. */
  private static @Nullable BatchDataset receive(Link link) throws IOException {
    DataInputStream in = link.receive();
    in.readByte();
    boolean seeded = in.readBoolean();
    long seed = in.readLong();
    if (seeded) {
      RandomSeed.set(seed);
    }
    BatchDataset dataset = null;
    Throwable failure = null;
    InputStream pieces = Shipment.pieces(link);
    try {
      dataset = Shipment.read(pieces);
    } catch (Throwable t) {
      failure = t;
    }
    pieces.transferTo(OutputStream.nullOutputStream());
    if (failure != null) {
      fail(link, failure);
    } else {
      link.send(Message.of(Message.DONE));
    }
    return dataset;
  }

  private static void fail(Link link, Throwable failure) throws IOException {
    Message message = Message.of(Message.FAILURE);
    RemoteFailure.write(message, failure);
    link.send(message);
  }

  private void work() throws IOException {
    while (true) {
      DataInputStream in = link.receive();
      watch.leaveFiles();
      int type = in.readByte();
      switch (type) {
        case Message.MAKE -> make(in);
        case Message.END_EPOCH -> endEpoch(in.readLong());
        case Message.EXIT -> {
          return;
        }
        default -> throw new IllegalStateException("message is of no known type: type=" + type);
      }
    }
  }

  private void make(DataInputStream in) throws IOException {
    long request = in.readLong();
    long inEpoch = in.readLong();
    long index = in.readLong();
    int slot = in.readInt();
    Batch batch;
    BatchForm form;
    try {
      batch = watch.run(request, () -> batch(inEpoch, index));
      form = BatchForm.of(batch);
    } catch (Throwable t) {
      fail(link, t);
      return;
    }
    try (batch) {
      send(batch, form, slot);
    }
  }

  private Batch batch(long inEpoch, long index) throws Exception {
    if (epoch != inEpoch) {
      try {
        dataset.onEpochBegin(inEpoch);
      } catch (Throwable t) {
        throw new IllegalStateException(
            "onEpochBegin failed in the worker process: failure=" + t, t);
      }
      epoch = inEpoch;
    }
    return Objects.requireNonNull(dataset.batch(index), "the batch must not be null");
  }

  private void send(Batch batch, BatchForm form, int given) throws IOException {
    int slot = slotFor(form.bytes(), given);
    ByteBuffer memory = slots.get(slot);
    if (memory != null) {
      form.copy(batch, memory);
    }
    Message message = Message.of(Message.BATCH);
    message.writeInt(slot);
    form.write(message);
    link.send(message);
    if (memory == null) {
      form.send(batch, link);
    }
  }

  /** The slot that was given if it is large enough, else a new one if there is room for it. */
  private int slotFor(long bytes, int given) throws IOException {
    ByteBuffer memory = slots.get(given);
    if (memory != null && memory.capacity() >= bytes) {
      return given;
    }
    if (bytes == 0) {
      return Message.NO_SLOT;
    }
    Message message = Message.of(Message.NEED_SLOT);
    message.writeLong(bytes);
    link.send(message);
    DataInputStream in = link.receive();
    in.readByte();
    long size = in.readLong();
    if (size == 0) {
      return Message.NO_SLOT;
    }
    Path file = Path.of(Message.readText(in));
    try (FileChannel channel = watch.create(file)) {
      memory = SharedMemory.map(channel, size);
    } catch (IOException e) {
      return Message.NO_SLOT;
    }
    slots.remove(given);
    slots.put(slotsMade, memory);
    return slotsMade++;
  }

  private void endEpoch(long number) throws IOException {
    try {
      if (epoch == number) {
        epoch = NO_EPOCH;
        dataset.onEpochEnd(number);
      }
    } catch (Throwable t) {
      fail(link, t);
      return;
    }
    link.send(Message.of(Message.DONE));
  }
}
