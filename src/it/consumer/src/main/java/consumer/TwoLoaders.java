package consumer;

import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What an application server does: two applications in one JVM, each with its own copy of the library. */
public final class TwoLoaders {
  private TwoLoaders() {}

  public static void main(String[] args) throws Exception {
    List<URL> urls = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      urls.add(Path.of(entry).toUri().toURL());
    }
    URL[] path = urls.toArray(URL[]::new);
    ClassLoader jdk = ClassLoader.getPlatformClassLoader();
    try (URLClassLoader one = new URLClassLoader(path, jdk);
        URLClassLoader other = new URLClassLoader(path, jdk)) {
      for (ClassLoader loader : List.of(one, other)) {
        Class<?> main = loader.loadClass("consumer.Main");
        main.getMethod("main", String[].class).invoke(null, (Object) new String[0]);
      }
    }
  }
}
