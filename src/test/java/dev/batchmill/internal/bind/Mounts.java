package dev.batchmill.internal.bind;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Commands that run another one where a directory is mounted in a way of its own. */
final class Mounts {
  private Mounts() {}

  /** The directory as it is, but read-only. */
  static List<String> readOnly(Path directory) throws IOException {
    return under("mount --bind \"$0\" \"$0\" && mount -o remount,bind,ro \"$0\"", directory);
  }

  /** An empty file system from which nothing can be run. */
  static List<String> noExec(Path directory) throws IOException {
    return under("mount -t tmpfs -o noexec none \"$0\"", directory);
  }

  /** An empty file system of a megabyte. */
  static List<String> small(Path directory) throws IOException {
    return under("mount -t tmpfs -o size=1m none \"$0\"", directory);
  }

  private static List<String> under(String mount, Path directory) throws IOException {
    Files.createDirectories(directory);
    // As root, or as a user who may be root in a name space of his own.
    for (String option : List.of("-m", "-rm")) {
      List<String> wrapper =
          List.of("unshare", option, "sh", "-c", mount + " && exec \"$@\"", directory.toString());
      List<String> trial = new ArrayList<>(wrapper);
      trial.add("true");
      if (succeeds(trial)) {
        return wrapper;
      }
    }
    return abort("needs a Linux that lets this user mount");
  }

  private static boolean succeeds(List<String> command) {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
