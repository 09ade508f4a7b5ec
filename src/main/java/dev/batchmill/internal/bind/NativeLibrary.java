package dev.batchmill.internal.bind;

import dev.batchmill.error.NativeUnavailableException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Properties;
import java.util.StringJoiner;
import org.bytedeco.javacpp.Loader;
import org.jspecify.annotations.Nullable;

/**
 * The native library: whether it is loaded, from where, and if not, why not.
 *
 * <p>It is loaded once, when first asked for, through JavaCPP's {@link Loader}, from the class
 * path: a jar with a classifier for each platform holds it, beside its SHA-256. The digest is
 * checked before the system's loader sees the file, because that one does not survive a damaged
 * library; and so is JavaCPP's extracted copy, which JavaCPP knows only by size and time.
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

  private static final String DIRECTORY = "dev/batchmill/internal/bind/";

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
      NativeUnavailableException unavailable = new NativeUnavailableException(problem);
      Throwable cause = state().cause();
      if (cause != null) {
        unavailable.initCause(cause);
      }
      throw unavailable;
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
      if (resource(platform, fileName(platform)) != null) {
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
      URL library = resource(Loader.getPlatform(), fileName(Loader.getPlatform()));
      if (library == null) {
        return failed(notFound(), null);
      }
      String damage = damage(library);
      if (damage != null) {
        return failed(damage, null);
      }
      String file = Loader.load(NativeKernels.class);
      int abi = NativeKernels.abiVersion();
      return abi == ABI_VERSION
          ? new State(file, null, null)
          : failed(wrongAbi(library, abi), null);
    } catch (IOException e) {
      return failed(
          "the native library could not be extracted: "
              + e
              + "; name a directory that can be written by -Dorg.bytedeco.javacpp.cachedir=DIR",
          e);
    } catch (LinkageError | RuntimeException e) {
      return failed(notLoaded(e), e);
    }
  }

  private static State failed(String problem, @Nullable Throwable cause) {
    return new State(null, problem, cause);
  }

  private static String fileName(String platform) {
    if (platform.startsWith("windows")) {
      return NAME + ".dll";
    }
    return "lib" + NAME + (platform.startsWith("macosx") ? ".dylib" : ".so");
  }

  private static @Nullable URL resource(String platform, String file) {
    ClassLoader loader = NativeLibrary.class.getClassLoader();
    String name = DIRECTORY + platform + "/" + file;
    return loader == null ? ClassLoader.getSystemResource(name) : loader.getResource(name);
  }

  /** Why the library must not be loaded; null when it and JavaCPP's copy of it are whole. */
  private static @Nullable String damage(URL library) throws IOException {
    String platform = Loader.getPlatform();
    URL digest = resource(platform, fileName(platform) + ".sha256");
    if (digest == null) {
      return "the native library has no digest beside it: library=" + library + "; " + replaceIt();
    }
    String expected = new String(read(digest), StandardCharsets.US_ASCII).strip();
    String seen = sha256(read(library));
    if (!seen.equals(expected)) {
      return "the native library is damaged: library=%s, sha256=%s, expected sha256=%s; %s"
          .formatted(library, seen, expected, replaceIt());
    }
    if (library.getProtocol().equals("jar")) {
      Path copy = extracted(library);
      if (!sha256(Files.readAllBytes(copy)).equals(expected)) {
        Files.delete(copy);
        copy = extracted(library);
        if (!sha256(Files.readAllBytes(copy)).equals(expected)) {
          return "the extracted native library is damaged: file=%s; is the disk full?"
              .formatted(copy);
        }
      }
    }
    return null;
  }

  private static Path extracted(URL library) throws IOException {
    File file = Loader.cacheResource(library);
    if (file == null) {
      throw new IOException("JavaCPP extracted nothing from " + library);
    }
    return file.toPath();
  }

  private static byte[] read(URL url) throws IOException {
    try (InputStream in = url.openStream()) {
      return in.readAllBytes();
    }
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }

  private static String artifact() {
    return "dev.batchmill:batchmill:" + version() + ":" + platform();
  }

  private static String replaceIt() {
    return "replace the jar of " + artifact();
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
        .formatted(platform(), found, artifact());
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

  private static String wrongAbi(URL library, int abi) {
    return "the natives are of another version: abi=%d, expected abi=%d, library=%s; %s"
        .formatted(abi, ABI_VERSION, library, replaceIt());
  }

  private static String notLoaded(Throwable thrown) {
    if (thrown instanceof NoClassDefFoundError && messages(thrown).contains("org/bytedeco")) {
      return "JavaCPP is not on the class path: add the dependency org.bytedeco:javacpp:"
          + JAVACPP_VERSION;
    }
    String versions =
        javaCppVersion().equals(JAVACPP_VERSION)
            ? ""
            : "; the natives are built with JavaCPP %s, but the class path has %s: make it %s"
                .formatted(JAVACPP_VERSION, javaCppVersion(), JAVACPP_VERSION);
    return "the native library could not be loaded: " + messages(thrown) + versions;
  }

  /** The messages of an exception, its causes and what they suppress: dlopen's is the last. */
  private static String messages(Throwable thrown) {
    StringJoiner messages = new StringJoiner(": ");
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      messages.add(String.valueOf(t.getMessage()));
      for (Throwable suppressed : t.getSuppressed()) {
        messages.add(String.valueOf(suppressed.getMessage()));
      }
    }
    return messages.toString();
  }
}
