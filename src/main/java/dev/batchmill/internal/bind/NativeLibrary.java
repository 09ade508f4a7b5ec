package dev.batchmill.internal.bind;

import dev.batchmill.error.NativeUnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * The native library: whether it is loaded, from where, and if not, why not.
 *
 * <p>It is loaded once, when first asked for, from the class path, where a jar with a classifier
 * for each platform holds it, or from a directory that is named: see {@link LibraryFile}.
 *
 * <p>A failure is a state, not an exception; it stays for the life of the virtual machine.
 * Thread-safe.
 */
public final class NativeLibrary {
  /** The library's name, without prefix and suffix. */
  static final String NAME = "jnibatchmill";

  /** The number of the C ABI that this Java code calls: BM_ABI_VERSION in batchmill.h. */
  static final int ABI_VERSION = 5;

  /** The environment variable that names an instruction set; native code reads it. */
  private static final String ISA_VARIABLE = "BATCHMILL_ISA";

  static final LibraryFile FILE = new LibraryFile(NAME, "", Platform.PUBLISHED);

  private NativeLibrary() {}

  /**
   * The outcome of loading.
   *
   * @param file the file that was loaded, or null
   * @param origin where it came from: the entry of a jar, or a directory; null when not loaded
   * @param problem why it was not loaded and what to do, in one line; null when it was
   * @param cause what was thrown, if anything was
   */
  public record State(
      @Nullable String file,
      @Nullable String origin,
      @Nullable String problem,
      @Nullable Throwable cause) {
    /** Whether native code can be called. */
    public boolean loaded() {
      return problem == null;
    }
  }

  /** Loads the library on first use. */
  private static final class Holder {
    static final State STATE = load();
  }

  /** Whether the library is loaded; the first call loads it. */
  public static State state() {
    return Holder.STATE;
  }

  /**
   * Returns when the library is loaded.
   *
   * @throws NativeUnavailableException if it is not, with the reason
   */
  public static void requireLoaded() {
    String problem = state().problem();
    if (problem != null) {
      throw new NativeUnavailableException(problem, state().cause());
    }
  }

  /** The platforms whose natives are on the class path. */
  public static List<String> platformsFound() {
    List<String> found = new ArrayList<>();
    for (String platform : Platform.PUBLISHED) {
      if (FILE.onClassPath(platform) != null) {
        found.add(platform);
      }
    }
    return List.copyOf(found);
  }

  /** The classifier of the jar with this platform's natives. */
  public static String classifier() {
    return FILE.classifier();
  }

  /** The names of Batchmill's jars on the class path and the module path. */
  public static List<String> jars() {
    return ClassPath.jars();
  }

  /** The version of this library, {@code VERSION} when its jar does not tell. */
  public static String version() {
    try (InputStream in =
        NativeLibrary.class.getResourceAsStream(
            "/META-INF/maven/dev.batchmill/batchmill/pom.properties")) {
      Properties properties = new Properties();
      if (in != null) {
        properties.load(in);
      }
      return properties.getProperty("version", "VERSION");
    } catch (IOException e) {
      return "VERSION";
    }
  }

  /** Why the kernels run with this instruction set. */
  public static String isaChoice(String isa) {
    String problem = isaNotSupported(isa);
    if (problem != null) {
      return problem;
    }
    return isaAskedFor().isEmpty() ? "the best of this machine" : "named by " + ISA_VARIABLE;
  }

  /** That another instruction set was asked for than the one in use; null when none was. */
  public static @Nullable String isaNotSupported(String isa) {
    String asked = isaAskedFor();
    return asked.isEmpty() || asked.equals(isa)
        ? null
        : "the instruction set asked for is not supported here: %s=%s"
            .formatted(ISA_VARIABLE, asked);
  }

  private static String isaAskedFor() {
    return System.getenv().getOrDefault(ISA_VARIABLE, "");
  }

  private static State load() {
    try {
      LoadedFile loaded = FILE.load();
      FILE.checkAbi(loaded, ABI_VERSION, NativeKernels::abiVersion);
      return new State(loaded.file(), loaded.origin(), null, null);
    } catch (LoadFailure e) {
      return new State(null, null, e.getMessage(), e.getCause());
    }
  }
}
