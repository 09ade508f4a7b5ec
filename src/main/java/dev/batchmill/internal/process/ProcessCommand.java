package dev.batchmill.internal.process;

import java.io.File;
import java.lang.module.ResolvedModule;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The command that starts a worker process: a Java like this one, with the same classes. */
final class ProcessCommand {
  private static final int FIRST_JDK_THAT_WARNS = 22;
  private static final String NATIVE_MODULES = "dev.batchmill,org.bytedeco.javacpp";

  /** The system properties that a worker inherits, by name or, with a dot, by prefix. */
  private static final List<String> INHERITED =
      List.of(
          "batchmill.",
          "dev.batchmill.",
          "org.bytedeco.",
          "file.encoding",
          "java.io.tmpdir",
          "java.library.path");

  private ProcessCommand() {}

  /**
   * Makes the command.
   *
   * @param data a class of the data set, found by the worker's class path or module path
   * @param jvmArguments come last, so that they win
   */
  static List<String> of(Class<?> data, List<String> jvmArguments) {
    List<String> command = new ArrayList<>();
    command.add(java());
    // A small process: one thread collects the garbage, one runs the kernels.
    if (jvmArguments.stream().noneMatch(argument -> argument.matches("-XX:[+-]Use\\w+GC"))) {
      command.add("-XX:+UseSerialGC");
    }
    command.add("-XX:+ExitOnOutOfMemoryError");
    for (String name : System.getProperties().stringPropertyNames()) {
      if (isInherited(name)) {
        command.add("-D" + name + "=" + System.getProperty(name));
      }
    }
    command.add("-Dbatchmill.threads=1");
    boolean modular = ProcessCommand.class.getModule().isNamed();
    if (Runtime.version().feature() >= FIRST_JDK_THAT_WARNS) {
      command.add("--enable-native-access=" + (modular ? NATIVE_MODULES : "ALL-UNNAMED"));
    }
    addPaths(command, data);
    command.addAll(jvmArguments);
    if (modular) {
      command.add("--module");
      command.add(ProcessCommand.class.getModule().getName() + "/" + WorkerMain.class.getName());
    } else {
      command.add(WorkerMain.class.getName());
    }
    return command;
  }

  private static boolean isInherited(String property) {
    return INHERITED.stream()
        .anyMatch(name -> name.endsWith(".") ? property.startsWith(name) : property.equals(name));
  }

  private static String java() {
    boolean windows = File.separatorChar == '\\';
    Path java = Path.of(System.getProperty("java.home"), "bin", windows ? "java.exe" : "java");
    Optional<String> self = ProcessHandle.current().info().command();
    return Files.isExecutable(java) ? java.toString() : self.orElse("java");
  }

  private static void addPaths(List<String> command, Class<?> data) {
    String modulePath = System.getProperty("jdk.module.path", "");
    if (!modulePath.isEmpty()) {
      command.add("--module-path");
      command.add(modulePath);
      String modules = modules();
      if (!modules.isEmpty()) {
        command.add("--add-modules");
        command.add(modules);
      }
    }
    Set<String> classPath = new LinkedHashSet<>();
    for (String entry : System.getProperty("java.class.path", "").split(File.pathSeparator, -1)) {
      // An empty entry is the working directory, but an empty path is none where there are modules.
      if (!entry.isEmpty()) {
        classPath.add(entry);
      }
    }
    for (ClassLoader loader = data.getClassLoader(); loader != null; loader = loader.getParent()) {
      if (loader instanceof URLClassLoader urls) {
        for (URL url : urls.getURLs()) {
          String file = file(url);
          if (file != null) {
            classPath.add(file);
          }
        }
      }
    }
    if (!classPath.isEmpty()) {
      command.add("--class-path");
      command.add(String.join(File.pathSeparator, classPath));
    }
  }

  private static @Nullable String file(URL url) {
    try {
      return url.getProtocol().equals("file") ? Path.of(url.toURI()).toString() : null;
    } catch (URISyntaxException e) {
      return null;
    }
  }

  /** The modules that this process took from its module path. */
  private static String modules() {
    return ModuleLayer.boot().configuration().modules().stream()
        .filter(
            module -> !module.reference().location().map(URI::getScheme).equals(Optional.of("jrt")))
        .map(ResolvedModule::name)
        .sorted()
        .collect(Collectors.joining(","));
  }
}
