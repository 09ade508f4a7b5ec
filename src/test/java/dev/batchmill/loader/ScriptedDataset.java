package dev.batchmill.loader;

import dev.batchmill.array.DType;
import dev.batchmill.array.NDArray;
import dev.batchmill.dataset.Batch;
import dev.batchmill.dataset.BatchDataset;
import java.io.File;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * A data set for tests of worker processes: batch i of epoch e is the array {@code [e, i, pid]},
 * where pid is the process that made it, after a step at one index. Files tell the test and the
 * processes about one another.
 */
final class ScriptedDataset implements BatchDataset, Serializable {
  private static final long serialVersionUID = 1L;

  /** What the hooks did in this process. */
  static final List<String> EVENTS = new ArrayList<>();

  private final long count;
  private final long at;
  private final Step step;
  private final File scratch;
  private transient long epoch = -1;

  /** What happens before a batch is made. */
  interface Step extends Serializable {
    void run(ScriptedDataset dataset) throws Exception;
  }

  ScriptedDataset(long count, long at, Path scratch, Step step) {
    this.count = count;
    this.at = at;
    this.scratch = scratch.toFile();
    this.step = step;
  }

  private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
    in.defaultReadObject();
    epoch = -1;
  }

  /** Tells, by a file, that something has happened; false if it had before. */
  boolean mark(String name) throws IOException {
    return new File(scratch, name).createNewFile();
  }

  static boolean marked(Path scratch, String name) {
    return Files.exists(scratch.resolve(name));
  }

  /** Waits for an interrupt. */
  void block() throws IOException, InterruptedException {
    mark("blocked");
    try {
      Thread.sleep(60_000);
    } catch (InterruptedException e) {
      mark("interrupted");
      throw e;
    }
  }

  /** Ends this process as nothing can be done about. */
  static void kill9() throws IOException, InterruptedException {
    String pid = Long.toString(ProcessHandle.current().pid());
    new ProcessBuilder("kill", "-9", pid).start().waitFor();
    Thread.sleep(60_000);
  }

  @Override
  public Batch batch(long index) throws Exception {
    if (index == at) {
      step.run(this);
    }
    NDArray x = NDArray.allocate(DType.INT64, 1, 3);
    x.setLong(epoch, 0, 0);
    x.setLong(index, 0, 1);
    x.setLong(ProcessHandle.current().pid(), 0, 2);
    return Batch.of(x);
  }

  @Override
  public OptionalLong batchCount() {
    return count < 0 ? OptionalLong.empty() : OptionalLong.of(count);
  }

  @Override
  public void onEpochBegin(long number) {
    EVENTS.add("begin " + number);
    epoch = number;
  }

  @Override
  public void onEpochEnd(long number) {
    EVENTS.add("end " + number);
    epoch = -1;
  }
}
