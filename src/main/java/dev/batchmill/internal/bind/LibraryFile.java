package dev.batchmill.internal.bind;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A native library, with its SHA-256 in a file beside it: found in the directory that is named for
 * natives, or on the class path, and loaded.
 *
 * <p>We load it ourselves instead of through JavaCPP's loader, which takes 0.2 s, extracts without
 * telling why it cannot, and gives the library to JavaCPP's class loader, be it ours or not. What
 * JavaCPP needs to be told, the library tells it when it is loaded.
 *
 * @param name the library's name, without prefix and suffix
 * @param suffix what the classifier of its jar has after the platform
 * @param published the platforms that it is published for
 */
record LibraryFile(String name, String suffix, List<String> published) {
  private static final String DIRECTORY = "dev/batchmill/internal/bind/";

  /** The name of a library's file. */
  static String fileName(String library, String platform) {
    if (platform.startsWith("windows")) {
      return library + ".dll";
    }
    return "lib" + library + (platform.startsWith("macosx") ? ".dylib" : ".so");
  }

  /** Where a jar of natives has a file. */
  static String entry(String platform, String file) {
    return DIRECTORY + platform + "/" + file;
  }

  /** Where the class path has it for a platform; null if it has not. */
  @Nullable URL onClassPath(String platform) {
    return ClassPath.find(entry(platform, fileName(name, platform)));
  }

  /** The classifier of its jar. */
  String classifier() {
    return Platform.name() + suffix;
  }

  /** The coordinates of its jar. */
  String artifact() {
    return "dev.batchmill:batchmill:" + NativeLibrary.version() + ":" + classifier();
  }

  /** Whether it is published for this platform. */
  boolean isPublished() {
    return published.contains(Platform.name());
  }

  /** Whether there is anything to load, or a directory is named that should have it. */
  boolean isThere() {
    String setting = NativesDirectory.setting();
    if (setting == null) {
      return onClassPath(Platform.name()) != null;
    }
    return isPublished() || NativesDirectory.find(setting, this) != null;
  }

  /** A failure of this library. */
  LoadFailure failure(String what, String values, String remedy, @Nullable Throwable cause) {
    return new LoadFailure(this, what, values, remedy, cause);
  }

  /**
   * Loads it.
   *
   * @return what was loaded and from where
   */
  LoadedFile load() throws LoadFailure {
    if (!JavaCpp.isThere()) {
      throw failure(
          "JavaCPP is not on the class path",
          "",
          "add the dependency org.bytedeco:javacpp:" + JavaCpp.BUILT_WITH,
          null);
    }
    String setting = NativesDirectory.setting();
    try {
      return setting != null ? loadNamed(setting) : loadFromClassPath();
    } catch (IOException | RuntimeException e) {
      throw unreadable(e);
    }
  }

  private LoadedFile loadNamed(String setting) throws IOException, LoadFailure {
    Path file = NativesDirectory.find(setting, this);
    if (file == null) {
      throw failure(
          "the directory named for natives has no such library",
          "%s, library=%s".formatted(setting, fileName(name, Platform.name())),
          "unpack the jar of %s there, or name none".formatted(artifact()),
          null);
    }
    Path digest = file.resolveSibling(file.getFileName() + ".sha256");
    if (Files.exists(digest)) {
      check(file.toString(), Files.readAllBytes(file), Files.readString(digest).strip());
    }
    if (!SystemLoader.load(this, file)) {
      throw failure(
          "the native library is in use by another class loader, and none is extracted",
          "%s, file=%s".formatted(setting, file),
          "load Batchmill in one class loader, or name no directory",
          null);
    }
    return new LoadedFile(file.toString(), "the directory " + setting);
  }

  private LoadedFile loadFromClassPath() throws IOException, LoadFailure {
    String platform = Platform.name();
    URL library = onClassPath(platform);
    if (library == null) {
      throw notFound();
    }
    String file = fileName(name, platform);
    URL digest = ClassPath.find(entry(platform, file + ".sha256"));
    if (digest == null) {
      throw failure(
          "the native library has no digest beside it",
          "library=" + library,
          "replace the jar of " + artifact(),
          null);
    }
    String sha256 = new String(read(digest), StandardCharsets.US_ASCII).strip();
    if (library.getProtocol().equals("file")) {
      Path inPlace = Path.of(URI.create(library.toString()));
      check(inPlace.toString(), Files.readAllBytes(inPlace), sha256);
      if (SystemLoader.load(this, inPlace)) {
        return new LoadedFile(inPlace.toString(), "the class path");
      }
    }
    for (int copy = 0; ; copy++) {
      Path extracted = extract(library, file, sha256, copy);
      if (SystemLoader.load(this, extracted)) {
        return new LoadedFile(extracted.toString(), library.toString());
      }
    }
  }

  private Path extract(URL library, String file, String sha256, int copy) throws LoadFailure {
    try {
      return LibraryCache.extract(
          file, sha256, copy, () -> check(library.toString(), read(library), sha256));
    } catch (IOException e) {
      throw failure(
          "the native library cannot be extracted",
          "directory=%s, error=%s".formatted(LibraryCache.directory(), e),
          "name a directory that can be written by -Dorg.bytedeco.javacpp.cachedir=DIR, or one that has the natives unpacked by -D%s=DIR"
              .formatted(NativesDirectory.PROPERTY),
          e);
    }
  }

  private LoadFailure notFound() {
    if (!isPublished()) {
      return failure(
          "there are no natives for this platform",
          "published=[%s]".formatted(String.join(", ", published)),
          "the Java kernels run everywhere",
          null);
    }
    Path module = ClassPath.onModulePath(classifier());
    if (module != null) {
      return failure(
          "the natives are on the module path but not among the modules",
          "file=" + module,
          "add --add-modules dev.batchmill.natives." + classifier().replace('-', '.'),
          null);
    }
    return failure(
        "there are no natives for this platform",
        "found=[%s]".formatted(String.join(", ", NativeLibrary.platformsFound())),
        "add the dependency " + artifact(),
        null);
  }

  /** Compares the number of the C ABI that the library has with the one that Java calls. */
  void checkAbi(LoadedFile loaded, int expected, IntSupplier abiVersion) throws LoadFailure {
    String seen;
    Throwable cause = null;
    try {
      int abi = abiVersion.getAsInt();
      if (abi == expected) {
        return;
      }
      seen = String.valueOf(abi);
    } catch (UnsatisfiedLinkError e) {
      seen = "none";
      cause = e;
    }
    throw failure(
        "the natives are of another version",
        "file=%s, origin=%s, abi=%s, expected abi=%d"
            .formatted(loaded.file(), loaded.origin(), seen, expected),
        "replace the jar of " + artifact(),
        cause);
  }

  private byte[] check(String library, byte[] bytes, String sha256) throws LoadFailure {
    String seen = LibraryCache.sha256(bytes);
    if (!seen.equals(sha256)) {
      throw failure(
          "the native library is damaged",
          "library=%s, sha256=%s, expected sha256=%s".formatted(library, seen, sha256),
          "replace the jar of " + artifact(),
          null);
    }
    return bytes;
  }

  private byte[] read(URL url) throws LoadFailure {
    try (InputStream in = url.openStream()) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private LoadFailure unreadable(Exception e) {
    return failure(
        "the native library cannot be read", "error=" + e, "replace the jar of " + artifact(), e);
  }
}
