package dev.batchmill.internal.bind;

import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Loads the natives in class loaders of one process: two that live at once, and one after the first
 * of them was collected. The arguments are the jar of JavaCPP and ours.
 */
public final class ClassLoadersProbe {
  private ClassLoadersProbe() {}

  public static void main(String[] args) throws Exception {
    // JavaCPP's thread, which frees pointers, holds its class loader, and those of the classes that
    // started it, for ever: so it has a class loader of its own, and is started from here.
    URLClassLoader javaCpp = classLoader(ClassLoader.getPlatformClassLoader(), args[0]);
    Class.forName("org.bytedeco.javacpp.Pointer", true, javaCpp);
    String[] jars = Arrays.copyOfRange(args, 1, args.length);
    URLClassLoader first = classLoader(javaCpp, jars);
    String loaded = load(first);
    System.out.println(loaded);
    String firstFile = loaded.split(" ", -1)[1];
    URLClassLoader second = classLoader(javaCpp, jars);
    System.out.println(load(second));
    WeakReference<ClassLoader> collected = new WeakReference<>(first);
    first.close();
    first = null;
    while (collected.get() != null) {
      System.gc();
      Thread.sleep(10);
    }
    // The system's library goes a moment later.
    while (Files.readString(Path.of("/proc/self/maps")).contains(firstFile)) {
      Thread.sleep(10);
    }
    URLClassLoader third = classLoader(javaCpp, jars);
    System.out.println(load(third));
    third.close();
    second.close();
  }

  private static URLClassLoader classLoader(ClassLoader parent, String... jars) throws Exception {
    URL[] urls = new URL[jars.length];
    for (int i = 0; i < jars.length; i++) {
      urls[i] = Path.of(jars[i]).toUri().toURL();
    }
    return new URLClassLoader(urls, parent);
  }

  private static String load(ClassLoader loader) throws Exception {
    Object state =
        loader
            .loadClass("dev.batchmill.internal.bind.NativeLibrary")
            .getMethod("state")
            .invoke(null);
    Object file = state.getClass().getMethod("file").invoke(state);
    Object problem = state.getClass().getMethod("problem").invoke(state);
    Class<?> array = loader.loadClass("dev.batchmill.array.NDArray");
    Object x = array.getMethod("of", float[][].class).invoke(null, (Object) new float[][] {{3, 4}});
    Class<?> normalizer = loader.loadClass("dev.batchmill.transform.Normalizer");
    Object norms = normalizer.getMethod("normalize", array).invoke(null, x);
    Object norm =
        array.getMethod("getFloat", long[].class).invoke(norms, (Object) new long[] {0, 1});
    Object active =
        loader.loadClass("dev.batchmill.runtime.Backends").getMethod("active").invoke(null);
    return "%s %s %s %s".formatted(problem, file, active, norm);
  }
}
