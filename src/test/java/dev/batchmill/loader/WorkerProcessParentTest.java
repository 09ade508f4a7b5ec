package dev.batchmill.loader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.batchmill.ChildJvm;
import dev.batchmill.dataset.Batch;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.Loader;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Worker processes end with the process that started them, however it ends. */
@Timeout(60)
class WorkerProcessParentTest {
  @TempDir Path scratch;

  /** A process with a loader; prints its worker processes, then waits to be ended. */
  static final class Parent {
    private Parent() {}

    public static void main(String[] args) throws Exception {
      Path scratch = Path.of(args[0]);
      boolean starting = args[1].equals("starting");
      DataLoader loader =
          DataLoader.builder(
                  new ScriptedDataset(
                      -1,
                      args[1].equals("blocked") ? 4 : -1,
                      scratch,
                      self -> {
                        try {
                          self.block();
                        } catch (InterruptedException e) {
                          Thread.sleep(60_000);
                        }
                      }))
              .workerProcesses(2)
              .build();
      Iterator<Batch> batches = loader.iterator();
      if (!starting) {
        for (int i = 0; i < 4; i++) {
          batches.next().close();
        }
      }
      List<Long> pids = new ArrayList<>();
      while (pids.size() < 2) {
        pids = WorkerProcesses.alive();
      }
      System.out.println(pids.get(0) + " " + pids.get(1));
      if (args[1].equals("returns")) {
        return;
      }
      while (true) {
        if (args[1].equals("working")) {
          batches.next().close();
        } else {
          Thread.sleep(100);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"starting", "idle", "working", "blocked", "returns"})
  void noProcessAndNoFileOutlivesTheParent(String state) throws Exception {
    String path =
        ChildJvm.path(
            ChildJvm.origin(Parent.class),
            ChildJvm.origin(DataLoader.class),
            ChildJvm.origin(Loader.class),
            ChildJvm.origin(NullMarked.class));
    List<String> command = new ArrayList<>(ChildJvm.java());
    command.addAll(List.of("-cp", path, Parent.class.getName(), scratch.toString(), state));
    Process parent =
        new ProcessBuilder(command).redirectError(scratch.resolve("err.txt").toFile()).start();
    List<ProcessHandle> workers;
    try (BufferedReader out = parent.inputReader(StandardCharsets.UTF_8)) {
      String line = out.readLine();
      assertTrue(line != null, () -> read(scratch.resolve("err.txt")));
      workers =
          Arrays.stream(line.split(" "))
              .map(pid -> ProcessHandle.of(Long.parseLong(pid)))
              .flatMap(java.util.Optional::stream)
              .toList();
      if (state.equals("blocked")) {
        LoaderThreads.await(() -> ScriptedDataset.marked(scratch, "blocked"));
      }
      if (!state.equals("returns")) {
        assertEquals(2, workers.size());
        parent.destroyForcibly();
      }
      assertTrue(parent.waitFor(20, TimeUnit.SECONDS));
    } finally {
      parent.destroyForcibly();
    }
    LoaderThreads.await(() -> workers.stream().noneMatch(ProcessHandle::isAlive));
    assertEquals(List.of(), WorkerProcesses.files(parent.pid()));
    assertFalse(read(scratch.resolve("err.txt")).contains("Exception"));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (java.io.IOException e) {
      return e.toString();
    }
  }
}
