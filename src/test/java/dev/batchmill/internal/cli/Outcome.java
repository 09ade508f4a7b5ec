package dev.batchmill.internal.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.batchmill.ChildJvm;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What a run of the command line ended with.
 *
 * @param status the exit status
 * @param out what it wrote to the standard output
 * @param err what it wrote to the standard error
 */
record Outcome(int status, String out, String err) {
  /** Runs a command in this process. */
  static Outcome of(Object... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int status = Main.run(strings(args), stream(out), stream(err));
    return new Outcome(
        status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  /** Runs a command in a process of its own; the directory is its temporary one too. */
  static Outcome ofProcess(Path directory, Object... args) throws Exception {
    List<String> command = new ArrayList<>(ChildJvm.java());
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-Djava.io.tmpdir=" + directory,
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName()));
    command.addAll(List.of(strings(args)));
    Path out = Files.createTempFile("out", null);
    Path err = Files.createTempFile("err", null);
    try {
      int status =
          new ProcessBuilder(command)
              .directory(directory.toFile())
              .redirectOutput(out.toFile())
              .redirectError(err.toFile())
              .start()
              .waitFor();
      return new Outcome(status, Files.readString(out), Files.readString(err));
    } finally {
      Files.delete(out);
      Files.delete(err);
    }
  }

  private static String[] strings(Object[] args) {
    return Stream.of(args).map(Object::toString).toArray(String[]::new);
  }

  private static PrintStream stream(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }

  /** Expects success without a word on the standard error. */
  Outcome succeeded() {
    assertEquals(new Outcome(0, out, ""), this);
    return this;
  }

  /** Expects a failure: status 1, no result, and this one line. */
  void failed(String line) {
    assertEquals(new Outcome(1, "", line + "\n"), this);
  }

  /** Expects wrong usage: status 2, no result, this one line and the hint. */
  void refused(String command, String line) {
    assertEquals(
        new Outcome(2, "", command + ": " + line + "\nTry '" + command + " --help'.\n"), this);
  }

  /** Everything in a directory, by name. */
  static TreeSet<String> listing(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      TreeSet<String> names = new TreeSet<>();
      files.forEach(file -> names.add(directory.relativize(file).toString()));
      return names;
    }
  }
}
