package dev.batchmill.internal.bind;

import dev.batchmill.error.NativeUnavailableException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.bytedeco.javacpp.Loader;
import org.jspecify.annotations.Nullable;

/**
 * The native library: whether it is loaded, from where, and if not, why not.
 *
 * <p>It is loaded once, when first asked for, through JavaCPP's {@link Loader}, from the class
 * path: a jar with a classifier for each platform holds it.
 *
 * <p>A failure is a state, not an exception; it stays for the life of the virtual machine.
 * Thread-safe.
 */
public final class NativeLibrary {
  /** The library's name, without prefix and suffix. */
  static final String NAME = "jnibatchmill";

  /** The number of the C ABI that this Java code calls: BM_ABI_VERSION in batchmill.h. */
  static final int ABI_VERSION = 4;

  /** The version of JavaCPP that the natives are built with. */
  public static final String JAVACPP_VERSION = "1.5.13";

  /** The environment variable that names an instruction set; native code reads it. */
  private static final String ISA_VARIABLE = "BATCHMILL_ISA";

  private static final LibraryFile FILE = new LibraryFile(NAME, "");

  /** The platforms that natives may be published for, to tell which ones were found instead. */
  private static final List<String> PLATFORMS =
      List.of("linux-x86_64", "linux-arm64", "macosx-x86_64", "macosx-arm64", "windows-x86_64");

  private NativeLibrary() {}

  /**
   * The outcome of loading.
   *
   * @param file the file that was loaded, or null
   * @param problem why it was not loaded and what to do, in one line; null when it was
   * @param cause what was thrown, if anything was
   */
  public record State(@Nullable String file, @Nullable String problem, @Nullable Throwable cause) {
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

  /** This machine's platform in JavaCPP's spelling, such as {@code linux-x86_64}. */
  public static String platform() {
    try {
      return Loader.getPlatform();
    } catch (LinkageError e) {
      return System.getProperty("os.name") + "-" + System.getProperty("os.arch");
    }
  }

  /** The platforms whose natives are on the class path. */
  public static List<String> platformsFound() {
    List<String> found = new ArrayList<>();
    for (String platform : PLATFORMS) {
      if (FILE.find(platform) != null) {
        found.add(platform);
      }
    }
    return List.copyOf(found);
  }

  /** The version of the JavaCPP classes, or what stands in its way. */
  public static String javaCppVersion() {
    try {
      return String.valueOf(Loader.getVersion("org.bytedeco", "javacpp"));
    } catch (IOException | LinkageError e) {
      return "unknown (" + e + ")";
    }
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
      URL library = FILE.find(Loader.getPlatform());
      if (library == null) {
        return failed(notFound(), null);
      }
      String damage = FILE.damage(library);
      if (damage != null) {
        return failed(damage, null);
      }
      String file = Loader.load(NativeKernels.class);
      int abi = NativeKernels.abiVersion();
      return abi == ABI_VERSION
          ? new State(file, null, null)
          : failed(FILE.wrongAbi(library, abi, ABI_VERSION), null);
    } catch (IOException e) {
      return failed(
          "the native library could not be extracted: "
              + e
              + "; name a directory that can be written by -Dorg.bytedeco.javacpp.cachedir=DIR",
          e);
    } catch (LinkageError | RuntimeException e) {
      return failed(LibraryFile.notLoaded(e), e);
    }
  }

  private static State failed(String problem, @Nullable Throwable cause) {
    return new State(null, problem, cause);
  }

  private static String notFound() {
    String jar = onModulePath();
    if (jar != null) {
      return "the natives are on the module path but not among the modules: file=%s; add --add-modules dev.batchmill.natives.%s"
          .formatted(jar, platform().replace('-', '.'));
    }
    List<String> others = platformsFound();
    String found = others.isEmpty() ? "" : ", found natives for " + String.join(", ", others);
    return "there are no natives for this platform: platform=%s%s; add the dependency %s"
        .formatted(platform(), found, FILE.artifact());
  }

  private static @Nullable String onModulePath() {
    for (String entry : System.getProperty("jdk.module.path", "").split(File.pathSeparator, -1)) {
      Path path = Path.of(entry);
      if (isNativesJar(path)) {
        return entry;
      }
      File[] files = path.toFile().listFiles();
      for (File file : files == null ? new File[0] : files) {
        if (isNativesJar(file.toPath())) {
          return file.getPath();
        }
      }
    }
    return null;
  }

  private static boolean isNativesJar(Path path) {
    Path name = path.getFileName();
    return name != null
        && name.toString().startsWith("batchmill-")
        && name.toString().endsWith("-" + platform() + ".jar");
  }
}
