package dev.batchmill.internal.bind;

import java.io.File;
import java.net.URL;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the class path and the module path hold of us. */
final class ClassPath {
  private ClassPath() {}

  /** Where our class loader has a file; null if it has not. */
  static @Nullable URL find(String file) {
    ClassLoader loader = ClassPath.class.getClassLoader();
    return loader == null ? ClassLoader.getSystemResource(file) : loader.getResource(file);
  }

  /**
   * The names of our jars: the one of the classes, those that natives were found in, and those that
   * are called so on the class path or the module path, whatever they hold.
   */
  static List<String> jars() {
    Set<String> jars = new LinkedHashSet<>();
    CodeSource source = ClassPath.class.getProtectionDomain().getCodeSource();
    if (source != null && source.getLocation() != null) {
      add(jars, source.getLocation().getPath());
    }
    for (LibraryFile library : List.of(NativeLibrary.FILE, CudaLibrary.FILE)) {
      for (String platform : Platform.PUBLISHED) {
        URL url = library.onClassPath(platform);
        if (url != null && url.getProtocol().equals("jar")) {
          String path = url.getPath();
          add(jars, path.substring(0, path.indexOf("!/")));
        }
      }
    }
    for (Path entry : entries("java.class.path")) {
      addOurs(jars, entry);
    }
    for (Path entry : modulePath()) {
      addOurs(jars, entry);
    }
    return List.copyOf(jars);
  }

  private static void add(Set<String> jars, String path) {
    jars.add(path.substring(path.lastIndexOf('/', path.length() - 2) + 1));
  }

  private static void addOurs(Set<String> jars, Path entry) {
    Path name = entry.getFileName();
    if (name != null
        && name.toString().startsWith("batchmill")
        && name.toString().endsWith(".jar")) {
      jars.add(name.toString());
    }
  }

  /** The jar on the module path with this classifier, whether it is among the modules or not. */
  static @Nullable Path onModulePath(String classifier) {
    for (Path entry : modulePath()) {
      String name = String.valueOf(entry.getFileName());
      if (name.startsWith("batchmill-") && name.endsWith("-" + classifier + ".jar")) {
        return entry;
      }
    }
    return null;
  }

  private static List<Path> modulePath() {
    List<Path> paths = new ArrayList<>();
    for (Path entry : entries("jdk.module.path")) {
      paths.add(entry);
      File[] files = entry.toFile().listFiles();
      for (File file : files == null ? new File[0] : files) {
        paths.add(file.toPath());
      }
    }
    return paths;
  }

  private static List<Path> entries(String property) {
    List<Path> paths = new ArrayList<>();
    for (String entry : System.getProperty(property, "").split(File.pathSeparator, -1)) {
      paths.add(new File(entry).toPath());
    }
    return paths;
  }
}
