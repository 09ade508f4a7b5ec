package dev.batchmill.io;

import dev.batchmill.ChildJvm;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Fetches a file in a process of its own. */
final class FetchProcess {
  private FetchProcess() {}

  static Process start(String url, Path cache) throws IOException {
    return start(url, cache, false);
  }

  static Process start(String url, Path cache, boolean extract) throws IOException {
    String classPath =
        ChildJvm.path(ChildJvm.origin(FileCache.class), ChildJvm.origin(FetchProcess.class));
    List<String> command = new ArrayList<>(ChildJvm.java());
    command.addAll(ChildJvm.SHORT_LIVED);
    command.addAll(List.of("-cp", classPath, FetchProcess.class.getName()));
    command.addAll(List.of(url, cache.toString(), Boolean.toString(extract)));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  static String readLine(Process process) throws IOException {
    StringBuilder line = new StringBuilder();
    InputStream in = process.getInputStream();
    for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
      line.append((char) c);
    }
    return line.toString();
  }

  /** Prints {@code ready}, then the path of the fetched file. */
  public static void main(String[] args) throws IOException {
    FileRequest request =
        FileRequest.builder(args[0])
            .cacheDirectory(Path.of(args[1]))
            .extract(Boolean.parseBoolean(args[2]))
            .build();
    byte[] ready = "ready\n".getBytes(StandardCharsets.US_ASCII);
    System.out.write(ready, 0, ready.length);
    System.out.flush();
    System.out.print(FileCache.fetch(request) + "\n");
    System.out.flush();
  }
}
