package dev.batchmill.internal.bind;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.StringJoiner;
import org.bytedeco.javacpp.Loader;
import org.jspecify.annotations.Nullable;

/**
 * A native library on the class path, with its SHA-256 beside it.
 *
 * <p>The digest is checked before the system's loader sees the file, because that one does not
 * survive a damaged library; and so is JavaCPP's extracted copy, which JavaCPP knows only by size
 * and time.
 *
 * @param name the library's name, without prefix and suffix
 * @param classifier what the classifier of its jar has after the platform
 */
record LibraryFile(String name, String classifier) {
  private static final String DIRECTORY = "dev/batchmill/internal/bind/";

  /** Where the class path has it for a platform; null if it has not. */
  @Nullable URL find(String platform) {
    return resource(platform, fileName(platform));
  }

  private String fileName(String platform) {
    if (platform.startsWith("windows")) {
      return name + ".dll";
    }
    return "lib" + name + (platform.startsWith("macosx") ? ".dylib" : ".so");
  }

  private static @Nullable URL resource(String platform, String file) {
    ClassLoader loader = LibraryFile.class.getClassLoader();
    String name = DIRECTORY + platform + "/" + file;
    return loader == null ? ClassLoader.getSystemResource(name) : loader.getResource(name);
  }

  /** Why the library must not be loaded; null when it and JavaCPP's copy of it are whole. */
  @Nullable String damage(URL library) throws IOException {
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

  /** The coordinates of its jar. */
  String artifact() {
    return "dev.batchmill:batchmill:"
        + NativeLibrary.version()
        + ":"
        + NativeLibrary.platform()
        + classifier;
  }

  String replaceIt() {
    return "replace the jar of " + artifact();
  }

  String wrongAbi(URL library, int abi, int expected) {
    return "the natives are of another version: abi=%d, expected abi=%d, library=%s; %s"
        .formatted(abi, expected, library, replaceIt());
  }

  static String notLoaded(Throwable thrown) {
    if (thrown instanceof NoClassDefFoundError && messages(thrown).contains("org/bytedeco")) {
      return "JavaCPP is not on the class path: add the dependency org.bytedeco:javacpp:"
          + NativeLibrary.JAVACPP_VERSION;
    }
    String versions =
        NativeLibrary.javaCppVersion().equals(NativeLibrary.JAVACPP_VERSION)
            ? ""
            : "; the natives are built with JavaCPP %s, but the class path has %s: make it %s"
                .formatted(
                    NativeLibrary.JAVACPP_VERSION,
                    NativeLibrary.javaCppVersion(),
                    NativeLibrary.JAVACPP_VERSION);
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
